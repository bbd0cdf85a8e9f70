import type { ArcOp } from "../grid/ops.ts";

/** Why a prompt is not carried out. */
export type ArcRefusal =
  | "empty"
  | "too_long"
  | "question"
  | "negation"
  | "condition"
  | "report"
  | "ambiguous"
  | "missing_argument"
  | "bad_argument"
  | "unsupported"
  | "no_action"
  | "nothing_to_undo"
  | "too_many_steps";

/** What a rule makes of the tags of a clause: steps, or why there are none; nothing if it is not about it. */
export type Reading =
  | { readonly steps: readonly ArcOp[] }
  | { readonly refusal: ArcRefusal; readonly detail: string }
  | undefined;

/** A rule looks at the tags of one clause, separated by spaces. */
export type Rule = (tags: string) => Reading;

export function steps(...list: readonly ArcOp[]): Reading {
  return { steps: list };
}

export function missing(detail: string): Reading {
  return { refusal: "missing_argument", detail };
}

export function bad(detail: string): Reading {
  return { refusal: "bad_argument", detail };
}
