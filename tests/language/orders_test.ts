import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { readOrders } from "../../src/domains/defi/read/orders.ts";

/** Prompts, and the actions that the words of each order leave open; none where it is refused. */
const ORDERS: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ["deposit 5 ETH into aave", [["deposit_asset"]]],
  ["could you please swap 2 ETH for USDC?", [["swap_asset"]]],
  ["I want to stake 2 ETH with lido", [["stake_asset"]]],
  ["go ahead and borrow 500 USDC from aave", [["borrow_asset"]]],
  ["I hereby request that 11 ETH be unstaked from Rocket Pool", [["unstake_asset"]]],
  ["5 ETH deposit to aave please", [["deposit_asset"]]],
  ["2 ETH -> USDC", [["swap_asset"]]],
  ["aave: supply 250 USDC", [["deposit_asset"]]],
  ["don't hesitate, repay 500 USDC on aave", [["repay_asset"]]],
  ["I sold my car last week, so deposit 6000 USDC into morpho", [["deposit_asset"]]],
  ["rapay 350 USDC on aave", [["repay_asset"]]],
  ["claim my rewards on curve, then swap 5 CRV for ETH", [["claim_rewards"], ["swap_asset"]]],
  ["swap 2 ETH to USDC then deposit it into aave", [["swap_asset"], ["deposit_asset"]]],
];

for (const [prompt, actions] of ORDERS) {
  Deno.test(`readOrders() proves "${prompt}"`, () => {
    const { orders, refusal } = readOrders(prompt);
    assertEquals(refusal, null);
    assertEquals(orders.map(({ allowed }) => allowed), actions);
  });
}

/** Prompts that are no order to act on now, and the kind. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["deposit 5 ETH into aave?", "question"],
  ["if gas drops, deposit 5 ETH into aave", "condition"],
  ["deposit 5 ETH into aave, strike that", "not_understood"],
  ["Kim: deposit 5 ETH into aave", "not_understood"],
  ['"deposit 5 ETH into aave"', "wrapper"],
  ["deposit 5 ETH into aave --dry-run", "hypothetical"],
  ["bridge 5 ETH to arbitrum", "bridge"],
  ["move 5 ETH from arbitrum to base", "bridge"],
  ["return 500 USDC to Kim", "transfer"],
  ["wrap 5 ETH", "wrap"],
  ["swap 2 ETH for WETH", "wrap"],
  ["approve 500 USDC on aave", "approve"],
  ["short 2 ETH", "perps"],
  ["swap 1 SOL for USDC and write memo gm", "quotation"],
  ["lock the vault door", "not_understood"],
  ["claim my baggage", "out_of_domain"],
  ["print deposit 5 ETH into aave", "quotation"],
  ["repay my debt on aave, I take it back", "not_understood"],
];

for (const [prompt, kind] of REFUSED) {
  Deno.test(`readOrders() refuses ${prompt}`, () => {
    assertEquals(readOrders(prompt).refusal?.kind, kind);
  });
}

Deno.test("readOrders() tells which words refuse", () => {
  const prompt = "deposit 5 ETH into aave upon my signal";
  const { refusal } = readOrders(prompt);
  assertEquals(
    refusal?.spans.map(([start, end]) => prompt.slice(start, end)).includes("signal"),
    true,
  );
});

Deno.test("readOrders() gives every word a role", () => {
  const prompt = "hi, please swap 2 ETH for USDC on uniswap now, thanks";
  const { parsed } = readOrders(prompt);
  assertEquals(parsed.tokens.map(({ norm }, i) => `${norm}:${parsed.roles[i]}`), [
    "hi:greeting",
    ",:punct",
    "please:courtesy",
    "swap:verb",
    "2:amount",
    "eth:asset",
    "for:connector",
    "usdc:asset",
    "on:connector",
    "uniswap:place",
    "now:urgency",
    ",:punct",
    "thanks:courtesy",
  ]);
});

Deno.test("readOrders() acts on few of the attacks", async () => {
  const { rows } = await readLabeledCsv("fixtures/defi/red/neg_dev.csv");
  const acted = rows.filter(({ prompt }) => readOrders(prompt).refusal === null);
  assertLessOrEqual(acted.length / rows.length, 0.02, acted.map(({ prompt }) => prompt).join("\n"));
});

Deno.test("readOrders() reads orders in frames that lie near the attacks", async () => {
  const { rows } = await readLabeledCsv("fixtures/defi/red/pos_dev.csv");
  const read = rows.filter(({ prompt, label }) => {
    const { orders } = readOrders(prompt);
    return orders.length === 1 && (orders[0]!.allowed as string[]).includes(label!);
  });
  assertGreaterOrEqual(read.length / rows.length, 0.9);
});

Deno.test("readOrders() takes linear time", () => {
  // The first readings compile the code
  for (let i = 0; i < 20; i++) readOrders(`stake ${i + 1} ETH with lido and claim my rewards`);
  for (
    const prompt of [
      `deposit${" ".repeat(1900)}5 ETH`,
      `deposit 5 ETH ${"and ".repeat(380)}`,
      `${"swap 1 eth for dai then ".repeat(60)}`,
      `${"(".repeat(390)}`,
      `${"in the ".repeat(190)}`,
      "x".repeat(7000),
    ]
  ) {
    const start = performance.now();
    readOrders(prompt);
    const limit = prompt.includes("  ") ? 20 : 60;
    assertLessOrEqual(performance.now() - start, limit, prompt.slice(0, 40));
  }
});
