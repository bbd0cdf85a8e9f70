import { assert, assertEquals } from "@std/assert";
import {
  permissionFlags,
  type PermissionSet,
  readTaskConfig,
  taskCommand,
} from "../../src/cli/permission_flags.ts";
import { permissionHint } from "../../src/cli/permission_hint.ts";
import { walkFiles } from "../walk.ts";

const CONFIG = readTaskConfig();
const MAPPER = "MICRO_LM_MAPPER_PATH,MICRO_LM_MAPPER_THRESHOLD,MICRO_LM_PROFILE";
const QUIET = "--ignore-env=LOG_TOKENS,LOG_STREAM";
const SLURM = "--allow-run=sbatch,squeue,sacct";
const WRITES = "--allow-write=.artifacts,.cache";

/** What each set may grant, so that widening one is a change that a reviewer sees. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  work: [WRITES, QUIET],
  native: [WRITES, "--allow-ffi=node_modules", QUIET],
  decide: [WRITES, `--allow-env=${MAPPER}`, QUIET],
  map: [WRITES, SLURM, `--allow-env=${MAPPER}`, QUIET],
  "map-native": [WRITES, SLURM, "--allow-ffi=node_modules", `--allow-env=${MAPPER}`, QUIET],
  audit: [WRITES, SLURM, QUIET],
  look: [QUIET],
  report: ["--allow-write=.artifacts", QUIET],
  cache: ["--allow-write=.cache", QUIET],
  serve: [
    "--allow-write=.cache",
    "--allow-net=127.0.0.1,localhost,[::1]",
    `--allow-env=MICRO_LM_TOKEN,${MAPPER}`,
    QUIET,
  ],
  "serve-public": [
    "--allow-write=.cache",
    "--allow-net=0.0.0.0,[::]",
    `--allow-env=MICRO_LM_TOKEN,${MAPPER}`,
    QUIET,
  ],
  mcp: ["--allow-write=.cache", `--allow-env=${MAPPER}`, QUIET],
  hub: ["--allow-write=.cache", "--allow-net=huggingface.co,*.huggingface.co,*.hf.co", QUIET],
  host: ["--allow-run=deno", QUIET],
  children: [WRITES, "--allow-run=deno", QUIET],
  "stages-train": [
    `${WRITES},models,results,artifacts,logs`,
    "--allow-run=deno,sbatch,squeue,sacct,ln,.cache/engine/bin/python",
    QUIET,
  ],
  "stages-demo": [WRITES, "--allow-run=deno,ln", QUIET],
  engine: [WRITES, "--allow-run=python3,.cache/engine/bin/python", QUIET],
  "torch-test": [
    "--allow-write=.artifacts",
    "--allow-net=127.0.0.1",
    "--allow-run=deno,.cache/engine/bin/python",
  ],
  "stages-eval": [
    `${WRITES},results,logs`,
    SLURM,
    "--allow-env=EVAL_THRESHOLD_MODE,EVAL_THRESHOLD_FIXED,EVAL_THRESHOLD_FILE",
    QUIET,
  ],
  detections: ["--allow-write=.artifacts,data", QUIET],
  "stages-report": ["--allow-write=.artifacts,models,results,artifacts", "--allow-run=ln", QUIET],
  fixtures: ["--allow-write=fixtures"],
  schema: ["--allow-write=src/run/record"],
  wasm: ["--allow-write=src/core,src/encoders/lite,src/mapper/fit,src/stages/transformer", QUIET],
  readme: ["--allow-write=README.md,docs", "--allow-run=deno"],
  notebooks: ["--allow-write=.artifacts,notebooks", "--allow-run=jupyter"],
  bench: ["--allow-write=.artifacts", "--allow-run=/usr/bin/python3", QUIET],
  "bench-serve": ["--allow-net=127.0.0.1", "--allow-run=deno", QUIET],
};

for (const [name, flags] of Object.entries(SETS)) {
  Deno.test(`the permission set ${name} grants no more than it should`, () => {
    assertEquals(permissionFlags(CONFIG.permissions[name] as PermissionSet), [
      "--allow-read=.",
      ...flags,
    ]);
  });
}

Deno.test("every permission set is used and every task has one and a description", () => {
  const used = new Set<string>();
  for (const [name, task] of Object.entries(CONFIG.tasks)) {
    assert((task as { description?: string }).description, `${name} has no description`);
    const { command } = task;
    assert(!/--allow-all|-A\b/.test(command), `${name}: ${command}`);
    const set = /-P=([\w-]+)/.exec(command)?.[1];
    if (set !== undefined) used.add(set);
    if (set !== undefined) continue;
    // These spell their permissions, or grant those of `test` in deno.json.
    assert(
      ["quickstart", "test", "test:browser", "contact-sheet", "ok"].includes(name),
      `${name}: ${command}`,
    );
  }
  assertEquals([...used].sort(), Object.keys(SETS).sort());
  assertEquals(Object.keys(CONFIG.permissions).sort(), Object.keys(SETS).sort());
});

/** Which set each task runs with: one that is not here, or changes, is seen by a reviewer. */
const TASKS: Readonly<Record<string, string>> = {
  work: "train data sweep m8 mapper-bench suite export wdd-fit scan-filter " +
    "bench:learning-curve bench:few-shot bench:out-of-scope audit-labels card compare monitor robust-bench verify " +
    "bench:audit-labels bench:trust bench:rails-evidence",
  report: "per-class ngf-bench test:doc simulate bench:second-author",
  decide: "run shell",
  map: "map",
  "map-native": "map:native",
  audit: "audit-bench",
  serve: "serve",
  "serve-public": "serve:public",
  mcp: "mcp",
  look: "trace bench:encoders bench:natural bench:orders bench:order-proof bench:order-score " +
    "bench:overlap bench:audit bench:arc bench:rails bench:rails-order bench:memory bench:tune bench:steps",
  cache: "replay cache",
  hub: "model",
  children: "encoders:compare bench:kill",
  "stages-train": "batch-train",
  "stages-demo": "stages:demo",
  engine: "engine bench:torch",
  "torch-test": "test:torch",
  "stages-eval": "batch-eval",
  "stages-report": "analyze champion",
  detections: "iac-data",
  native: "train:native sweep:native m8:native bench:use-lite",
  host: "train:endpoint sweep:endpoint m8:endpoint map:endpoint run:endpoint " +
    "wdd-fit:endpoint serve:endpoint mapper-bench:endpoint batch-train:endpoint model:mirror bench:house",
  notebooks: "notebooks:run",
  fixtures: "fixtures",
  wasm: "wasm",
  schema: "schema",
  readme: "readme numbers",
  bench: "bench fuzz bench:slowest bench:peers bench:cold-start",
  "bench-serve": "bench:serve bench:soak",
  "-": "quickstart test test:browser contact-sheet ok",
};

