import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { applyArcOp } from "../../../src/domains/arc/grid/apply.ts";
import { executeArcPlan } from "../../../src/domains/arc/execute.ts";
import { equalGrids, type Grid, gridSize } from "../../../src/domains/arc/grid/grid.ts";
import { invertArcOp } from "../../../src/domains/arc/grid/inverse.ts";
import type { ArcOp } from "../../../src/domains/arc/grid/ops.ts";
import { formatArcPlan, parseArcPlan } from "../../../src/domains/arc/plan_text.ts";
import { planHash } from "../../../src/domains/arc/plan_hash.ts";
import {
  canonicalizeGrid,
  composeSymmetries,
  conjugateArcOp,
  invertSymmetry,
  SYMMETRIES,
} from "./symmetry.ts";
import { anyGrid, anyOp } from "./arbitraries.ts";

const WIDE: Grid = [[0, 1, 2], [3, 4, 5]];

const CASES: readonly (readonly [plan: string, input: Grid, output: Grid])[] = [
  ["identity", WIDE, WIDE],
  ["rotate(90)", WIDE, [[3, 0], [4, 1], [5, 2]]],
  ["rotate(180)", WIDE, [[5, 4, 3], [2, 1, 0]]],
  ["rotate(270)", WIDE, [[2, 5], [1, 4], [0, 3]]],
  ["flip_h", WIDE, [[2, 1, 0], [5, 4, 3]]],
  ["flip_v", WIDE, [[3, 4, 5], [0, 1, 2]]],
  ["transpose", WIDE, [[0, 3], [1, 4], [2, 5]]],
  ["anti_transpose", WIDE, [[5, 2], [4, 1], [3, 0]]],
  ["translate(1,0)", WIDE, [[0, 0, 1], [0, 3, 4]]],
  ["translate(-1,1)", WIDE, [[0, 0, 0], [1, 2, 0]]],
  ["translate(40,0)", WIDE, [[0, 0, 0], [0, 0, 0]]],
  ["crop(1,0,2,0)", WIDE, [[1, 2]]],
  ["crop(1,0,99,99)", WIDE, [[1, 2], [4, 5]]],
  ["crop(-2,-1,-1,-1)", WIDE, [[4, 5]]],
  ["crop(content)", [[0, 0, 0], [0, 3, 0], [0, 0, 4]], [[3, 0], [0, 4]]],
  ["crop(top)", WIDE, [[0, 1, 2]]],
  ["crop(bottom)", WIDE, [[3, 4, 5]]],
  ["crop(left)", WIDE, [[0], [3]]],
  ["crop(right)", WIDE, [[2], [5]]],
  ["pad(1,0,0,1,7)", [[1, 2]], [[7, 1, 2], [7, 7, 7]]],
  ["scale(2,1)", [[1, 2]], [[1, 1, 2, 2]]],
  ["scale(1,2)", [[1, 2]], [[1, 2], [1, 2]]],
  ["tile(2,1)", [[1, 2]], [[1, 2, 1, 2]]],
  ["tile(1,2)", [[1, 2]], [[1, 2], [1, 2]]],
  ["recolor(1>2,2>1)", WIDE, [[0, 2, 1], [3, 4, 5]]],
  ["recolor(*>9,4>0)", WIDE, [[0, 9, 9], [9, 0, 9]]],
  ["largest_component", [[1, 1, 0], [2, 0, 3], [2, 2, 3]], [[0, 0, 0], [2, 0, 0], [2, 2, 0]]],
  ["largest_component", [[1, 0, 2]], [[1, 0, 2]]],
  ["rotate(90);flip_v", WIDE, [[5, 2], [4, 1], [3, 0]]],
];

for (const [plan, input, output] of CASES) {
  Deno.test(`${plan} of ${JSON.stringify(input)}`, () => {
    assertEquals(executeArcPlan(parseArcPlan(plan), input).result, output);
  });
}

const FAULTS: readonly (readonly [plan: string, message: string])[] = [
  ["crop(2,0,1,1)", "keeps nothing"],
  ["crop(5,5,9,9)", "keeps nothing"],
  ["scale(16,1)", "30 columns, got 48"],
  ["tile(1,16)", "30 rows, got 32"],
  ["pad(15,0,15,0,0)", "30 columns, got 33"],
  ["recolor(*>0);crop(content)", "Cannot apply step 2, crop(content): Cannot crop to the content"],
];

for (const [plan, message] of FAULTS) {
  Deno.test(`${plan} is refused`, () => {
    assertThrows(() => executeArcPlan(parseArcPlan(plan), WIDE), Error, message);
  });
}

Deno.test("applyArcOp() refuses an unknown operation and impossible arguments", () => {
  const unknown = { op: "rot45" } as unknown as ArcOp;
  assertThrows(() => applyArcOp(unknown, WIDE), Error, 'Unknown operation "rot45"');
  const turns = { op: "rotate", turns: 4 } as unknown as ArcOp;
  assertThrows(() => applyArcOp(turns, WIDE), Error, "quarter turns, got 4");
  const half: ArcOp = { op: "scale", across: 0.5, down: 1 };
  assertThrows(() => applyArcOp(half, WIDE), Error, "at least 1, got 0.5");
  assertThrows(() => applyArcOp({ op: "crop", area: "top" }, [[1, 2]]), Error, "one row");
});

