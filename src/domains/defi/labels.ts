import type { Domain } from "../domain.ts";
import { DEFI_LEXICON } from "./read/lexicon.ts";
import { ASSETS, CHAINS, VENUES } from "./read/slots.ts";
import { canonicalLabel, DEFI_PRIMITIVES } from "./taxonomy.ts";

/** The actions and words of decentralised finance without what reads and guards prompts. */
export const DEFI_LABELS: Domain = {
  name: "defi",
  source: "defi",
  slots: [
    { name: "asset", words: ASSETS },
    { name: "venue", words: VENUES },
    { name: "chain", words: CHAINS },
  ],
  primitives: DEFI_PRIMITIVES,
  lexicon: DEFI_LEXICON,
  trainingSha256: null,
  planner: null,
  canonicalLabel,
};
