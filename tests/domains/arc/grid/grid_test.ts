import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkGrid, parseGrid } from "../../../../src/domains/arc/grid/grid.ts";
import { anyGrid } from "../arbitraries.ts";

const FAULTS: readonly (readonly [text: string, message: string])[] = [
  ["", "no JSON at character 1, the text ends"],
  ["[[1,2],[3,4]", "no JSON at character 13, the text ends"],
  ["[[1,2],[3,]]", 'no JSON at character 11, "]]"'],
  ["[[1 2]]", 'no JSON at character 5, "2]]"'],
  ["7", "expected a list of rows, got 7"],
  ["null", "expected a list of rows, got null"],
  ['{"grid":[[1]]}', "expected a list of rows, got an object"],
  ["[]", "expected 1 to 30 rows, got 0"],
  ["[[]]", "expected 1 to 30 columns, got 0"],
  ["[1,2]", "expected row 1 to be a list, got 1"],
  ["[[1],[2,3]]", "expected row 2 to have 1 cells like row 1, got 2"],
  ["[[1,2],[3,10]]", "expected a whole number from 0 to 9 at row 2, column 2, got 10"],
  ["[[1,-1]]", "at row 1, column 2, got -1"],
  ["[[0.5]]", "at row 1, column 1, got 0.5"],
  ['[["1"]]', 'at row 1, column 1, got "1"'],
  ["[[null]]", "at row 1, column 1, got null"],
  ["[[[1]]]", "at row 1, column 1, got a list"],
  [JSON.stringify([Array(31).fill(0)]), "expected 1 to 30 columns, got 31"],
  [JSON.stringify(Array(31).fill([0])), "expected 1 to 30 rows, got 31"],
];

for (const [text, message] of FAULTS) {
  Deno.test(`parseGrid() refuses ${text.slice(0, 30)}: ${message}`, () => {
    assertThrows(() => parseGrid(text), Error, message);
  });
}

Deno.test("checkGrid() finds holes", () => {
  // deno-lint-ignore no-sparse-arrays -- the hole is the case
  assertThrows(() => checkGrid([[1, , 2]]), Error, "row 1, column 2, got nothing");
});

Deno.test("parseGrid() reads every grid", () => {
  fc.assert(fc.property(anyGrid(), (grid) => {
    assertEquals(parseGrid(JSON.stringify(grid)), grid);
  }));
});
