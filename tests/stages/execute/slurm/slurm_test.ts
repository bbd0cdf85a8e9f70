import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { MicroLmError } from "../../../../src/core/errors.ts";
import { expandExperiments } from "../../../../src/stages/config/expand.ts";
import { writeJson } from "../../../../src/stages/experiment/experiment_folder.ts";
import {
  previewSlurmBatch,
  runSlurmBatch,
  type SlurmBatchRequest,
} from "../../../../src/stages/execute/slurm/slurm.ts";
import { taskResultPath } from "../../../../src/stages/execute/slurm/batch_folder.ts";
import {
  createSlurmClient,
  type ProgramOutput,
  type SlurmClient,
  type TaskStates,
} from "../../../../src/stages/execute/slurm/client.ts";
import { slurmScript } from "../../../../src/stages/execute/slurm/script.ts";
import { parseSlurmSettings } from "../../../../src/stages/execute/slurm/settings.ts";
import { parseStageConfig } from "../../../../src/stages/config/stage_config.ts";
import { inTempFolder } from "../../../temp.ts";

const CONFIG = `
experiments:
  a: { model_name: ngram, hyperparameters: { learning_rates: [1e-2], batch_sizes: [8],
       num_epochs: [1], seeds: [1, 2, 3] } }
`;
const EXPERIMENTS = expandExperiments(parseStageConfig(CONFIG));

Deno.test("parseSlurmSettings() names the path of a fault and refuses what would end a line", () => {
  for (
    const [text, message] of [
      ["{ partitoin: x }", 'slurm.partitoin: unknown key, did you mean "partition"?'],
      ["{ partition: 'a b' }", "slurm.partition: expected one word"],
      ['{ account: "a\\n#SBATCH --uid=0" }', "slurm.account: expected one word"],
      ["{ time: soon }", "slurm.time: expected a time such as 04:00:00"],
      ["{ mem: plenty }", "slurm.mem: expected a size such as 32G"],
      ['{ setup: ["a\\nb"] }', "slurm.setup.0: expected one line"],
      ["{ extra: [rm] }", "slurm.extra.0: expected --name=value"],
      ["{ retries: -1 }", "slurm.retries"],
    ] as const
  ) {
    const error = assertThrows(() => parseSlurmSettings(`slurm: ${text}`, "c.yaml"), MicroLmError);
    assertStringIncludes((error as MicroLmError).message, message);
    assertMatch((error as MicroLmError).message, /^c\.yaml:1:/);
  }
  const { time, mem, retries, setup } = parseSlurmSettings("experiments: {}", "c.yaml");
  assertEquals([time, mem, retries, setup], ["04:00:00", "4G", 1, []]);
});

Deno.test("slurmScript() carries the settings and quotes what the shell would split", () => {
  const settings = parseSlurmSettings(
    `slurm: { partition: gpu-a100, account: lab, qos: normal, time: 1-02:00:00, mem: 32G, gres: "gpu:1",
      cpus_per_task: 4, tmp: 30GB, max_parallel: 8, mail_user: me@example.org, mail_type: FAIL,
      setup: [module load deno], extra: [--constraint=avx2] }`,
    "c.yaml",
  );
  const script = slurmScript(settings, {
    workdir: "/home/o'neil/lm",
    batchDir: "/data/100% mine",
    tasks: 5,
    command: ["/opt/deno", "run", "--config", "it's.yaml"],
  });
  for (
    const directive of [
      "partition=gpu-a100",
      "account=lab",
      "qos=normal",
      "time=1-02:00:00",
      "mem=32G",
      "gres=gpu:1",
      "cpus-per-task=4",
      "tmp=30GB",
      "array=0-4%8",
      "constraint=avx2",
      "mail-user=me@example.org",
      'output="/data/100%% mine/logs/%A_%a.out"',
    ]
  ) assertStringIncludes(script, `#SBATCH --${directive}\n`);
  assertStringIncludes(script, `cd '/home/o'\\''neil/lm'\nmodule load deno\n/opt/deno run`);
  assertStringIncludes(script, `--config 'it'\\''s.yaml'`);
  assertMatch(script, /^#!\/usr\/bin\/env bash\n(#SBATCH .*\n)+set -euo pipefail\n/);
});

/** Answers of programs by name. */
function programs(answers: Readonly<Record<string, Partial<ProgramOutput>>>) {
  const calls: string[][] = [];
  const run = (name: string, args: readonly string[]): Promise<ProgramOutput> => {
    calls.push([name, ...args]);
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answers[name] });
  };
  return { calls, client: createSlurmClient(run) };
}

