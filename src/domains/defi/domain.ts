import { resolveContext } from "../context.ts";
import type { Context } from "../context.ts";
import type { Domain } from "../domain.ts";
import type { Planner } from "../planner.ts";
import type { Plan } from "./plan.ts";
import { DEFI_LEXICON } from "./read/lexicon.ts";
import { readOrders } from "./read/orders.ts";
import { ASSETS, CHAINS, VENUES } from "./read/slots.ts";
import { guardPlan, runDefi } from "./run.ts";
import { mapperForm, orderWithin } from "./training_forms.ts";
import { canonicalLabel, DEFI_PRIMITIVES } from "./taxonomy.ts";

const PLANNER: Planner<Plan, Context> = {
  needsMapper: true,
  takesGrids: false,
  trainingForms: { read: mapperForm, orderWithin },
  read: (prompt) => {
    const { refusal, orders } = readOrders(prompt);
    if (!refusal) return { refusal, steps: orders };
    return {
      refusal: { kind: refusal.kind, span: refusal.spans[0] ?? [0, prompt.length] },
      steps: [],
    };
  },
  readContext: resolveContext,
  guard: guardPlan,
  run: runDefi,
};

/** Decentralised finance: eight actions on assets, venues and chains. */
export const DEFI_DOMAIN: Domain = {
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
  planner: PLANNER,
  canonicalLabel,
};
