import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type PlanStep, readStep } from "../../../../src/domains/defi/read/steps.ts";
import type { DefiPrimitive } from "../../../../src/domains/defi/taxonomy.ts";

const read = (action: DefiPrimitive, text: string) =>
  readStep(action, { text, span: [0, text.length] });

const AMOUNTS: readonly (readonly [string, string, number?])[] = [
  ["deposit 10 eth", "units", 10],
  ["deposit 10eth", "units", 10],
  ["deposit 2.5k usdc", "units", 2500],
  ["deposit 1,000 usdc", "units", 1000],
  ["deposit 1,234,567.89 usdc", "units", 1234567.89],
  ["deposit 3 million dai", "units", 3e6],
  ["deposit ten eth", "units", 10],
  ["deposit twenty five usdc", "units", 25],
  ["deposit two hundred and fifty dai", "units", 250],
  ["deposit a thousand usdc", "units", 1000],
  ["deposit 2½ eth", "units", 2.5],
  ["deposit $500 of usdc", "usd", 500],
  ["deposit 200 dollars of link", "usd", 200],
  ["deposit half of my eth", "fraction", 0.5],
  ["deposit a quarter of my eth", "fraction", 0.25],
  ["deposit 33% of my eth", "fraction", 0.33],
  ["deposit all my eth", "all"],
  ["deposit max eth", "all"],
  ["deposit everything I have in eth", "all"],
  ["deposit 100% of my eth", "all"],
  ["deposit 10 eth and keep my ltv below 60%", "units", 10],
];

for (const [text, kind, value] of AMOUNTS) {
  Deno.test(`readStep() reads the amount of "${text}"`, () => {
    const { amount } = read("deposit_asset", text);
    assertEquals(amount?.kind, kind);
    if (amount && amount.kind !== "all") assertAlmostEquals(amount.value, value!, 1e-12);
  });
}

for (const text of ["deposit eth", "deposit some eth", "deposit 0 eth"]) {
  Deno.test(`readStep() finds no amount in "${text}"`, () => {
    const step = read("deposit_asset", text);
    assertEquals(step.amount, null);
    assert(step.missing.includes("amount"));
  });
}

type Wanted = Partial<Pick<PlanStep, "asset" | "to_asset" | "venue" | "chain" | "amount_of">>;

const SLOTS: readonly (readonly [DefiPrimitive, string, Wanted])[] = [
  ["deposit_asset", "deposit 10 AAVE into Aave on Base", {
    asset: "AAVE",
    venue: "aave",
    chain: "base",
  }],
  ["withdraw_asset", "take 2 ether out of rocketpool", { asset: "ETH", venue: "rocket pool" }],
  ["swap_asset", "swap 2 eth for usdc", { asset: "ETH", to_asset: "USDC", amount_of: "asset" }],
  ["swap_asset", "buy 1 eth with usdc", { asset: "USDC", to_asset: "ETH", amount_of: "to_asset" }],
  ["swap_asset", "swap 10 dai to aave on curve", {
    asset: "DAI",
    to_asset: "AAVE",
    venue: "curve",
  }],
  ["swap_asset", "swap eth and usdc", { asset: null, to_asset: null }],
  ["borrow_asset", "borrow 500 usdc against my eth on spark", { asset: "USDC", venue: "spark" }],
  ["repay_asset", "pay back 20 dai on compound", { asset: "DAI", venue: "compound" }],
  ["stake_asset", "stake 5 near", { asset: "NEAR", venue: null }],
  ["unstake_asset", "unstake 5 eth from lido", { asset: "ETH", venue: "lido" }],
  ["claim_rewards", "claim my rewards on convex", { asset: null, venue: "convex" }],
];

for (const [action, text, wanted] of SLOTS) {
  Deno.test(`readStep() reads the slots of "${text}"`, () => {
    const step = read(action, text);
    const found = Object.fromEntries(
      Object.keys(wanted).map((key) => [key, step[key as keyof Wanted]]),
    );
    assertEquals(found, wanted);
  });
}

Deno.test("readStep() lists what the words leave open", () => {
  assertEquals(read("swap_asset", "swap eth").missing, ["amount", "to_asset"]);
  assertEquals(read("claim_rewards", "claim my rewards").missing, ["venue"]);
  assertEquals(read("claim_rewards", "claim my crv rewards").missing, []);
  assertEquals(read("deposit_asset", "deposit 10 eth into aave").missing, []);
});

Deno.test("readStep() takes neither of two", () => {
  const twice = read("deposit_asset", "deposit 5 eth and 100 usdc into aave");
  assertEquals([twice.amount, twice.asset, twice.venue], [null, null, null]);
  assertEquals(twice.missing, ["amount", "asset", "venue"]);
  const venues = read("deposit_asset", "deposit 5 eth into aave via compound");
  assertEquals([venues.venue, venues.ambiguous], [null, ["venue"]]);
});

Deno.test("readStep() reads limits that an order names", () => {
  const step = read("borrow_asset", "borrow 100 usdc at 50% ltv with a health factor of 1.8");
  assertEquals([step.ltv, step.hf], [0.5, 1.8]);
  assertEquals(step.amount, { kind: "units", value: 100, text: "100", exact: "100" });
});

const REPAIRS: readonly (readonly [string, string])[] = [
  ["deposit 5 eth into compund", "compound"],
  ["deposit 5 eth into aavee", "aave"],
  ["swap 5 eth for dai on uniswpa", "uniswap"],
];

for (const [text, venue] of REPAIRS) {
  Deno.test(`readStep() repairs the venue of "${text}"`, () => {
    const step = read("deposit_asset", text);
    assertEquals(step.venue, venue);
    assertEquals(step.repaired, [{ slot: "venue", from: text.split(" ").at(-1)!, to: venue }]);
  });
}

// Each of these was once read as a venue by a looser repair
for (
  const text of [
    "I have 5 eth to deposit",
    "save 5 eth",
    "deposit my whole balance in eth",
    "make a deposit of 5 eth",
    "deposit 5 eth to earn interest",
    "deposit 5 eth to learn something",
    "deposit 5 eth with balance",
    "put 5 eth into markets",
  ]
) {
  Deno.test(`readStep() sees no venue in "${text}"`, () => {
    const step = read("deposit_asset", text);
    assertEquals([step.venue, step.repaired], [null, []]);
  });
}
