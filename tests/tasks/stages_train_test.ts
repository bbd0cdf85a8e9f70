import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeDetections } from "../stages/detections_fixture.ts";
import { inTempFolder, write } from "../temp.ts";
import { runBytes, runStageTask, stageYaml, startStageTask } from "./stages_run.ts";

const TASKS = ["batch_train", "batch_eval", "analyze", "champion", "stages_demo", "stage_worker"];

for (const task of TASKS) {
  Deno.test(`${task} --help shows a sentence, an example and the flags`, async () => {
    const { code, stdout } = await runStageTask(task, ["--help"]);
    assertEquals(code, 0);
    for (const part of ["Usage: deno task", "Example: deno task", "--json", "--help"]) {
      assertStringIncludes(stdout, part);
    }
  });
}

/** Prepares data and a config whose folders are below `<folder>/<name>`; returns its arguments. */
async function prepare(folder: string, name: string, more = ""): Promise<string[]> {
  const config = await write(folder, `${name}.yaml`, stageYaml(folder, name, more));
  return ["--config", config, "--logs_dir", `${folder}/${name}/logs`];
}

Deno.test("batch-train --dry_run lists what filters leave and writes nothing", async () => {
  await inTempFolder(async (folder) => {
    const args = await prepare(folder, "dry");
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
    assertStringIncludes(script.stdout, "set -euo pipefail");
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
      const args = await prepare(folder, "typo", more);
      const { code, stderr } = await runStageTask("batch_train", args);
      assertEquals(code, 65);
      assertStringIncludes(stderr, `typo.yaml:`);
      assertStringIncludes(stderr, message);
    }
    const missing = await runStageTask("batch_train", await prepare(folder, "no_data"));
    assertEquals(missing.code, 66);
    assertStringIncludes(missing.stderr, `Cannot find "${folder}/train.jsonl"`);
  });
});

Deno.test("worker processes give the bytes of one process, and a resumed batch skips", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const one = await runStageTask("batch_train", await prepare(folder, "one"));
    assertEquals(one.code, 0, one.stderr);
    assertStringIncludes(one.stdout, "4 finished, 0 skipped, 0 failed");
    const args = [...await prepare(folder, "two"), "--jobs", "2"];
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
    await runStageTask("batch_train", await prepare(folder, "whole"));
    const args = [...await prepare(folder, "killed"), "--jobs", "2", "--resume"];
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
      const args = [...await prepare(folder, `fails${jobs}`, other), "--jobs", jobs];
      const { code, stdout } = await runStageTask("batch_train", args);
      assertEquals(code, 2);
      assertStringIncludes(stdout, "4 finished, 0 skipped, 1 failed");
      assertStringIncludes(stdout, "no/such-model");
    }
  });
});

/** Slurm as far as a batch sees it: an array's tasks run one after the other, in the background. */
const FAKE = {
  sbatch: `#!/usr/bin/env bash
set -eu
script=\${@: -1}
id=$(( $(cat "$FAKE_SLURM/last" 2>/dev/null || echo 0) + 1 ))
echo "$id" > "$FAKE_SLURM/last"
range=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$script")
indices=$(seq 0 "$range")
for arg in "$@"; do case $arg in --array=*) indices=$(echo "\${arg#--array=}" | tr , ' ');; esac; done
for i in $indices; do echo "\${id}_$i|PENDING" > "$FAKE_SLURM/$id.$i"; done
(
  for i in $indices; do
    echo "\${id}_$i|RUNNING" > "$FAKE_SLURM/$id.$i"
    state=FAILED
    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_JOB_ID=$id bash "$script" && state=COMPLETED
    echo "\${id}_$i|$state" > "$FAKE_SLURM/$id.$i"
  done
) </dev/null >/dev/null 2>&1 &
echo "$id;fake"
`,
  squeue: `#!/usr/bin/env bash
for arg in "$@"; do case $arg in --jobs=*) id=\${arg#--jobs=};; esac; done
cat "$FAKE_SLURM/$id".*
`,
  sacct: `#!/usr/bin/env bash
echo "Slurm accounting storage is disabled" >&2
exit 1
`,
};

async function fakeSlurm(folder: string): Promise<Record<string, string>> {
  await Deno.mkdir(`${folder}/bin`);
  for (const [name, text] of Object.entries(FAKE)) {
    await Deno.writeTextFile(`${folder}/bin/${name}`, text, { mode: 0o755 });
  }
  await Deno.mkdir(`${folder}/slurm`);
  const here = `${Deno.cwd()}/${folder}`;
  return { PATH: `${here}/bin:${Deno.env.get("PATH")}`, FAKE_SLURM: `${here}/slurm` };
}

Deno.test("a job array gives the bytes of one process; a task that died is begun again", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const env = await fakeSlurm(folder);
    await runStageTask("batch_train", await prepare(folder, "here"));
    const dies = `slurm:
  poll_seconds: 0.05
  setup: ['if [ "$index" = 2 ] && mkdir "$batch/died"; then kill -9 $$; fi']
`;
    const args = [...await prepare(folder, "array", dies), "--executor", "slurm"];
    const { code, stdout, stderr } = await runStageTask("batch_train", args, { env });
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /Submitted Slurm job 1: 4 tasks/);
    assertMatch(stdout, /Submitted Slurm job 2: 1 tasks/);
    assertStringIncludes(stdout, "4 finished, 0 skipped, 0 failed");
    const bytes = await runBytes(`${folder}/array/models`);
    assertEquals(bytes, await runBytes(`${folder}/here/models`));
    const jobs = await Deno.readTextFile(`${folder}/array/logs/batch_training_jobs.txt`);
    assertMatch(jobs, /\t2\ttiny_champion_lr1e-1_bs16_ep5_seed1\tfinished\t/);
  });
});

Deno.test("a batch on Slurm whose follower was killed is followed, not submitted again", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const env = await fakeSlurm(folder);
    const slow = "slurm: { poll_seconds: 0.05, setup: [sleep 0.4] }\n";
    const args = [...await prepare(folder, "slow", slow), "--executor", "slurm", "--resume"];
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
    assertStringIncludes(stdout, "Following Slurm job 1: 4 tasks");
    assertStringIncludes(stdout, "4 finished");
    assertEquals(await Deno.readTextFile(`${folder}/slurm/last`), "1\n");
  });
});
