import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeDetections } from "../stages/detections_fixture.ts";
import { inTempFolder } from "../temp.ts";
import { prepareStage, runBytes, runStageTask, startStageTask } from "./stages_run.ts";

const TASKS = [
  "batch_train",
  "batch_eval",
  "analyze",
  "champion",
  "stages_demo",
  "stage_worker",
  "scan_filter",
];

for (const task of TASKS) {
  Deno.test(`${task} --help shows a sentence, an example and the flags`, async () => {
    const { code, stdout } = await runStageTask(task, ["--help"]);
    assertEquals(code, 0);
    for (const part of ["Usage: deno task", "Example: deno task", "--json", "--help"]) {
      assertStringIncludes(stdout, part);
    }
  });
}

Deno.test("batch-train --dry_run lists what filters leave and writes nothing", async () => {
  await inTempFolder(async (folder) => {
    const args = await prepareStage(folder, "dry");
    const all = await runStageTask("batch_train", [...args, "--dry_run"]);
    assertEquals(all.code, 0, all.stderr);
    assertMatch(all.stdout, /^tiny_champion_lr3e-2_bs16_ep5_seed1\n/);
    assertStringIncludes(all.stdout, "4 experiments");
    const first = await runStageTask("batch_train", [
      ...args,
      "--dry-run",
      "--max-experiments",
      "1",
      "--filter",
      "tiny",
      "--json",
    ]);
    assertEquals(JSON.parse(first.stdout).experiments, ["tiny_champion_lr3e-2_bs16_ep5_seed1"]);
    const none = await runStageTask("batch_train", [...args, "--exclude", "tiny", "--dry_run"]);
    assertEquals(none.code, 64);
    const script = await runStageTask("batch_train", [
      ...args,
      "--dry_run",
      "--executor",
      "slurm",
    ]);
    assertStringIncludes(script.stdout, "#SBATCH --array=0-3\n");
    assertStringIncludes(script.stdout, "set -eo pipefail");
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assertEquals(names, ["dry.yaml"]);
  });
});

Deno.test("batch-train says which key is misspelt, also one for another executor", async () => {
  await inTempFolder(async (folder) => {
    for (
      const [more, message] of [
        ["threshold_sweeep: {}", 'threshold_sweeep: unknown key, did you mean "threshold_sweep"?'],
        ["slurm: { partitoin: gpu }", 'slurm.partitoin: unknown key, did you mean "partition"?'],
        ["slurm: { time: soon }", "slurm.time: expected a time such as 04:00:00"],
      ] as const
    ) {
      const args = await prepareStage(folder, "typo", more);
      const { code, stderr } = await runStageTask("batch_train", args);
      assertEquals(code, 65);
      assertStringIncludes(stderr, `typo.yaml:`);
      assertStringIncludes(stderr, message);
    }
    const missing = await runStageTask("batch_train", await prepareStage(folder, "no_data"));
    assertEquals(missing.code, 66);
    assertStringIncludes(missing.stderr, `Cannot find "${folder}/train.jsonl"`);
  });
});

Deno.test("worker processes give the bytes of one process, and a resumed batch skips", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const one = await runStageTask("batch_train", await prepareStage(folder, "one"));
    assertEquals(one.code, 0, one.stderr);
    assertStringIncludes(one.stdout, "4 finished, 0 skipped, 0 failed");
    const args = [...await prepareStage(folder, "two"), "--jobs", "2"];
    const two = await runStageTask("batch_train", args);
    assertEquals(two.code, 0, two.stderr);
    const bytes = await runBytes(`${folder}/one/models`);
    assertEquals(bytes.size, 4 * 5);
    assertEquals(await runBytes(`${folder}/two/models`), bytes);
    const again = await runStageTask("batch_train", [...args, "--resume", "--json"]);
    const { runs } = JSON.parse(again.stdout);
    assertEquals(runs.map(({ outcome }: { outcome: string }) => outcome), Array(4).fill("skipped"));
    const jobs = await Deno.readTextFile(`${folder}/two/logs/batch_training_jobs.txt`);
    const lines = jobs.trimEnd().split("\n").map((line) => line.split("\t"));
    assertEquals(lines.map(([, job]) => job), Array(8).fill("local"));
    assertEquals(lines.filter(([, , , outcome]) => outcome === "skipped").length, 4);
  });
});

