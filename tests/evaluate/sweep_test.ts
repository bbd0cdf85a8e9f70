import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkGate, chooseOperatingPoint, needlessAbstainRate } from "../../src/evaluate/choose.ts";
import { decide, scoreRows } from "../../src/evaluate/decide.ts";
import {
  encodeGold,
  evaluatePoint,
  METRICS_COLUMNS,
  metricsRow,
  type PointMetrics,
} from "../../src/evaluate/metrics.ts";
import { rate } from "../../src/evaluate/rate.ts";
import { parseThresholds, sweep } from "../../src/evaluate/sweep.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { createRandom } from "../../src/core/random.ts";

const CLASSES = ["a", "b", "c", "abstain"];

/** Random probabilities and labels; some rows unlabelled, some of a class that the mapper lacks. */
function randomSet(seed: number, n: number): { data: Float64Array; labels: (string | null)[] } {
  const random = createRandom(seed);
  const data = new Float64Array(n * 4);
  for (let i = 0; i < n; i++) {
    const raw = [0, 1, 2, 3].map(() => random.uniform() ** 3);
    const sum = raw.reduce((a, b) => a + b);
    raw.forEach((value, k) => data[i * 4 + k] = value / sum);
  }
  const labels = Array.from(
    { length: n },
    () => random.pick([...CLASSES, "a", "b", null, "other"]),
  );
  return { data, labels };
}

/** The metrics once more, the slow way, straight from their definitions. */
function recount(
  data: Float64Array,
  labels: readonly (string | null)[],
  point: Parameters<typeof decide>[2],
): Record<string, number | null> {
  const decisions = labels.map((gold, i) => ({
    gold,
    label: decide(data.subarray(i * 4, i * 4 + 4), CLASSES, point).label,
  }));
  const count = (test: (d: typeof decisions[number]) => boolean) => decisions.filter(test).length;
  const labeled = count((d) => d.gold !== null);
  const right = count((d) => d.label !== null && d.label === d.gold);
  const wrong = count((d) => d.label !== null && d.gold !== null && d.label !== d.gold);
  const held = count((d) => d.label === null && d.gold === "abstain");
  const f1 = ["a", "b", "c"].flatMap((name) => {
    const support = count((d) => d.gold === name);
    const fired = count((d) => d.label === name && d.gold !== null);
    const hits = count((d) => d.label === name && d.gold === name);
    return support + fired > 0 ? [2 * hits / (support + fired)] : [];
  });
  return {
    fired: count((d) => d.label !== null),
    abstain_rate: count((d) => d.label === null) / labels.length,
    accuracy_on_fired: right + wrong > 0 ? right / (right + wrong) : null,
    overall_accuracy: labeled > 0 ? (right + held) / labeled : null,
    wrong_fire_rate: labeled > 0 ? wrong / labeled : null,
    macro_f1: f1.length > 0 ? f1.reduce((a, b) => a + b) / f1.length : null,
  };
}

Deno.test("evaluatePoint() agrees with a recount from the definitions", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { data, labels } = randomSet(seed, 97);
    const scored = scoreRows({ data, rows: 97, cols: 4 });
    const gold = encodeGold(labels, CLASSES);
    for (const threshold of [0, 0.4, 0.6, 0.95]) {
      for (const perClass of [{}, { a: 0.3, c: 0.9 }]) {
        const point = { threshold, perClass, nearMargin: seed % 2 ? 0.1 : 0 };
        const metrics = evaluatePoint(scored, gold, point, CLASSES);
        for (const [name, value] of Object.entries(recount(data, labels, point))) {
          const found = metrics[name as keyof PointMetrics];
          if (value === null) assertEquals(found, null, name);
          else assertAlmostEquals(found as number, value, 1e-12, `${name} ${found} ${value}`);
        }
        assertEquals(metrics.fired + metrics.abstain_count, metrics.total);
      }
    }
  }
});

