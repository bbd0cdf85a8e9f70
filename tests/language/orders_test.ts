import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { proposeOrders, readOrders } from "../../src/domains/defi/read/orders.ts";
import { readStep } from "../../src/domains/defi/read/steps.ts";

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
  ["begin cooldown on my stkgho", [["unstake_asset"]]],
  ["you know what, mkt sell 40 link for usdc", [["swap_asset"]]],
  ["what i need is for you to lend 200 USDC on aave", [["deposit_asset"]]],
  ["take 25 ksm out of bonding", [["unstake_asset", "claim_rewards"]]],
  ["bank my rewards on aave", [["claim_rewards"]]],
  ["rent's due, need $800 of USDC out of Morpho", [
    ["withdraw_asset", "claim_rewards", "borrow_asset"],
  ]],
  ["bored of matic, trade all of it for avax", [["swap_asset"]]],
  ["take my usdt out of euler there's a hack", [
    ["withdraw_asset", "claim_rewards", "borrow_asset"],
  ]],
  ["sell 12 aave for eth with max one percent slippage", [["swap_asset"]]],
  ["trade 220 eurc to usdc on aero w/ 0.3% slip", [["swap_asset"]]],
  ["pull back 1000 GRT from the indexer I delegated to", [["unstake_asset", "claim_rewards"]]],
  ["full repay on compound", [["repay_asset"]]],
  ["Out of Aave with my APT", [["withdraw_asset", "claim_rewards", "borrow_asset"]]],
  ["into USDC with my 500 DAI, thanks", [["swap_asset"]]],
  ["The vault has had its time; take my AERO LP out of there", [[
    "withdraw_asset",
    "claim_rewards",
  ]]],
  ["just lend 500 usdc on aave", [["deposit_asset"]]],
  ["borrow 500 usdt on just lend", [["borrow_asset"]]],
  ["uh put 2 eth into ave please", [["deposit_asset"]]],
  ["supply supply two eth on zero lend", [["deposit_asset"]]],
  ["withdraw 1.2 ETH out of Lido's GGV vault", [
    ["withdraw_asset", "unstake_asset", "claim_rewards"],
  ]],
  ["nominate + bond ksm 5", [["stake_asset"]]],
  ["take 400 usdc from my wallet and lend it on zerolend", [["deposit_asset"]]],
  ["i want that 2 eth debt gone", [["repay_asset"]]],
  ["bring my bnb debt to zero", [["repay_asset"]]],
  ["sell my pt-susde for usde now", [["swap_asset"]]],
  ["borrow 35 USDC on Save", [["borrow_asset"]]],
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

/** Prompts in which no clause shows an order, and what they would be about. */
const PROPOSED: readonly (readonly [string, readonly string[]])[] = [
  ["frax loan: pay 3k", ["repay_asset"]],
  ["venus usdc 2k unstaked", ["unstake_asset"]],
  ["rent is expensive, so withdraw 1200 USDC from aave", ["withdraw_asset", "claim_rewards"]],
  ["I'm tired of meme coins; sell 30 AXS for USDC", ["swap_asset"]],
  ["Supply caps no longer suit us. Stake 12 ETH with lido.", ["stake_asset"]],
  ["twenty percent of my convex lp take it out", ["withdraw_asset", "claim_rewards"]],
  ["um so my staked dot i want, half, undelegate it", ["unstake_asset"]],
  ["id like 250 usdc of debt on moonwell", ["borrow_asset"]],
  ["I'd like my USDT to be USDC", ["swap_asset"]],
  ["those unclaimed RAY into my account", ["claim_rewards"]],
  ["one small loan pls 50 dai", ["borrow_asset"]],
  ["usdc out of yearn all of it rn", ["withdraw_asset", "claim_rewards", "borrow_asset"]],
  ["half of my inj with figment I want it unbonded", ["unstake_asset"]],
  ["sol stake too big cut it by 30", ["unstake_asset"]],
  ["thanks for earlier now also lend my last 200 busd on venus", ["deposit_asset"]],
  ["unclaimed grt get it", ["claim_rewards"]],
  ["put my snx in staking on synthetix all of it", ["stake_asset"]],
  ["okay that's the last of it clear my mars protocol osmo debt", ["repay_asset"]],
  ["half my staked avax back pls", ["unstake_asset", "claim_rewards"]],
  ["put my sol to work stake all of it", ["stake_asset"]],
  ["out from LUNC in USDT everything!", ["swap_asset"]],
  // Behind what leads up to it, with words that bear no load
  ["the flight's about to sell out, quickly borrow 450 USDC against the JitoSOL that's there", [
    "borrow_asset",
  ]],
  ["before they liquidate me repay 2000 USDC on aave", ["repay_asset"]],
  ["thx for the reminder claim tia rewards", ["claim_rewards"]],
  ["do you still listen? delegate 75 OSMO to the same validator as ever", ["stake_asset"]],
];

