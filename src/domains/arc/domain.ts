import type { Domain } from "../domain.ts";
import { COLOR_NAMES } from "./read/colors.ts";
import { ARC_PRIMITIVES, canonicalArcLabel } from "./taxonomy.ts";

/** Grids of coloured cells: turns, mirrors, moves, colours, crops and copies. */
export const ARC_DOMAIN: Domain = {
  name: "arc",
  slots: [{ name: "color", words: Object.keys(COLOR_NAMES) }],
  primitives: ARC_PRIMITIVES,
  // ARC prompts are read by a parser: there is no keyword mapper, and none is needed.
  lexicon: null,
  canonicalLabel: canonicalArcLabel,
};
