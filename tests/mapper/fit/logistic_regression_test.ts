import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import type { CsrMatrix, Features } from "../../../src/core/matrix.ts";
import {
  decisionFunction,
  type LinearClassifier,
} from "../../../src/mapper/fit/linear_classifier.ts";
import {
  createTrainer,
  fitLogisticRegression,
} from "../../../src/mapper/fit/logistic_regression.ts";
import { takeRows } from "../../../src/mapper/fit/rows.ts";
import { createRandom } from "../../../src/core/random.ts";

interface Problem {
  readonly features: Features;
  readonly labels: Int32Array;
}

/** Clusters with a dense and a sparse block; the last sparse column never occurs. */
function randomProblem(seed: number, rows: number, classes: number): Problem {
  const random = createRandom(seed);
  const cols = 7;
  const data = new Float32Array(rows * cols);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
  const indptr = new Uint32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      data[i * cols + j] = random.normal() + (j % classes === labels[i] ? 1 : 0);
    }
    for (let c = 0; c < 30; c++) {
      if (random.uniform() > 0.2) continue;
      indices.push(c);
      values.push(random.normal());
    }
    indptr[i + 1] = indices.length;
  }
  const sparse: CsrMatrix = {
    indptr,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
    rows,
    cols: 31,
  };
  return { features: { rows, dense: { data, rows, cols }, sparse }, labels };
}

/** The gradient of the objective at a classifier, computed plainly: weights, then intercepts. */
function gradientAt(
  { features, labels }: Problem,
  classifier: LinearClassifier,
  C: number,
): { largest: number } {
  const { classes, denseColumns, sparseColumns, weights } = classifier;
  const logits = decisionFunction(classifier, features).data;
  const penalty = (classes === 2 ? 2 : 1) / C;
  const gradient = Float64Array.from(weights, (w) => penalty * w);
  const intercepts = new Float64Array(classes);
  for (let i = 0; i < features.rows; i++) {
    const z = logits.slice(i * classes, (i + 1) * classes);
    const sum = z.reduce((s, v) => s + Math.exp(v), 0);
    for (let k = 0; k < classes; k++) {
      const residual = Math.exp(z[k]!) / sum - (labels[i] === k ? 1 : 0);
      intercepts[k]! += residual;
      for (let j = 0; j < denseColumns; j++) {
        gradient[j * classes + k]! += residual * features.dense!.data[i * denseColumns + j]!;
      }
      const { indptr, indices, values } = features.sparse!;
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
        const row = denseColumns + sparseColumns.indexOf(indices[e]!);
        gradient[row * classes + k]! += residual * values[e]!;
      }
    }
  }
  return { largest: Math.max(...gradient.map(Math.abs), ...intercepts.map(Math.abs)) };
}

for (const classes of [2, 3, 8, 13]) {
  Deno.test(`fitLogisticRegression() ends where the gradient vanishes, ${classes} classes`, () => {
    const problem = randomProblem(classes, 150, classes);
    const { classifier, converged } = fitLogisticRegression(problem.features, problem.labels, {
      classes,
      C: 3,
      tol: 1e-7,
    });
    assert(converged);
    // Weights are rounded to float32 at the end: that alone leaves about 1e-5.
    const { largest } = gradientAt(problem, classifier, 3);
    assert(largest < 2e-4, `gradient ${largest}`);
  });
}

Deno.test("fitLogisticRegression() gives the same bits twice", () => {
  const { features, labels } = randomProblem(1, 120, 4);
  const run = () => fitLogisticRegression(features, labels, { classes: 4 }).classifier;
  assertEquals(run(), run());
});

Deno.test("float32 ends where float64 does, at the tolerance of float64, too", () => {
  // Enough multiplications for float32.
  const { features, labels } = randomProblem(12, 120_000, 100);
  const fit = (tol: number) => fitLogisticRegression(features, labels, { classes: 100, tol });
  const [loose, again, tight] = [fit(1e-4), fit(1e-4), fit(1e-9)];
  assertEquals(loose.classifier, again.classifier);
  assert(loose.converged && tight.converged);
  assert(tight.iterations > loose.iterations && tight.loss < loose.loss);
  assertAlmostEquals(loose.loss / tight.loss, 1, 1e-4);
});

Deno.test("folds that start from the fit over all rows end where their own fit does", () => {
  const { features, labels } = randomProblem(13, 300, 4);
  const half = [0, 1].map((g) => Uint32Array.from({ length: 150 }, (_, i) => 2 * i + g));
  const options = { classes: 4, tol: 1e-9 };
  const trainer = createTrainer(features, labels, half, options);
  trainer.fit([0, 1]);
  const { classifier } = trainer.fit([1]);
  const alone = fitLogisticRegression(
    takeRows(features, half[1]!),
    Int32Array.from(half[1]!, (row) => labels[row]!),
    options,
  ).classifier;
  classifier.weights.forEach((w, i) => assertAlmostEquals(w, alone.weights[i]!, 5e-5));
});

