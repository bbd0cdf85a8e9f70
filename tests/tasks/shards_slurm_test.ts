import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { permissionFlags, readTaskConfig } from "../../src/cli/permission_flags.ts";
import { inTempFolder, write } from "../temp.ts";
import { fakeSlurm } from "./fake_slurm.ts";
import { runTask } from "./run_task.ts";

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const PERMISSIONS = permissionFlags(readTaskConfig().permissions["map"]!);
const AUDIT_PERMISSIONS = permissionFlags(readTaskConfig().permissions["audit"]!);

/** A job of `map` in a folder of its own, and what a whole run of it writes. */
interface Job {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments of `map`, but for where the rows go. */
  readonly args: readonly string[];
}

/** Hands out a job; with `whole` it is done by one process before. */
async function withJob(
  rows: number,
  body: (job: Job) => Promise<void>,
  { whole = true } = {},
): Promise<void> {
  await inTempFolder(async (folder) => {
    const lines = Array.from(
      { length: rows },
      (_, i) => `{"prompt": "swap ${i + 1} ETH for USDC", "label": "swap_asset"}\n`,
    );
    const args = ["--in", await write(folder, "in.jsonl", lines.join("")), "--backend", "wordmap"];
    if (whole) {
      const out = ["--out", `${folder}/whole.jsonl`];
      const { code, stderr } = await runTask("map", [...args, ...out], {
        permissions: PERMISSIONS,
      });
      assertEquals(code, 0, stderr);
    }
    await body({ folder, args, env: await fakeSlurm(folder) });
  });
}

/** Arguments of a map of four shards, with a block of settings. */
async function sharded({ folder, args }: Job, slurm: string): Promise<string[]> {
  const file = await write(folder, "slurm.yaml", `slurm:\n  poll_seconds: 0.05\n${slurm}`);
  const where = ["--slurm", file, "--batches_dir", folder, "--out", `${folder}/out.jsonl`];
  return [...args, "--executor", "slurm", "--shards", "4", ...where];
}

function runSharded(job: Job, args: readonly string[]) {
  return runTask("map", args, { permissions: PERMISSIONS, env: job.env });
}

/** The output and what stands beside it are those of one process. */
async function assertWhole({ folder }: Job): Promise<void> {
  for (const end of ["", ".meta.json"]) {
    const [out, whole] = await Promise.all(
      ["out", "whole"].map((name) => Deno.readTextFile(`${folder}/${name}.jsonl${end}`)),
    );
    assertEquals(out, whole, end);
  }
}

/** How many arrays were submitted. */
async function submissions({ folder }: Job): Promise<number> {
  return Number(await Deno.readTextFile(`${folder}/slurm/last`).catch(() => "0"));
}

