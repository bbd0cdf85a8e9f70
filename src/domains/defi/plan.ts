import type { Amount } from "./read/amounts.ts";
import type { StepWords } from "./read/order_words.ts";
import { type PlanStep, readStep } from "./read/steps.ts";
import type { DefiPrimitive } from "./taxonomy.ts";

/** A step, and the earlier step whose yield it uses. */
export interface LinkedStep extends PlanStep {
  /** Position of the step that yields what "it" or "them" means, or null. */
  readonly from_step: number | null;
}

/** What a prompt asks for, in order. */
export interface Plan {
  /** The actions alone. */
  readonly sequence: readonly DefiPrimitive[];
  readonly steps: readonly LinkedStep[];
}

/** An order of which the action is known. */
export interface Order {
  readonly action: DefiPrimitive;
  readonly segment: StepWords;
}

/**
 * Reads the slots of each order and joins them to a plan. A step that says "it" or "them" and names
 * no asset takes the asset that the step before yields (and the amount, where that one states it);
 * `from_step` tells so. A step that leaves its object out altogether lists it as missing.
 *
 * @example
 * ```ts
 * import { buildPlan, splitSteps } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const [swap, deposit] = splitSteps("swap 2 ETH to USDC then deposit it into aave");
 * const plan = buildPlan([
 *   { action: "swap_asset", segment: swap! },
 *   { action: "deposit_asset", segment: deposit! },
 * ]);
 * assertEquals(plan.sequence, ["swap_asset", "deposit_asset"]);
 * assertEquals(plan.steps[1]?.asset, "USDC");
 * assertEquals(plan.steps[1]?.from_step, 0);
 * ```
 */
export function buildPlan(orders: readonly Order[]): Plan {
  const steps: LinkedStep[] = [];
  for (const { action, segment } of orders) {
    const previous = steps.at(-1);
    steps.push(link(readStep(action, segment), previous, steps.length - 1));
  }
  return { sequence: steps.map(({ action }) => action), steps };
}

function link(step: PlanStep, previous: LinkedStep | undefined, at: number): LinkedStep {
  const unlinked = { ...step, from_step: null };
  const isShare = isShareOfIt(step);
  if (!previous || !step.refers || (step.ambiguous.includes("asset") && !isShare)) return unlinked;
  const given = yieldOf(previous) ?? carried(previous);
  // "swap it for ETH": what follows "for" is received, so "it" is what is given
  const open = step.asset === null;
  if (!given || (!open && step.asset !== given.asset)) return unlinked;
  const asset = open ? given.asset : step.asset;
  const amount = step.amount ?? given.amount;
  const filled = step.amount === null ? ["amount", "asset"] : ["asset"];
  return {
    ...step,
    asset,
    amount,
    missing: step.missing.filter((slot) => !filled.includes(slot)),
    ambiguous: step.ambiguous.filter((slot) => slot !== "asset"),
    inputs: [{
      ...(amount && amount.kind !== "all" && { amount: amount.exact }),
      kind: amount?.kind ?? "open",
      asset,
    }],
    from_step: yieldOf(previous) ? at : previous.from_step,
  };
}

/** "swap half of it for USDC": what is received is named, what is given was said before. */
function isShareOfIt({ action, asset, to_asset, amount, ambiguous }: PlanStep): boolean {
  return action === "swap_asset" && asset === null && to_asset !== null && amount !== null &&
    ambiguous.length === 1;
}

/** "half of it into aave and the other half into compound": of what the step before was given. */
function carried({ from_step, asset }: LinkedStep): { asset: string; amount: null } | null {
  return from_step === null || asset === null ? null : { asset, amount: null };
}

/** What a step leaves in the wallet, and how much of it if the step says. */
function yieldOf(step: LinkedStep): { asset: string; amount: Amount | null } | null {
  if (step.action === "swap_asset") {
    const amount = step.amount_of === "to_asset" ? step.amount : null;
    return step.to_asset === null ? null : { asset: step.to_asset, amount };
  }
  const yields = ["withdraw_asset", "borrow_asset", "unstake_asset", "claim_rewards"];
  if (!yields.includes(step.action) || step.asset === null) return null;
  const exact = step.amount?.kind === "units" || step.amount?.kind === "usd";
  return { asset: step.asset, amount: exact ? step.amount : null };
}
