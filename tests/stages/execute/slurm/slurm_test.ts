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
  hasEnded,
  type ProgramOutput,
  type SlurmClient,
  type TaskStates,
} from "../../../../src/stages/execute/slurm/client.ts";
import { refusedProgram } from "../../../../src/stages/execute/refused_program.ts";
import { slurmScript } from "../../../../src/stages/execute/slurm/script.ts";
import { parseSlurmSettings } from "../../../../src/stages/execute/slurm/settings.ts";
import { parseStageConfig } from "../../../../src/stages/config/stage_config.ts";
import { inTempFolder } from "../../../temp.ts";
import { dirname } from "node:path";

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
      ["{ mem: 4.5 }", "slurm.mem: expected a size such as 32G"],
      ['{ exclude: "a b" }', "slurm.exclude: expected one word"],
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

Deno.test("parseSlurmSettings() takes sizes, times and names as sites write them", () => {
  const read = (text: string) => parseSlurmSettings(`slurm: { ${text} }`, "c.yaml");
  for (
    const [written, mem] of [["4000", "4000"], ["4000M", "4000M"], ["32GB", "32G"], ["32gb", "32G"]]
  ) assertEquals(read(`mem: ${written}, tmp: ${written}`).mem, mem);
  const { account, time, constraint, exclude } = read(
    'account: 12345, time: 90, constraint: "a100|h100&ib", exclude: "node[01-03],n7"',
  );
  assertEquals([account, time, constraint, exclude], [
    "12345",
    "90",
    "a100|h100&ib",
    "node[01-03],n7",
  ]);
});

