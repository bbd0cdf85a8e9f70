import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  binaryMetrics,
  countConfusion,
  predictDetections,
} from "../../src/stages/evaluate/binary_metrics.ts";
import { selectChampion } from "../../src/stages/champion.ts";
import {
  evaluationFolder,
  parseEvaluationConfig,
  readEvaluationConfig,
} from "../../src/stages/config/evaluation_config.ts";
import {
  bootstrapCounts,
  confusionByGroup,
  f1OfCounts,
  mcNemarTest,
} from "../../src/evaluate/paired_tests.ts";
import { measureReduction, thresholdForRecall } from "../../src/stages/evaluate/recall_target.ts";
import { sweepDetectionThreshold } from "../../src/stages/evaluate/threshold_sweep.ts";

const scored = fc.array(
  fc.record({
    p: fc.double({ min: 0, max: 1, noNaN: true }),
    label: fc.integer({ min: 0, max: 1 }),
  }),
  { minLength: 1, maxLength: 40 },
).map((rows) => ({
  p: Float64Array.from(rows, ({ p }) => p),
  labels: rows.map(({ label }) => label),
}));

Deno.test("countConfusion() has a place for each outcome where a class is absent", () => {
  assertEquals(countConfusion([0, 0], [0, 1]), { tn: 1, fp: 1, fn: 0, tp: 0 });
  assertEquals(countConfusion([1, 1], [0, 1]), { tn: 0, fp: 0, fn: 1, tp: 1 });
  const none = binaryMetrics(countConfusion([], []));
  assertEquals(none, { accuracy: 0, precision: 0, recall: 0, f1: 0, support: 0 });
});

Deno.test("predictDetections() takes a tie as FP without a threshold, as TP at a threshold", () => {
  assertEquals([...predictDetections(Float64Array.of(0.5), null)], [0]);
  assertEquals([...predictDetections(Float64Array.of(0.5), 0.5)], [1]);
});

Deno.test("sweepDetectionThreshold() tries 41 thresholds with the numbers they are written with", () => {
  const { curve } = sweepDetectionThreshold(Float64Array.of(0.4), [1]);
  assertEquals(curve.map(({ threshold }) => String(threshold)), [
    ...Array.from({ length: 41 }, (_, i) => String(Number((0.3 + i / 100).toFixed(2)))),
  ]);
});

Deno.test("sweepDetectionThreshold() takes the lowest of the best thresholds", () => {
  fc.assert(fc.property(scored, ({ p, labels }) => {
    const { best_threshold, best_score, curve, n, base_rate } = sweepDetectionThreshold(p, labels);
    const best = Math.max(...curve.map(({ f1 }) => f1));
    assertEquals(best_score, best);
    const first = curve.find(({ f1 }) => f1 === best)!;
    assertEquals(best_threshold, best > 0 ? first.threshold : 0.5);
    assertEquals(n, labels.length);
    assertAlmostEquals(base_rate * n, labels.reduce((a, b) => a + b, 0));
    for (const point of curve) {
      const tp = p.filter((value, i) => value >= point.threshold && labels[i] === 1).length;
      assertEquals(point.tp, tp);
    }
  }));
});

Deno.test("sweepDetectionThreshold() refuses an unknown metric with the closest known one", () => {
  const error = assertThrows(
    () => sweepDetectionThreshold(Float64Array.of(0.4), [1], { metric: "f2" }),
    Error,
    'Unknown metric "f2"',
  );
  assert((error as { hint?: string }).hint?.includes('Did you mean "f1"?'));
});

Deno.test("thresholdForRecall() is the highest that keeps the share", () => {
  fc.assert(fc.property(scored, fc.double({ min: 0.05, max: 1, noNaN: true }), (rows, target) => {
    const { p, labels } = rows;
    fc.pre(labels.includes(1));
    const threshold = thresholdForRecall(p, labels, target);
    const { recall } = measureReduction(p, labels, { target, threshold });
    assert(recall.value! >= target - 1e-9);
    for (const higher of p.filter((value) => value > threshold)) {
      const other = measureReduction(p, labels, { target, threshold: higher });
      assert(other.recall.value! < target + 1e-9);
    }
  }));
});

