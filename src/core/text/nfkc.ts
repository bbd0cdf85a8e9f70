/** Thirty combining marks in a row, and what decomposes into one; U+034F is what separates runs. */
const LONG_RUN = /(?:(?!\u034F)[\p{M}\uFF9E\uFF9F]){30}(?!\u034F)/gu;

/**
 * Normalizes to NFKC in linear time. Sorting combining marks takes quadratic time in their number, so
 * long runs are broken up first, as the Stream-Safe Text Format of Unicode Annex 15 does: minutes
 * become milliseconds on a megabyte of hostile marks, and the text of no language changes.
 */
export function normalizeNfkc(text: string): string {
  return text.replace(LONG_RUN, "$&\u034F").normalize("NFKC");
}
