import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Features } from "../../../src/core/matrix.ts";
import { createRandom } from "../../../src/core/random.ts";
import { decisionFunction } from "../../../src/mapper/fit/linear_classifier.ts";
import {
  createTrainer,
  fitLogisticRegression,
} from "../../../src/mapper/fit/logistic_regression.ts";
import { takeRows } from "../../../src/mapper/fit/rows.ts";

const ROWS = 240;
const COLS = 12;
const CLASSES = 4;
const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES);
const ALL = Uint32Array.from({ length: ROWS }, (_, i) => i);

/** What tells classes apart is small; what varies within them is large, and along one direction. */
function values(seed: number): Float32Array {
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
  return data;
}

/** The first columns dense, the others sparse. */
function split(data: Float32Array, dense: number): Features {
  const cols = COLS - dense;
  const pick = (from: number, to: number) =>
    data.filter((_, i) => i % COLS >= from && i % COLS < to);
  return {
    rows: ROWS,
    ...(dense > 0 && { dense: { data: pick(0, dense), rows: ROWS, cols: dense } }),
    ...(cols > 0 && {
      sparse: {
        indptr: Uint32Array.from({ length: ROWS + 1 }, (_, i) => i * cols),
        indices: Uint32Array.from({ length: ROWS * cols }, (_, i) => i % cols),
        values: pick(dense, COLS),
        rows: ROWS,
        cols,
      },
    }),
  };
}

/** The gradient of the whole objective by weights, computed plainly. */
function gradientOf(
  data: Float32Array,
  weights: Float32Array,
  logits: Float64Array,
  C: number,
  spread: number,
): Float64Array {
  const means = new Float64Array(CLASSES * COLS);
  data.forEach((value, at) =>
    means[labels[Math.floor(at / COLS)]! * COLS + at % COLS]! += value / (ROWS / CLASSES)
  );
  const within = data.map((value, at) =>
    value - means[labels[Math.floor(at / COLS)]! * COLS + at % COLS]!
  );
  const trace = within.reduce((sum, value) => sum + value * value, 0);
  const gradient = Float64Array.from(weights, (weight) => weight / C);
  for (let row = 0; row < ROWS; row++) {
    const own = logits.subarray(row * CLASSES, (row + 1) * CLASSES);
    const sum = own.reduce((total, z) => total + Math.exp(z), 0);
    for (let k = 0; k < CLASSES; k++) {
      const residual = Math.exp(own[k]!) / sum - (labels[row] === k ? 1 : 0);
      let centred = 0;
      for (let j = 0; j < COLS; j++) centred += within[row * COLS + j]! * weights[j * CLASSES + k]!;
      for (let j = 0; j < COLS; j++) {
        gradient[j * CLASSES + k]! += residual * data[row * COLS + j]! +
          spread / (C * trace) * centred * within[row * COLS + j]!;
      }
    }
  }
  return gradient;
}

for (const dense of [0, 5, COLS]) {
  Deno.test(`with ${dense} of ${COLS} columns dense the spread's optimum is the objective's`, () => {
    const data = values(1);
    const features = split(data, dense);
    const { classifier, converged } = fitLogisticRegression(features, labels, {
      ...{ classes: CLASSES, C: 2, spread: 50, tol: 1e-9 },
    });
    assert(converged);
    const logits = decisionFunction(classifier, features).data;
    const gradient = gradientOf(data, classifier.weights, logits, 2, 50);
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // The weights are rounded to float32.
    assert(largest < 1e-4, String(largest));
    const without = gradientOf(data, classifier.weights, logits, 2, 0);
    assert(without.some((value) => Math.abs(value) > 0.01), "the penalty counts");
  });
}

Deno.test("a trainer with a spread sees through what varies within classes", () => {
  const [train, test] = [1, 2].map((seed) => split(values(seed), 6));
  const few = ALL.subarray(0, 40);
  const some = takeRows(train!, few);
  const accuracy = (spread: number) => {
    const trainer = createTrainer(some, labels.subarray(0, 40), [few], {
      ...{ classes: CLASSES, C: 0.5, spread },
    });
    const { data } = decisionFunction(trainer.fit([0]).classifier, test!);
    return labels.reduce((right, label, row) => {
      const logits = [...data.subarray(row * CLASSES, (row + 1) * CLASSES)];
      return right + (logits.indexOf(Math.max(...logits)) === label ? 1 : 0);
    }, 0) / ROWS;
  };
  const [plain, spread] = [accuracy(0), accuracy(100)];
  assert(spread > plain + 0.05, `${spread} against ${plain}`);
});

Deno.test("held-out rows have no say in the spread of a fold", () => {
  const data = values(1);
  const other = data.slice();
  other.fill(7, 0, 60 * COLS);
  const groups = [ALL.subarray(0, 60), ALL.subarray(60)];
  const fit = (values: Float32Array) =>
    createTrainer(split(values, COLS), labels, groups, {
      ...{ classes: CLASSES, spread: 20, tol: 1e-9 },
    }).fit([1]).classifier.weights;
  const seen = fit(data);
  fit(other).forEach((weight, i) => assertAlmostEquals(weight, seen[i]!, 1e-3));
});

Deno.test("classes of one row each have no spread", () => {
  const features = takeRows(split(values(1), 6), ALL.subarray(0, CLASSES));
  const fit = (spread: number) =>
    fitLogisticRegression(features, labels.subarray(0, CLASSES), { classes: CLASSES, spread })
      .classifier;
  assertEquals(fit(100), fit(0));
});
