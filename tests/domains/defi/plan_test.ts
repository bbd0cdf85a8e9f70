import { assertEquals } from "@std/assert";
import { buildPlan } from "../../../src/domains/defi/plan.ts";
import { splitSteps } from "../../../src/domains/defi/read/segment.ts";
import type { DefiPrimitive } from "../../../src/domains/defi/taxonomy.ts";

function plan(prompt: string, actions: readonly DefiPrimitive[]) {
  const segments = splitSteps(prompt);
  assertEquals(segments.length, actions.length);
  return buildPlan(segments.map((segment, i) => ({ action: actions[i]!, segment })));
}

Deno.test("buildPlan() gives the actions in order", () => {
  const { sequence, steps } = plan("unstake 5 eth then swap 5 eth to dai", [
    "unstake_asset",
    "swap_asset",
  ]);
  assertEquals(sequence, ["unstake_asset", "swap_asset"]);
  assertEquals(steps.map((step) => step.from_step), [null, null]);
});

Deno.test('buildPlan() takes "it" from the step before', () => {
  const { steps } = plan("withdraw 5 eth from aave, then swap it for usdc, then lend it on spark", [
    "withdraw_asset",
    "swap_asset",
    "deposit_asset",
  ]);
  assertEquals(steps[1]?.amount, { kind: "units", value: 5, text: "5", exact: "5" });
  assertEquals([steps[1]?.asset, steps[1]?.to_asset, steps[1]?.from_step], ["ETH", "USDC", 0]);
  // How many USDC the swap yields is not said
  assertEquals([steps[2]?.amount, steps[2]?.asset, steps[2]?.from_step], [null, "USDC", 1]);
  assertEquals(steps[2]?.missing, []);
});

Deno.test("buildPlan() guesses no object that is left out", () => {
  const { steps } = plan("swap 2 ETH to USDC then deposit into aave", [
    "swap_asset",
    "deposit_asset",
  ]);
  assertEquals(steps[1]?.missing, ["amount", "asset"]);
  assertEquals(steps[1]?.from_step, null);
});

Deno.test('buildPlan() takes no "it" from a step that yields nothing', () => {
  const { steps } = plan("deposit 5 eth into aave then stake it", ["deposit_asset", "stake_asset"]);
  assertEquals([steps[1]?.asset, steps[1]?.from_step], [null, null]);
});