Deno.test("every task runs with the set that the table says", () => {
  const found: Record<string, string[]> = {};
  for (const [name, { command }] of Object.entries(CONFIG.tasks)) {
    (found[/-P=([\w-]+)/.exec(command)?.[1] ?? "-"] ??= []).push(name);
  }
  const expected = Object.entries(TASKS).map(([set, names]) => [set, names.split(" ").sort()]);
  for (const names of Object.values(found)) names.sort();
  assertEquals(found, Object.fromEntries(expected));
});

/** A permission without a list is one for everything. */
const BARE = /--allow-(all|read|write|net|run|ffi|import)(?![=\w-])/;

Deno.test("no task reads, writes, runs, loads or reaches everything, the tests included", () => {
  for (const [name, { command }] of Object.entries(CONFIG.tasks)) {
    assert(!BARE.test(command), `${name}: ${command}`);
  }
  const { test } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const sets = Object.entries({ ...CONFIG.permissions, test: test.permissions });
  for (const [name, set] of sets) {
    for (const kind of ["read", "write", "net", "run", "ffi", "import"]) {
      const given = (set as unknown as Record<string, unknown>)[kind];
      assert(given === undefined || Array.isArray(given), `${name}.${kind} is ${given}`);
      assert(!(given as string[] | undefined)?.includes("/"), `${name}.${kind} has /`);
    }
  }
});

/** Need a package that is no dependency, or all access to read a peak of memory; they say how to run them. */
const WITHOUT_TASK = ["bench/transformers_bench.ts", "bench/train_sparse.ts", "bench/scale.ts"];

Deno.test("every bench has a task, so that its figures can be printed again", () => {
  const benches = walkFiles("bench", ".ts").filter((file) => !WITHOUT_TASK.includes(file));
  const code = benches.map((file) => Deno.readTextFileSync(file)).join("\n");
  const commands = Object.values(CONFIG.tasks).map(({ command }) => command).join("\n");
  for (const file of benches) {
    const isImported = code.includes(`"./${file.slice("bench/".length)}"`);
    assert(isImported || commands.includes(file), `${file} has no task in deno.json`);
  }
});

Deno.test("quickstart spells the set work, so that its downloads are seen", () => {
  const { command } = CONFIG.tasks["quickstart"]!;
  for (const flag of permissionFlags(CONFIG.permissions["work"]!)) {
    assert(command.includes(flag), `${command} lacks ${flag}`);
  }
});

const HINTS: readonly (readonly [string, readonly string[], string | undefined])[] = [
  ["train", ["--allow-read=/data"], "--allow-read=.,/data"],
  ["train", ["--allow-read=/data", "--allow-write=/data"], `${WRITES},/data`],
  ["train:native", ["--allow-read=/data"], "--lock=deno.native.lock"],
  ["serve", ["--allow-net=127.0.0.2:80"], "--allow-net=127.0.0.1,localhost,[::1],127.0.0.2:80"],
  ["train", [], undefined],
  ["nonsense", ["--allow-read=/data"], undefined],
  ["ok", ["--allow-read=/data"], undefined],
];

for (const [task, lacking, expected] of HINTS) {
  Deno.test(`the hint of ${task} for ${lacking.join(" ") || "nothing"} is a line to type`, () => {
    const hint = permissionHint(CONFIG, task, ["--x", "it's"], lacking);
    if (expected === undefined) return assertEquals(hint, undefined);
    assert(hint?.includes(expected), hint);
    assert(hint!.endsWith(`${taskCommand(CONFIG, task)!.file} --x 'it'\\''s'`), hint);
  });
}
