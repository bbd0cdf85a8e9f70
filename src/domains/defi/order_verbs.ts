import { cleanPrompt } from "./clean.ts";
import type { DefiPrimitive } from "./taxonomy.ts";

/** Verbs that leave little doubt, and what an order that begins with one may ask for. */
const MEANINGS: readonly (readonly [RegExp, readonly DefiPrimitive[]])[] = [
  [/^(?:deposit|supply)\b/, ["deposit_asset"]],
  [/^lend\b/, ["deposit_asset", "borrow_asset"]],
  [/^withdraw\b/, ["withdraw_asset", "unstake_asset", "claim_rewards"]],
  [/^redeem\b/, ["withdraw_asset", "unstake_asset", "swap_asset", "claim_rewards"]],
  [/^(?:swap|exchange|convert|trade|sell|buy)\b/, ["swap_asset"]],
  [/^borrow\b/, ["borrow_asset"]],
  [/^(?:repay|pay (?:back|off|down))\b/, ["repay_asset"]],
  [/^(?:re)?stake\b/, ["stake_asset"]],
  [/^(?:re)?delegate\b/, ["stake_asset"]],
  [/^(?:un-?stake|undelegate|unbond)\b/, ["unstake_asset"]],
  [/^(?:claim|harvest)\b/, ["claim_rewards", "unstake_asset", "withdraw_asset"]],
];

/** Where another clause begins. */
const CLAUSE = /[,;.:]\s+|\s(?:and|then|plus)\s+/u;

/**
 * True if a clause of an order begins with a verb that asks for something else: whatever was read
 * into "stake 2 ETH", it is no order to unstake, and "…, borrow 200 DAI" is more than a deposit.
 *
 * @example
 * ```ts
 * import { contradictsVerb } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(contradictsVerb("stake 2 ETH", "unstake_asset"), true);
 * assertEquals(contradictsVerb("lock 2 ETH", "stake_asset"), false);
 * assertEquals(contradictsVerb("supply it, borrow 200 DAI", "deposit_asset"), true);
 * ```
 */
export function contradictsVerb(order: string, action: DefiPrimitive): boolean {
  const { text } = cleanPrompt(order);
  // "Deposit 2 ETH in the staking contract"
  const stakes = action === "stake_asset" &&
    /^\W*(?:deposit|supply)\b.*\b(?:stak|validat)/.test(text);
  if (stakes) return false;
  return text.split(CLAUSE).some((clause) => {
    const plain = clause.replace(/^\W*(?:(?:and|then|please|pls|just|now)\b\W*)*/, "");
    const meaning = MEANINGS.find(([verb]) => verb.test(plain));
    return meaning !== undefined && !meaning[1].includes(action);
  });
}
