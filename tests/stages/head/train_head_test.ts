import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { headLayout, headLogits, predictHead, shapeHead } from "../../../src/stages/head/head.ts";
import { createHeadGradient } from "../../../src/stages/head/gradient.ts";
import { createRandom } from "../../../src/core/random.ts";
import type { HeadTrainingState } from "../../../src/stages/head/training.ts";
import { trainHead } from "../../../src/stages/head/train_head.ts";
import { makeRows } from "../synthetic.ts";

const TRAIN = makeRows(1, 120, { dense: 4, sparse: 20 });
const VALIDATION = makeRows(2, 60, { dense: 4, sparse: 20 });
const BASE = { learningRate: 0.02, batchSize: 8, epochs: 6, evalEvery: 10, logEvery: 5 } as const;

const HEADS = [
  ["linear", { hidden: 0, activation: "relu", dropout: 0 }],
  ["hidden relu", { hidden: 6, activation: "relu", dropout: 0 }],
  ["hidden tanh", { hidden: 6, activation: "tanh", dropout: 0 }],
] as const;

for (const [name, head] of HEADS) {
  Deno.test(`createHeadGradient() agrees with finite differences: ${name}`, () => {
    const shape = shapeHead(TRAIN.features, { classes: 2, ...head });
    const random = createRandom(5);
    const weights = Float64Array.from(
      { length: headLayout(shape).count },
      () => random.normal() * 0.5,
    );
    const classWeights = Float64Array.of(0.7, 1.9);
    const gradient = createHeadGradient(shape, { ...TRAIN, classWeights }, 0);
    const order = Uint32Array.from({ length: 20 }, (_, i) => i);
    const analytic = new Float64Array(weights.length);
    const lossAt = (at: Float64Array) =>
      gradient.add(at, new Float64Array(at.length), order, 0, order.length);
    gradient.add(weights, analytic, order, 0, order.length);
    for (let i = 0; i < weights.length; i += 3) {
      const moved = weights.slice();
      const step = 1e-5;
      moved[i]! += step;
      const up = lossAt(moved);
      moved[i]! -= 2 * step;
      const numeric = (up - lossAt(moved)) / (2 * step);
      assertAlmostEquals(analytic[i]!, numeric, 1e-4 * Math.max(1, Math.abs(numeric)));
    }
  });

  Deno.test(`trainHead() learns to tell two clouds apart: ${name}`, async () => {
    const { head: trained, evaluations } = await trainHead(TRAIN, VALIDATION, { ...BASE, head });
    assert(Math.max(...evaluations.map(({ f1 }) => f1)) > 0.85);
    const { data } = predictHead(trained, VALIDATION.features);
    for (let row = 0; row < 60; row++) assertAlmostEquals(data[row * 2]! + data[row * 2 + 1]!, 1);
  });
}

Deno.test("trainHead() takes accumulated batches as one batch", async () => {
  const head = HEADS[1][1];
  const one = await trainHead(TRAIN, VALIDATION, { ...BASE, head, batchSize: 8 });
  const two = await trainHead(TRAIN, VALIDATION, { ...BASE, head, batchSize: 4, accumulation: 2 });
  assertEquals(one, two);
});

const DROPOUTS = [
  ["of inputs", { hidden: 0, activation: "relu", dropout: 0.3 }],
  ["of a hidden layer", { hidden: 8, activation: "relu", dropout: 0.3 }],
] as const;

for (const [name, head] of DROPOUTS) {
  Deno.test(`trainHead() resumed from any evaluation ends with the same bytes: dropout ${name}`, async () => {
    const states: HeadTrainingState[] = [];
    const options = { ...BASE, head, classWeight: "balanced" as const, warmup: 0.1 };
    const whole = await trainHead(TRAIN, VALIDATION, {
      ...options,
      onEvaluation: (state) => void states.push(state),
    });
    assert(states.length >= 5);
    for (const resume of states) {
      assertEquals(await trainHead(TRAIN, VALIDATION, { ...options, resume }), whole);
    }
    const other = await trainHead(TRAIN, VALIDATION, { ...options, seed: 7 });
    assert(other.head.weights.some((weight, i) => weight !== whole.head.weights[i]));
  });
}

const stopping = {
  enabled: true,
  patience: 2,
  min_delta: 0.001,
  metric: "f1",
  mode: "max",
} as const;

Deno.test("trainHead() stops after `patience` evaluations without improvement", async () => {
  const options = { ...BASE, learningRate: 1e-9, epochs: 50, earlyStopping: stopping };
  const { evaluations, stoppedEarly, steps, totalSteps } = await trainHead(
    TRAIN,
    VALIDATION,
    options,
  );
  assertEquals([stoppedEarly, steps, totalSteps], [true, evaluations.length * 10, 750]);
  const f1 = evaluations.map((evaluation) => evaluation.f1);
  const gains = f1.map((value, i) => value > Math.max(-1, ...f1.slice(0, i)) + 0.001);
  assertEquals(gains.slice(-3), [true, false, false]);
  assert(!gains.slice(0, -2).some((gain, i) => !gain && !gains[i + 1]));
});

