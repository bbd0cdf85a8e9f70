import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../../../src/core/random.ts";
import { decisionFunction } from "../../../src/mapper/fit/linear_classifier.ts";
import { createTrainer } from "../../../src/mapper/fit/logistic_regression.ts";
import { createMappedTrainer } from "../../../src/mapper/fit/mapped_trainer.ts";
import { takeRows } from "../../../src/mapper/fit/rows.ts";
import { fitWithinClass, mapDense, unmapWeights } from "../../../src/mapper/fit/within_class.ts";

const ROWS = 240;
const COLS = 12;
const CLASSES = 4;
const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES);

/** What tells classes apart is small; what varies within them is large, and along one direction. */
function dense(seed: number) {
  const random = createRandom(seed);
  const data = new Float32Array(ROWS * COLS);
  for (let row = 0; row < ROWS; row++) {
    const nuisance = 3 * random.normal();
    for (let j = 0; j < COLS; j++) {
      const signal = j === labels[row] ? 0.3 : 0;
      data[row * COLS + j] = signal + nuisance * (j % 2 === 0 ? 0.3 : -0.2) +
        0.15 * random.normal();
    }
  }
  return { data, rows: ROWS, cols: COLS };
}

const ALL = Uint32Array.from({ length: ROWS }, (_, i) => i);

Deno.test("after the map the rows of a class spread alike in all directions", () => {
  const given = dense(1);
  const mapped = mapDense(given, fitWithinClass(given, labels, ALL, 1e-6));
  const means = new Float64Array(CLASSES * COLS);
  mapped.data.forEach((value, at) =>
    means[labels[Math.floor(at / COLS)]! * COLS + at % COLS]! += value / (ROWS / CLASSES)
  );
  const spread = (i: number, j: number) => {
    let sum = 0;
    for (let row = 0; row < ROWS; row++) {
      const k = labels[row]! * COLS;
      sum += (mapped.data[row * COLS + i]! - means[k + i]!) *
        (mapped.data[row * COLS + j]! - means[k + j]!);
    }
    return sum;
  };
  const unit = spread(0, 0);
  for (let i = 0; i < COLS; i++) {
    for (let j = 0; j <= i; j++) {
      assertAlmostEquals(spread(i, j) / unit, i === j ? 1 : 0, 1e-3, `${i}, ${j}`);
    }
  }
  const length = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  assertAlmostEquals(length(mapped.data) / length(given.data), 1, 1e-3);
});

Deno.test("a shrinkage of 1 changes nothing", () => {
  const given = dense(1);
  const mapped = mapDense(given, fitWithinClass(given, labels, ALL, 1));
  mapped.data.forEach((value, at) => assertAlmostEquals(value, given.data[at]!, 1e-5));
});

Deno.test("weights of mapped columns are brought back to the columns as they are", () => {
  const given = dense(1);
  const map = fitWithinClass(given, labels, ALL, 0.5);
  const mapped = mapDense(given, map);
  const random = createRandom(5);
  const weights = Float32Array.from({ length: COLS * CLASSES + 8 }, () => random.normal());
  const back = unmapWeights(weights, CLASSES, map);
  assertEquals(back.subarray(COLS * CLASSES), weights.subarray(COLS * CLASSES), "sparse ones stay");
  const logit = (data: Float32Array, w: Float32Array, row: number, k: number) => {
    let sum = 0;
    for (let j = 0; j < COLS; j++) sum += data[row * COLS + j]! * w[j * CLASSES + k]!;
    return sum;
  };
  for (const row of [0, 17, 239]) {
    for (let k = 0; k < CLASSES; k++) {
      assertAlmostEquals(
        logit(given.data, back, row, k),
        logit(mapped.data, weights, row, k),
        1e-4,
      );
    }
  }
});

Deno.test("a mapped trainer sees through what varies within classes", () => {
  const [train, test] = [dense(1), dense(2)].map((block) => ({ rows: ROWS, dense: block }));
  const options = { classes: CLASSES, C: 0.5 };
  const few = Uint32Array.from({ length: 40 }, (_, i) => i);
  const some = takeRows(train!, few);
  const own = labels.subarray(0, 40);
  const accuracy = (trainer: ReturnType<typeof createTrainer>) => {
    const { data } = decisionFunction(trainer.fit([0]).classifier, test!);
    return labels.reduce((right, label, row) => {
      const logits = [...data.subarray(row * CLASSES, (row + 1) * CLASSES)];
      return right + (logits.indexOf(Math.max(...logits)) === label ? 1 : 0);
    }, 0) / ROWS;
  };
  const plain = accuracy(createTrainer(some, own, [few], options));
  const mapped = accuracy(createMappedTrainer(some, own, [few], options, 0.1));
  assert(mapped > plain + 0.05, `${mapped} against ${plain}`);
});

Deno.test("held-out rows have no say in the map of a fold", () => {
  const block = dense(1);
  const other = { ...block, data: block.data.slice() };
  other.data.fill(7, 0, 60 * COLS);
  const groups = [ALL.subarray(0, 60), ALL.subarray(60)];
  const fit = (data: typeof block) =>
    createMappedTrainer({ rows: ROWS, dense: data }, labels, groups, { classes: CLASSES }, 0.5)
      .fit([1]).classifier;
  assertEquals(fit(block), fit(other));
  assertEquals(fit(block), fit(block), "the same twice");
});
