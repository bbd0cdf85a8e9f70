import { assertEquals } from "@std/assert";
import { positionAmong } from "../../src/report/charts/points.ts";

const GRID = [0.3, 0.5, 0.9];
const POSITIONS: readonly (readonly [number, number])[] = [
  [0.3, 0],
  [0.9, 2],
  [0.4, 0.5],
  [0.6, 1.25],
  [0.1, -0.5],
  [0.95, 2.5],
];
for (const [value, position] of POSITIONS) {
  Deno.test(`a point at ${value} stands at ${position} among ${GRID.join(", ")}`, () => {
    assertEquals(Number(positionAmong(GRID, value).toFixed(9)), position);
  });
}
