import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import type { Features } from "../../../src/core/matrix.ts";
import {
  type CalibrationChoice,
  fitCalibrated,
  predictProbabilities,
} from "../../../src/mapper/calibrate/calibration.ts";
import { calibrate, fitIsotonic, fitSigmoid } from "../../../src/mapper/calibrate/calibrators.ts";
import { takeRows } from "../../../src/mapper/fit/rows.ts";
import { createMlTrainer } from "../../../src/mapper/fit/solver_ml.ts";
import { createRandom } from "../../../src/core/random.ts";

function clusters(counts: readonly number[], seed = 1): { features: Features; labels: Int32Array } {
  const random = createRandom(seed);
  const labels = Int32Array.from(counts.flatMap((count, k) => new Array<number>(count).fill(k)));
  const cols = 4;
  const data = new Float32Array(labels.length * cols);
  labels.forEach((label, i) => {
    for (let j = 0; j < cols; j++) {
      data[i * cols + j] = random.normal() + (j === label % cols ? 1.5 : 0);
    }
  });
  return {
    features: { rows: labels.length, dense: { data, rows: labels.length, cols } },
    labels,
  };
}

const METHODS: readonly CalibrationChoice[] = [
  ...["isotonic", "sigmoid", "temperature", "none", "auto", "best"] as const,
];

for (const method of METHODS) {
  for (const counts of [[20, 20], [15, 12, 9]]) {
    Deno.test(`${method} gives distributions over ${counts.length} classes, alone as in a batch`, () => {
      const { features, labels } = clusters(counts);
      const { model } = fitCalibrated(features, labels, { classes: counts.length, method });
      const { data, cols } = predictProbabilities(model, features);
      for (let i = 0; i < features.rows; i++) {
        const row = data.slice(i * cols, (i + 1) * cols);
        assert(row.every((p) => p >= 0 && p <= 1));
        assertAlmostEquals(row.reduce((a, b) => a + b), 1, 1e-12);
        assertEquals(predictProbabilities(model, takeRows(features, [i])).data, row);
      }
    });
  }
}

Deno.test("temperature keeps the most probable class of every row", () => {
  const { features, labels } = clusters([30, 30, 30]);
  const fit = (method: CalibrationChoice) =>
    predictProbabilities(fitCalibrated(features, labels, { classes: 3, method }).model, features);
  const top = ({ data }: { data: Float64Array }) =>
    Array.from({ length: features.rows }, (_, i) => {
      const row = [...data.slice(i * 3, i * 3 + 3)];
      return row.indexOf(Math.max(...row));
    });
  assertEquals(top(fit("temperature")), top(fit("none")));
});

const AUTO: readonly (readonly [readonly number[], number, string, number])[] = [
  [[10, 10], 3, "isotonic", 3],
  [[10, 3], 3, "isotonic", 3],
  [[10, 10], 2, "isotonic", 3],
  [[10, 2], 3, "sigmoid", 2],
  [[10, 1], 3, "none", 0],
];

for (const [counts, cv, method, folds] of AUTO) {
  Deno.test(`auto takes ${method} for classes of ${counts.join(" and ")} rows, cv ${cv}`, () => {
    const { features, labels } = clusters(counts);
    const result = fitCalibrated(features, labels, { classes: 2, method: "auto", cv });
    assertEquals([result.model.method, result.folds], [method, folds]);
  });
}

Deno.test("best reports the loss of every method and takes the least", () => {
  const { features, labels } = clusters([40, 40, 40]);
  const { model, losses } = fitCalibrated(features, labels, { classes: 3, method: "best" });
  const least = Object.entries(losses!).sort((a, b) => a[1] - b[1])[0]![0];
  assertEquals(model.method, least);
  assertEquals(Object.keys(losses!).length, 4);
});

Deno.test("isotonic and sigmoid refuse a class with fewer rows than folds", () => {
  const { features, labels } = clusters([10, 2]);
  for (const method of ["isotonic", "sigmoid"] as const) {
    const fit = () => fitCalibrated(features, labels, { classes: 2, method, cv: 3 });
    assertThrows(fit, MicroLmError, "class number 1 has 2 rows");
  }
});

Deno.test("fitIsotonic() never falls, stays within outcomes and averages ties", () => {
  const pairs = fc.array(
    fc.tuple(fc.integer({ min: -5, max: 5 }), fc.boolean()),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(fc.property(pairs, (pairs) => {
    const scores = Float64Array.from(pairs, ([score]) => score);
    const calibrator = fitIsotonic(scores, Uint8Array.from(pairs, ([, hit]) => hit ? 1 : 0));
    let last = 0;
    for (let score = -6; score <= 6; score += 0.25) {
      const p = calibrate(calibrator, score);
      assert(p >= last && p <= 1);
      last = p;
    }
  }));
  const tied = fitIsotonic(Float64Array.of(1, 1, 2), Uint8Array.of(0, 1, 1));
  assertEquals([calibrate(tied, 1), calibrate(tied, 1.5), calibrate(tied, 9)], [0.5, 0.75, 1]);
});

Deno.test("fitSigmoid() matches scikit-learn's Platt scaling", () => {
  // sklearn.calibration._sigmoid_calibration([-2,-1,-0.5,0,0.5,1,2,3], [0,0,1,0,1,1,1,1])
  const scores = Float64Array.of(-2, -1, -0.5, 0, 0.5, 1, 2, 3);
  const { a, b } = fitSigmoid(scores, Uint8Array.of(0, 0, 1, 0, 1, 1, 1, 1));
  assertAlmostEquals(a, -0.777974, 1e-4);
  assertAlmostEquals(b, -0.312999, 1e-4);
});

Deno.test("fitSigmoid() survives equal scores and one outcome", () => {
  for (const outcomes of [Uint8Array.of(1, 1, 1), Uint8Array.of(0, 1, 0)]) {
    const fit = fitSigmoid(Float64Array.of(2, 2, 2), outcomes);
    assert(Number.isFinite(calibrate(fit, 2)));
  }
});

Deno.test("the comparison solver learns the same clusters", async () => {
  const { features, labels } = clusters([25, 25, 25]);
  const trainer = await createMlTrainer();
  const { model } = fitCalibrated(features, labels, { classes: 3, method: "none", trainer });
  const { data } = predictProbabilities(model, features);
  const right = labels.filter((label, i) => {
    const row = [...data.slice(i * 3, i * 3 + 3)];
    return row.indexOf(Math.max(...row)) === label;
  });
  assert(right.length / labels.length > 0.7, `${right.length}`);
});