for (const [prompt, actions] of PROPOSED) {
  Deno.test(`proposeOrders() makes an order of "${prompt}"`, () => {
    assertEquals(
      (proposeOrders(prompt) ?? readOrders(prompt)).orders.map(({ allowed }) => allowed),
      [
        actions,
      ],
    );
  });
}

for (
  const prompt of [
    "I pulled 500 USDC out of compound",
    "can USDT be borrowed on spark",
    "Hans will withdraw 5 ETH from aave",
    "I've decided against lending 2,000 USDC on Compound",
    "two hundred usdc",
    "stkaave cooldown ended",
    "my debt on aave is gone",
    "withdraw 5 ETH from Kim's ABC vault",
    "lend lend lend",
    "raise my ltv limit to 1 and stake 3 ETH with lido",
    "to hell with my 5 ETH on aave",
    "out of luck with my 5 ETH on aave",
    "full stake of ETH is risky",
    "swap 3000 usdc for eth with at least one percent slippage",
    "withdraw the 5 eth I sent to kim",
    "thanks for nothing lend 200 DAI on aave",
    "kim's rewards, claim them",
    "his rewards, claim them",
    "stake a tiny bit of my AVAX with Benqi",
    "I'd like my ETH to be worth USDC 5000",
    "max borrow usdc on aave",
    "withdraw 5 ETH from aave, i'm not sure",
    "withdraw 5 ETH from aave it's a joke",
    "repay 500 usdc on aave im just asking",
    "kim's loan, repay it",
    "i have a loan gone bad on aave",
    "claim and deposit 500 USDC",
    "take 500 USDC and send it to kim",
    "put 500 usdc on save mode",
    "500 usdc kim owes me take it",
    "my 500 usdc on aave send it to 0x00000000219ab540356cBB839Cbe05303d7705Fa",
    "my sister has 5 eth on aave take it out",
    "Don't: deposit 5 ETH into aave",
    "under no circumstances, deposit 5 ETH into aave",
    "recap: swap 2 ETH for USDC, deposit 500 USDC into aave",
    "I want to use my ETH as collateral on Aave to borrow USDC, then swap 2 USDC to ETH",
    "the last thing I want is to repay 500 USDC",
    "deposit 5 ETH into something like aave",
    "deposit 5 ETH into aave on any chain but base",
    "start by swapping 1 eth to usdc and finish by lending it on aave",
    "Stake, unstake, whatever, 5 SOL.",
    "depo\u200Bsit 5 ETH aave now",
  ]
) {
  Deno.test(`proposeOrders() makes none of ${JSON.stringify(prompt)}`, () => {
    assertEquals([readOrders(prompt).orders, proposeOrders(prompt)], [[], null]);
  });
}

/** A verb that is said once, for several things. */
const GAPPED: readonly (readonly [string, readonly (readonly (string | null | undefined)[])[]])[] =
  [
    ["lend 100 USDC on aave and 200 DAI on compound", [["100", "USDC", null, "aave"], [
      "200",
      "DAI",
      null,
      "compound",
    ]]],
    ["swap 2 ETH and 1 WBTC to USDC", [["2", "ETH", "USDC", null], ["1", "WBTC", "USDC", null]]],
    ["deposit 2 ETH and 500 USDC into aave", [["2", "ETH", null, "aave"], [
      "500",
      "USDC",
      null,
      "aave",
    ]]],
  ];

for (const [prompt, steps] of GAPPED) {
  Deno.test(`readOrders() reads two orders in "${prompt}"`, () => {
    const read = readOrders(prompt).orders.map((order) => readStep(order.allowed[0]!, order));
    assertEquals(
      read.map(({ amount, asset, to_asset, venue }) => [
        amount?.kind === "all" ? "all" : amount?.exact,
        asset,
        to_asset,
        venue,
      ]),
      steps,
    );
  });
}

for (
  const prompt of [
    "swap 2 ETH to USDC but don't stake it",
    "deposit 300 USDC in aave, and do not borrow anything against it",
    "repay 200 USDC on aave without touching my staked eth",
  ]
) {
  Deno.test(`readOrders() leaves out what is excluded in "${prompt}"`, () => {
    assertEquals(readOrders(prompt).orders.length, 1);
  });
}

for (
  const prompt of [
    "deposit 5 ETH into aave, don't",
    "deposit 5 ETH into aave but don't deposit",
    "deposit 5 ETH into aave, don't deposit 5",
    "do not swap 2 ETH to USDC",
  ]
) {
  Deno.test(`readOrders() takes no exclusion for an order in "${prompt}"`, () => {
    assertEquals(readOrders(prompt).orders, []);
  });
}

Deno.test("readOrders() reads names that are spelled letter by letter", () => {
  const [order] = readOrders("put two hundred u s d c in aave").orders;
  const { amount, asset } = readStep("deposit_asset", order!);
  assertEquals([amount?.text, asset], ["two hundred", "USDC"]);
});

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
