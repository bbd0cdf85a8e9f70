import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readCsv } from "../../src/data/csv/csv.ts";
import { ANALYSIS_COLUMNS } from "../../src/stages/evaluate/analyze.ts";
import { writeDetections } from "../stages/detections_fixture.ts";
import { inTempFolder, write } from "../temp.ts";
import { runStageTask, stageYaml, startStageTask } from "./stages_run.ts";

const evalYaml = (folder: string, threshold: string, models = "e") => `
evaluation:
  threshold: ${threshold}
  test_sets:
    combined: ${folder}/test.jsonl
    technologies:
      chef: { path: ${folder}/test.jsonl, tech: chef }
      puppet: { path: ${folder}/test.jsonl, tech: puppet }
  output_dir: ${folder}/evaluation
models: { encoder: { path: ${folder}/${models}/models } }
`;

const FROZEN = (folder: string) =>
  `{ mode: frozen, file: ${folder}/e/models/tiny_final_sweep_latest/threshold_sweep_results.json }`;

Deno.test("batch-eval, champion and analyze work together and write what they promise", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const config = await write(folder, "stage.yaml", stageYaml(folder, "e"));
    const logs = ["--logs_dir", `${folder}/logs`];
    const trained = await runStageTask("batch_train", ["--config", config, ...logs]);
    assertEquals(trained.code, 0, trained.stderr);
    const evaluate = async (threshold: string, env: Record<string, string> = {}) => {
      const path = await write(folder, "eval.yaml", evalYaml(folder, threshold));
      return await runStageTask("batch_eval", ["--config", path, ...logs, "--json"], { env });
    };
    const modeOf = async (threshold: string, env: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await evaluate(threshold, env);
      assertEquals(code, 0, stderr);
      const { mode, evaluations } = JSON.parse(stdout);
      assertEquals(evaluations.length, 4 * 3);
      return [mode, evaluations[0].threshold];
    };
    assertEquals(await modeOf("{ mode: argmax }"), ["argmax", null]);
    assertEquals(await modeOf("{}", { EVAL_THRESHOLD_FIXED: "0.61" }), ["fixed", 0.61]);
    assertEquals((await modeOf("{}", { EVAL_THRESHOLD_MODE: "file" }))[0], "file");
    const mine = await write(folder, "mine.json", '{ "best_threshold": 0.42 }');
    assertEquals(await modeOf("{}", { EVAL_THRESHOLD_FILE: mine }), ["file", 0.42]);

    const missing = await evaluate(FROZEN(folder));
    assertEquals(missing.code, 66);
    assertStringIncludes(missing.stderr, "Cannot find the threshold file");
    assertStringIncludes(missing.stderr, "champion --freeze-only");

    const champion = [
      "--config",
      config,
      "--champion_dir",
      `${folder}/champion`,
      "--evaluation_dir",
      `${folder}/evaluation`,
      "--json",
    ];
    const early = await runStageTask("champion", [...champion, "--freeze_only"]);
    assertEquals(early.code, 66);
    assertStringIncludes(early.stderr, "champion --select_only");
    const selected = await runStageTask("champion", [...champion, "--select-only"]);
    assertEquals([selected.code, JSON.parse(selected.stdout).record], [0, null]);
    const frozen = await runStageTask("champion", [...champion, "--freeze-only"]);
    assertEquals(frozen.code, 0, frozen.stderr);
    const { record } = JSON.parse(frozen.stdout);
    assertEquals(record.candidates.length, 4);
    const again = await runStageTask("champion", [...champion, "--freeze-only"]);
    assertEquals(again.code, 73);
    assertStringIncludes(again.stderr, "--force");
    assertEquals((await runStageTask("champion", [...champion, "--force"])).code, 0);
    assertEquals(await modeOf(FROZEN(folder)), ["frozen", record.threshold]);
    assertStringIncludes(
      (await evaluate(FROZEN(folder))).stderr,
      `Mode frozen: threshold ${record.threshold} of ${record.run} for all 4 runs`,
    );
    await checkAnalysis(folder, record.run);
  });
});

async function checkAnalysis(folder: string, champion: string): Promise<void> {
  const { code, stdout, stderr } = await runStageTask("analyze", [
    "--results_dir",
    `${folder}/evaluation`,
    "--champion_dir",
    `${folder}/champion`,
    "--export-csv",
    "--export-dataset-csvs",
    "--out_html",
    `${folder}/r.html`,
    "--json",
    "--prefix",
    "tiny",
  ]);
  assertEquals(code, 0, stderr);
  const { rows, comparisons, files } = JSON.parse(stdout);
  assertEquals(rows.length, 4 * 4 * 3);
  assertEquals(comparisons.map(({ first }: { first: string }) => first), [champion]);
  const out = `${folder}/evaluation/analysis`;
  const names = ["analysis", "smells", "seeds", "comparisons"].map((name) => `${out}/${name}.csv`);
  for (const name of [...names, `${out}/analysis_chef.csv`]) assert(files.includes(name), name);
  const table = await Array.fromAsync(readCsv(names[0]!));
  assertEquals(Object.keys(table[0]!.fields), [...ANALYSIS_COLUMNS]);
  assertEquals(table.length, rows.length);
  const seeds = await Array.fromAsync(readCsv(names[2]!, { required: ["std", "median"] }));
  assertEquals(new Set(seeds.map(({ fields }) => fields["seeds"])), new Set(["2"]));
  const page = await Deno.readTextFile(`${folder}/r.html`);
  for (
    const part of ["Threshold on the validation set", "F1 over the seeds", "McNemar p", champion]
  ) {
    assertStringIncludes(page, part);
  }
  const none = await runStageTask("analyze", [
    "--results_dir",
    `${folder}/evaluation`,
    "--prefix",
    "large",
  ]);
  assertEquals(none.code, 66);
  assertStringIncludes(none.stderr, 'an evaluation of a run "large…"');
}

