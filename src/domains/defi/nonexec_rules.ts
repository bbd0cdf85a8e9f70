import { conditional, deferred, hypothetical, outOfScope, question } from "./nonexec_doubts.ts";
import type { Rule } from "./nonexec_kind.ts";
import { calledOff, negation, override, past, reported } from "./nonexec_refusals.ts";
import { ASSETS, MORE_ASSETS } from "./slots.ts";

const TICKERS = [...ASSETS, ...MORE_ASSETS].map((name) => name.replaceAll(".", "\\.")).join("|");

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
  // "dep0sit", "st@ke": what is meant can only be guessed
  { kind: "unreadable", pattern: /(?<![a-z0-9])[a-z]+[0-9@$]+[a-z]/u },
  { kind: "unreadable", pattern: new RegExp(`[$@](?=[a-z]{2})(?!(?:${TICKERS})\\b)`, "u") },
];
