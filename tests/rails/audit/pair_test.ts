import { assertEquals } from "@std/assert";
import { pairMetrics, type PairRow, railsWorth } from "../../../src/rails/audit/pair.ts";

const row = (
  gold: string | null,
  mapper: string | null,
  keep: readonly string[],
  forbidden = false,
): PairRow => ({ gold, mapper, keep, supported: keep, forbidden });

const ROWS = [
  row("water", "water", ["water"]),
  row("water", "water", []),
  row("water", "paint", ["water", "paint"]),
  row("paint", "water", ["paint"]),
  row("paint", null, ["paint"]),
  row("abstain", "paint", [], true),
  row("abstain", "paint", ["paint"]),
  row(null, "paint", ["paint"]),
];

Deno.test("pairMetrics() counts each side over labelled rows", () => {
  const counts = (["mapper", "gated", "rails", "both"] as const).map((side) => {
    const { coverage, wrong, non_exec } = pairMetrics(ROWS, side);
    return [coverage.k, coverage.n, wrong.k, wrong.n, non_exec.k, non_exec.n];
  });
  assertEquals(counts, [
    [4, 5, 4, 7, 2, 2],
    [4, 5, 3, 7, 1, 2],
    [4, 5, 1, 7, 1, 2],
    [2, 5, 2, 7, 1, 2],
  ]);
});

Deno.test("pairMetrics() never lets both sides do more than the mapper behind the gates", () => {
  const [gated, both] = [pairMetrics(ROWS, "gated"), pairMetrics(ROWS, "both")];
  assertEquals([both.coverage.k <= gated.coverage.k, both.wrong.k <= gated.wrong.k], [true, true]);
});

Deno.test("railsWorth() says what was refuted, and how often several are shown", () => {
  const { caught, refused, multi } = railsWorth(ROWS);
  assertEquals([caught.k, caught.n, refused.k, refused.n, multi.k], [1, 3, 1, 2, 1]);
});
