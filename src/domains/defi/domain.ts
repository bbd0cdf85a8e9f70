import type { Domain } from "../domain.ts";
import { DEFI_LEXICON } from "./read/lexicon.ts";
import { ASSETS, CHAINS, VENUES } from "./read/slots.ts";
import { canonicalLabel, DEFI_PRIMITIVES } from "./taxonomy.ts";

/** Decentralised finance: eight actions on assets, venues and chains. */
export const DEFI_DOMAIN: Domain = {
  name: "defi",
  slots: [
    { name: "asset", words: ASSETS },
    { name: "venue", words: VENUES },
    { name: "chain", words: CHAINS },
  ],
  primitives: DEFI_PRIMITIVES,
  lexicon: DEFI_LEXICON,
  canonicalLabel,
};