const BAD_PLANS = ["", "rot90", "rotate", "rotate(45)", "rotate(360)", "flip_h(1)", "crop(1,2)"]
  .concat(["pad(1,1,1,1,10)", "scale(0,1)", "recolor(1>2,1>3)", "recolor(12>3)", "flip_h;"]);

for (const text of BAD_PLANS) {
  Deno.test(`parseArcPlan() refuses "${text}"`, () => {
    assertThrows(() => parseArcPlan(text), Error);
  });
}

Deno.test("a plan survives writing and reading", () => {
  fc.assert(fc.property(fc.array(anyOp(), { minLength: 1, maxLength: 5 }), (plan) => {
    assertEquals(parseArcPlan(formatArcPlan(plan)), plan);
  }));
});

Deno.test("the symmetries of the square form a group of eight", () => {
  const seen = new Set(SYMMETRIES.map((symmetry) => formatArcPlan([symmetry])));
  assertEquals(seen.size, 8);
  for (const a of SYMMETRIES) {
    assertEquals(composeSymmetries(a, invertSymmetry(a)), { op: "identity" });
    assertEquals(new Set(SYMMETRIES.map((b) => formatArcPlan([composeSymmetries(a, b)]))), seen);
    for (const b of SYMMETRIES) {
      for (const c of SYMMETRIES) {
        assertEquals(
          composeSymmetries(composeSymmetries(a, b), c),
          composeSymmetries(a, composeSymmetries(b, c)),
        );
      }
    }
  }
});

Deno.test("two symmetries in a row are the one that composeSymmetries() says", () => {
  fc.assert(
    fc.property(anyGrid(), (grid) => {
      for (const a of SYMMETRIES) {
        for (const b of SYMMETRIES) {
          assertEquals(
            applyArcOp(b, applyArcOp(a, grid)),
            applyArcOp(composeSymmetries(a, b), grid),
          );
        }
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("four turns and two mirrors change nothing", () => {
  fc.assert(fc.property(anyGrid(), (grid) => {
    const twice = ["flip_h", "flip_v", "transpose", "anti_transpose", "rotate(180)"];
    for (
      const text of [...twice.map((op) => `${op};${op}`), "rotate(90);".repeat(4) + "identity"]
    ) {
      assertEquals(executeArcPlan(parseArcPlan(text), grid).result, grid);
    }
  }));
});

Deno.test("what invertArcOp() gives takes the step back", () => {
  let inverted = 0;
  fc.assert(
    fc.property(anyGrid(), anyOp(), (grid, step) => {
      const after = attempt(step, grid);
      const back = after && invertArcOp(step, grid);
      if (!back) return;
      inverted++;
      assertEquals(back(after), grid);
    }),
    { numRuns: 400 },
  );
  assert(inverted > 150, `${inverted}`);
});

Deno.test("cropping takes padding back", () => {
  fc.assert(fc.property(anyGrid(), fc.nat(8), fc.nat(9), (grid, n, color) => {
    const plan = parseArcPlan(
      `pad(${n},${n},${n},${n},${color});crop(${n},${n},${-n - 1},${-n - 1})`,
    );
    assertEquals(executeArcPlan(plan, grid).result, grid);
  }));
});

Deno.test("turning the grid and the operation is turning the result", () => {
  let compared = 0;
  fc.assert(
    fc.property(anyGrid(), anyOp(), fc.constantFrom(...SYMMETRIES), (grid, step, symmetry) => {
      const result = attempt(step, grid);
      const turned = attempt(conjugateArcOp(step, symmetry), applyArcOp(symmetry, grid));
      assertEquals(turned, result && applyArcOp(symmetry, result));
      if (result) compared++;
    }),
    { numRuns: 1500 },
  );
  assert(compared > 700, `${compared}`);
});

Deno.test("canonicalizeGrid() gives all eight images of a grid the same form", () => {
  fc.assert(
    fc.property(anyGrid(), (grid) => {
      const { grid: canonical, symmetry } = canonicalizeGrid(grid);
      assertEquals(applyArcOp(symmetry, grid), canonical);
      for (const other of SYMMETRIES) {
        assertEquals(canonicalizeGrid(applyArcOp(other, grid)).grid, canonical);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("operations leave their input alone and share no rows with it", () => {
  fc.assert(fc.property(anyGrid(), anyOp(), (grid, step) => {
    const copy = structuredClone(grid);
    const result = attempt(step, grid);
    assertEquals(grid, copy);
    assert(!result?.some((row) => grid.includes(row)));
  }));
});

Deno.test("equalGrids() compares shapes and cells", () => {
  fc.assert(fc.property(anyGrid(), (grid) => {
    assert(equalGrids(grid, structuredClone(grid)));
    const other = grid.map((row) => [...row]);
    other[0]![0] = (other[0]![0]! + 1) % 10;
    assert(!equalGrids(grid, other));
    if (gridSize(grid).height > 1) assert(!equalGrids(grid, grid.slice(1)));
  }));
});

Deno.test("planHash() gives the documented fingerprints", () => {
  assertEquals(planHash([]), "73c8ffe9553f");
  assertEquals(planHash(["rotate", "flip_v"]), "ae5b5bfe366b");
  assertEquals(planHash(["deposit_asset"]), "f1378c645f25");
  assertEquals(planHash(["swap_asset"]), "662a86f11683");
});

function attempt(step: ArcOp, grid: Grid): Grid | undefined {
  try {
    return applyArcOp(step, grid);
  } catch {
    return undefined;
  }
}
