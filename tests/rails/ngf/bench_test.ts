import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { runNgfBench } from "../../../src/rails/ngf/bench.ts";
import { scoreParse, summarizeScores } from "../../../src/rails/ngf/score.ts";
import { ngfRowsTable } from "../../../src/rails/ngf/table.ts";

Deno.test("scoreParse() counts events", () => {
  const cases: [string, string, [boolean, number, number, number]][] = [
    ["a b", "a b", [true, 2, 0, 0]],
    ["a b", "b a", [false, 2, 0, 0]],
    ["a", "a b", [false, 1, 1, 0]],
    ["a b c", "b", [false, 1, 0, 2]],
    ["a", "b", [false, 0, 1, 1]],
    ["a", "", [false, 0, 0, 1]],
    ["", "a", [false, 0, 1, 0]],
    ["", "", [true, 0, 0, 0]],
  ];
  const words = (text: string) => text.split(" ").filter((word) => word !== "");
  for (const [truth, order, expected] of cases) {
    const { exact, tp, fp, fn } = scoreParse(words(truth), words(order));
    assertEquals([exact, tp, fp, fn], expected, `${truth} against ${order}`);
  }
});

const NAMES = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"));

Deno.test("scoreParse() gives measures that agree with each other", () => {
  fc.assert(fc.property(NAMES, NAMES, (truth, order) => {
    const s = scoreParse(truth, order);
    if (order.length > 0) assertAlmostEquals(s.precision + s.hallucination, 1, 1e-12);
    if (truth.length > 0) assertAlmostEquals(s.recall + s.omission, 1, 1e-12);
    const sum = s.precision + s.recall;
    assertAlmostEquals(s.f1, sum === 0 ? 0 : 2 * s.precision * s.recall / sum, 1e-12);
    assert(s.jaccard <= s.f1 && (!s.exact || s.jaccard === 1));
  }));
});

Deno.test("summarizeScores() averages over samples and counts events over all", () => {
  const summary = summarizeScores([
    scoreParse(["a"], ["a"]),
    scoreParse(["a", "b"], ["a", "b", "c", "d"]),
    scoreParse(["a"], []),
  ]);
  assertAlmostEquals(summary.hallucination, 0.5 / 3, 1e-12);
  assertAlmostEquals(summary.omission, 1 / 3, 1e-12);
  assertEquals([summary.hallucinated.k, summary.hallucinated.n], [2, 5]);
  assertEquals([summary.omitted.k, summary.omitted.n], [1, 4]);
  assertEquals(summary.exact.k, 1);
  assertThrows(() => summarizeScores([]), RangeError, "no scores");
});

const SMALL = { samples: 300, seed: 7, tuningSamples: 300, denoiseSamples: 1 };
const bench = runNgfBench(SMALL);
const rowOf = (parser: string) => bench.parsers.find((row) => row.parser === parser)!;

Deno.test("runNgfBench() gives equal results for equal options", () => {
  assertEquals(runNgfBench({ ...SMALL, samples: 300 }), bench);
});

Deno.test("runNgfBench() shows what the corrected parser is worth", () => {
  const corrected = rowOf("corrected");
  assertGreaterOrEqual(corrected.exact.value!, 0.58);
  assertGreaterOrEqual(corrected.f1, 0.86);
  assertLessOrEqual(corrected.omission, 0.02);
  assert(corrected.exact.k > rowOf("report").exact.k);
  assert(corrected.exact.k > rowOf("stock").exact.k);
  // Nothing that looks at lobes alone can do much better than knowing which channels have one.
  assertLessOrEqual(corrected.exact.value! - rowOf("presence_oracle").exact.value!, 0.05);
  assertLessOrEqual(bench.noise_only.corrected.value!, 0.01);
  assertEquals(bench.noise_only.parity_report.value, 1);
});

Deno.test("runNgfBench() scores every sample with every parser and times them with a clock", () => {
  assertEquals(bench.rows.length, 300);
  for (const row of bench.rows) {
    assertEquals(Object.keys(row.parsers), bench.parsers.map(({ parser }) => parser));
  }
  for (const { parser, exact } of bench.parsers) {
    assertEquals(exact.k, bench.rows.filter(({ parsers }) => parsers[parser]!.exact).length);
  }
  assertEquals(rowOf("stock").ms, null);
  let now = 0;
  const done: number[] = [];
  const timed = runNgfBench({
    ...SMALL,
    samples: 4,
    clock: () => now += 8,
    onProgress: (share) => done.push(share),
  });
  assertEquals(timed.parsers.every(({ ms }) => ms === 2), true);
  assertEquals([...done].sort((a, b) => a - b), done);
  assertEquals(done.at(-1), 1);
});

Deno.test("runNgfBench() refuses to score what it tuned on", () => {
  assertThrows(() => runNgfBench({ seed: 1000 }), RangeError, "other seeds");
});

Deno.test("ngfRowsTable() begins with the documented columns", () => {
  const table = ngfRowsTable(bench.rows);
  const measures = ["precision", "recall", "f1", "jaccard", "hallucination", "omission"];
  assertEquals(table.columns.slice(0, 20), [
    "sample",
    "true",
    "geodesic_tasks",
    "geodesic_order",
    "geodesic_ok",
    "stock_tasks",
    "stock_order",
    "stock_ok",
    ...measures.map((name) => `geodesic_${name}`),
    ...measures.map((name) => `stock_${name}`),
  ]);
  assert(table.rows.every((row) => row.length === table.columns.length));
  const exact = table.rows.reduce((sum, row) => sum + Number(row[4]), 0);
  assertEquals(exact, rowOf("corrected").exact.k);
  assertThrows(() => ngfRowsTable(bench.rows, "oracle"), RangeError, '"oracle"');
});