/** Starts a map on Slurm and kills it when tasks are in a state; the tasks of the array live on. */
async function killOnce(job: Job, args: readonly string[], state: string): Promise<void> {
  const isTime = async () => await isNoted(job) && (await states(job)).includes(state);
  const process = new Deno.Command("deno", {
    args: [
      "run",
      "-q",
      "--no-prompt",
      "--no-check",
      "--frozen",
      ...PERMISSIONS,
      "tasks/map.ts",
      ...args,
    ],
    env: { NO_COLOR: "1", ...job.env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let i = 0; i < 400 && !await isTime(); i++) await sleep(50);
  assert(await isTime());
  process.kill("SIGKILL");
  await process.output();
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether it is known which job runs the batch, which is told before it is noted. */
async function isNoted({ folder }: Job): Promise<boolean> {
  const [batch] = await Array.fromAsync(Deno.readDir(`${folder}/batches`)).catch(() => []);
  const path = `${folder}/batches/${batch?.name}/job.json`;
  return await Deno.stat(path).then(() => true, () => false);
}

/** The states of the tasks of the first array. */
async function states({ folder }: Job): Promise<string> {
  const texts = [0, 1, 2, 3].map((i) =>
    Deno.readTextFile(`${folder}/slurm/1.${i}`).catch(() => "")
  );
  return (await Promise.all(texts)).join("");
}

Deno.test("map on Slurm gives the bytes of one process, though a task dies", async () => {
  await withJob(23, async (job) => {
    const dies = `  setup: ['if [ "$index" = 1 ] && mkdir "$batch/died"; then kill -9 $$; fi']\n`;
    const { code, stdout, stderr } = await runSharded(job, await sharded(job, dies));
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /job 1;fake: 4 tasks[^]*job 2;fake: 1 tasks[^]*23 rows/);
    assertStringIncludes(stdout, "of 23 with a label 23 fired, 23 as labelled");
    await assertWhole(job);
  });
});

Deno.test("what failed is named with its state, and it alone is done again on resuming", async () => {
  await withJob(9, async (job) => {
    const fails = (mem: string) =>
      `  retries: 0
  mem: ${mem}
  setup: ['[ "$index" != 2 ] || [ "$SLURM_ARRAY_JOB_ID" -gt 1 ] || exit 3']
`;
    const first = await runSharded(job, await sharded(job, fails("1G")));
    assertEquals(first.code, 2, first.stderr);
    assertMatch(first.stderr, /shard 3\/4: Slurm ended task 1_2;fake \(FAILED, exit code 3\)/);
    assertMatch(first.stdout, /Wrote nothing: 1 of 4 shards failed; with --resume/);
    assertEquals(await Deno.stat(`${job.folder}/out.jsonl`).catch(() => null), null);
    const again = [...await sharded(job, fails("2G")), "--resume"];
    const { code, stdout, stderr } = await runSharded(job, again);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /job 2;fake: 1 tasks/);
    await assertWhole(job);
    const third = await runSharded(job, again);
    assertStringIncludes(third.stdout, "9 rows, 9 of them before");
    assertEquals(await submissions(job), 2);
  });
});

Deno.test("a map whose follower was killed goes on with the job that is there", async () => {
  await withJob(8, async (job) => {
    const args = await sharded(job, "  setup: [sleep 0.5]\n");
    await killOnce(job, args, "COMPLETED");
    const { code, stdout, stderr } = await runSharded(job, [...args, "--resume"]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "Following Slurm job 1;fake: 4 tasks");
    assertEquals(await submissions(job), 1);
    await assertWhole(job);
  });
});

Deno.test("a map whose job ended without its follower is merged, not done again", async () => {
  await withJob(8, async (job) => {
    const args = await sharded(job, "  setup: [sleep 0.2]\n");
    await killOnce(job, args, "RUNNING");
    while ((await states(job)).match(/COMPLETED/g)?.length !== 4) await sleep(50);
    const { code, stderr } = await runSharded(job, [...args, "--resume"]);
    assertEquals(code, 0, stderr);
    assertEquals(await submissions(job), 1);
    await assertWhole(job);
  });
});

Deno.test("a shard that was edited, or is of another input, is done again", async () => {
  await withJob(8, async (job) => {
    const args = await sharded(job, "  setup: [sleep 0.2]\n");
    await killOnce(job, args, "RUNNING");
    while ((await states(job)).match(/COMPLETED/g)?.length !== 4) await sleep(50);
    const [batch] = [...Deno.readDirSync(`${job.folder}/batches`)];
    const part = `${job.folder}/batches/${batch!.name}/parts/2/rows.jsonl`;
    await Deno.writeTextFile(part, '{"row":5}\n');
    const mended = await runSharded(job, [...args, "--resume"]);
    assertStringIncludes(mended.stdout, "Submitted Slurm job 2;fake: 1 tasks");
    await assertWhole(job);
    await Deno.writeTextFile(`${job.folder}/in.jsonl`, '"hello"\n', { append: true });
    const other = await runSharded(job, [...args, "--resume"]);
    assertStringIncludes(other.stdout, "Submitted Slurm job 3;fake: 4 tasks");
    assertMatch(other.stdout, /out\.jsonl: 9 rows/);
  });
});

Deno.test("a line that is no prompt is an outcome of its shard, and nothing is written", async () => {
  await withJob(4, async (job) => {
    await Deno.writeTextFile(`${job.folder}/in.jsonl`, '{"prompt": 7}\n', { append: true });
    const { code, stdout, stderr } = await runSharded(job, await sharded(job, ""));
    assertEquals(code, 2, stdout);
    assertMatch(stderr, /shard 4\/4: .*in\.jsonl:5/);
    assertEquals(await submissions(job), 1);
    assertEquals(await Deno.stat(`${job.folder}/out.jsonl`).catch(() => null), null);
  }, { whole: false });
});

Deno.test("nodes map with the variables of the process that submits", async () => {
  await withJob(4, async (job) => {
    const leaves = "  setup: [export MICRO_LM_MAPPER_THRESHOLD=0.99]\n";
    const { code, stderr } = await runSharded(job, await sharded(job, leaves));
    assertEquals(code, 0, stderr);
    await assertWhole(job);
  });
});

for (
  const [args, message] of [
    [["--shards", "2"], '"--shards" needs --executor slurm'],
    [["--executor", "slurm", "--shard", "1/2"], '"--shard" is for one process'],
    [["--executor", "slurm", "--in", "-"], "Slurm needs files"],
    [["--executor", "slurm", "--slurm", MINI], "Expected"],
    [["--executor", "slurm", "--slurm", "configs/encoder/stage4_offline.yaml"], "block `slurm`"],
  ] as const
) {
  Deno.test(`map ${args.join(" ")} is refused before there is a job`, async () => {
    await withJob(1, async (job) => {
      const all = [...job.args, "--out", `${job.folder}/out.jsonl`, ...args];
      const { code, stderr } = await runSharded(job, all);
      assert(code === 64 || code === 65, stderr);
      assertStringIncludes(stderr, message);
      assertEquals(await submissions(job), 0);
    }, { whole: false });
  });
}

Deno.test("audit-bench on Slurm writes what one process writes, and goes on where it was", async () => {
  await inTempFolder(async (folder) => {
    const rows = (await Deno.readTextFile(MINI)).split("\n").slice(0, 60).join("\n");
    const prompts = await write(folder, "prompts.csv", `${rows}\n`);
    const args = ["--fit_csv", MINI, "--tune_csv", MINI, "--prompts_jsonl", prompts];
    const options = { permissions: AUDIT_PERMISSIONS, env: await fakeSlurm(folder) };
    const here = await runTask("audit_bench", [...args, "--out_dir", `${folder}/here`], options);
    assertEquals(here.code, 0, here.stderr);
    const setup = `['[ "$index" != 1 ] || [ "$SLURM_ARRAY_JOB_ID" -gt 1 ] || exit 9']`;
    const slurm = await write(
      folder,
      "slurm.yaml",
      `slurm: { poll_seconds: 0.05, retries: 0, setup: ${setup} }\n`,
    );
    const cluster = ["--executor", "slurm", "--shards", "3", "--slurm", slurm, "--batches_dir"];
    const all = [...args, "--out_dir", `${folder}/there`, ...cluster, folder];
    const first = await runTask("audit_bench", all, options);
    assertEquals(first.code, 2, first.stderr);
    assertMatch(first.stderr, /shard 2\/3: Slurm ended task 1_1;fake \(FAILED, exit code 9\)/);
    const there = await runTask("audit_bench", [...all, "--resume"], options);
    assertEquals(there.code, 0, there.stderr);
    assertStringIncludes(there.stdout, "Submitted Slurm job 2;fake: 1 tasks");
    for (const name of ["rows_audit.csv", "metrics_audit.json", "report.html"]) {
      const read = (of: string) => Deno.readTextFile(`${folder}/${of}/${name}`);
      assertEquals(await read("there"), await read("here"), name);
    }
  });
});