Deno.test("macro F1, precision and recall match scikit-learn", () => {
  // sklearn.metrics.f1_score([0,0,1,1,2,2], [0,1,1,1,2,0], average="macro") == 0.6555555555555556
  const predictions = [0, 1, 1, 1, 2, 0];
  const data = new Float64Array(18);
  predictions.forEach((k, i) => data[i * 3 + k] = 1);
  const scored = scoreRows({ data, rows: 6, cols: 3 });
  const gold = encodeGold(["a", "a", "b", "b", "c", "c"], ["a", "b", "c"]);
  const metrics = evaluatePoint(scored, gold, { threshold: 0 }, ["a", "b", "c"]);
  assertAlmostEquals(metrics.macro_f1!, 0.6555555555555556, 1e-12);
});

Deno.test("coverage never grows with the threshold", () => {
  const { data, labels } = randomSet(5, 300);
  const scored = scoreRows({ data, rows: 300, cols: 4 });
  const points = sweep(scored, encodeGold(labels, CLASSES), CLASSES, {
    thresholds: parseThresholds("0:1:0.05"),
    nearMargins: [0, 0.2],
  });
  assertEquals(points.length, 42);
  for (let i = 1; i < points.length; i++) {
    if (points[i]!.near_margin === points[i - 1]!.near_margin) {
      assert(points[i]!.coverage! <= points[i - 1]!.coverage!);
    }
  }
});

Deno.test("a metrics row has the documented columns first and never NaN", () => {
  const scored = scoreRows({ data: Float64Array.of(1, 0), rows: 1, cols: 2 });
  const row = metricsRow(
    evaluatePoint(scored, encodeGold([null], ["a", "b"]), { threshold: 0.5 }, ["a", "b"]),
  );
  assertEquals(METRICS_COLUMNS.slice(0, 11), [
    "threshold",
    "total",
    "abstain",
    "abstain_count",
    "abstain_rate",
    "coverage",
    "fired",
    "correct_on_fired",
    "accuracy_on_fired",
    "overall_correct",
    "overall_accuracy",
  ]);
  assertEquals(METRICS_COLUMNS.filter((name) => !(name in row)), []);
  assertEquals(row["overall_accuracy"], null);
  assert(!Object.values(row).some((value) => Number.isNaN(value)));
});

Deno.test("rate() encloses its value and matches published Wilson bounds", () => {
  // Wilson 95% for 81/263, Newcombe (1998), table I: 0.2553 to 0.3662.
  assertAlmostEquals(rate(81, 263).ci_low, 0.2553, 5e-5);
  assertAlmostEquals(rate(81, 263).ci_high, 0.3662, 5e-5);
  assertEquals(rate(0, 0), { value: null, ci_low: 0, ci_high: 1, n: 0, k: 0, method: "wilson" });
  fc.assert(fc.property(fc.nat(500), fc.nat(500), (a, b) => {
    const { value, ci_low, ci_high } = rate(Math.min(a, b), Math.max(a, b, 1));
    assert(0 <= ci_low && ci_low <= value! && value! <= ci_high && ci_high <= 1);
  }));
  assertThrows(() => rate(2, 1), RangeError);
});

const LISTS: readonly (readonly [string, readonly number[]])[] = [
  ["0.9,0.5,0.5", [0.5, 0.9]],
  ["0.1:0.3:0.1", [0.1, 0.2, 0.3]],
  ["0:1:0.25,0.3", [0, 0.25, 0.3, 0.5, 0.75, 1]],
  ["0.70", [0.7]],
];

for (const [text, expected] of LISTS) {
  Deno.test(`parseThresholds() reads "${text}"`, () =>
    assertEquals(parseThresholds(text), [...expected]));
}

for (
  const text of ["0.5,abc", "1.2", "", "-0.1", "0.5,", "0.1:0.2", "0.3:0.1:0.1", "0:1:0", "NaN"]
) {
  Deno.test(`parseThresholds() refuses "${text}"`, () => {
    assertThrows(() => parseThresholds(text), MicroLmError, "from 0 to 1");
  });
}

