import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Features } from "../../../src/core/matrix.ts";
import { fitCalibrated } from "../../../src/mapper/calibrate/calibration.ts";
import { predictProbabilities } from "../../../src/mapper/calibrate/predictor.ts";
import type { CalibrationChoice } from "../../../src/mapper/calibrate/calibration_plan.ts";
import { calibrate, fitIsotonic, fitSigmoid } from "../../../src/mapper/calibrate/calibrators.ts";
import { groupedFolds } from "../../../src/mapper/calibrate/folds.ts";
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

const FALLBACKS: readonly (readonly [CalibrationChoice, readonly number[], string, RegExp])[] = [
  ["isotonic", [12, 2], "temperature", /by temperature, not isotonic/],
  ["sigmoid", [12, 2], "temperature", /by temperature, not sigmoid/],
  ["temperature", [12, 12, 1], "temperature", /leaves out class number 2/],
  ["best", [2, 1], "none", /fewer than 2 classes/],
  ["auto", [10, 1], "none", /leaves out class number 1/],
  ["auto", [10, 2], "sigmoid", /with a sigmoid/],
];
for (const [method, counts, found, note] of FALLBACKS) {
  Deno.test(`${method} falls back to ${found} for classes of ${counts.join(", ")} rows, and says so`, () => {
    const { features, labels } = clusters(counts);
    const result = fitCalibrated(features, labels, { classes: counts.length, method, cv: 3 });
    assertEquals(result.model.method, found);
    assertMatch(result.notes.join("\n"), note);
  });
}

Deno.test("auto says that it overrules the folds, and isotonic that its rows are few", () => {
  const { features, labels } = clusters([10, 10]);
  const { notes } = fitCalibrated(features, labels, { classes: 2, method: "auto", cv: 2 });
  assertMatch(notes.join("\n"), /in 3 folds at least, not in 2/);
  assertMatch(notes.join("\n"), /follows single rows/);
});

/** Rows whose class stands in a column of its own. */
function separable(n: number): { features: Features; labels: Int32Array } {
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const data = Float32Array.from({ length: 2 * n }, (_, i) => i % 2 === labels[i >> 1] ? 1 : 0);
  return { features: { rows: n, dense: { data, rows: n, cols: 2 } }, labels };
}

for (const method of ["isotonic", "temperature", "best"] as const) {
  Deno.test(`${method} makes nobody sure where no held-out row was wrong`, () => {
    const { features, labels } = separable(60);
    const { model, notes } = fitCalibrated(features, labels, { classes: 2, method });
    assertMatch(notes.join("\n"), /not calibrated/);
    const probe = { rows: 1, dense: { data: Float32Array.of(0.5, 0.4), rows: 1, cols: 2 } };
    const most = Math.max(...predictProbabilities(model, probe).data);
    assert(most < 0.8, `${most}`);
  });
}

Deno.test("folds by group do not let a template vouch for itself", () => {
  // Rows of a template are equal; every class has 4 templates that have nothing in common.
  const random = createRandom(3);
  const labels = Int32Array.from({ length: 160 }, (_, i) => i % 2);
  const groups = Array.from(labels, (_, i) => `t${i % 8}`);
  const vectors = Array.from({ length: 8 }, () => Array.from({ length: 6 }, () => random.normal()));
  const data = Float32Array.from(
    { length: 160 * 6 },
    (_, i) => vectors[Math.floor(i / 6) % 8]![i % 6]!,
  );
  const features = { rows: 160, dense: { data, rows: 160, cols: 6 } };
  const options = { classes: 2, method: "temperature" as const };
  const torn = fitCalibrated(features, labels, options);
  assertMatch(torn.notes.join("\n"), /every confidence would be 1/);
  const whole = fitCalibrated(features, labels, { ...options, groups });
  assert(whole.model.temperature > 1, `${whole.model.temperature}`);
});

Deno.test("groupedFolds() keeps groups whole, classes even, and does not see the order of rows", () => {
  const random = createRandom(11);
  const rows = Array.from(
    { length: 300 },
    (_, i) => ({ group: `g${i % 61}`, label: (i % 61) % 3 }),
  );
  const folds = (list: typeof rows) => {
    const labels = Int32Array.from(list, (row) => row.label);
    return groupedFolds(labels, list.map((row) => row.group), 3)
      .map((fold) => [...new Set([...fold].map((row) => list[row]!.group))].sort().join());
  };
  const turned = random.shuffle([...rows]);
  assertEquals(folds(turned), folds(rows));
  assertEquals(new Set(folds(rows).flatMap((names) => names.split(","))).size, 61);
  const labels = Int32Array.from(rows, (row) => row.label);
  for (const fold of groupedFolds(labels, rows.map((row) => row.group), 3)) {
    for (const k of [0, 1, 2]) {
      const share = [...fold].filter((row) => labels[row] === k).length / 100;
      assertAlmostEquals(share, 1 / 3, 0.08);
    }
  }
});

Deno.test("confidence that tells nothing is said", () => {
  const random = createRandom(2);
  const labels = Int32Array.from({ length: 200 }, (_, i) => i % 2);
  const data = Float32Array.from({ length: 400 }, () => random.normal());
  const features = { rows: 200, dense: { data, rows: 200, cols: 2 } };
  const { notes } = fitCalibrated(features, labels, { classes: 2, method: "sigmoid" });
  assertMatch(notes.join("\n"), /hardly tells right from wrong/);
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
