import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import {
  analysisRow,
  collectEvaluations,
  costAgainstGain,
  smellRows,
  summarizeSeeds,
} from "../../src/stages/evaluate/analyze.ts";
import { type BatchRun, runBatch } from "../../src/stages/config/batch.ts";
import { findCandidates, freezeChampion, selectChampion } from "../../src/stages/champion.ts";
import { compareEvaluations } from "../../src/stages/evaluate/compare_runs.ts";
import { evaluateRuns } from "../../src/stages/evaluate/evaluate_runs.ts";
import { parseEvaluationConfig } from "../../src/stages/config/evaluation_config.ts";
import {
  followPointers,
  linkTo,
  listRuns,
  RUN_FILES,
} from "../../src/stages/experiment/experiment_folder.ts";
import { parseStageConfig, type StageConfig } from "../../src/stages/config/stage_config.ts";
import { inTempFolder } from "../temp.ts";
import { writeDetections } from "./detections_fixture.ts";

const NOW = () => new Date("2025-09-25T17:48:46Z");

/** A config over the n-gram encoder: two learning rates, two seeds. */
function config(folder: string, extra = ""): StageConfig {
  return parseStageConfig(`
global:
  train_path: ${folder}/train.jsonl
  val_path: ${folder}/val.jsonl
  eval_steps: 5
  warmup_ratio: 0.1
output: { base_dir: ${folder}/models, results_dir: ${folder}/results }
experiments:
  tiny:
    model_name: ngram
    hyperparameters:
      learning_rates: [3e-2, 1e-1]
      batch_sizes: [16]
      num_epochs: [4]
      seeds: [41, 42]
${extra}`);
}

const OPTIONS = { openEncoder: (spec: string) => openEncoder(spec), now: NOW };

async function filesOf(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.sort();
}

const folders = (runs: readonly BatchRun[]) => runs.map(({ folder }) => folder!);

Deno.test("runBatch() writes a folder a run, and the same bytes again", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const first = await runBatch(config(folder), OPTIONS);
    assertEquals(first.map(({ outcome }) => outcome), Array(4).fill("finished"));
    assertEquals(
      first[0]!.folder,
      `${folder}/models/tiny_lr3e-2_bs16_ep4_seed41_20250925_174846_joblocal`,
    );
    const expected = Object.values(RUN_FILES).filter((name) => name !== RUN_FILES.checkpoint);
    assertEquals(await filesOf(first[0]!.folder!), expected.sort());
    const link = `${folder}/models/tiny_lr3e-2_bs16_ep4_seed41_latest/${RUN_FILES.sweep}`;
    assertEquals(JSON.parse(await Deno.readTextFile(await followPointers(link))).curve.length, 41);
    const again = await runBatch(config(folder), { ...OPTIONS, jobId: "7", resume: false });
    for (const [i, run] of folders(again).entries()) {
      for (
        const name of [RUN_FILES.weights, RUN_FILES.config, RUN_FILES.sweep, RUN_FILES.history]
      ) {
        const a = `${first[i]!.folder}/${name}`;
        const b = `${run}/${name}`;
        assertEquals(await Deno.readFile(a), await Deno.readFile(b), name);
      }
    }
  });
});

Deno.test("runBatch() does not repeat what is finished, unless settings or data changed", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const outcomes = async (used: StageConfig) =>
      (await runBatch(used, OPTIONS)).map(({ outcome }) => outcome);
    assertEquals(await outcomes(config(folder)), Array(4).fill("finished"));
    assertEquals(await outcomes(config(folder)), Array(4).fill("skipped"));
    const other = {
      ...config(folder),
      early_stopping: { ...config(folder).early_stopping, patience: 9 },
    };
    assertEquals(await outcomes(other), Array(4).fill("finished"));
    await writeDetections(folder, { train: 90 });
    assertEquals(await outcomes(config(folder)), Array(4).fill("finished"));
  });
});