function point(threshold: number, abstain: number, accuracy: number, wrong = 0): PointMetrics {
  return {
    threshold,
    near_margin: 0,
    total: 1000,
    abstain_count: 1000 * abstain,
    overall_correct: 0,
    correct_on_fired: 0,
    abstain_rate: abstain,
    coverage: 1 - abstain,
    accuracy_on_fired: accuracy,
    overall_accuracy: accuracy,
    wrong_fire_rate: wrong,
  } as PointMetrics;
}

Deno.test("abstain_then_acc takes the highest admissible threshold", () => {
  const points = [point(0.3, 0.01, 0.9), point(0.5, 0.1, 0.95), point(0.7, 0.2, 0.99)];
  assertEquals(chooseOperatingPoint(points).metrics.threshold, 0.5);
  assertEquals(chooseOperatingPoint(points, { maxAbstainRate: 0.05 }).metrics.threshold, 0.3);
});

Deno.test("abstain_then_acc takes a point that passes both gates where the grid has one", () => {
  const points = [point(0.3, 0.01, 0.86), point(0.5, 0.1, 0.8)];
  const { metrics, why } = chooseOperatingPoint(points);
  assertEquals([metrics.threshold, checkGate(metrics).status], [0.3, "pass"]);
  assert(why.includes("overall accuracy of at least 0.85"));
});

Deno.test("a right abstention does not count against the mapper", () => {
  const data = Float64Array.of(0.9, 0.1, 0.9, 0.1, 0.1, 0.9);
  const scored = scoreRows({ data, rows: 3, cols: 2 });
  const classes = ["send", "abstain"];
  const gold = encodeGold(["send", "send", "abstain"], classes);
  const metrics = evaluatePoint(scored, gold, { threshold: 0.5 }, classes);
  assertEquals([metrics.abstain_rate, needlessAbstainRate(metrics)], [1 / 3, 0]);
  assertEquals(checkGate(metrics).status, "pass");
});

Deno.test("without an admissible point the harmonic mean decides", () => {
  const points = [point(0.3, 0.3, 0.8), point(0.5, 0.4, 0.99), point(0.9, 0.9, 1)];
  const chosen = chooseOperatingPoint(points, { maxAbstainRate: 0.1 });
  // 2·0.7·0.8/1.5 = 0.7467, 2·0.6·0.99/1.59 = 0.7472.
  assertEquals(chosen.metrics.threshold, 0.5);
  assert(chosen.why.includes("harmonic"));
});

Deno.test("utility weighs accuracy ten times abstention, ties go to fewer wrong fires", () => {
  const points = [point(0.3, 0, 0.9), point(0.5, 0.5, 0.96), point(0.6, 0, 0.9, 0.1)];
  assertEquals(chooseOperatingPoint(points, { by: "utility" }).metrics.threshold, 0.5);
  assertEquals(
    chooseOperatingPoint([points[2]!, points[0]!], { by: "utility" }).metrics.threshold,
    0.3,
  );
  assertThrows(() => chooseOperatingPoint([]), RangeError);
});

Deno.test("checkGate() passes at equality, fails in words, and fails without labels", () => {
  assertEquals(checkGate(point(0, 0.1, 0.85)).status, "pass");
  assertEquals(checkGate(point(0, 0.11, 0.84)).failures.length, 2);
  const unlabelled = { ...point(0, 0, 1), overall_accuracy: null };
  assertEquals(checkGate(unlabelled).failures, ["overall accuracy is unknown: no row has a label"]);
});

Deno.test("a grid of 1,111 points over 5,000 rows takes well under a second", () => {
  const { data, labels } = randomSet(1, 5000);
  const scored = scoreRows({ data, rows: 5000, cols: 4 });
  const start = performance.now();
  const points = sweep(scored, encodeGold(labels, CLASSES), CLASSES, {
    thresholds: parseThresholds("0:1:0.01"),
    nearMargins: parseThresholds("0:0.5:0.05"),
  });
  assertEquals(points.length, 1111);
  assert(performance.now() - start < 1500);
});
