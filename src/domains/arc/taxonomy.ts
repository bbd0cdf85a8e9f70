import { MicroLmError } from "../../core/errors.ts";

/** The operations on grids that the ARC domain knows, in canonical order. */
export const ARC_PRIMITIVES = [
  "identity",
  "rotate",
  "flip_h",
  "flip_v",
  "transpose",
  "anti_transpose",
  "translate",
  "crop",
  "pad",
  "scale",
  "tile",
  "recolor",
  "largest_component",
] as const;

/** One of the operations. */
export type ArcPrimitive = typeof ARC_PRIMITIVES[number];

/** The label of a prompt that asks for none of the operations. */
const ABSTAIN = "abstain";

/** Other spellings that older data and other systems use, mapped to the canonical one. */
const ALIASES: Readonly<Record<string, ArcPrimitive>> = {
  flip_horizontal: "flip_h",
  mirror_lr: "flip_h",
  flip_vertical: "flip_v",
  mirror_tb: "flip_v",
  rot90: "rotate",
  rotate90: "rotate",
  rotate_k: "rotate",
  color_map: "recolor",
  recolor_map: "recolor",
  crop_bbox: "crop",
  cc_mask_largest: "largest_component",
  keep_largest: "largest_component",
  no_op: "identity",
};

/**
 * Maps an ARC label in any known spelling to its canonical primitive, or to `"abstain"`.
 *
 * @throws {MicroLmError} Kind `data` if the label is none of the known spellings.
 *
 * @example
 * ```ts
 * import { canonicalArcLabel } from "micro-lm/domains";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(canonicalArcLabel("flip-horizontal"), "flip_h");
 * assertThrows(() => canonicalArcLabel("count_objects"));
 * ```
 */
export function canonicalArcLabel(label: string): ArcPrimitive | typeof ABSTAIN {
  const folded = label.trim().toLowerCase().replaceAll("-", "_");
  if (folded === ABSTAIN) return ABSTAIN;
  const known = ARC_PRIMITIVES.find((name) => name === folded) ??
    (Object.hasOwn(ALIASES, folded) ? ALIASES[folded] : undefined);
  if (known) return known;
  throw new MicroLmError("data", `Unknown ARC label "${label}"`, {
    hint: `Known labels: ${ARC_PRIMITIVES.join(", ")}, ${ABSTAIN}`,
  });
}
