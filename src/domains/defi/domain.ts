import { CONTEXT_TYPE, resolveContext } from "../context.ts";
import type { Context } from "../context.ts";
import type { Domain } from "../domain.ts";
import type { Planner } from "../planner.ts";
import type { Plan } from "./plan.ts";
import { DEFI_LABELS } from "./labels.ts";
import { readOrders } from "./read/orders.ts";
import { guardPlan, runDefi } from "./run.ts";
import { mapperForm, orderWithin } from "./training_forms.ts";

const FRESH = { oracle: { age_sec: 5, max_age_sec: 30 } };
const ACCOUNT = {
  ...FRESH,
  positions: { collateral_value: 30000, debt_value: 16000 },
  prices: { ETH: 2000 },
};
/** Cases of the suites, which say what comes out. */
const EXAMPLES: Planner["examples"] = [
  { name: "swap_eth_usdc", prompt: "swap 2 ETH for USDC", context: FRESH },
  {
    name: "withdraw_high_ltv",
    prompt: "withdraw 5 ETH",
    policy: { ltv_max: 0.75 },
    context: ACCOUNT,
  },
  { name: "nonexec_abstain", prompt: "check balance", context: FRESH },
];

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
  contextType: CONTEXT_TYPE,
  examples: EXAMPLES,
  readContext: resolveContext,
  guard: guardPlan,
  run: runDefi,
};

/** Decentralised finance: eight actions on assets, venues and chains. */
export const DEFI_DOMAIN: Domain = { ...DEFI_LABELS, planner: PLANNER };