Deno.test("the client finds the job id at the end of what sbatch prints", async () => {
  for (const stdout of ["17\n", "17;cluster\n", "Submitted batch job 17\n", "lua: hello\n17\n"]) {
    assertEquals(await programs({ sbatch: { stdout } }).client.submit("x.sh"), "17", stdout);
  }
  const { calls, client } = programs({ sbatch: { stdout: "18" } });
  await client.submit("x.sh", [1, 4]);
  assertEquals(calls, [["sbatch", "--parsable", "--array=1,4", "x.sh"]]);
  const stderr = "sbatch: error: invalid partition specified: x\n";
  const error = await assertRejects(
    () => programs({ sbatch: { code: 1, stderr } }).client.submit("x.sh"),
    MicroLmError,
  );
  assertStringIncludes((error as MicroLmError).message, "invalid partition specified: x");
});

Deno.test("the client joins queue and accounts, and knows silence from a forgotten job", async () => {
  const invalid = { code: 1, stderr: "slurm_load_jobs error: Invalid job id specified" };
  const disabled = { code: 1, stderr: "Slurm accounting storage is disabled" };
  const states = (answers: Parameters<typeof programs>[0]) => programs(answers).client.states("17");
  assertEquals(
    await states({
      squeue: { stdout: "17_2|RUNNING\n171_0|FAILED\n" },
      sacct: { stdout: "17_1|CANCELLED by 0\n17_1.batch|FAILED\n17_2|PENDING\n" },
    }),
    new Map([[1, "CANCELLED"], [2, "RUNNING"]]),
  );
  assertEquals(await states({ squeue: invalid, sacct: disabled }), "unknown");
  assertEquals(
    await states({ squeue: invalid, sacct: { stdout: "17_0|OUT_OF_MEMORY\n" } }),
    new Map([[0, "OUT_OF_MEMORY"]]),
  );
  assertEquals(await states({ squeue: { code: 1, stderr: "Unable to contact slurmctld" } }), null);
});

Deno.test("without permission to run sbatch the error names the flag", async () => {
  const error = await assertRejects(() => createSlurmClient().submit("x.sh"), MicroLmError);
  assertStringIncludes((error as MicroLmError).hint!, "--allow-run=sbatch");
});

/** A cluster that is told, look by look, in which state the tasks are. */
function cluster(folder: string, looks: readonly (TaskStates | null)[], results: number[][]) {
  const submitted: (readonly number[] | undefined)[] = [];
  let at = 0;
  const client: SlurmClient = {
    submit: (_script, indices) => {
      submitted.push(indices);
      return Promise.resolve(String(40 + submitted.length));
    },
    states: async () => {
      for (const index of results[at] ?? []) {
        const { name } = EXPERIMENTS[index]!;
        await writeJson(taskResultPath(`${folder}/b`, index), { name, outcome: "finished" });
      }
      return looks[Math.min(at++, looks.length - 1)]!;
    },
  };
  return { client, submitted };
}

function request(folder: string, slurm = ""): SlurmBatchRequest {
  return {
    settings: parseSlurmSettings(`slurm: { ${slurm} }`, "c.yaml"),
    configText: CONFIG,
    root: folder,
    name: "b",
    workdir: "/",
    command: () => ["deno"],
  };
}