Deno.test("slurmScript() carries the settings and quotes what the shell would split", () => {
  const settings = parseSlurmSettings(
    `slurm: { partition: gpu-a100, account: lab, qos: normal, time: 1-02:00:00, mem: 32G, gres: "gpu:1",
      cpus_per_task: 4, tmp: 30GB, max_parallel: 8, mail_user: me@example.org, mail_type: FAIL,
      constraint: "a100|h100", exclude: "n[1-3]",
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
      "tmp=30G",
      "constraint=a100|h100",
      "exclude=n[1-3]",
      "array=0-4%8",
      "constraint=avx2",
      "mail-user=me@example.org",
      'output="/data/100%% mine/logs/%A_%a.out"',
    ]
  ) assertStringIncludes(script, `#SBATCH --${directive}\n`);
  assertStringIncludes(
    script,
    `cd '/home/o'\\''neil/lm'\nmodule load deno\nexport MICRO_LM_LIBRARY_PATH="\${LD_LIBRARY_PATH-}"\n` +
      "unset LD_LIBRARY_PATH LD_PRELOAD\nset -u\n/opt/deno run",
  );
  assertStringIncludes(script, `--config 'it'\\''s.yaml'`);
  assertMatch(script, /^#!\/usr\/bin\/env bash\n(#SBATCH .*\n)+set -eo pipefail\n/);
  assertStringIncludes(script, "\nindex=$SLURM_ARRAY_TASK_ID\n");
  const later = slurmScript(settings, {
    workdir: "/w",
    batchDir: "/b",
    tasks: 2,
    offset: 1000,
    command: ["deno"],
  });
  assertStringIncludes(later, "#SBATCH --array=0-1%8\n");
  assertStringIncludes(later, "\nindex=$((SLURM_ARRAY_TASK_ID + 1000))\n");
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

Deno.test("the client finds the job id and the cluster at the end of what sbatch prints", async () => {
  for (
    const [stdout, job] of [
      ["17\n", { id: "17" }],
      ["17;big\n", { id: "17", cluster: "big" }],
      ["Submitted batch job 17\n", { id: "17" }],
      ["lua: hello\n17\n", { id: "17" }],
    ] as const
  ) assertEquals(await programs({ sbatch: { stdout } }).client.submit("x.sh"), job, stdout);
  for (const stdout of ["", "ok\n", "queued as 17 (big)\n"]) {
    const error = await assertRejects(
      () => programs({ sbatch: { stdout } }).client.submit("x.sh"),
      MicroLmError,
    );
    assertMatch((error as MicroLmError).message, /Expected the id of a job from sbatch, got/);
  }
  const { calls, client } = programs({ sbatch: { stdout: "18" } });
  await client.submit("x.sh", { indices: [1, 4], after: { id: "17", cluster: "big" } });
  assertEquals(calls, [[
    "sbatch",
    "--parsable",
    "--array=1,4",
    "--dependency=afterany:17",
    "x.sh",
  ]]);
  const long = "sbatch: error: Batch job submission failed: Invalid job array specification\n";
  assertEquals(
    await programs({ sbatch: { code: 1, stderr: long } }).client.submit("x.sh"),
    null,
  );
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
  const states = (answers: Parameters<typeof programs>[0]) =>
    programs(answers).client.states({ id: "17" });
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

Deno.test("the client asks the cluster that has the job", async () => {
  const { calls, client } = programs({ squeue: { stdout: "CLUSTER: big\n17_0|RUNNING\n" } });
  const states = await client.states({ id: "17", cluster: "big" });
  assertEquals(states, new Map([[0, "RUNNING"]]));
  assertEquals(calls.map(([program, first]) => [program, first]), [
    ["squeue", "--clusters=big"],
    ["sacct", "--clusters=big"],
  ]);
});

Deno.test("hasEnded() knows the states that a task does not leave", () => {
  const final = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "LAUNCH_FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "RECONFIG_FAIL",
    "REVOKED",
    "TIMEOUT",
  ];
  const passing = ["PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "REQUEUED", "SUSPENDED"];
  assertEquals([...final, ...passing].filter(hasEnded), final);
});

Deno.test("without permission to run sbatch the error names the flag", async () => {
  const error = await assertRejects(() => createSlurmClient().submit("x.sh"), MicroLmError);
  assertStringIncludes((error as MicroLmError).hint!, "--allow-run=sbatch");
});

/** A cluster that is told, look by look, in which state the tasks are. */
function cluster(
  folder: string,
  looks: readonly (TaskStates | null)[],
  results: number[][],
  { maxArraySize = Infinity } = {},
) {
  const submitted: string[] = [];
  let at = 0;
  let batch = `${folder}/b`;
  const client: SlurmClient = {
    submit: async (script, { indices, after } = {}) => {
      const [, last] = /--array=0-(\d+)/.exec(await Deno.readTextFile(script))!;
      if ((indices?.at(-1) ?? Number(last)) >= maxArraySize) return null;
      const name = script.slice(script.lastIndexOf("/") + 1);
      batch = dirname(script);
      submitted.push([name, indices?.join(","), after?.id].filter(Boolean).join(" "));
      return { id: String(40 + submitted.length) };
    },
    states: async () => {
      for (const index of results[at] ?? []) {
        const { name } = EXPERIMENTS[index]!;
        await writeJson(taskResultPath(batch, index), { name, outcome: "finished" });
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
    assertEquals(submitted, ["array.sh", "array.sh 1"]);
    assertEquals(runs.map(({ outcome }) => outcome), Array(3).fill("finished"));
    assertEquals(seen, [0, 2, 1].map((index) => EXPERIMENTS[index]!.name));
    const job = JSON.parse(await Deno.readTextFile(`${folder}/b/job.json`));
    assertEquals([job.arrays[0].id, job.done, job.attempts], ["42", true, [1, 2, 1]]);
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
      assertStringIncludes(runs[1]!.error!.message, "it left no log");
    });
  }
});

Deno.test("runSlurmBatch() names the exit code, the last words and the logs that exist", async () => {
  await inTempFolder(async (folder) => {
    const { client } = cluster(folder, [ended("COMPLETED", "FAILED", "COMPLETED")], [[0, 2]]);
    const log = `${folder}/b/logs/task_1.log`;
    const runs = await runSlurmBatch(EXPERIMENTS, request(folder, "retries: 0"), {
      client,
      sleep: async () => {
        await Deno.writeTextFile(log, '{"type":"start"}\nconda.sh: line 1: X: unbound\n{"a":1}\n');
        await Deno.writeTextFile(`${folder}/b/status/1.exit`, "1\n");
      },
    });
    assertEquals(
      runs[1]!.error!.message,
      "Slurm ended task 41_1 (FAILED, exit code 1) without an outcome: " +
        `conda.sh: line 1: X: unbound; its log: ${log}`,
    );
  });
});

Deno.test("runSlurmBatch() waits for the files of a task that ended well", async () => {
  await inTempFolder(async (folder) => {
    const late = [[], [], [], [], [], [0, 1, 2]];
    const looks = [ended("COMPLETED", "COMPLETED", "COMPLETED")];
    const { client, submitted } = cluster(folder, looks, late);
    const runs = await runSlurmBatch(EXPERIMENTS, request(folder), { client, sleep });
    assertEquals([runs.length, submitted], [3, ["array.sh"]]);
  });
});

Deno.test("runSlurmBatch() splits an array that is too long for the cluster", async () => {
  for (
    const [slurm, maxArraySize, expected] of [
      ["max_array: 2", 99, ["array.sh", "array_2.sh"]],
      ["max_array: 2, max_parallel: 1", 99, ["array.sh", "array_2.sh 41"]],
      ["", 2, ["array.sh", "array_2.sh"]],
      ["", 1, ["array.sh", "array_1.sh", "array_2.sh"]],
    ] as const
  ) {
    await inTempFolder(async (folder) => {
      const looks = [ended("RUNNING", "RUNNING")];
      const { client, submitted } = cluster(folder, looks, [[0, 1, 2]], { maxArraySize });
      const runs = await runSlurmBatch(EXPERIMENTS, request(folder, slurm), { client, sleep });
      assertEquals(runs.map(({ outcome }) => outcome), Array(3).fill("finished"));
      assertEquals(submitted, [...expected]);
    });
  }
  await inTempFolder(async (folder) => {
    const none = cluster(folder, [], [], { maxArraySize: 0 });
    await assertRejects(
      () => runSlurmBatch(EXPERIMENTS, request(folder), { client: none.client, sleep }),
      MicroLmError,
      "takes no job arrays",
    );
  });
});

Deno.test("runSlurmBatch() submits later what Slurm does not take at the moment", async () => {
  await inTempFolder(async (folder) => {
    const looks = [ended("COMPLETED", "RUNNING")];
    const { client, submitted } = cluster(folder, looks, [[0, 1], [2]]);
    let refusals = 1;
    const runs = await runSlurmBatch(EXPERIMENTS, request(folder, "max_array: 2"), {
      client: {
        ...client,
        submit: (script, options) => {
          if (submitted.length === 1 && refusals-- > 0) {
            return Promise.reject(new MicroLmError("usage", "QOSMaxSubmitJobPerUserLimit"));
          }
          return client.submit(script, options);
        },
      },
      sleep,
    });
    assertEquals(runs.map(({ outcome }) => outcome), Array(3).fill("finished"));
    assertEquals(submitted, ["array.sh", "array_2.sh"]);
  });
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
    assertEquals((await Deno.stat(`${folder}/b_2/job.json`)).isFile, true);
  });
});

Deno.test("previewSlurmBatch() is the script of one array over all experiments", () => {
  assertStringIncludes(previewSlurmBatch(3, request("/x")), "#SBATCH --array=0-2\n");
});

Deno.test("a loader's variable that keeps Deno from starting programs is named", () => {
  const cause = new Deno.errors.NotCapable(
    "Requires --allow-run permissions to spawn subprocess with LD_LIBRARY_PATH environment variable",
  );
  const error = refusedProgram("sbatch", cause, "install it") as MicroLmError;
  assertEquals(error.kind, "permission");
  assertStringIncludes(error.hint!, "env -u LD_LIBRARY_PATH");
  const absent = refusedProgram("sbatch", new Deno.errors.NotFound(), "install it") as MicroLmError;
  assertEquals([absent.kind, absent.hint], ["missing", "install it"]);
  assertEquals(refusedProgram("sbatch", cause.message, ""), cause.message);
});
