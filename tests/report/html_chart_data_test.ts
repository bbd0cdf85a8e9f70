import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { confusionCounts, POOLED } from "../../src/report/charts/confusion.ts";
import {
  confidenceHistogram,
  judgeAnswers,
  reliabilityBins,
  riskCoverage,
  rowOutcome,
} from "../../src/report/charts/data.ts";
import { sweepCharts } from "../../src/report/charts/charts.ts";
import { PALETTE } from "../../src/report/page/html_style.ts";
import { mostlyRight, sampleReport } from "./html_sample.ts";

const ANSWERS = fc.array(
  fc.record({ grid: fc.integer({ min: 0, max: 10 }), right: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 60,
  },
).map((answers) =>
  answers.map(({ grid, right }, row) => ({ row, confidence: grid / 10, right }))
    .sort((a, b) => b.confidence - a.confidence)
);

Deno.test("riskCoverage() counts the wrong among those at or above each confidence", () => {
  fc.assert(fc.property(ANSWERS, (answers) => {
    const curve = riskCoverage(answers);
    assertEquals(curve.length, new Set(answers.map((answer) => answer.confidence)).size);
    for (const point of curve) {
      const accepted = answers.filter((answer) => answer.confidence >= point.confidence);
      const wrong = accepted.filter((answer) => !answer.right).length;
      assertAlmostEquals(point.coverage, accepted.length / answers.length);
      assertAlmostEquals(point.risk, wrong / accepted.length);
      assertLessOrEqual(point.ideal, point.risk + 1e-12);
    }
    assertEquals(curve.at(-1)!.coverage, 1);
    assertAlmostEquals(curve.at(-1)!.ideal, curve.at(-1)!.risk);
  }));
});

Deno.test("riskCoverage() thins long curves and keeps the end", () => {
  const answers = Array.from(
    { length: 10_000 },
    (_, row) => ({ row, confidence: 1 - row / 10_000, right: row % 3 > 0 }),
  );
  const curve = riskCoverage(answers, 100);
  assertEquals(curve.length, 100);
  assertEquals(curve.at(-1)!.coverage, 1);
  assertEquals(riskCoverage([]), []);
});

Deno.test("reliabilityBins() agrees with the calibration error", async () => {
  const { outcome, scored } = await sampleReport(mostlyRight(500, ["a", "b", "c"]));
  const labels = outcome.rows.map((row) => row.gold_label || null);
  const answers = judgeAnswers(scored, labels, outcome.classes);
  const bins = reliabilityBins(answers);
  assertEquals(bins.length, 15);
  const error = bins.reduce(
    (sum, { right, meanConfidence }) => sum + Math.abs(right.value! - meanConfidence) * right.n,
    0,
  );
  assertEquals(answers.length, outcome.quality.n);
  assertAlmostEquals(error / answers.length, outcome.quality.ece!, 1e-12);
  assert(bins.every((bin, i) => i === 0 || bin.lowest >= bins[i - 1]!.highest));
});

Deno.test("reliabilityBins() leaves empty bins out", () => {
  const answers = [{ row: 0, confidence: 0.9, right: true }, {
    row: 1,
    confidence: 0.4,
    right: false,
  }];
  assertEquals(reliabilityBins(answers).map((bin) => bin.meanConfidence), [0.4, 0.9]);
  assertEquals(reliabilityBins([]), []);
});

Deno.test("rowOutcome() tells the six cases apart", () => {
  const cases = [
    [{ gold_label: "a", abstain: false, correct: true }, "right"],
    [{ gold_label: "a", abstain: false, correct: false }, "wrong"],
    [{ gold_label: "a", abstain: true, correct: false }, "missed"],
    [{ gold_label: "abstain", abstain: true, correct: true }, "kept_back"],
    [{ gold_label: "", abstain: false, correct: "" }, "acted"],
    [{ gold_label: "", abstain: true, correct: "" }, "abstained"],
  ] as const;
  for (const [row, outcome] of cases) assertEquals(rowOutcome(row), outcome);
});

Deno.test("confidenceHistogram() counts every row once, the ends included", () => {
  const series = confidenceHistogram([0, 0.05, 0.999, 1, 1.0000001], Array(5).fill("right"), 20);
  const counts = series.get("right")!;
  assertEquals([counts[0], counts[1], counts[19]], [1, 1, 3]);
  assertEquals(series.size, 1);
});

Deno.test("confusionCounts() pools all but the most confused classes and loses no row", () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({
    gold_label: i % 10 === 9 ? "abstain" : `c${i}`,
    label: i < 3 ? `c${i + 1}` : i % 2 === 0 ? "" : `c${i}`,
  }));
  const { labels, decisions, counts, pooled } = confusionCounts(rows, [], 4);
  assertEquals(labels, ["c0", "c1", "c2", "c3", POOLED, "abstain"]);
  assertEquals(decisions, ["c0", "c1", "c2", "c3", POOLED, "abstained"]);
  assertEquals(counts.flat().reduce((a, b) => a + b), 50);
  assertEquals(counts[0], [0, 1, 0, 0, 0, 0]);
  // The five classes that only abstain rows were fired as count too.
  assertEquals(pooled, new Set(rows.flatMap((r) => [r.gold_label, r.label])).size - 4 - 2);
});

Deno.test("charts name only colours of the palette, and no number that is none", async () => {
  const input = await sampleReport({ ...mostlyRight(200, ["a", "b"]), nearMargins: [0, 0.1] });
  const colours = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === "number") assert(Number.isFinite(value));
    else if (typeof value === "string" && value.startsWith("--")) colours.add(value.slice(2));
    else if (value !== null && typeof value === "object") Object.values(value).forEach(visit);
  };
  visit(sweepCharts(input.outcome, input.scored));
  assertEquals([...colours].filter((name) => !PALETTE.includes(name)), []);
  assert(colours.size > 5);
});
