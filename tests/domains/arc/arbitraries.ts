import fc from "fast-check";
import type { Grid } from "../../../src/domains/arc/grid/grid.ts";
import type { ArcOp } from "../../../src/domains/arc/grid/ops.ts";

/** Grids of up to 7 rows and columns; every second cell or so is 0. */
export function anyGrid(): fc.Arbitrary<Grid> {
  const cell = fc.oneof(fc.constant(0), fc.nat(9));
  const side = fc.integer({ min: 1, max: 7 });
  return fc.tuple(side, side).chain(([width, height]) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
      minLength: height,
      maxLength: height,
    })
  );
}

/** Operations of every kind. */
export function anyOp(): fc.Arbitrary<ArcOp> {
  const plain = fc.constantFrom<ArcOp>(
    { op: "identity" },
    { op: "rotate", turns: 1 },
    { op: "rotate", turns: 2 },
    { op: "rotate", turns: 3 },
    { op: "flip_h" },
    { op: "flip_v" },
    { op: "transpose" },
    { op: "anti_transpose" },
    { op: "largest_component" },
  );
  const index = fc.integer({ min: -8, max: 8 });
  const few = fc.integer({ min: 1, max: 4 });
  const box = fc.record({ left: index, top: index, right: index, bottom: index });
  const sides = fc.record({
    left: fc.nat(3),
    top: fc.nat(3),
    right: fc.nat(3),
    bottom: fc.nat(3),
  });
  const change = fc.record({
    from: fc.oneof(fc.nat(9), fc.constant("*" as const)),
    to: fc.nat(9),
  });
  return fc.oneof(
    plain,
    fc.record({ op: fc.constant("translate" as const), right: index, down: index }),
    fc.record({
      op: fc.constant("crop" as const),
      area: fc.oneof(
        box,
        fc.constantFrom("content" as const, "top" as const, "left" as const),
        fc.constantFrom("bottom" as const, "right" as const),
      ),
    }),
    fc.record({ op: fc.constant("pad" as const), sides, color: fc.nat(9) }),
    fc.record({ op: fc.constantFrom("scale" as const, "tile" as const), across: few, down: few }),
    fc.record({
      op: fc.constant("recolor" as const),
      map: fc.uniqueArray(change, { minLength: 1, maxLength: 4, selector: ({ from }) => from }),
    }),
    // Records come without a prototype at times, which a strict comparison sees.
  ).map((step) => structuredClone(step));
}
