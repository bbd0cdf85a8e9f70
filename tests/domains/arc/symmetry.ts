import { applyArcOp } from "../../../src/domains/arc/grid/apply.ts";
import { type Grid, gridSize } from "../../../src/domains/arc/grid/grid.ts";
import {
  type ArcOp,
  type CropArea,
  rotation,
  type Sides,
} from "../../../src/domains/arc/grid/ops.ts";

/** The eight symmetries of the square (the dihedral group D4): no change first, then turns, then mirrors. */
export const SYMMETRIES: readonly ArcOp[] = [
  ...[0, 1, 2, 3].map(rotation),
  { op: "flip_h" },
  { op: "flip_v" },
  { op: "transpose" },
  { op: "anti_transpose" },
];

/** Where the axes go: x' = a·x + b·y, y' = c·x + d·y, with x to the right and y down. */
type Axes = readonly [a: number, b: number, c: number, d: number];

const AXES: readonly Axes[] = [
  [1, 0, 0, 1],
  [0, -1, 1, 0],
  [-1, 0, 0, -1],
  [0, 1, -1, 0],
  [-1, 0, 0, 1],
  [1, 0, 0, -1],
  [0, 1, 1, 0],
  [0, -1, -1, 0],
];

/**
 * The one symmetry that equals two in a row.
 *
 * @throws {RangeError} If one of them is no symmetry of the square.
 */
export function composeSymmetries(first: ArcOp, second: ArcOp): ArcOp {
  return fromAxes(multiply(axesOf(second), axesOf(first)));
}

/**
 * The symmetry that takes another back.
 */
export function invertSymmetry(symmetry: ArcOp): ArcOp {
  const [a, b, c, d] = axesOf(symmetry);
  return fromAxes([a, c, b, d]);
}

/**
 * Turns an operation with the grid: the operation that does to a turned grid what `step` does to the
 * grid itself. `apply(S, apply(step, grid))` equals `apply(conjugate(step, S), apply(S, grid))`.
 *
 * @throws {RangeError} If `symmetry` is no symmetry of the square.
 */
export function conjugateArcOp(step: ArcOp, symmetry: ArcOp): ArcOp {
  const axes = axesOf(symmetry);
  const [a, b, c, d] = axes;
  switch (step.op) {
    case "identity":
    case "recolor":
    case "largest_component":
      return step;
    case "translate":
      return {
        ...step,
        right: plain(a * step.right + b * step.down),
        down: plain(c * step.right + d * step.down),
      };
    case "scale":
    case "tile":
      return a === 0 ? { ...step, across: step.down, down: step.across } : step;
    case "pad":
      return { ...step, sides: turnSides(step.sides, axes) };
    case "crop":
      return { ...step, area: turnArea(step.area, axes) };
    default:
      return fromAxes(multiply(multiply(axes, axesOf(step)), axesOf(invertSymmetry(symmetry))));
  }
}

/**
 * Finds the smallest of the eight images of a grid (fewest rows, then by its cells in order), so that
 * grids that differ only by a turn or a mirror become equal.
 *
 * @returns The image and the symmetry that makes it; the first in the order of {@linkcode SYMMETRIES}.
 */
export function canonicalizeGrid(
  grid: Grid,
): { readonly grid: Grid; readonly symmetry: ArcOp } {
  const images = SYMMETRIES.map((symmetry) => ({ grid: applyArcOp(symmetry, grid), symmetry }));
  return images.reduce((least, image) => compare(image.grid, least.grid) < 0 ? image : least);
}

function compare(a: Grid, b: Grid): number {
  const rows = gridSize(a).height - gridSize(b).height;
  if (rows !== 0) return rows;
  const left = a.flat().join("");
  const right = b.flat().join("");
  return left < right ? -1 : left > right ? 1 : 0;
}

function axesOf(step: ArcOp): Axes {
  const i = SYMMETRIES.findIndex((symmetry) =>
    symmetry.op === step.op &&
    (symmetry.op !== "rotate" || symmetry.turns === (step as { turns: number }).turns)
  );
  if (i < 0) throw new RangeError(`"${step.op}" is no symmetry of the square`);
  return AXES[i]!;
}

function fromAxes(axes: Axes): ArcOp {
  return SYMMETRIES[AXES.findIndex((known) => known.every((value, i) => value === axes[i]))]!;
}

/** First `right`, then `left`. */
function multiply(left: Axes, right: Axes): Axes {
  const [a, b, c, d] = left;
  const [e, f, g, h] = right;
  return [
    plain(a * e + b * g),
    plain(a * f + b * h),
    plain(c * e + d * g),
    plain(c * f + d * h),
  ];
}

/** No negative zero. */
function plain(value: number): number {
  return value + 0;
}

/** Each new side is the old one that comes to lie there. */
function turnSides({ left, top, right, bottom }: Sides, [a, b, c, d]: Axes): Sides {
  const [horizontal, vertical] = a === 0
    ? [b < 0 ? [bottom, top] : [top, bottom], c < 0 ? [right, left] : [left, right]]
    : [a < 0 ? [right, left] : [left, right], d < 0 ? [bottom, top] : [top, bottom]];
  return { left: horizontal[0]!, right: horizontal[1]!, top: vertical[0]!, bottom: vertical[1]! };
}

function turnArea(area: CropArea, axes: Axes): CropArea {
  if (area === "content") return area;
  if (typeof area === "string") {
    const none = { left: 0, top: 0, right: 0, bottom: 0 };
    const turned = Object.entries(turnSides({ ...none, [area]: 1 }, axes));
    return turned.find(([, value]) => value === 1)![0] as CropArea;
  }
  // Counted from the other end, index i is −1 − i.
  const [a, b, c, d] = axes;
  const [horizontal, vertical] = a === 0
    ? [span(area.top, area.bottom, b), span(area.left, area.right, c)]
    : [span(area.left, area.right, a), span(area.top, area.bottom, d)];
  return { left: horizontal[0], right: horizontal[1], top: vertical[0], bottom: vertical[1] };
}

function span(first: number, last: number, sign: number): readonly [number, number] {
  return sign < 0 ? [-1 - last, -1 - first] : [first, last];
}
