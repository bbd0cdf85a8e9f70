import { assertEquals } from "@std/assert";
import { contradictsVerb } from "../../../src/domains/defi/order_verbs.ts";
import type { DefiPrimitive } from "../../../src/domains/defi/taxonomy.ts";

const CASES: readonly (readonly [string, DefiPrimitive, boolean])[] = [
  ["stake 2 ETH", "stake_asset", false],
  ["stake 2 ETH", "unstake_asset", true],
  ["please, just undelegate 2 ATOM", "stake_asset", true],
  ["withdraw my staked ETH", "unstake_asset", false],
  ["lend me 5 ETH", "borrow_asset", false],
  ["deposit 2 ETH in the staking contract", "stake_asset", false],
  ["deposit 2 ETH in aave", "stake_asset", true],
  ["sell 2 ETH and buy DAI", "swap_asset", false],
  ["ETH to DAI, then borrow 5 DAI", "swap_asset", true],
  ["drop 2 ETH into aave", "deposit_asset", false],
  ["st\u200Bake 2 ETH", "unstake_asset", true],
];

for (const [order, action, expected] of CASES) {
  Deno.test(`contradictsVerb() says ${expected} for ${action} of "${order}"`, () => {
    assertEquals(contradictsVerb(order, action), expected);
  });
}
