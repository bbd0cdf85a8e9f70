import type { Tag } from "../tokens/tags.ts";

/** Signs that make up a contract address or an account. */
const ADDRESS = /^(?:0x[0-9a-f]{6,}|[1-9a-hj-np-z]{32,48}|[a-z0-9_-]{40,60})$/i;
/** A symbol with a sign inside or in front: $PLS, USDC.e, ETH/USDC, ETH-USDC, ETH+. */
const SIGNED = /^\$[a-z][a-z0-9]*$|^[a-z0-9]+(?:[./+-][a-z0-9]+)+\+?$|^[a-z0-9]+\+$/i;
/** Endings that only names of places have. */
const PLACE_ENDING =
  /(?:swap|finance|dao|fi|lend|pool|protocol|market|markets|dex|vault|chain|stake|yield|coin|token)$/;
/** Prefixes and endings that only tickers have. */
const TICKER_SHAPE = /^(?:w|st|wst|cb|r|s|a|c|v|ve|x|fr|sfr|j)?(?:eth|btc|usd[a-z]?|sol|bnb|dai)$/;

/** What the spelling of an unknown word says of it. */
export type NameShape = "address" | "signed" | "ticker" | "capital" | "inner" | "suffix" | "plain";

/**
 * How much a word that is on no list looks like a name; null if it can be none.
 *
 * @param isShouting Whether the whole prompt is in capitals, which then say nothing.
 */
export function shapeOf(tag: Tag, isShouting: boolean): NameShape | null {
  const text = tag.text.replace(/['’]s$/, "");
  if (isAddress(text)) return "address";
  if (SIGNED.test(text)) return "signed";
  if (!/^[A-Za-z0-9][A-Za-z0-9.&]*$/.test(text) || !/[A-Za-z]/.test(text)) return null;
  if (TICKER_SHAPE.test(tag.norm)) return "ticker";
  if (!isShouting) {
    if (/^[A-Z0-9]{2,10}$/.test(text)) return "ticker";
    if (/[a-z0-9][A-Z]/.test(text)) return "inner";
    if (/^[A-Z]/.test(text)) return "capital";
  }
  // "q3", "24h": a time, not a name
  if (/^[a-z]{1,2}\d{1,2}$|^\d+[a-z]{1,3}$/.test(tag.norm)) return null;
  if (PLACE_ENDING.test(tag.norm) || /[0-9]/.test(text)) return "suffix";
  return /^[a-z]{2,12}$/i.test(text) ? "plain" : null;
}

/** True for what is written like a contract or an account. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text) && /\d/.test(text);
}

/** True for a prompt without lower-case letters: its capitals tell no names. */
export function isShouting(prompt: string): boolean {
  const upper = prompt.match(/[A-Z]/g)?.length ?? 0;
  const lower = prompt.match(/[a-z]/g)?.length ?? 0;
  return upper > 3 * lower;
}
