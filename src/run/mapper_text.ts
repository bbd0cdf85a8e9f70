import { cleanPrompt } from "../domains/defi/clean.ts";
import { findNames } from "../domains/defi/names.ts";
import type { Segment } from "../domains/defi/segment.ts";

const NUMBER = /(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w*\d|[.,]\d)/g;
/** Words that stand for what the step before yields. */
const PRONOUN = /\b(?:it|them|that|those|these|the proceeds|the lot)\b/i;
/** The same where an asset is named as well: "change it to ETH". */
const OBJECT = /\b(?:it|them)\b/i;
/** Orders after which the wallet holds what is named last. */
const SWAP = /\b(?:swap|exchange|convert|trade|sell|buy|turn|change)\b/i;
/** Courtesies: they ask for nothing. */
const COURTESY = new RegExp(
  String.raw`^(?:\s*(?:hi|hey|hello|ok|okay|so|well)\b[,.!\s]*)+|[,.!\s]*\b(?:please|pls|plz|` +
    String.raw`kindly|thank you|thanks|thx|for me)\b(?=[,.!?\s]|$)[,.!\s]*`,
  "gi",
);

/**
 * The texts of steps as the mapper reads them: courtesies left out, "it" and "them" replaced by
 * the asset that was named before, and amounts to two digits, as no action depends on the others.
 */
export function mapperTexts(prompt: string, segments: readonly Segment[]): string[] {
  let asset = "ETH";
  return segments.map(({ order }, i) => {
    const said = (segments.length === 1 ? prompt : order).replace(COURTESY, " ").trim();
    const swap = SWAP.test(order);
    const named = findNames(cleanPrompt(order).text, { swap }).assets.at(swap ? -1 : 0);
    const resolved = i === 0 ? said : said.replace(named ? OBJECT : PRONOUN, asset);
    asset = named?.name ?? asset;
    return resolved.replace(NUMBER, twoDigits) || order;
  });
}

function twoDigits(number: string): string {
  return String(Number(Number(number.replaceAll(",", "")).toPrecision(2)));
}
