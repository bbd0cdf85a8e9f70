import { normalizeNfkc } from "../core/text/nfkc.ts";

/** What a reader does not see: controls, format characters, default-ignorable code points. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;

/**
 * The text as a reader sees it, whatever its bytes: NFKC, lower case, single spaces, nothing invisible.
 * Linear time, also on hostile text.
 */
export function foldText(text: string): string {
  const folded = normalizeNfkc(normalizeNfkc(text).toLowerCase()).replace(/\s+/g, " ");
  return folded.replace(INVISIBLE, "").replace(/ {2,}/g, " ").trim();
}
