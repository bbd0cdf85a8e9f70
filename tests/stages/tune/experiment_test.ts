import { assert, assertEquals, assertRejects } from "@std/assert";
import { openUseLiteEncoder } from "../../../src/encoders/use_lite/encoder.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import { runBatch } from "../../../src/stages/config/batch.ts";
import { evaluateRuns } from "../../../src/stages/evaluate/evaluate_runs.ts";
import { parseEvaluationConfig } from "../../../src/stages/config/evaluation_config.ts";
import { headFromOnnx } from "../../../src/stages/head/onnx.ts";
import { predictHead, probabilitiesOfTp } from "../../../src/stages/head/head.ts";
import { readRunConfig } from "../../../src/stages/config/run_config.ts";
import type { ValidationPrediction } from "../../../src/stages/experiment/run_results.ts";
import { parseStageConfig } from "../../../src/stages/config/stage_config.ts";
import { openRunEncoder } from "../../../src/stages/tune/run_encoder.ts";
import { inTempFolder } from "../../temp.ts";

const openEncoder = () => openUseLiteEncoder({ threads: 1, cacheDir: ".artifacts/models" });
const OPTIONS = { openEncoder, now: () => new Date("2025-09-25T17:48:46Z") };

const config = (folder: string) =>
  parseStageConfig(`
global:
  train_path: ${folder}/train.jsonl
  val_path: ${folder}/val.jsonl
  eval_steps: 1
  warmup_steps: 0
  metric_for_best_model: loss
early_stopping: { enabled: false }
output: { base_dir: ${folder}/models, results_dir: ${folder}/results }
experiments:
  tuned:
    model_name: use-lite
    tune: last_layer
    hyperparameters: { learning_rates: [3e-4], batch_sizes: [4], num_epochs: [2] }
`);

async function writeDetections(folder: string): Promise<void> {
  const lines = (count: number, first: number) =>
    Array.from({ length: count }, (_, i) => {
      const n = first + i;
      const isTp = i % 2 === 0;
      const content = isTp ? `password = "s3cret${n}"` : `password = lookup("vault/${n}")`;
      return JSON.stringify({
        id: `d${n}`,
        smell: "hard_coded_secret",
        file: `f${n}.pp`,
        line: n,
        detection_span: [1, n + 5],
        content,
        with_context: content,
        with_prompt: content,
        label: isTp ? "TP" : "FP",
        source: "test",
        tech: "puppet",
      });
    }).join("\n");
  await Deno.writeTextFile(`${folder}/train.jsonl`, lines(12, 1));
  await Deno.writeTextFile(`${folder}/val.jsonl`, lines(6, 100));
}

Deno.test("runBatch() tunes a layer, and the run's own encoder gives its predictions", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const [run] = await runBatch(config(folder), OPTIONS);
    assertEquals([run!.outcome, run!.error], ["finished", undefined]);
    assertEquals(run!.status!.parameters, 2_890_240 + 513 * 2);
    const used = await readRunConfig(run!.folder!);
    assertEquals(used.encoder.spec, "use-lite-tuned");
    await using encoder = await openRunEncoder(run!.folder!, used, openEncoder);
    assertEquals(encoder.fingerprint, used.encoder.fingerprint);
    const lines = (await Deno.readTextFile(`${folder}/val.jsonl`)).split("\n");
    const texts = lines.map((line) => (JSON.parse(line) as { content: string }).content);
    const bytes = await Deno.readFile(`${run!.folder!}/model.onnx`);
    const head = headFromOnnx(bytes, "model.onnx");
    const p = probabilitiesOfTp(predictHead(head, await encoder.encode(texts)).data);
    const kept = JSON.parse(
      await Deno.readTextFile(`${run!.folder!}/validation_predictions.json`),
    ) as ValidationPrediction[];
    assertEquals(kept.map(({ probability }) => probability), [...p]);
    const evaluation = parseEvaluationConfig(`
evaluation:
  threshold: { mode: argmax }
  test_sets: { combined: ${folder}/val.jsonl, technologies: {} }
  output_dir: ${folder}/evaluation
models: { encoder: { path: ${folder}/models } }
`);
    const [evaluated] = await evaluateRuns(evaluation, { openEncoder });
    assertEquals(evaluated!.results.num_samples, 6);
    const [again] = await runBatch(config(folder), OPTIONS);
    assertEquals(again!.outcome, "skipped");
  });
});

Deno.test("runBatch() goes on with a stopped fine-tuning and ends with the same bytes", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const [whole] = await runBatch(config(folder), OPTIONS);
    const expected = await Deno.readFile(`${whole!.folder!}/encoder.onnx`);
    await Deno.remove(`${folder}/models`, { recursive: true });
    const stop = new AbortController();
    const stopped = runBatch(config(folder), {
      ...OPTIONS,
      checkpointSeconds: 0,
      signal: stop.signal,
      onEvaluation: (_, { step }) => step === 3 && stop.abort(new RangeError("killed")),
    });
    await assertRejects(() => stopped, RangeError, "killed");
    const [run] = await runBatch(config(folder), OPTIONS);
    assertEquals(run!.outcome, "finished");
    const names = await Array.fromAsync(Deno.readDir(run!.folder!), ({ name }) => name);
    assert(!names.includes("checkpoint.bin"), `${names}`);
    assertEquals(await Deno.readFile(`${run!.folder!}/encoder.onnx`), expected);
  });
});

Deno.test("only the layers of use-lite can be tuned", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const { experiments, ...rest } = config(folder);
    const other = { tuned: { ...experiments.tuned!, model_name: "ngram" } };
    const [run] = await runBatch({ ...rest, experiments: other }, OPTIONS);
    assert(run!.error instanceof MicroLmError);
    assertEquals([run!.outcome, run!.error.kind], ["failed", "usage"]);
  });
});
