import type { Span } from "./clean.ts";

/** Why a prompt is no order to act on. */
export type NonExecutableKind =
  | "empty"
  | "too_long"
  | "unreadable"
  | "data"
  | "quoted"
  | "reported"
  | "override"
  | "negation"
  | "called_off"
  | "question"
  | "conditional"
  | "hypothetical"
  | "deferred"
  | "past"
  | "out_of_scope";

/** What makes a prompt no order: the kind, and where in the prompt it stands. */
export interface NonExecutable {
  readonly kind: NonExecutableKind;
  /** Range `[start, end)` of the original prompt in UTF-16 units. */
  readonly span: Span;
}

/** A pattern over clean text that speaks against acting. */
export interface Rule {
  readonly kind: NonExecutableKind;
  readonly pattern: RegExp;
  /** What overrules it: an order there or after it. */
  readonly unless?: "order";
}
