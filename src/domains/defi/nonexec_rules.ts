import { conditional, deferred, hypothetical, outOfScope, question } from "./nonexec_doubts.ts";
import type { Rule } from "./nonexec_kind.ts";
import { calledOff, negation, override, past, reported } from "./nonexec_refusals.ts";

/** Checked in this order; the first that matches names the kind. */
export const RULES: readonly Rule[] = [
  {
    kind: "unreadable",
    pattern: /[^\P{L}a-z]|[^\P{N}0-9]|(?<![a-z0-9'])[a-z](?:[\s.,_*~'-]+[a-z](?![a-z0-9])){3,}/u,
  },
  ...override(),
  ...negation(),
  ...calledOff(),
  ...reported(),
  ...past(),
  ...conditional(),
  ...hypothetical(),
  ...question(),
  ...deferred(),
  ...outOfScope(),
];
