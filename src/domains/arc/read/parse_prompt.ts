import { shorten } from "../../../core/shorten.ts";
import { assemble, type PlacedStep } from "./assemble.ts";
import { findRefusal } from "./modality.ts";
import type { ArcOp, ArcPlan } from "../grid/ops.ts";
import type { ArcRefusal } from "./reading.ts";
import { tagPrompt } from "./tag_prompt.ts";
import type { Span } from "./words.ts";

/** A step of a plan, with the words of the prompt that ask for it. */
export interface ParsedStep {
  readonly step: ArcOp;
  /** Where the words stand, in UTF-16 units of the prompt. */
  readonly span: Span;
  readonly text: string;
}

/** What a prompt asks for, or why nothing is to be done. */
export type ArcParse =
  | {
    readonly executable: true;
    readonly plan: ArcPlan;
    readonly steps: readonly ParsedStep[];
    /** Steps that the prompt itself takes back. */
    readonly undone: readonly ParsedStep[];
  }
  | {
    readonly executable: false;
    readonly reason: ArcRefusal;
    /** The reason in words, without a trailing period. */
    readonly detail: string;
    /** The words that it is about, where there are some. */
    readonly span?: Span;
  };

/** Longer prompts are refused. */
const MAX_CHARS = 2000;

/** So are those with more words and signs that mean something: clauses are read anew as they grow. */
const MAX_ITEMS = 400;

/**
 * Reads a prompt into a plan: which operations on a grid, with which arguments, in which order.
 *
 * Turns are clockwise unless the prompt says otherwise, by 90 degrees unless it says how far. "Across
 * the vertical axis" is `flip_h`, "vertically" is `flip_v`. Rows and columns count from 1 (from 0 if the
 * prompt names a row or column 0); "2x3" is two rows by three columns. "Twice" gives two equal steps;
 * what the prompt undoes is left out, and a prompt that undoes all it asked for is the identity.
 * Questions, conditions, reports, negations, choices, missing and impossible arguments are refused.
 *
 * @example
 * ```ts
 * import { formatArcPlan, parseArcPrompt } from "micro-lm/domains";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const parse = parseArcPrompt("rotate it, but first flip it across the vertical axis");
 * assert(parse.executable);
 * assertEquals(formatArcPlan(parse.plan), "flip_h;rotate(90)");
 * assertEquals(parse.steps[1]?.text, "rotate");
 *
 * const question = parseArcPrompt("why did you rotate it?");
 * assert(!question.executable);
 * assertEquals(question.reason, "question");
 * ```
 */
export function parseArcPrompt(prompt: string): ArcParse {
  if (prompt.trim() === "") return refuse("empty", "The prompt is empty");
  if (prompt.length > MAX_CHARS) return refuse("too_long", `More than ${MAX_CHARS} characters`);
  const items = tagPrompt(prompt);
  if (items.length > MAX_ITEMS) return refuse("too_long", `More than ${MAX_ITEMS} words`);
  const refusal = findRefusal(prompt, items);
  if (refusal) return refuse(refusal.reason, refusal.detail);
  const assembly = assemble(items);
  if ("refusal" in assembly) return refuse(assembly.refusal, assembly.detail, assembly.span);
  const quoted = ({ step, span }: PlacedStep) => ({
    step,
    span,
    text: prompt.slice(span.start, span.end),
  });
  const steps = assembly.steps.map(quoted);
  const undone = assembly.undone.map(quoted);
  if (steps.length > 0) {
    return {
      executable: true,
      plan: steps.map(({ step }) => step),
      steps,
      undone,
    };
  }
  const identity = { ...undone.at(-1)!, step: { op: "identity" } as const };
  return { executable: true, plan: [identity.step], steps: [identity], undone };
}

function refuse(reason: ArcRefusal, detail: string, span?: Span): ArcParse {
  return { executable: false, reason, detail: shorten(detail, 160), ...(span && { span }) };
}
