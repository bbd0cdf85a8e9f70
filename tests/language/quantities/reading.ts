import { readQuantities } from "../../../src/language/quantities/read.ts";
import type { Quantity, QuantityOptions } from "../../../src/language/quantities/types.ts";
import { tokenize } from "../../../src/language/tokens/tokens.ts";

const NAMES = new Set(
  "eth usdc btc dai wbtc sol usdt pepe 1inch bnb bitcoin ether weth matic".split(" "),
);

/** A market with the names that the phrases use. */
export const MARKET: QuantityOptions = {
  units: {
    wei: { asset: "ETH", decimals: 18 },
    gwei: { asset: "ETH", decimals: 9 },
    sats: { asset: "BTC", decimals: 8 },
    satoshis: { asset: "BTC", decimals: 8 },
    lamports: { asset: "SOL", decimals: 9 },
  },
  isAsset: (norm) => NAMES.has(norm),
  prices: true,
};

function print({ kind, value, unit, of, refusal }: Quantity): string {
  if (refusal) return `!${kind}`;
  const parts = [kind, value, of && `of ${of.whole}`, unit && `as ${unit.asset}`];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** What is read from a text, written as in the table of phrases. */
export function reading(text: string, options: QuantityOptions = MARKET): string {
  const tokens = tokenize(text, { isName: (norm) => NAMES.has(norm) });
  return readQuantities(tokens, options).map(print).join(" | ");
}
