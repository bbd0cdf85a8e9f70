import { cleanPrompt, type Span } from "./clean.ts";
import type { NonExecutable } from "./nonexec_kind.ts";
import { findQuoted } from "./nonexec_quotes.ts";
import {
  IMPERATIVE_AFTER,
  OBJECT,
  ONLY_NAMES,
  SENTENCE,
  STARTS_WITH_ACTION,
} from "./nonexec_patterns.ts";
import { blankBackground } from "./nonexec_background.ts";
import { BENIGN, HIDDEN, POLITE } from "./nonexec_benign.ts";
import { RULES } from "./nonexec_rules.ts";

export type { NonExecutable, NonExecutableKind } from "./nonexec_kind.ts";

/** Longer prompts are refused unread: an order takes a sentence or two. */
export const MAX_PROMPT_LENGTH = 2000;

/**
 * Finds what makes a prompt something else than an order to act now: a question, a negation, a
 * condition, a quotation, a report, a thought, an attempt to change the rules. Returns null for an
 * order.
 *
 * Polite orders ("could you deposit 10 ETH?") and double negations that ask to act ("don't forget
 * to deposit") are orders. Conditions on the fee of the network ("when gas is low") say how to send
 * an order, not whether, and are let through. Reads English; what it cannot read it refuses:
 * letters outside the Latin alphabet, hidden direction marks, struck-out text, more than
 * {@linkcode MAX_PROMPT_LENGTH} characters. It looks at words alone and knows no mapper.
 *
 * @param prompt Text of a person, trusted in nothing.
 *
 * @example
 * ```ts
 * import { detectNonExecutable } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(detectNonExecutable("deposit 10 ETH into aave"), null);
 * assertEquals(detectNonExecutable("don't forget to deposit 5 ETH"), null);
 * assertEquals(detectNonExecutable("please do not withdraw my ETH"), {
 *   kind: "negation",
 *   span: [7, 13],
 * });
 * assertEquals(detectNonExecutable("how do I stake?")?.kind, "question");
 * ```
 */
export function detectNonExecutable(prompt: string): NonExecutable | null {
  const whole: Span = [0, prompt.length];
  if (prompt.length > 4 * MAX_PROMPT_LENGTH) return { kind: "too_long", span: whole };
  const hidden = HIDDEN.exec(prompt);
  if (hidden) {
    return { kind: "unreadable", span: [hidden.index, hidden.index + hidden[0].length] };
  }
  const { text, toOriginal } = cleanPrompt(prompt);
  if (text.length > MAX_PROMPT_LENGTH) return { kind: "too_long", span: whole };
  if (!/[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(text)) return { kind: "empty", span: whole };
  const found = findQuoted(text) ?? findRule(text);
  if (found) return { kind: found.kind, span: toOriginal(...found.span) };
  const isOrder = OBJECT.test(text) && SENTENCE.test(text) && !ONLY_NAMES.test(text);
  return isOrder ? null : { kind: "out_of_scope", span: whole };
}

/** The first rule that a clean text breaks. */
function findRule(text: string): NonExecutable | null {
  const plain = dropCorrected(dropBenign(text));
  for (const { kind, pattern, unless } of RULES) {
    const match = pattern.exec(plain);
    if (!match) continue;
    const end = match.index + match[0].length;
    const isOrder = IMPERATIVE_AFTER.test(plain.slice(end)) || STARTS_WITH_ACTION.test(plain);
    if (unless === "order" && isOrder) continue;
    const lead = match[0].length - match[0].trimStart().length;
    return { kind, span: [match.index + lead, end] };
  }
  return null;
}

/** Blanks what looks like a negation or a condition and is none; keeps every position. */
function dropBenign(text: string): string {
  let plain = blankBackground(text).replace(POLITE, (found) => "can you".padEnd(found.length));
  for (const pattern of BENIGN) plain = plain.replace(pattern, (found) => " ".repeat(found.length));
  return plain;
}

/** "Delegate it? No, stake 5 eth": what counts stands after the "no". */
function dropCorrected(text: string): string {
  return text.replace(/^[^?]{1,200}\? *no, */, (found) => " ".repeat(found.length));
}