Deno.test("trainHead() runs to the end where early stopping is off", async () => {
  const { stoppedEarly, steps, totalSteps } = await trainHead(TRAIN, VALIDATION, {
    ...BASE,
    learningRate: 1e-9,
    earlyStopping: { ...stopping, enabled: false },
  });
  assertEquals([stoppedEarly, steps], [false, totalSteps]);
});

Deno.test("trainHead() resumed after it stopped does nothing more", async () => {
  let resume: HeadTrainingState | undefined;
  const options = { ...BASE, learningRate: 1e-9, epochs: 50, earlyStopping: stopping };
  const whole = await trainHead(TRAIN, VALIDATION, {
    ...options,
    onEvaluation: (state) => {
      resume = state;
    },
  });
  assertEquals(await trainHead(TRAIN, VALIDATION, { ...options, resume: resume! }), whole);
});

const BESTS = [["f1", true], ["loss", false], ["accuracy", true]] as const;

for (const [bestMetric, greaterIsBetter] of BESTS) {
  Deno.test(`trainHead() returns the weights of the best ${bestMetric}`, async () => {
    const weights = new Map<number, Float64Array>();
    const { head, evaluations, bestStep } = await trainHead(TRAIN, VALIDATION, {
      ...BASE,
      learningRate: 0.3,
      epochs: 10,
      bestMetric,
      onEvaluation: (state) => void weights.set(state.step, state.weights),
    });
    const sign = greaterIsBetter ? 1 : -1;
    const best = Math.max(...evaluations.map((evaluation) => sign * evaluation[bestMetric]));
    const first = evaluations.find((evaluation) => sign * evaluation[bestMetric] === best)!;
    assertEquals(bestStep, first.step);
    assertEquals(head.weights, Float32Array.from(weights.get(bestStep)!));
  });
}

Deno.test("trainHead() returns the last weights if asked to", async () => {
  let last: Float64Array | undefined;
  const { head } = await trainHead(TRAIN, VALIDATION, {
    ...BASE,
    learningRate: 0.3,
    keepBest: false,
    onEvaluation: (state) => {
      last = state.weights;
    },
  });
  assertEquals(head.weights, Float32Array.from(last!));
});

Deno.test("trainHead() weighs a rare class up where asked to", async () => {
  const rare = makeRows(3, 200, { gap: 0.6 });
  const train = {
    ...rare,
    labels: rare.labels.map((label, i) => Number(label === 1 && i % 4 === 0)),
  };
  const recall = async (classWeight: "none" | "balanced") =>
    (await trainHead(train, train, { ...BASE, classWeight, keepBest: false })).evaluations.at(-1)!
      .recall;
  assert(await recall("balanced") > await recall("none") + 0.2);
});

Deno.test("trainHead() says when training diverges", async () => {
  const features = {
    ...TRAIN.features,
    dense: {
      ...TRAIN.features.dense!,
      data: TRAIN.features.dense!.data.map((v, i) => i === 9 ? NaN : v),
    },
  };
  await assertRejects(
    () => trainHead({ ...TRAIN, features }, VALIDATION, BASE),
    Error,
    "Training diverged: the loss of update",
  );
});

Deno.test("trainHead() refuses training rows of one label", async () => {
  const train = { ...TRAIN, labels: new Int32Array(120) };
  await assertRejects(() => trainHead(train, VALIDATION, BASE), Error, 'found none of "TP"');
});

Deno.test("trainHead() stops when told to", async () => {
  const stop = new AbortController();
  const run = trainHead(TRAIN, VALIDATION, {
    ...BASE,
    signal: stop.signal,
    onEvaluation: () => stop.abort(),
  });
  await assertRejects(() => run, DOMException);
});

Deno.test("headLogits() ignores sparse columns that training did not see", () => {
  const { features } = makeRows(4, 9, { dense: 0, sparse: 8 });
  const shape = shapeHead(features, { classes: 2, hidden: 0, activation: "relu" });
  const weights = new Float64Array(headLayout(shape).count).fill(1);
  const wider = { ...shape, sparseColumns: 12 };
  const indptr = Uint32Array.of(0, 2);
  const unseen = {
    indptr,
    indices: Uint32Array.of(10, 11),
    values: Float32Array.of(5, 5),
    rows: 1,
    cols: 12,
  };
  assertEquals([...headLogits(wider, weights, { rows: 1, sparse: unseen }).data], [1, 1]);
});