const sleep = () => Promise.resolve();
const ended = (...states: string[]): TaskStates => new Map(states.entries());

Deno.test("runSlurmBatch() submits again what ended without an outcome, and only that", async () => {
  await inTempFolder(async (folder) => {
    const { client, submitted } = cluster(
      folder,
      [ended("RUNNING", "TIMEOUT", "PENDING"), null, ended("COMPLETED", "TIMEOUT", "COMPLETED")],
      [[], [0], [2], [], [], [], [1]],
    );
    const seen: string[] = [];
    const runs = await runSlurmBatch(EXPERIMENTS, request(folder), {
      client,
      sleep,
      onRun: ({ experiment }) => seen.push(experiment.name),
    });
    assertEquals(submitted, [undefined, [1]]);
    assertEquals(runs.map(({ outcome }) => outcome), Array(3).fill("finished"));
    assertEquals(seen, [0, 2, 1].map((index) => EXPERIMENTS[index]!.name));
    const job = JSON.parse(await Deno.readTextFile(`${folder}/b/job.json`));
    assertEquals([job.id, job.done, job.retries], ["42", true, 1]);
  });
});

Deno.test("runSlurmBatch() gives up after the retries, and on what was cancelled", async () => {
  for (
    const [state, retries, jobs] of [
      ["NODE_FAIL", 2, 3],
      ["NODE_FAIL", 0, 1],
      ["CANCELLED", 2, 1],
    ] as const
  ) {
    await inTempFolder(async (folder) => {
      const looks = [ended("COMPLETED", state, "COMPLETED")];
      const { client, submitted } = cluster(folder, looks, [[0, 2]]);
      const slurm = `retries: ${retries}`;
      const runs = await runSlurmBatch(EXPERIMENTS, request(folder, slurm), { client, sleep });
      assertEquals(submitted.length, jobs, state);
      assertEquals(runs.map(({ outcome }) => outcome), ["finished", "failed", "finished"]);
      assertStringIncludes(runs[1]!.error!.message, `(${state}) without an outcome`);
    });
  }
});

Deno.test("runSlurmBatch() takes the outcome of a job that Slurm forgot from the files", async () => {
  await inTempFolder(async (folder) => {
    const { client, submitted } = cluster(folder, ["unknown"], [[], [0, 1, 2]]);
    const runs = await runSlurmBatch(EXPERIMENTS, request(folder), { client, sleep });
    assertEquals(runs.length, 3);
    assertEquals(submitted.length, 1);
  });
});

Deno.test("runSlurmBatch() stops when Slurm is silent for long, and follows the job later", async () => {
  await inTempFolder(async (folder) => {
    const silent = cluster(folder, [null], []);
    const error = await assertRejects(
      () => runSlurmBatch(EXPERIMENTS, request(folder), { client: silent.client, sleep }),
      MicroLmError,
    );
    assertStringIncludes((error as MicroLmError).hint!, "--resume");
    const back = cluster(folder, [ended("COMPLETED", "RUNNING", "COMPLETED")], [[], [0, 1, 2]]);
    const found: boolean[] = [];
    const runs = await runSlurmBatch(EXPERIMENTS, request(folder), {
      client: back.client,
      sleep,
      onJob: (_id, _tasks, isFound) => found.push(isFound),
    });
    assertEquals([runs.length, back.submitted.length, found], [3, 0, [true]]);
    const anew = cluster(folder, [ended("RUNNING")], [[], [0, 1, 2]]);
    await runSlurmBatch(EXPERIMENTS, request(folder), {
      client: anew.client,
      sleep,
      resume: false,
    });
    assertEquals(anew.submitted.length, 1);
  });
});

Deno.test("previewSlurmBatch() is the script of one array over all experiments", () => {
  assertStringIncludes(previewSlurmBatch(EXPERIMENTS, request("/x")), "#SBATCH --array=0-2\n");
});
