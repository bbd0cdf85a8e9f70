import { isAddress } from "../names/open_names.ts";
import { senseOf, type Tag } from "./tags.ts";

/** Coins of a chain itself: none has a contract. */
const NATIVE = /^(?:eth|btc|sol|bnb|avax|pol|matic|ton|atom|dot|ada|trx|sui|apt|near|inj)$/;

/** "USDT (0x…)", "GLITCH(0x…)": a symbol and its contract are one thing, and the contract says which. */
export function joinAddresses(tags: readonly Tag[]): Tag[] {
  const joined: Tag[] = [];
  for (let i = 0; i < tags.length; i++) {
    const symbol = tags[i]!;
    const [open, address, close] = tags.slice(i + 1, i + 4);
    const isPair = open?.mark === "(" && close?.mark === ")" && isAddress(address!.text) &&
      isSymbol(symbol);
    if (!isPair) {
      joined.push(symbol);
      continue;
    }
    const { text, norm } = address!;
    joined.push({ from: symbol.from, to: close.to, text, norm, senses: [] });
    i += 3;
  }
  return joined;
}

function isSymbol(tag: Tag): boolean {
  if (tag.quantity || tag.mark || NATIVE.test(tag.norm)) return false;
  return senseOf(tag, "name")?.kind === "asset" ||
    tag.senses.length === 0 && /^\$?[A-Z][A-Z0-9.]{1,14}$/.test(tag.text);
}