Deno.test("runBatch() goes on after it was stopped and ends with the same bytes", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const whole = await runBatch(config(folder), { ...OPTIONS, jobId: "whole", resume: false });
    await Deno.rename(`${folder}/models`, `${folder}/whole`);
    const stop = new AbortController();
    let evaluations = 0;
    await assertRejects(() =>
      runBatch(config(folder), {
        ...OPTIONS,
        checkpointSeconds: 0,
        signal: stop.signal,
        onEvaluation: () => {
          if (++evaluations === 9) stop.abort();
        },
      }), DOMException);
    const states = (await listRuns(`${folder}/models`)).map(({ status }) => status.state);
    assertEquals(states.filter((state) => state === "running").length, 1);
    const resumed = await runBatch(config(folder), OPTIONS);
    assertEquals(resumed.filter(({ outcome }) => outcome === "skipped").length, states.length - 1);
    for (const [i, run] of folders(resumed).entries()) {
      const old = folders(whole)[i]!.replace("/models/", "/whole/");
      for (const name of [RUN_FILES.weights, RUN_FILES.history, RUN_FILES.validation]) {
        assertEquals(await Deno.readFile(`${run}/${name}`), await Deno.readFile(`${old}/${name}`));
      }
    }
  });
});

Deno.test("runBatch() says that a checkpoint is damaged, and runs the others", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const stop = new AbortController();
    const stopped = { ...OPTIONS, checkpointSeconds: 0, signal: stop.signal };
    await assertRejects(() =>
      runBatch(config(folder), { ...stopped, onEvaluation: () => stop.abort() })
    );
    const [run] = await listRuns(`${folder}/models`);
    const path = `${run!.folder}/${RUN_FILES.checkpoint}`;
    const text = await Deno.readTextFile(path);
    for (const broken of [text.slice(0, 200), text.replace('"waited":0', '"waited":1')]) {
      await Deno.writeTextFile(path, broken);
      const [first, ...others] = await runBatch(config(folder), OPTIONS);
      assertEquals(first!.outcome, "failed");
      assert(first!.error!.message.includes("damaged checkpoint"), first!.error!.message);
      assert(others.every(({ outcome }) => outcome !== "failed"));
    }
    await Deno.remove(path);
    assertEquals((await runBatch(config(folder), OPTIONS))[0]!.outcome, "finished");
  });
});

Deno.test("runBatch() records a run that fails and runs the others", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const extra = `  other:
    model_name: ngram
    tune: full
    hyperparameters: { learning_rates: [1e-2], batch_sizes: [16], num_epochs: [1] }
  missing:
    model_name: no/such-model
    hyperparameters: { learning_rates: [1e-2], batch_sizes: [16], num_epochs: [1] }
`;
    const runs = await runBatch(config(folder, extra), { ...OPTIONS, filter: "other,missing" });
    assertEquals(runs.map(({ outcome }) => outcome), ["failed", "failed"]);
    assert(runs[0]!.error!.message.includes('Cannot tune "full"'));
    assertEquals((await listRuns(`${folder}/models`))[0]!.status.state, "failed");
  });
});

Deno.test("runBatch() stops where nothing can be written", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const { output, ...rest } = config(folder);
    const blocked = { ...rest, output: { ...output, base_dir: `${folder}/train.jsonl/models` } };
    const error = await assertRejects(() => runBatch(blocked, OPTIONS), MicroLmError);
    assertEquals((error as MicroLmError).kind, "write");
  });
});

const evaluation = (folder: string, threshold: string) =>
  parseEvaluationConfig(`
evaluation:
  threshold: ${threshold}
  test_sets:
    combined: ${folder}/test.jsonl
    technologies:
      chef: { path: ${folder}/test.jsonl, tech: chef }
      puppet: { path: ${folder}/test.jsonl, tech: puppet }
  output_dir: ${folder}/evaluation
models: { encoder: { path: ${folder}/models } }
`);