Deno.test("mcNemarTest() agrees with the binomial test", () => {
  // scipy.stats.binomtest(k, n).pvalue
  const cases = [[2, 9, 0.0654296875], [0, 0, 1], [5, 5, 1], [10, 25, 0.016673847800120715]];
  for (const [first, second, expected] of cases as [number, number, number][]) {
    const a = [...Array(first).fill(1), ...Array(second).fill(0), 1];
    const b = [...Array(first).fill(0), ...Array(second).fill(1), 1];
    const result = mcNemarTest(a, b);
    assertEquals([result.only_first, result.only_second], [first, second]);
    assertAlmostEquals(result.p_value, expected, 1e-9);
  }
});

Deno.test("bootstrapCounts() covers a known share about as often as it says", () => {
  let covered = 0;
  const runs = 120;
  for (let seed = 1; seed <= runs; seed++) {
    const rows = Array.from(
      { length: 60 },
      (_, i) => Number(((i * 7919 + seed * 104729) % 1009) / 1009 < 0.3),
    );
    const counts = Uint32Array.from(rows.flatMap((hit) => [hit, 1]));
    const share = ([hits, all]: Float64Array) => hits! / all!;
    const { ci_low, ci_high } = bootstrapCounts(counts, 2, share, { resamples: 300, seed });
    if (ci_low <= 0.3 && 0.3 <= ci_high) covered++;
  }
  assert(covered / runs > 0.85, `${covered} of ${runs}`);
});

Deno.test("bootstrapCounts() draws groups whole, and the same for the same seed", () => {
  const labels = [1, 1, 0, 0];
  const predicted = [1, 1, 0, 1];
  const one = confusionByGroup(labels, predicted, ["a", "a", "a", "a"]);
  const { value, ci_low, ci_high } = bootstrapCounts(one, 4, f1OfCounts);
  assertEquals([value, ci_low, ci_high], [0.8, 0.8, 0.8]);
  const rows = confusionByGroup(labels, predicted);
  assertEquals(bootstrapCounts(rows, 4, f1OfCounts), bootstrapCounts(rows, 4, f1OfCounts));
  assertThrows(() => bootstrapCounts(new Uint32Array(0), 4, f1OfCounts), RangeError);
});

const CHAMPIONS = [
  [[0.7], 0],
  [[0.7, 0.9, 0.8], 2],
  [[0.9, 0.8, 0.7, 0.6], 2],
  [[0.8, 0.8, 0.8], 0],
  [[0.9, 0.7, 0.7, 0.7, 0.6], 1],
] as const;

for (const [scores, index] of CHAMPIONS) {
  Deno.test(`selectChampion() takes number ${index} of ${scores}`, () => {
    const candidates = scores.map((val_f1, i) => ({ run: `r${i}`, seed: 41 + i, val_f1 }));
    const { champion, rank } = selectChampion(candidates.toReversed());
    assertEquals(champion.seed, 41 + index);
    assertEquals(
      rank,
      1 +
        candidates.filter((c) =>
          c.val_f1 > champion.val_f1 || (c.val_f1 === champion.val_f1 && c.seed < champion.seed)
        ).length,
    );
  });
}

const MODES = [
  ["eval_argmax", "argmax"],
  ["eval_threshold", "threshold_file"],
  ["eval_threshold_frozen", "threshold_frozen"],
] as const;

for (const [name, folder] of MODES) {
  for (const suffix of ["", "_offline"]) {
    Deno.test(`${name}${suffix}.yaml has a folder of its own`, async () => {
      const config = await readEvaluationConfig(`configs/eval/${name}${suffix}.yaml`);
      assert(evaluationFolder(config).endsWith(`/${folder}`));
      assertEquals(Object.keys(config.evaluation.test_sets.technologies), [
        "chef",
        "ansible",
        "puppet",
      ]);
    });
  }
}

const WRONG = [
  ["{ mode: argmaxx }", "evaluation.threshold.mode"],
  ["{ mode: fixed }", "evaluation.threshold.value"],
  ["{ mode: fixed, value: 1.5 }", "evaluation.threshold.value"],
  ["{ mod: file }", 'evaluation.threshold.mod: unknown key, did you mean "mode"?'],
] as const;

for (const [threshold, expected] of WRONG) {
  Deno.test(`parseEvaluationConfig() refuses the threshold ${threshold}`, () => {
    assertThrows(
      () => parseEvaluationConfig(`evaluation:\n  threshold: ${threshold}\n`),
      Error,
      expected,
    );
  });
}

Deno.test("evaluationFolder() does not repeat a folder that names its mode", () => {
  const config = parseEvaluationConfig(
    "evaluation: { output_dir: out/threshold_file, threshold: { mode: file } }",
  );
  assertEquals(evaluationFolder(config), "out/threshold_file");
});
