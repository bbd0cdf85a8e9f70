/** One operation on a grid, with its arguments. */
export type ArcOp =
  | { readonly op: "identity" }
  /** Quarter turns clockwise. */
  | { readonly op: "rotate"; readonly turns: 1 | 2 | 3 }
  /** Reverses each row: a mirror across the vertical axis. */
  | { readonly op: "flip_h" }
  /** Reverses the order of the rows: a mirror across the horizontal axis. */
  | { readonly op: "flip_v" }
  /** Mirrors across the diagonal from top left to bottom right. */
  | { readonly op: "transpose" }
  /** Mirrors across the other diagonal. */
  | { readonly op: "anti_transpose" }
  /** Moves all cells; what leaves the grid is lost, what is left behind becomes 0. */
  | { readonly op: "translate"; readonly right: number; readonly down: number }
  /** Keeps a part of the grid. */
  | { readonly op: "crop"; readonly area: CropArea }
  /** Adds rows and columns of one colour. */
  | { readonly op: "pad"; readonly sides: Sides; readonly color: number }
  /** Makes a block of `across` by `down` cells of each cell. */
  | { readonly op: "scale"; readonly across: number; readonly down: number }
  /** Repeats the grid, `across` copies side by side and `down` rows of them. */
  | { readonly op: "tile"; readonly across: number; readonly down: number }
  /** Changes colours, all at once: a later pair does not see what an earlier one made. */
  | { readonly op: "recolor"; readonly map: readonly ColorChange[] }
  /** Keeps the largest connected areas of one colour other than 0; the rest becomes 0. */
  | { readonly op: "largest_component" };

/** A number for each side of a grid. */
export interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A half of the grid; the middle row or column of an odd number belongs to neither. */
export type Half = "top" | "bottom" | "left" | "right";

/**
 * What to keep: the first and last columns and rows, inclusive, counted from 0, or from −1 at the far
 * end backwards; the smallest box around everything that is not 0; or a half.
 */
export type CropArea = Sides | "content" | Half;

/** One colour to another; `"*"` stands for every colour but 0. */
export interface ColorChange {
  readonly from: number | "*";
  readonly to: number;
}

/** Operations in the order of execution. */
export type ArcPlan = readonly ArcOp[];

/**
 * Makes a rotation of any number of quarter turns; full turns are the identity.
 *
 * @example
 * ```ts
 * import { rotation } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rotation(-1), { op: "rotate", turns: 3 });
 * assertEquals(rotation(4), { op: "identity" });
 * ```
 */
export function rotation(turns: number): ArcOp {
  const least = ((turns % 4) + 4) % 4;
  return least === 0 ? { op: "identity" } : { op: "rotate", turns: least as 1 | 2 | 3 };
}