Deno.test("the seed changes the order of sums, not the optimum", () => {
  const { features, labels } = randomProblem(9, 120, 4);
  const fit = (seed: number) =>
    fitLogisticRegression(features, labels, { classes: 4, seed, tol: 1e-8 }).classifier;
  const a = fit(0);
  const b = fit(1);
  a.weights.forEach((weight, i) => assertAlmostEquals(weight, b.weights[i]!, 1e-5));
});

Deno.test("fitLogisticRegression() stores no weight for a column that never occurs", () => {
  const { features, labels } = randomProblem(2, 60, 3);
  const { classifier } = fitLogisticRegression(features, labels, { classes: 3 });
  assertEquals(classifier.sparseColumns.includes(30), false);
  assertEquals(classifier.weights.length, (7 + classifier.sparseColumns.length) * 3);
});

Deno.test("fitLogisticRegression() says when the iterations ran out", () => {
  const { features, labels } = randomProblem(3, 90, 3);
  const options = { classes: 3, C: 1e4, maxIter: 2, tol: 1e-9 };
  const { converged, iterations } = fitLogisticRegression(features, labels, options);
  assertEquals([converged, iterations], [false, 2]);
});

Deno.test("fitLogisticRegression() reaches the same optimum whatever the scale of the features", () => {
  const { features, labels } = randomProblem(4, 100, 3);
  const scaled = {
    ...features,
    dense: { ...features.dense!, data: features.dense!.data.map((v) => v * 1000) },
  };
  const fit = fitLogisticRegression(scaled, labels, { classes: 3, C: 1e-3 });
  assert(fit.converged && Number.isFinite(fit.loss));
});

Deno.test("balanced weights make rare classes count like frequent ones", () => {
  const { features, labels } = randomProblem(5, 80, 2);
  const rare = labels.map((label, i) => label === 1 && i > 20 ? 0 : label);
  const mean = (classWeight: "balanced" | "none") => {
    const { classifier } = fitLogisticRegression(features, rare, { classes: 2, classWeight });
    return classifier.intercepts[1]! - classifier.intercepts[0]!;
  };
  assert(mean("balanced") > mean("none"));
});

Deno.test("fitLogisticRegression() refuses one class, wrong labels and infinite features", () => {
  const { features, labels } = randomProblem(6, 40, 2);
  const fit = (f: Features, l: Int32Array) => fitLogisticRegression(f, l, { classes: 2 });
  assertThrows(() => fit(features, new Int32Array(40)), MicroLmError, "at least 2");
  assertThrows(() => fit(features, labels.map((l) => l + 5)), RangeError, "labels from 0 to 1");
  assertThrows(() => fit(features, labels.slice(1)), RangeError, "40 labels");
  const broken = features.dense!.data.slice();
  broken[3] = Infinity;
  const bad = { ...features, dense: { ...features.dense!, data: broken } };
  assertThrows(() => fit(bad, labels), MicroLmError, "not finite");
});

Deno.test("decisionFunction() gives a row the same bits alone and in any batch", () => {
  const { features, labels } = randomProblem(7, 50, 3);
  const { classifier } = fitLogisticRegression(features, labels, { classes: 3 });
  const all = decisionFunction(classifier, features).data;
  for (const i of [0, 17, 49]) {
    const alone = decisionFunction(classifier, takeRows(features, [i])).data;
    assertEquals(alone, all.slice(i * 3, i * 3 + 3));
  }
  assertThrows(() => decisionFunction(classifier, { rows: 1 }), RangeError, "dense columns");
});

Deno.test("decisionFunction() ignores sparse columns that training never saw", () => {
  const { features, labels } = randomProblem(8, 50, 3);
  const { classifier } = fitLogisticRegression(features, labels, { classes: 3 });
  const one = takeRows(features, [0]);
  const unseen: CsrMatrix = {
    indptr: Uint32Array.of(0, 1),
    indices: Uint32Array.of(30),
    values: Float32Array.of(9),
    rows: 1,
    cols: 31,
  };
  const empty = { ...unseen, indptr: Uint32Array.of(0, 0) };
  const logits = (sparse: CsrMatrix) =>
    decisionFunction(classifier, { rows: 1, dense: one.dense!, sparse }).data;
  logits(unseen).forEach((z, k) => assertAlmostEquals(z, logits(empty)[k]!, 0));
});
