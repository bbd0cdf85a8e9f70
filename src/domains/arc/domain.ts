import { CONTEXT_TYPE, resolveContext } from "../context.ts";
import type { Domain } from "../domain.ts";
import type { Planner } from "../planner.ts";
import { COLOR_NAMES } from "./read/colors.ts";
import { parseArcPrompt, type ParsedStep } from "./read/parse_prompt.ts";
import { guardGrids, runArc } from "./run.ts";
import { ARC_PRIMITIVES, canonicalArcLabel } from "./taxonomy.ts";

const PLANNER: Planner<readonly ParsedStep[]> = {
  needsMapper: false,
  takesGrids: true,
  read: (prompt) => {
    const parsed = parseArcPrompt(prompt);
    if (parsed.executable) {
      return {
        refusal: null,
        steps: parsed.steps.map(({ text, span }) => ({ text, span: [span.start, span.end] })),
      };
    }
    const { start, end } = parsed.span ?? { start: 0, end: prompt.length };
    return { refusal: { kind: parsed.reason, span: [start, end] }, steps: [] };
  },
  // Nothing in it counts for a grid, but a caller may send one with every prompt.
  contextType: CONTEXT_TYPE,
  examples: [{
    name: "turn_and_paint",
    prompt: "Please rotate the entire picture one quarter turn, and then please paint 8 as 2",
    grid: [[1, 8], [3, 4]],
  }],
  readContext: resolveContext,
  guard: guardGrids,
  run: runArc,
};

/** Grids of coloured cells: turns, mirrors, moves, colours, crops and copies. */
export const ARC_DOMAIN: Domain = {
  name: "arc",
  source: "arc",
  slots: [{ name: "color", words: Object.keys(COLOR_NAMES) }],
  primitives: ARC_PRIMITIVES,
  // ARC prompts are read by a parser: there is no keyword mapper, and none is needed.
  lexicon: null,
  trainingSha256: null,
  planner: PLANNER,
  canonicalLabel: canonicalArcLabel,
};