Deno.test("a batch is evaluated, analysed, and its champion frozen", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    await runBatch(config(folder), OPTIONS);
    const frozenFile = `${folder}/models/tiny_latest/${RUN_FILES.sweep}`;
    const frozen = evaluation(folder, `{ mode: frozen, file: ${frozenFile} }`);
    const error = await assertRejects(() => evaluateRuns(frozen, OPTIONS), MicroLmError);
    assertEquals((error as MicroLmError).kind, "missing");
    assert((error as MicroLmError).hint!.includes("champion --freeze-only"));

    const candidates = await findCandidates(`${folder}/models`, { prefix: "tiny_lr1e-1" });
    assertEquals(candidates.map(({ seed }) => seed), [41, 42]);
    const choice = selectChampion(candidates);
    const winner = candidates.find(({ run }) => run === choice.champion.run)!;
    const places = { championDir: `${folder}/champion`, evaluationDir: `${folder}/evaluation` };
    const record = await freezeChampion(winner.folder, choice, places);
    assertEquals(record.threshold, winner.status.threshold);
    await assertRejects(() => freezeChampion(winner.folder, choice, places), Error, "already");
    assertEquals(await freezeChampion(winner.folder, choice, { ...places, force: true }), record);
    const text = await Deno.readTextFile(`${folder}/evaluation/frozen_thresholds.yaml`);
    assertEquals(
      text,
      ["combined", "chef", "ansible", "puppet"].map((set) => `${set}: ${record.threshold}\n`).join(
        "",
      ),
    );

    for (
      const [threshold, place] of [
        ["{ mode: argmax }", "argmax"],
        ["{ mode: fixed, value: 0.61 }", "threshold_fixed"],
        ["{ mode: file }", "threshold_file"],
        [`{ mode: frozen, file: ${frozenFile} }`, "threshold_frozen"],
      ] as const
    ) {
      const done = await evaluateRuns(evaluation(folder, threshold), OPTIONS);
      assertEquals(done.length, 4 * 3);
      const stored = await collectEvaluations(`${folder}/evaluation/${place}`);
      assertEquals(stored.length, 12);
      const rows = stored.map(analysisRow);
      for (const row of rows) {
        assertEquals(row.tp + row.fp + row.fn + row.tn, row.n);
        if (place === "threshold_frozen") assertEquals(row.threshold, record.threshold);
        if (place === "threshold_fixed") assertEquals(row.threshold, 0.61);
        assert(row.f1_ci_low <= row.f1 && row.f1 <= row.f1_ci_high);
        // A threshold of another run need not suit.
        assert(row.f1 > 0.7 || place === "threshold_frozen", `${place} ${row.run} ${row.dataset}`);
      }
      const { smell_metrics, predictions_summary, num_samples } = stored[1]!.results;
      const counted = Object.values(smell_metrics).reduce((sum, { count }) => sum + count, 0);
      assertEquals(counted, num_samples);
      assertEquals(
        predictions_summary.total_tp_predicted + predictions_summary.total_fp_predicted,
        num_samples,
      );
    }
    await checkAnalysis(`${folder}/evaluation/threshold_file`);
  });
});

async function checkAnalysis(folder: string): Promise<void> {
  const stored = await collectEvaluations(folder, { prefix: "tiny_lr1e-1" });
  const combined = stored.filter(({ metadata }) => metadata.dataset === "combined");
  const seeds = summarizeSeeds(combined.map(analysisRow)).find(({ metric }) => metric === "f1")!;
  const [a, b] = combined.map(({ results }) => results.metrics.f1) as [number, number];
  assertAlmostEquals(seeds.mean, (a + b) / 2);
  assertAlmostEquals(seeds.std!, Math.abs(a - b) / Math.SQRT2);
  const comparison = await compareEvaluations(combined[0]!, combined[1]!);
  assertAlmostEquals(comparison.f1_difference.value, a - b);
  const self = await compareEvaluations(combined[0]!, combined[0]!);
  assertEquals([self.mcnemar.p_value, self.f1_difference.ci_high], [1, 0]);
  assert(smellRows(combined[0]!).length >= 2);
  assertEquals(costAgainstGain(combined.map(analysisRow)).length, 2);
  const summary = JSON.parse(
    await Deno.readTextFile(`${folder}/technology_comparison_summary.json`),
  );
  assertEquals(summary.models, 4);
  assertEquals(summary.by_dataset.combined.rankings.f1.length, 4);
}

Deno.test("evaluateRuns() refuses weights that were changed", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const [run] = await runBatch(config(folder), { ...OPTIONS, maxExperiments: 1 });
    const path = `${run!.folder}/${RUN_FILES.weights}`;
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 200]! ^= 1;
    await Deno.writeFile(path, bytes);
    const argmax = evaluation(folder, "{ mode: argmax }");
    await assertRejects(() => evaluateRuns(argmax, OPTIONS), Error, "not those that the run wrote");
  });
});

Deno.test("followPointers() reads files that stand for links", async () => {
  await inTempFolder(async (folder) => {
    await Deno.mkdir(`${folder}/run_1`);
    await Deno.writeTextFile(`${folder}/run_latest`, "run_1\n");
    assertEquals(await followPointers(`${folder}/run_latest/x.json`), `${folder}/run_1/x.json`);
    await linkTo(folder, "other_latest", "run_1");
    await Deno.writeTextFile(`${folder}/run_1/x.json`, "{}");
    const path = await followPointers(`${folder}/other_latest/x.json`);
    assertEquals(await Deno.readTextFile(path), "{}");
    await linkTo(folder, "run_latest", "run_2");
    assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/run_1`), ({ name }) => name), [
      "x.json",
    ]);
  });
});
