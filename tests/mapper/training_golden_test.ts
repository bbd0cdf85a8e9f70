import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fitCalibrated } from "../../src/mapper/calibrate/calibration.ts";
import { predictProbabilities } from "../../src/mapper/calibrate/predictor.ts";
import { stratifiedFolds } from "../../src/mapper/calibrate/folds.ts";
import type { CsrMatrix, Features } from "../../src/core/matrix.ts";

/** Made by tests/golden/make_golden.py. */
interface GoldenCase {
  readonly name: string;
  readonly C: number;
  readonly class_weight: "balanced" | "none";
  readonly sparse: boolean;
  readonly columns: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly folds: readonly (readonly number[])[];
  readonly probabilities: Readonly<
    Record<"none" | "lbfgs" | "isotonic" | "sigmoid", readonly number[]>
  >;
}

const CASES = JSON.parse(Deno.readTextFileSync("tests/golden/training.json")) as GoldenCase[];

function featuresOf({ x, y, columns, sparse }: GoldenCase): Features {
  const data = Float32Array.from(x);
  const dense = { data, rows: y.length, cols: columns };
  return sparse ? { rows: y.length, sparse: toCsr(dense) } : { rows: y.length, dense };
}

function toCsr(dense: { data: Float32Array; rows: number; cols: number }): CsrMatrix {
  const indptr = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < dense.rows; i++) {
    for (let j = 0; j < dense.cols; j++) {
      const value = dense.data[i * dense.cols + j]!;
      if (value === 0) continue;
      indices.push(j);
      values.push(value);
    }
    indptr.push(indices.length);
  }
  return {
    indptr: Uint32Array.from(indptr),
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
    rows: dense.rows,
    cols: dense.cols,
  };
}

/** The loosest agreement over all rows and classes. */
const TOLERANCE = { none: 2e-6, sigmoid: 5e-5, isotonic: 1e-4 } as const;

for (const golden of CASES) {
  for (const method of ["none", "sigmoid", "isotonic"] as const) {
    Deno.test(`fitCalibrated() agrees with scikit-learn: ${golden.name}, ${method}`, () => {
      const labels = Int32Array.from(golden.y);
      const features = featuresOf(golden);
      const { model, converged } = fitCalibrated(features, labels, {
        classes: Math.max(...golden.y) + 1,
        C: golden.C,
        classWeight: golden.class_weight,
        method,
        tol: 1e-8,
      });
      assert(converged);
      const { data } = predictProbabilities(model, features);
      const expected = golden.probabilities[method];
      assertEquals(data.length, expected.length);
      data.forEach((p, i) => assertAlmostEquals(p, expected[i]!, TOLERANCE[method]));
    });
  }

  Deno.test(`fitCalibrated() is close to scikit-learn's lbfgs at the default tolerances: ${golden.name}`, () => {
    const features = featuresOf(golden);
    const { model } = fitCalibrated(features, Int32Array.from(golden.y), {
      classes: Math.max(...golden.y) + 1,
      C: golden.C,
      classWeight: golden.class_weight,
      method: "none",
    });
    predictProbabilities(model, features).data.forEach((p, i) =>
      assertAlmostEquals(p, golden.probabilities.lbfgs[i]!, 2e-4)
    );
  });

  Deno.test(`stratifiedFolds() agrees with scikit-learn: ${golden.name}`, () => {
    const folds = stratifiedFolds(Int32Array.from(golden.y), 3);
    assertEquals(folds.map((fold) => [...fold]), golden.folds.map((fold) => [...fold]));
  });
}
