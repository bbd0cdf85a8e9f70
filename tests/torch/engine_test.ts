import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openEncoder } from "../../mod.ts";
import { parseStageConfig, runBatch, type StageConfig } from "../../src/stages/mod.ts";
import { exportTorchModel } from "../../src/stages/torch/describe.ts";
import { RUN_FILES } from "../../src/stages/experiment/experiment_folder.ts";
import type { RunBatchOptions } from "../../src/stages/config/batch.ts";
import { startTorch } from "../../tasks/_stages/torch.ts";
import { inTempFolder } from "../temp.ts";
import { tinyModel, torchTest as test, writeRows } from "./models.ts";

const OPEN = (spec: string) => openEncoder(spec);
const OPTIONS: RunBatchOptions = { openEncoder: OPEN, startTorch, checkpointSeconds: 0 };

function config(
  folder: string,
  name: string,
  experiment: string,
  { global = "", rate = "1e-2" }: { readonly global?: string; readonly rate?: string } = {},
): StageConfig {
  return parseStageConfig(`
global:
  train_path: ${folder}/train.jsonl
  val_path: ${folder}/val.jsonl
  eval_steps: 5
  warmup_steps: 3
${global}
early_stopping: { enabled: false }
output: { base_dir: ${folder}/${name}, results_dir: ${folder}/${name}_results }
experiments:
  tiny:
    hyperparameters: { learning_rates: [${rate}], batch_sizes: [16], num_epochs: [2] }
${experiment}`);
}

interface History {
  readonly evaluations: readonly { readonly step: number; readonly loss: number }[];
  readonly logs: readonly { readonly loss: number }[];
}

async function readRun(folder: string): Promise<{ history: History; p: number[] }> {
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
  const predictions = await read(RUN_FILES.validation) as readonly { probability: number }[];
  return {
    history: await read(RUN_FILES.history),
    p: predictions.map(({ probability }) => probability),
  };
}

function assertClose(a: readonly number[], b: readonly number[], tolerance: number): void {
  assertEquals(a.length, b.length);
  a.forEach((value, i) => assertAlmostEquals(value, b[i]!, tolerance, `number ${i}`));
}

for (const name of ["roberta", "t5"] as const) {
  test(`a head over ${name} is the same on both engines`, () =>
    inTempFolder(async (folder) => {
      await writeRows(folder);
      const model = await tinyModel(name);
      const exported = `./${folder}/exported`;
      await exportTorchModel(model, exported, { pooling: "mean" }, startTorch);
      const more = "    head: { hidden: 8 }";
      const [torch] = await runBatch(
        config(
          folder,
          "torch",
          `    model_name: ${model}\n    engine: torch\n    tune: head\n    pooling: mean\n${more}`,
          { rate: "2e-2" },
        ),
        OPTIONS,
      );
      const [head] = await runBatch(
        config(folder, "head", `    model_name: ${exported}\n${more}`, { rate: "2e-2" }),
        OPTIONS,
      );
      assertEquals([torch!.error, head!.error], [undefined, undefined]);
      const [a, b] = [await readRun(torch!.folder!), await readRun(head!.folder!)];
      const losses = ({ history }: typeof a) => history.evaluations.map(({ loss }) => loss);
      const moved = Math.max(...losses(a)) - Math.min(...losses(a));
      assert(moved > 0.005, `the head moves: ${losses(a)}`);
      assertClose(losses(a), losses(b), 2e-5);
      assertClose(a.history.logs.map(({ loss }) => loss), b.history.logs.map((l) => l.loss), 2e-5);
      assertClose(a.p, b.p, 1e-4);
    }));

  test(`${name} is tuned, killed and resumed to the same numbers`, () =>
    inTempFolder(async (folder) => {
      await writeRows(folder);
      const model = await tinyModel(name);
      const settings = (kind: string) =>
        config(
          folder,
          kind,
          `    model_name: ${model}\n    gradient_checkpointing: true\n    pooling: mean\n` +
            "    head: { dropout: 0.1 }",
          { global: "  engine: torch\n  class_weight: balanced" },
        );
      const [whole] = await runBatch(settings("whole"), OPTIONS);
      assertEquals(whole!.error, undefined);
      let worker: Deno.ChildProcess | undefined;
      const [dead] = await runBatch(settings("killed"), {
        ...OPTIONS,
        startTorch: () => worker = startTorch(),
        onEvaluation: (_, { step }) => {
          if (step === 15) worker!.kill("SIGKILL");
        },
      });
      assertEquals(dead!.outcome, "failed");
      assertEquals(dead!.error?.message.startsWith("The torch engine ended with SIGKILL"), true);
      const steps: number[] = [];
      const [resumed] = await runBatch(settings("killed"), {
        ...OPTIONS,
        onEvaluation: (_, { step }) => void steps.push(step),
      });
      assertEquals(resumed!.outcome, "finished", resumed!.error?.message);
      // The signal may come before the checkpoint of the evaluation that was told last, or one earlier
      assert(steps[0]! >= 10, `it goes on from a checkpoint, not from the start: ${steps[0]}`);
      const [a, b] = [await readRun(whole!.folder!), await readRun(resumed!.folder!)];
      assertClose(
        a.history.evaluations.map(({ loss }) => loss),
        b.history.evaluations.map(({ loss }) => loss),
        1e-6,
      );
      assertClose(a.p, b.p, 1e-6);
      const spread = Math.max(...a.p) - Math.min(...a.p);
      assert(spread > 0.05, `the tuned encoder tells rows apart: ${spread}`);
      const left = await Array.fromAsync(Deno.readDir(resumed!.folder!), ({ name }) => name);
      assertEquals(left.filter((name) => name.startsWith("checkpoint")), []);
    }));
}

test("bf16 trains, too, and stays near single precision", () =>
  inTempFolder(async (folder) => {
    await writeRows(folder);
    const model = await tinyModel("t5");
    const experiment = `    model_name: ${model}\n    engine: torch`;
    const [half] = await runBatch(
      config(folder, "bf16", experiment, { global: "  bf16: true" }),
      OPTIONS,
    );
    const [single] = await runBatch(
      config(folder, "fp32", experiment, { global: "  fp16: false" }),
      OPTIONS,
    );
    assertEquals(half!.error, undefined);
    assertEquals(half!.status!.engine!.precision, "bf16");
    assertEquals(single!.status!.engine!.precision, "fp32");
    const [a, b] = [await readRun(half!.folder!), await readRun(single!.folder!)];
    const last = ({ history }: typeof a) => history.evaluations.at(-1)!.loss;
    assertAlmostEquals(last(a), last(b), 0.02);
  }));

test("a model that transformers cannot load is named", () =>
  inTempFolder(async (folder) => {
    await writeRows(folder, 20, 20);
    const experiment = `    model_name: ${folder}\n    engine: torch`;
    const [run] = await runBatch(config(folder, "none", experiment), OPTIONS);
    assertEquals(run!.outcome, "failed");
    assert(run!.error!.message.startsWith("The torch engine cannot describe: "));
  }));
