import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { CsrMatrix } from "../../../src/core/matrix.ts";
import { mergeColumns } from "../../../src/mapper/fit/merge_columns.ts";

/** Columns 1 and 4 are 2 and −1 times column 0; 2 has its rows alone; 3 is one of a kind; 5 is empty. */
const X: CsrMatrix = {
  rows: 3,
  cols: 6,
  indptr: Uint32Array.of(0, 4, 5, 9),
  indices: Uint32Array.of(0, 1, 2, 4, 3, 0, 1, 2, 4),
  values: Float32Array.of(1, 2, 5, -1, 7, 3, 6, 4, -3),
};

Deno.test("mergeColumns() takes multiples of a column together, and nothing else", () => {
  const { columns, merged, shares, count, from, to, rows, values, scales } = mergeColumns(
    X,
    Int32Array.of(2, 0, -1, 1),
  );
  assertEquals([...columns], [0, 1, 2, 3, 4]);
  assertEquals(count, 3);
  assertEquals([...merged], [0, 0, 1, 2, 0]);
  const entries = [...from.keys()].map((m) => [...rows.subarray(from[m], to[m])]);
  assertEquals(entries, [[0, 1], [0, 1], [3]]);
  assertAlmostEquals(values[from[0]! + 1]! * scales[0]!, Math.sqrt(6), 1e-6);
  [1, 2, Math.sqrt(6), Math.sqrt(6), -1].forEach((ratio, c) =>
    assertAlmostEquals(shares[c]!, ratio / Math.sqrt(6), 1e-12)
  );
});

Deno.test("mergeColumns() leaves rows out that do not take part", () => {
  const { columns, count } = mergeColumns(X, Int32Array.of(1));
  assertEquals([[...columns], count], [[3], 1]);
});
