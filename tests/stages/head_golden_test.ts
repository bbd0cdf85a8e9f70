import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { HeadTrainingState } from "../../src/stages/head/training.ts";
import { trainHead } from "../../src/stages/head/train_head.ts";
import { featuresFrom } from "./synthetic.ts";

/** Made by tests/golden/make_head_training.py. */
interface GoldenRun {
  readonly name: string;
  readonly dense: number;
  readonly hidden: number;
  readonly activation: "relu" | "tanh";
  readonly learning_rate: number;
  readonly batch_size: number;
  readonly accumulation: number;
  readonly epochs: number;
  readonly weight_decay: number;
  readonly warmup: number;
  readonly schedule: "linear" | "cosine" | "constant";
  readonly class_weight: "none" | "balanced";
  readonly max_grad_norm: number;
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly validation_x: readonly (readonly number[])[];
  readonly validation_y: readonly number[];
  readonly orders: readonly (readonly number[])[];
  readonly initial: readonly number[];
  readonly losses: readonly number[];
  readonly rates: readonly number[];
  readonly validation_losses: readonly number[];
  readonly final: readonly number[];
}

const RUNS = JSON.parse(Deno.readTextFileSync("tests/golden/head_training.json")) as GoldenRun[];

for (const golden of RUNS) {
  Deno.test(`trainHead() has the loss curve of PyTorch: ${golden.name}`, async () => {
    let last: HeadTrainingState | undefined;
    const { logs, evaluations, steps } = await trainHead(
      {
        features: featuresFrom(golden.x, golden.dense),
        labels: Int32Array.from(golden.y),
      },
      {
        features: featuresFrom(golden.validation_x, golden.dense),
        labels: Int32Array.from(golden.validation_y),
      },
      {
        learningRate: golden.learning_rate,
        batchSize: golden.batch_size,
        accumulation: golden.accumulation,
        epochs: golden.epochs,
        weightDecay: golden.weight_decay,
        warmup: golden.warmup,
        schedule: golden.schedule,
        classWeight: golden.class_weight,
        maxGradNorm: golden.max_grad_norm,
        head: { hidden: golden.hidden, activation: golden.activation, dropout: 0 },
        initialWeights: Float64Array.from(golden.initial),
        orders: golden.orders.map((order) => Uint32Array.from(order)),
        evalEvery: 1,
        logEvery: 1,
        onEvaluation: (state) => {
          last = state;
        },
      },
    );
    assertEquals(steps, golden.losses.length);
    golden.losses.forEach((loss, i) => {
      assertAlmostEquals(logs[i]!.loss, loss, 1e-8, `training loss of update ${i + 1}`);
      assertAlmostEquals(logs[i]!.learning_rate, golden.rates[i]!, 1e-10);
      assertAlmostEquals(evaluations[i]!.loss, golden.validation_losses[i]!, 1e-8);
    });
    golden.final.forEach((weight, i) => assertAlmostEquals(last!.weights[i]!, weight, 1e-7));
  });
}
