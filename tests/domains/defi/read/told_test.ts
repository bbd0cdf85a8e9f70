import { assertEquals } from "@std/assert";
import { readOrders } from "../../../../src/domains/defi/read/orders.ts";
import { readStep } from "../../../../src/domains/defi/read/steps.ts";

/** What one order is read to; null where it is refused or leaves open what it names. */
function stepOf(prompt: string): string | null {
  const { orders } = readOrders(prompt);
  const [order] = orders;
  if (!order || orders.length > 1) return null;
  const step = readStep(order.allowed[0]!, order);
  if (step.ambiguous.length > 0) return null;
  const { amount, asset, to_asset: to, venue } = step;
  const counted = amount && (amount.kind === "all" ? "all" : `${amount.kind} ${amount.exact}`);
  return [counted ?? "open", asset ?? "-", ...to ? [`> ${to}`] : [], `@ ${venue ?? "-"}`].join(" ");
}

const CASES: readonly (readonly [string, string | null])[] = [
  // Thousands of what is a dollar itself are units; of anything else they are money
  ["lend 3 grand of USDC on Morpho", "units 3000 USDC @ morpho"],
  ["convert USDC to sUSDe; 4 grand of it", "units 4000 USDC > SUSDE @ -"],
  ["swap 4 grand of ETH for DAI", "usd 4000 ETH > DAI @ -"],
  // What is told beside an order that refers to it: how much, and where
  ["nine tenths of my BNB belong in Venus, lend them", "fraction 0.9 BNB @ venus"],
  ["I have 9 SOL on Kamino, withdraw it", "units 9 SOL @ kamino"],
  ["I deposited 9 SOL on Kamino last week, withdraw 4 of it now", "units 4 SOL @ kamino"],
  ["my USDC on Compound is doing nothing, stake it", "open USDC @ -"],
  // … and beside one that does not, it would be lost
  ["a baker's dozen, 13 SOL, to be staked with Marinade", null],
  ["buy ETH with 200 of some stablecoin", null],
  ["swap 1,000 to ETH from one of my stables", null],
  // Amounts that leave open how much
  ["stake x amount of AVAX on Benqi", null],
  ["borrow as much USDC on Morpho as keeps me at health factor 1.8", null],
  // All of it, though no amount is said
  ["empty my USDT position at Venus", "all USDT @ venus"],
  ["empty 20 USDC out of Aave", "units 20 USDC @ aave"],
  ["clear my LUSD debt down to zero at Liquity", "all LUSD @ liquity"],
  ["dump my whole SHIB thing", "all SHIB @ -"],
  ["unstake just the one AVAX from Benqi", "units 1 AVAX @ benqi"],
  // A share that is said last is of what is given
  ["swap JUP to USDC 50%", "fraction 0.5 JUP > USDC @ -"],
  // A name that looks like a known place, written as another
  ["deposit 5 DAI into Agave", null],
  ["withdraw 10 UNI from Uniswab", null],
  ["lend 500 USDC on aave.scam.io", null],
  ["withdraw 400 USDC from Kamino's main market", "units 400 USDC @ kamino"],
  ["withdraw 400 usdc from compund", "units 400 USDC @ compound"],
  // What is paid to a place buys no token of its name
  ["pay 2 ETH to Morpho", "units 2 ETH @ morpho"],
  // What comes out goes to nobody else
  ["withdraw 5 USDC to john77", null],
  ["withdraw my USDC to Compound", null],
  ["collect all incentives accrued to my Balancer position", "all - @ balancer"],
];

for (const [prompt, wanted] of CASES) {
  Deno.test(`"${prompt}" is read to ${wanted ?? "nothing"}`, () =>
    assertEquals(stepOf(prompt), wanted));
}

const TAKEN_BACK: readonly (readonly [string, readonly string[]])[] = [
  ["stake 5 SOL, not SOL", []],
  ["buy KAS... not KAS. buy 20 INJ", []],
  ["deposit 5 SOL, not DAI, into Kamino", ["deposit 5 SOL, not DAI, into Kamino"]],
  ["not DAI, sorry, USDC: change 200 USDC into LINK", ["change 200 USDC into LINK"]],
  // As many of another thing are said for themselves
  ["stake 5 SOL, stake 5 AVAX", ["stake 5 SOL", "stake 5 AVAX"]],
  ["deposit 5 ETH (5 ether) into aave", ["deposit 5 ETH (5 ether) into aave"]],
];

for (const [prompt, texts] of TAKEN_BACK) {
  Deno.test(`"${prompt}" asks for ${texts.length}`, () =>
    assertEquals(readOrders(prompt).orders.map(({ text }) => text), texts));
}

// Each was acted on as something that nobody asked for
for (
  const prompt of [
    "pay my debt down to 200 DAI at Spark",
    "withdraw 5 ETH worth of USDC from Aave",
    "swap a hundred for ETH",
    "lend 100 USDC to Bob",
    "withdraw 3 ETH from Aave to Arbitrum",
    "claim the rewards but leave the CRV",
    "unstake and also keep staked my 30 DOT",
    "unstake everything staked since March",
    "deposit 3 ETH into the pool with the highest APY",
    "my target for SOL is 300, sell all four there please",
    "share my rewards of 10 OP with Chen",
    "rebalance my portfolio to 50% ETH",
    "swap my debt from USDC to DAI on Aave",
    "claim and compound my rewards",
    "reinvest my rewards on Aave",
    "extend my lock on Curve",
    "switch my validator to Everstake",
    "borrow 200 USDC for Anna on Aave",
    "deposit ETH for 300 USDC on Aave",
    "stake 200 SOL and the usual",
    "stake 200 SOL virtually",
    "lock in gains",
    "repay the smaller of my two loans",
    "swap USDC/ETH 300",
    "withdraw 300 USDC net of fees from Aave",
    "swap 3 ETH into something sensible",
    "thank you for unstaking my 19 AVAX so promptly",
    "in forty minutes' time, repay 800 USDT to Venus",
    "stake 3 ETH come Christmas Eve",
    "unstake 3 rETH on Boxing Day",
    "proofread this for me: swap 40 OP for USDC",
    "borrow against my 5 ETH 200 DAI and my 3 BTC",
  ]
) {
  Deno.test(`"${prompt}" is refused`, () => assertEquals(stepOf(prompt), null));
}

Deno.test("what is pledged in two things is not borrowed", () => {
  const { orders } = readOrders("borrow 200 DAI against 5 ETH and 3 BTC");
  assertEquals(orders.length, 1);
  const { asset, amount, against } = readStep("borrow_asset", orders[0]!);
  assertEquals([asset, amount?.text], ["DAI", "200"]);
  assertEquals(against.map(({ asset }) => asset), ["ETH", "BTC"]);
});
