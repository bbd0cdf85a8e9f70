// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Kills tasks at random moments (SIGKILL): `deno task bench:kill [TIMES] [SEED] [TASK…]`.
 *
 * After each kill every output is the old one, or the whole new one, byte for byte. Tasks that can go on
 * (`map`, `batch-train`) are then resumed, and end with the bytes of a run that nobody killed. Exits with
 * 2 at anything else.
 */
import { createRandom } from "../src/core/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { followPointers, listRuns, RUN_FILES } from "../src/stages/experiment/experiment_folder.ts";

const [times = "20", seed = "24", ...only] = Deno.args;
const ROOT = ".artifacts/kill";
const OLD = "the file that was there before\n";
const DEFI = "fixtures/defi/defi_mapper";
const MAPPER = `${ROOT}/mapper.json`;
const random = createRandom(Number(seed));

interface Victim {
  readonly task: string;
  readonly args: (folder: string) => string[];
  /** Files that are to be old or whole at any time. */
  readonly outputs: readonly string[];
  /** Flags to go on with. */
  readonly resume?: readonly string[];
  /** What a finished run has made beside the outputs, by name. */
  readonly made?: (folder: string) => Promise<Map<string, string>>;
  /** Takes out of an output what differs from run to run. */
  readonly normal?: (text: string) => string;
}

const sweep = (task: string): Victim => ({
  task,
  args: (folder) => [
    ...["--mapper_path", MAPPER, "--bootstrap", "0", "--max_wrong_rate", "0.05"],
    ...["--prompts_jsonl", `${DEFI}_labeled_5k.csv`, "--rows_csv", `${folder}/rows.csv`],
    ...["--pin", `${folder}/pin.json`, "--out_mapper", `${folder}/certified.json`],
    ...["--out_html", `${folder}/page.html`, "--out_summary", `${folder}/summary.json`],
  ],
  outputs: ["rows.csv", "pin.json", "certified.json", "page.html", "summary.json"],
  normal: (text) => text.replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, "TIME"),
});

const VICTIMS: readonly Victim[] = [
  {
    task: "train",
    args: (folder) => [
      ...["--labels_csv", `${DEFI}_labeled_large.csv`, "--calibrate"],
      ...["--test_share", "0.2", "--out_path", `${folder}/m.json`],
    ],
    outputs: ["m.json", "m.test.csv"],
  },
  sweep("sweep"),
  sweep("m8"),
  {
    task: "map",
    args: (folder) => [
      ...["--in", `${DEFI}_5k_prompts.jsonl`, "--out", `${folder}/out.jsonl`, "--run"],
      ...["--mapper_path", MAPPER],
    ],
    outputs: ["out.jsonl"],
    resume: ["--resume"],
  },
  {
    task: "batch-train",
    args: (folder) => ["--config", `${folder}/stage.yaml`, "--logs_dir", folder, "--resume"],
    outputs: [],
    resume: [],
    made: madeBy,
  },
];

const STAGE = (folder: string) => `
global: { train_path: fixtures/iac/train.jsonl, val_path: fixtures/iac/val.jsonl, eval_steps: 5 }
early_stopping: { enabled: false }
output: { base_dir: ${folder}/models, results_dir: ${folder}/results }
experiments:
  tiny:
    model_name: ngram
    head: { hidden: 4, dropout: 0.1 }
    hyperparameters: { learning_rates: [3e-2], batch_sizes: [16], num_epochs: [8], seeds: [1, 2] }
`;

async function madeBy(folder: string): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  // A task that was killed early has made nothing
  if (!await Deno.stat(`${folder}/models`).catch(() => null)) return made;
  for (const { status: { name, state } } of await listRuns(`${folder}/models`)) {
    if (state !== "finished") continue;
    for (const file of [RUN_FILES.weights, RUN_FILES.history, RUN_FILES.sweep]) {
      const path = await followPointers(`${folder}/models/${name}_latest/${file}`);
      made.set(`${name}/${file}`, await Deno.readTextFile(path));
    }
  }
  return made;
}

