import { assertEquals } from "@std/assert";
import { splitGroups } from "../../src/evaluate/certify/split_groups.ts";
import { groupedFolds } from "../../src/mapper/calibrate/folds.ts";
import { textTable } from "../../src/report/tables.ts";

/** More arguments than a call may have. */
const MANY = 200_000;

Deno.test("a table of 200,000 rows is laid out", () => {
  const rows = Array.from({ length: MANY }, (_, i) => [`row ${i}`, i]);
  const lines = textTable({ columns: ["name", "n"], rows }).split("\n");
  assertEquals([lines.length, lines.at(-1)], [MANY + 1, "row 199999  199999"]);
});

Deno.test("a group of 200,000 rows is dealt to a part, and to a fold", () => {
  const groups = Array.from({ length: MANY + 1 }, (_, i) => i === 0 ? "a" : "b");
  const parts = splitGroups(groups, [1, 1], 0);
  assertEquals(parts.map(({ length }) => length).sort(), [1, MANY]);
  const folds = groupedFolds(new Int32Array(MANY + 1), groups, 2);
  assertEquals(folds.map(({ length }) => length).sort(), [1, MANY]);
});
