/**
 * Is a prompt an order to act on now? Words, quantities and screens of English; it knows no domain.
 *
 * @example
 * ```ts
 * import { cleanPrompt } from "micro-lm/language";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cleanPrompt("Don’t\u200B SWAP").text, "don't swap");
 * ```
 *
 * @module
 */
export { cleanPrompt } from "./clean.ts";
export { findPhrase, indexPhrases } from "./english/phrases.ts";
export { verbForms } from "./english/verb_forms.ts";