Deno.test("batch-eval refuses a mode, threshold or key that is none", async () => {
  await inTempFolder(async (folder) => {
    const config = await write(folder, "eval.yaml", evalYaml(folder, "{}"));
    for (
      const [env, message] of [
        [{ EVAL_THRESHOLD_MODE: "best" }, 'argmax, fixed, file, frozen; got "best"'],
        [{ EVAL_THRESHOLD_FIXED: "high" }, 'a number from 0 to 1, got "high"'],
        [{ EVAL_THRESHOLD_FIXED: "1.5" }, 'a number from 0 to 1, got "1.5"'],
        [{ EVAL_THRESHOLD_FIXED: "0.5", EVAL_THRESHOLD_FILE: "x" }, "got both"],
      ] as const
    ) {
      const { code, stderr } = await runStageTask("batch_eval", ["--config", config], { env });
      assertEquals(code, 64);
      assertStringIncludes(stderr, message);
    }
    const typo = await write(folder, "typo.yaml", evalYaml(folder, "{ mod: fixed }"));
    const { code, stderr } = await runStageTask("batch_eval", ["--config", typo]);
    assertEquals(code, 65);
    assertMatch(stderr, /typo\.yaml:3:.* evaluation\.threshold\.mod: unknown key, .*"mode"/);
  });
});

Deno.test("an evaluation and a freezing that are killed can be done again", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const config = await write(folder, "stage.yaml", stageYaml(folder, "e"));
    const logs = ["--logs_dir", `${folder}/logs`];
    await runStageTask("batch_train", ["--config", config, ...logs]);
    const path = await write(folder, "eval.yaml", evalYaml(folder, "{ mode: file }"));
    const champion = [
      "--config",
      config,
      "--champion_dir",
      `${folder}/champion`,
      "--force",
      "--evaluation_dir",
      `${folder}/evaluation`,
    ];
    for (
      const [task, args, ms] of [
        ["batch_eval", ["--config", path, ...logs], 150],
        ["batch_eval", ["--config", path, ...logs], 250],
        ["champion", champion, 100],
        ["champion", champion, 130],
      ] as const
    ) {
      const process = startStageTask(task, args);
      await new Promise((resolve) => setTimeout(resolve, ms));
      try {
        process.kill("SIGKILL");
      } catch {
        // It was done before.
      }
      await process.output();
      const again = await runStageTask(task, args);
      assertEquals(again.code, 0, again.stderr);
    }
    const { run } = JSON.parse(await Deno.readTextFile(`${folder}/champion/champion.json`));
    const weights = await Deno.readFile(`${folder}/champion/model.onnx`);
    assertEquals(weights, await Deno.readFile(`${folder}/e/models/${run}/model.onnx`));
  });
});

Deno.test("stages:demo goes through the four stages and judges the champion", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    await Deno.mkdir(`${folder}/configs/encoder`, { recursive: true });
    await Deno.mkdir(`${folder}/configs/eval`);
    for (const [i, base] of ["first", "second", "third", "tiny_champion"].entries()) {
      const text = stageYaml(folder, "e").replace("tiny_champion", base);
      await write(`${folder}/configs/encoder`, `stage${i + 1}_offline.yaml`, text);
    }
    for (
      const [name, threshold] of [
        ["argmax", "{}"],
        ["threshold", "{ mode: file }"],
        ["threshold_frozen", FROZEN(folder)],
      ] as const
    ) {
      const text = evalYaml(folder, threshold);
      await write(`${folder}/configs/eval`, `eval_${name}_offline.yaml`, text);
    }
    const args = ["--configs_dir", `${folder}/configs`, "--out_dir", `${folder}/out`];
    const easy = [...args, "--min_recall", "0.5", "--min_fp_removed", "0.1", "--json"];
    const { code, stdout, stderr } = await runStageTask("stages_demo", easy);
    assertEquals(code, 0, stderr);
    const { champion, pass, recall, removed } = JSON.parse(stdout);
    assertEquals([pass, champion.candidates.length], [true, 4]);
    assert(recall.ci_low < recall.value && removed.ci_low < removed.value);
    assertStringIncludes(await Deno.readTextFile(`${folder}/out/report.html`), ">PASS<");
    const hard = await runStageTask("stages_demo", [...args, "--min_fp_removed", "1"]);
    assertEquals(hard.code, 2, hard.stderr);
    assertStringIncludes(hard.stdout, "not met");
    assertMatch(hard.stdout, /first_lr3e-2_bs16_ep5_seed1 +skipped/);
  });
});

Deno.test("champion without a config takes seeds of one setting, not a mixture of stages", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const config = await write(folder, "stage.yaml", stageYaml(folder, "e"));
    await runStageTask("batch_train", ["--config", config, "--logs_dir", `${folder}/logs`]);
    const folders = [
      "--base_dir",
      `${folder}/e/models`,
      "--champion_dir",
      `${folder}/champion`,
      "--evaluation_dir",
      `${folder}/evaluation`,
    ];
    const mixed = await runStageTask("champion", folders);
    assertEquals(mixed.code, 64);
    assertStringIncludes(mixed.stderr, "runs that differ in their seeds, found 2 settings");
    assertStringIncludes(mixed.stderr, "--config CONFIG-OF-STAGE-4");
    const one = await runStageTask("champion", [
      ...folders,
      "--prefix",
      "tiny_champion_lr1e-1_",
      "--json",
    ]);
    assertEquals(one.code, 0, one.stderr);
    assertEquals(JSON.parse(one.stdout).record.candidates.length, 2);
  });
});