function start(task: string, args: readonly string[]): Deno.ChildProcess {
  const permissions = ["--allow-read=.", "--allow-write=.artifacts,.cache", "--allow-run=deno"];
  const env = ["--allow-env", `tasks/${task.replace("-", "_")}.ts`];
  return new Deno.Command("deno", {
    args: ["run", "-q", "--no-prompt", "--no-check", "--frozen", ...permissions, ...env, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function fresh(folder: string, { outputs }: Victim): Promise<string> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  for (const name of outputs) await Deno.writeTextFile(`${folder}/${name}`, OLD);
  await Deno.writeTextFile(`${folder}/stage.yaml`, STAGE(folder));
  return folder;
}

async function contents(folder: string, victim: Victim): Promise<Map<string, string>> {
  const found = await victim.made?.(folder) ?? new Map<string, string>();
  for (const name of victim.outputs) {
    const text = await Deno.readTextFile(`${folder}/${name}`).catch(() => "gone");
    found.set(name, victim.normal?.(text) ?? text);
  }
  return found;
}

/** Names of what is neither old nor whole. */
function broken(found: ReadonlyMap<string, string>, whole: ReadonlyMap<string, string>): string[] {
  return [...found].filter(([name, text]) => text !== OLD && text !== whole.get(name))
    .map(([name]) => name);
}

interface Outcome {
  killed: number;
  old: number;
  whole: number;
  mixed: number;
  faults: string[];
}

async function hunt(victim: Victim): Promise<Outcome> {
  // Paths stand in some outputs: all runs of a victim have the same one
  const folder = `${ROOT}/${victim.task}`;
  const args = victim.args(folder);
  await fresh(folder, victim);
  const began = performance.now();
  await start(victim.task, args).status;
  const ms = performance.now() - began;
  const whole = await contents(folder, victim);
  const absent = [...whole].filter(([, text]) => text === OLD || text === "gone");
  if (whole.size === 0 || absent.length > 0) {
    throw new Error(`${victim.task} made no ${absent[0]?.[0]}`);
  }
  const outcome: Outcome = { killed: 0, old: 0, whole: 0, mixed: 0, faults: [] };
  for (let i = 0; i < Number(times); i++) {
    await fresh(folder, victim);
    const child = start(victim.task, args);
    const after = ms * random.uniform();
    await new Promise((resolve) => setTimeout(resolve, after));
    try {
      child.kill("SIGKILL");
    } catch {
      // It was done before
    }
    if ((await child.status).signal === "SIGKILL") outcome.killed++;
    const found = await contents(folder, victim);
    outcome.faults.push(
      ...broken(found, whole).map((name) => `${name} after ${after.toFixed(0)} ms`),
    );
    const olds = victim.outputs.filter((name) => found.get(name) === OLD).length;
    const isWhole = found.size === whole.size && olds === 0;
    if (isWhole) outcome.whole++;
    else if (olds === victim.outputs.length && found.size <= olds) outcome.old++;
    else outcome.mixed++;
    if (!victim.resume) continue;
    await start(victim.task, [...args, ...victim.resume]).status;
    const again = await contents(folder, victim);
    for (const [name, text] of whole) {
      if (again.get(name) !== text) {
        outcome.faults.push(`${name} resumed after ${after.toFixed(0)} ms`);
      }
    }
  }
  return outcome;
}

console.log(`seed ${seed}`);
await Deno.mkdir(ROOT, { recursive: true });
await start("train", ["--labels_csv", `${DEFI}_labeled_large.csv`, "--out_path", MAPPER]).status;
const rows: (string | number)[][] = [];
let faults = 0;
for (const victim of VICTIMS) {
  if (only.length > 0 && !only.includes(victim.task)) continue;
  const { killed, old, whole, mixed, faults: list } = await hunt(victim);
  rows.push([
    victim.task,
    killed,
    old,
    mixed,
    whole,
    victim.resume ? "same bytes" : "",
    list.length,
  ]);
  console.log(`${victim.task}: ${killed} of ${times} killed, ${list.length} broken`);
  for (const fault of list) console.log(`${victim.task}: ${fault}`);
  faults += list.length;
}
await Deno.remove(ROOT, { recursive: true });
const columns = ["task", "killed", "all old", "some whole", "all whole", "resumed", "broken"];
console.log(textTable({ columns, rows }));
Deno.exit(faults === 0 ? 0 : 2);