Deno.test("a batch that is killed at any time ends with the same bytes", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    await runStageTask("batch_train", await prepareStage(folder, "whole"));
    const args = [...await prepareStage(folder, "killed"), "--jobs", "2", "--resume"];
    // From before the first worker to between two runs.
    for (const ms of [150, 400, 500, 600]) {
      const process = startStageTask("batch_train", args);
      await new Promise((resolve) => setTimeout(resolve, ms));
      try {
        process.kill("SIGKILL");
      } catch {
        // It was done before.
      }
      await process.output();
    }
    const last = await runStageTask("batch_train", args);
    assertEquals(last.code, 0, last.stderr);
    assertEquals(
      await runBytes(`${folder}/killed/models`),
      await runBytes(`${folder}/whole/models`),
    );
    const again = await runStageTask("batch_train", args);
    assertStringIncludes(again.stdout, "0 finished, 4 skipped, 0 failed");
  });
});

Deno.test("a run that fails does not stop the others, and the exit code says so", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const other = `  other:
    model_name: no/such-model
    hyperparameters: { learning_rates: [1e-2], batch_sizes: [16], num_epochs: [1] }
`;
    for (const jobs of ["1", "2"]) {
      const args = [...await prepareStage(folder, `fails${jobs}`, other), "--jobs", jobs];
      const { code, stdout } = await runStageTask("batch_train", args);
      assertEquals(code, 2);
      assertStringIncludes(stdout, "4 finished, 0 skipped, 1 failed");
      assertStringIncludes(stdout, "no/such-model");
    }
  });
});

Deno.test("batch-train --cross_validate says what experiments do on unseen scripts", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const args = [...await prepareStage(folder, "cv"), "--cross_validate", "3"];
    const { code, stdout, stderr } = await runStageTask("batch_train", [...args, "--json"]);
    assertEquals(code, 0, stderr);
    const { rows, scripts, experiments } = JSON.parse(stdout);
    assertEquals([rows, scripts, experiments.length], [165, 83, 5]);
    assertEquals(experiments[0].name, "TF-IDF of n-grams, LR");
    for (const { f1, reduction } of experiments) {
      assert(f1.value > 0.6 && f1.ci_low < f1.value, JSON.stringify(f1));
      assertEquals(reduction.target, 0.9);
    }
    assertEquals(await Deno.stat(`${folder}/cv`).catch(() => null), null);
    const fewer = await runStageTask("batch_train", [...args, "--rows", `${folder}/test.jsonl`]);
    assertStringIncludes(fewer.stdout, "60 rows of 30 scripts, 3 folds by script");
  });
});

Deno.test("runs at the all-positive baseline are said to have learnt nothing", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const [, config, ...logs] = await prepareStage(folder, "idle");
    const yaml = await Deno.readTextFile(config!);
    await Deno.writeTextFile(config!, yaml.replace("[3e-2, 1e-1]", "[1e-6]"));
    const args = ["--config", config!, ...logs, "--json"];
    const { code, stdout, stderr } = await runStageTask("batch_train", args);
    assertEquals(code, 0, stderr);
    // 30 of 45 rows of the validation set are TP.
    assertStringIncludes(stderr, "1 of 2 runs have learnt nothing, such as tiny_champion_lr1e-6");
    assertStringIncludes(stderr, "F1 0.800, and calling every finding a TP has 0.800");
    const { status } = JSON.parse(stdout).runs[1];
    assertEquals([status.val_f1, status.baseline_f1], [0.8, 0.8]);
  });
});

Deno.test("_latest is a symbolic link where ln may run", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const args = [...await prepareStage(folder, "link"), "--max_experiments", "1"];
    for (const jobs of ["1", "2"]) {
      const { code, stderr } = await runStageTask("batch_train", [...args, "--jobs", jobs]);
      assertEquals(code, 0, stderr);
      const link = `${folder}/link/models/tiny_champion_lr3e-2_bs16_ep5_seed1_latest`;
      assert((await Deno.lstat(link)).isSymlink, "a link");
      assertMatch(
        await Deno.readLink(link),
        /^tiny_champion_lr3e-2_bs16_ep5_seed1_\d{8}_\d{6}_job/,
      );
    }
  });
});

Deno.test("--max_steps and --model_override reach workers, too", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const args = await prepareStage(folder, "short");
    const flags = ["--max_steps", "3", "--model_override", "static", "--jobs", "2", "--json"];
    const { code, stdout, stderr } = await runStageTask("batch_train", [...args, ...flags]);
    assertEquals(code, 0, stderr);
    for (const { folder: run } of JSON.parse(stdout).runs) {
      const history = JSON.parse(await Deno.readTextFile(`${run}/training_history.json`));
      assertEquals([history.steps, history.totalSteps], [3, 3]);
      assertStringIncludes(await Deno.readTextFile(`${run}/config_used.yaml`), "spec: static\n");
    }
  });
});
