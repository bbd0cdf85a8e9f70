import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeDetections } from "../stages/detections_fixture.ts";
import { inTempFolder, write } from "../temp.ts";
import { fakeSlurm } from "./fake_slurm.ts";
import { prepareStage, runBytes, runStageTask, startStageTask } from "./stages_run.ts";

Deno.test("a job array gives the bytes of one process; a task that died is begun again", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const env = await fakeSlurm(folder);
    await runStageTask("batch_train", await prepareStage(folder, "here"));
    const dies = `slurm:
  poll_seconds: 0.05
  setup: ['if [ "$index" = 2 ] && mkdir "$batch/died"; then kill -9 $$; fi']
`;
    const args = [...await prepareStage(folder, "array", dies), "--executor", "slurm"];
    const { code, stdout, stderr } = await runStageTask("batch_train", args, { env });
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /Submitted Slurm job 1;fake: 4 tasks/);
    assertMatch(stdout, /Submitted Slurm job 2;fake: 1 tasks/);
    assertStringIncludes(stdout, "4 finished, 0 skipped, 0 failed");
    const bytes = await runBytes(`${folder}/array/models`);
    assertEquals(bytes, await runBytes(`${folder}/here/models`));
    const jobs = await Deno.readTextFile(`${folder}/array/logs/batch_training_jobs.txt`);
    assertMatch(jobs, /\t2;fake\ttiny_champion_lr1e-1_bs16_ep5_seed1\tfinished\t/);
  });
});

Deno.test("a batch on Slurm whose follower was killed is followed, not submitted again", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const env = await fakeSlurm(folder);
    const slow = "slurm: { poll_seconds: 0.05, setup: [sleep 0.4] }\n";
    const args = [...await prepareStage(folder, "slow", slow), "--executor", "slurm", "--resume"];
    const process = startStageTask("batch_train", args, { env });
    for (let i = 0; i < 100; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (await Deno.stat(`${folder}/slurm/1.0`).catch(() => null)) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill("SIGKILL");
    await process.output();
    const { code, stdout, stderr } = await runStageTask("batch_train", args, { env });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "Following Slurm job 1;fake: 4 tasks");
    assertStringIncludes(stdout, "4 finished");
    assertEquals(await Deno.readTextFile(`${folder}/slurm/last`), "1\n");
  });
});

/** Trains on the stand-in. */
async function trainOnSlurm(folder: string, slurm: string, env: Record<string, string> = {}) {
  await writeDetections(folder);
  const args = await prepareStage(folder, "s", `slurm: { poll_seconds: 0.05, ${slurm} }`);
  return await runStageTask("batch_train", [...args, "--executor", "slurm"], {
    env: { ...await fakeSlurm(folder), ...env },
  });
}

Deno.test("setup lines may read variables that are not set", async () => {
  await inTempFolder(async (folder) => {
    const activate = await write(folder, "conda.sh", '[ -n "$NOT_SET" ] || export MY_ENV=1\n');
    const { code, stdout, stderr } = await trainOnSlurm(folder, `setup: ["source ${activate}"]`);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "4 finished, 0 skipped, 0 failed");
  });
});

Deno.test("what a setup line says stands in the table, beside the log that has it", async () => {
  await inTempFolder(async (folder) => {
    const setup = 'retries: 0, setup: ["module load no_such_thing"]';
    const { code, stdout } = await trainOnSlurm(folder, setup);
    assertEquals(code, 2);
    assertMatch(stdout, /Slurm ended task 1_0;fake \(FAILED, exit code 127\) .*module.* not found/);
    const [, log] = /its log: (\S+)/.exec(stdout)!;
    assertStringIncludes(await Deno.readTextFile(log!), "module");
  });
});

for (const state of ["LAUNCH_FAILED", "RECONFIG_FAIL"]) {
  Deno.test(`a task in the state ${state} is begun again and then reported`, async () => {
    await inTempFolder(async (folder) => {
      const { code, stdout } = await trainOnSlurm(folder, "retries: 1", { FAKE_STATE: state });
      assertEquals(code, 2);
      assertStringIncludes(stdout, `(${state}) without an outcome after 2 attempts`);
      assertEquals(await Deno.readTextFile(`${folder}/slurm/last`), "2\n");
    });
  });
}

Deno.test("an array that the cluster refuses is split, and gives the same bytes", async () => {
  await inTempFolder(async (folder) => {
    const { code, stdout, stderr } = await trainOnSlurm(folder, "", { FAKE_MAX: "3" });
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /job 1;fake: 2 tasks[^]*job 2;fake: 2 tasks/);
    await runStageTask("batch_train", await prepareStage(folder, "here"));
    assertEquals(await runBytes(`${folder}/s/models`), await runBytes(`${folder}/here/models`));
  });
});

Deno.test("batch-eval on Slurm writes what it writes here, one task a run", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const trained = await runStageTask("batch_train", await prepareStage(folder, "e"));
    assertEquals(trained.code, 0, trained.stderr);
    const evaluate = async (name: string, args: readonly string[], env = {}) => {
      const config = await write(
        folder,
        `${name}.yaml`,
        `
evaluation:
  threshold: { mode: file }
  test_sets: { combined: ${folder}/test.jsonl, technologies: {} }
  output_dir: ${folder}/${name}
models: { encoder: { path: ${folder}/e/models } }
slurm: { poll_seconds: 0.05 }
`,
      );
      const logs = ["--logs_dir", `${folder}/logs`, "--json"];
      const { code, stdout, stderr } = await runStageTask("batch_eval", [
        "--config",
        config,
        ...logs,
        ...args,
      ], { env: { EVAL_THRESHOLD_FIXED: "0.45", ...env } });
      assertEquals(code, 0, stderr);
      return { said: stderr, ...JSON.parse(stdout) };
    };
    const here = await evaluate("here", []);
    const there = await evaluate("there", ["--executor", "slurm"], await fakeSlurm(folder));
    assertStringIncludes(there.said, "Submitted Slurm job 1;fake: 4 tasks");
    assertEquals([there.mode, there.evaluations[0].threshold], ["fixed", 0.45]);
    const bare = (evaluations: { folder: string }[]) =>
      evaluations.map(({ folder: _, ...rest }) => rest);
    assertEquals(bare(there.evaluations), bare(here.evaluations));
    const readme = (name: string) =>
      Deno.readTextFile(`${folder}/${name}/threshold_fixed/README.md`);
    assertEquals(await readme("there"), await readme("here"));
    const jobs = await Deno.readTextFile(`${folder}/logs/batch_evaluation_jobs.txt`);
    assertMatch(jobs, /\t1;fake\ttiny_champion/);
  });
});
