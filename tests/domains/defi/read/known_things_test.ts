import { assertEquals } from "@std/assert";
import { proposeOrders, readOrders } from "../../../../src/domains/defi/read/orders.ts";
import { readStep } from "../../../../src/domains/defi/read/steps.ts";
import type { StepSlot } from "../../../../src/domains/defi/read/things.ts";
import type { DefiPrimitive } from "../../../../src/domains/defi/taxonomy.ts";

/** What the words allow, one list an order. */
const ALLOWED: readonly (readonly [string, readonly (readonly DefiPrimitive[])[]])[] = [
  // Venues that only stake, and those that only keep
  ["put 40 SOL with marinade", [["stake_asset"]]],
  ["take my 100 TON out of tonstakers", [["claim_rewards", "unstake_asset", "borrow_asset"]]],
  ["redeem 12 stTIA at stride", [["unstake_asset", "claim_rewards"]]],
  ["redeem 900 aUSDC", [["withdraw_asset", "claim_rewards"]]],
  ["all my ATOM -> stATOM with stride", [["stake_asset"]]],
  ["all my ATOM -> USDC with uniswap", [["swap_asset"]]],
  ["deposit 2 ETH in the mellow vault", [["deposit_asset"]]],
  ["remove the LP tokens from the gauge", [["unstake_asset", "claim_rewards"]]],
  // Ways of a debt
  ["pay navi back", [["repay_asset"]]],
  ["top up the loan by 85 USDC on aave", [["borrow_asset"]]],
  ["reduce my borrow on aave by 250 GHO", [["repay_asset"]]],
  ["take out 20,000 USDS against our ETH at spark", [["borrow_asset"]]],
  ["put us in debt for 21,000 DAI on aave", [["borrow_asset"]]],
  ["take 75 USDC debt on aave", [["borrow_asset"]]],
  ["pull 150 USDC of credit out of suilend", [["borrow_asset"]]],
  ["send 400 USDC to my aave loan as repayment", [["repay_asset"]]],
  ["feed the abracadabra loan 1000 MIM", [["repay_asset"]]],
  ["get me out of debt at aave by paying 640 DAI", [["repay_asset"]]],
  ["return to my wallet the 2 wstETH I have supplied on aave", [["withdraw_asset"]]],
  // Said twice, done once; two things, done twice
  ["stop staking my SOL, release 20", [["unstake_asset"]]],
  ["withdraw 500 USDC from compound and claim rewards", [
    ["withdraw_asset", "claim_rewards"],
    ["claim_rewards"],
  ]],
  // What is somebody else's, or a bank's, is none of ours
  ["repay my brother's loan of 500 USDC", []],
  ["deposit 1 ETH into my mom's aave account", []],
  ["deposit 1 ETH into his vault", []],
  ["deposit 100 USDC into my partners vault on morpho", []],
  ["withdraw 1 ETH from Kim's position on aave", []],
  ["claim next year's AAVE rewards in advance", []],
  ["deposit 1 ETH into my savings account", []],
  ["supply 100 USDC to Maple's vault", [["deposit_asset"]]],
  // What tells, takes back or looks like an order
  ["Have already repaid the 600 USDT on justlend", []],
  ["the 300 USDC that I stake", []],
  ["Let me see the 40 SOL staked at jito", []],
  ["Finally got my 5 ETH unstaked from rocket pool", []],
  ["Swap of 20 SOL to BONK failed: slippage exceeded", []],
  ["Spare me the 0.7 wstETH repayment", []],
  ["Take back what I said about lending 3k USDT on venus", []],
  ["Barring objections from the team, withdraw 12k USDC from the vault", []],
  ["Get ready to unstake 60 TIA, I'll give you the nod", []],
  ["My intention is to supply 900 DAI to spark", []],
  ["Reply 300 USDC on aave", []],
  ["Unswap 20 SOL from jupiter", []],
  ["Mistake 12 ETH for lido", []],
  // A word in the place of a thing is not passed over
  ["stake 5 ape on aave", []],
  // What was done, is assumed, intended, written or to be done by somebody else; when it is to be done
  ["Having withdrawn 3,000 USDS from sky, I feel lighter", []],
  ["Let us assume the 300 FRAX is supplied to fraxlend", []],
  ["I intend to lend 1,500 USDC on compound", []],
  ["Ask support to unstake my 18 TIA for me", []],
  ["So long as the APY beats 6%, put 3,000 USDT into euler", []],
  ["This is merely a test of the line: withdraw 9 SOL from kamino", []],
  ["this is what i typed last time: swap 100 USDC to PEPE", []],
  ["bro we swap 9 BNB to FLOKI last night and cry", []],
  ["In ten minutes, claim my fees on orca", []],
  ["Ten minutes hence, claim my fees on orca", []],
  ["last thing i need is more WETH deposited in euler", []],
  // What is told of, excluded, one of several or looks like a name
  ["Withdraw the allegation about the 5,000 USDC, please", []],
  ["withdraw everything on compound bar the LINK", []],
  ["put 500 USDC into one of aave and spark", []],
  ["lend 300 USDC on a4ve", []],
  ["lfg stakers ETH to 10k", []],
  ["2 ETH gone, USDC back, swap it", []],
  ["Not 1,000 but 100 USDS into sky, deposit that", []],
  ["700 DAI to sDAI savings vault please", [["deposit_asset"]]],
  // What contradicts itself, or asks for more than an order
  ["Unstake 12 ETH so that it stays staked", []],
  ["Withdraw 10 LINK from aave but keep all of it in aave", []],
  ["Repay all my USDC debt on aave but leave the debt as it is", []],
  ["Deposit 700 USDT into stargate so it shows up on BNB Chain", []],
  ["Swap 100 DAI to vitalik.eth", []],
  ["Borrow 10k USDC from aave interest-free", []],
  ["Bring my aave debt down to 400 USDC", []],
  ["increase my borrow to the maximum", [["borrow_asset", "repay_asset"]]],
  ["Give or take 200 USDC, pay it back on radiant", []],
  ["unstake half of half my KSM", []],
  ["swap 40 CAKE to USDT on pancakesvvap", []],
  ["claim my CRV straight into 0xdeadbeef00000000000000000000000000000001", []],
  ["repay 100 USDC of debt for bob.eth on aave", []],
  ["deposit 200 USDC into alice.eth", []],
  ["unstake the 20 ATOM in Rita's Keplr", []],
  ["Priya, please withdraw 2,000 USDC from our morpho vault", []],
  ["withdraw 4 ETH from lido and leave all of it staked", []],
  ["eventually I want all of this ETH in kelp", []],
  ["After lunch, put 3,000 USDC into fluid for me", []],
  ["swipe 200 USDC to DAI's page", []],
  // A question that asks to act, and what is said after it
  ["Could you stake 200 USDC? I want to maximize my earnings.", [["stake_asset"]]],
  ["Could you deposit 2 ETH? Thanks", [["deposit_asset"]]],
  ["deposit 2 ETH? Thanks", []],
  ["deposit 5 ETH? into aave", []],
  // What is told beside an order is its thing, and is never lost
  ["I want 2 ETH. Pay in USDC", []],
  ["I want two ETH. Pay in USDC", []],
  ["I'd sooner have DAI than USDT, so swap 900", []],
  ["USDC is what I want for my 70 USDe, swap on curve", []],
  ["harvest the 40 kilos of sushi rice", []],
  ["buy precisely 2 ETH, paying in USDC", [["swap_asset"]]],
  ["swap 2 ETH to USDC, no DAI", []],
  ["pay in 500 USDC to aave", [["deposit_asset"]]],
  ["Deposit of 600 DAI denied, thanks", []],
  ["This is only a drill, repay 500 DAI on aave", []],
  // A noun beside an order may only say what it is about
  ["45,000 SEI, unbond, silo liquid staking", []],
  // What was passed over tells as well
  ["It's payback time, please: 7 LINK to aave", [["repay_asset"]]],
];

for (const [prompt, allowed] of ALLOWED) {
  Deno.test(`"${prompt}" may ask for ${JSON.stringify(allowed)}`, () => {
    assertEquals(readOrders(prompt).orders.map((order) => order.allowed), allowed);
  });
}

/** Asset, what is received, venue and market of one order. */
const SLOTS: readonly (readonly [DefiPrimitive, string, readonly (string | null)[]])[] = [
  ["deposit_asset", "deploy 25% of the USDC in the gauntlet prime vault on morpho", [
    "USDC",
    null,
    "morpho",
    "gauntlet",
  ]],
  ["unstake_asset", "pull the 50 rETH out of eigenlayer, operator nethermind", [
    "RETH",
    null,
    "eigenlayer",
    "nethermind",
  ]],
  ["withdraw_asset", "withdraw 500 USDC out of the HLP vault", ["USDC", null, "hlp", null]],
  ["stake_asset", "lock 120 AERO as veAERO", ["AERO", "VEAERO", null, null]],
  ["unstake_asset", "release 400 CRV from the veCRV lock", ["CRV", null, null, null]],
  ["deposit_asset", "deposit into 3pool on curve", [null, null, "curve", "3pool"]],
  ["swap_asset", "swap 70 DAI, make that USDT, to FRAX", ["USDT", "FRAX", null, null]],
  ["swap_asset", "swap 45 USDC and not 450 to BAL", ["USDC", "BAL", null, null]],
  ["stake_asset", "delegate 10000 VET no I mean 10000 HBAR", ["HBAR", null, null, null]],
  ["swap_asset", "make from my 1000 FRAX USDC", ["FRAX", "USDC", null, null]],
  ["stake_asset", "make jitosol from 25 sol", ["SOL", null, null, null]],
  ["swap_asset", "bid $STRK with 0.15 ETH at market", ["ETH", "STRK", null, null]],
  ["stake_asset", "freeze 5000 TRX", ["TRX", null, null, null]],
  ["swap_asset", "get me 200 USDC of HYPE", ["USDC", "HYPE", null, null]],
  ["swap_asset", "turn into ARB 60 of my OP", ["OP", "ARB", null, null]],
  ["borrow_asset", "get me into debt at benqi for 6 AVAX", ["AVAX", null, "benqi", null]],
  // A symbol and its contract are one thing: the contract
  ["deposit_asset", "lend USDT (0xdac17f958d2ee523a2206206994597c13d831ec7) to kamino", [
    "0xdac17f958d2ee523a2206206994597c13d831ec7",
    null,
    "kamino",
    null,
  ]],
  ["swap_asset", "ape 1 ETH into PEPE", ["ETH", "PEPE", null, null]],
  ["swap_asset", "purchase wETH for half the USDT that I own", ["USDT", "WETH", null, null]],
  ["swap_asset", "get me out of TRX and into USDT, 1,800 TRX", ["TRX", "USDT", null, null]],
  // A pool, a pledge, a lock or a project's name beside what the order is about
  ["withdraw_asset", "remove half my liquidity from the uniswap eth usdc pool", [
    null,
    null,
    "uniswap",
    "ETH/USDC",
  ]],
  ["withdraw_asset", "yank my lp out of raydium sol bonk", [null, null, "raydium", "SOL/BONK"]],
  ["deposit_asset", "put 100 USDC in the GMX GM ETH pool", ["USDC", null, "gmx", "eth pool"]],
  ["deposit_asset", "put 1000 USDC into the HLP vault of Hyperliquid", [
    "USDC",
    null,
    "hyperliquid",
    "hlp vault",
  ]],
  ["repay_asset", "pay the whole ezETH-backed ETH loan on Morpho back", [
    "ETH",
    null,
    "morpho",
    null,
  ]],
  ["repay_asset", "give back what I took from Kava: 220 USDX", ["USDX", null, "kava", null]],
  ["unstake_asset", "start the Renzo exit on 2.2 ezETH", ["EZETH", null, "renzo", null]],
  ["swap_asset", "dump my ARB bag for stables, USDC", ["ARB", "USDC", null, null]],
  ["repay_asset", "my debt is 5,000 DAI, pay back 1,250 on maker", ["DAI", null, "maker", null]],
  ["swap_asset", "buy 40 OP, pay with USDT", ["USDT", "OP", null, null]],
  ["deposit_asset", "stick my HONEY in Dolomite", ["HONEY", null, "dolomite", null]],
  // What is received exactly, and what pays for it
  ["swap_asset", "sell ETH so that I receive 1,000 USDC", ["ETH", "USDC", null, null]],
  ["swap_asset", "buy precisely 2 ETH, paying in USDC", ["USDC", "ETH", null, null]],
  ["swap_asset", "get me exactly 3 ETH, paid for in USDC", ["USDC", "ETH", null, null]],
  // Another name takes the place of the one before
  ["swap_asset", "swap 4 SOL to USDC – wait, to JUP", ["SOL", "JUP", null, null]],
  ["swap_asset", "swap 2 ETH to USDC, no, DAI", ["ETH", "DAI", null, null]],
  ["deposit_asset", "supply 300 USDC to aave, I mean compound", ["USDC", null, "compound", null]],
  ["stake_asset", "stake 9 AVAX with lido, correction: with benqi", ["AVAX", null, "benqi", null]],
  // Of two places with nothing between, and of a vault's token beside what is counted
  ["deposit_asset", "deposit 0.25 TBTC in the curve tricrypto", [
    "TBTC",
    null,
    "curve",
    "tricrypto",
  ]],
  ["stake_asset", "place 2 METH to eigenlayer operator p2p", ["METH", null, "eigenlayer", "p2p"]],
  ["withdraw_asset", "take 600 USDC from HLP of hyperliquid", [
    "USDC",
    null,
    "hyperliquid",
    "hlp vault",
  ]],
  ["withdraw_asset", "remove my liquidity on sushi link eth", [
    null,
    null,
    "sushiswap",
    "LINK/ETH",
  ]],
  ["swap_asset", "change 2 ETH by USDC", ["ETH", "USDC", null, null]],
  ["swap_asset", "transform 0.5 wstETH into USDC at 1inch", ["WSTETH", "USDC", "1inch", null]],
  // The token of a place's name where a thing is named, and where it is
  ["swap_asset", "sell 5 lido for ETH", ["LDO", "ETH", null, null]],
  ["swap_asset", "swap 300 USDC to curve via jupiter", ["USDC", "CRV", "jupiter", null]],
  ["swap_asset", "swap 3 ETH for sky on aave", ["ETH", "SKY", "aave", null]],
  ["repay_asset", "repay my sand loan on aave", ["SAND", null, "aave", null]],
  ["withdraw_asset", "withdraw 20 compound from aave", ["COMP", null, "aave", null]],
  ["withdraw_asset", "withdraw my curve from aave", ["CRV", null, "aave", null]],
  ["repay_asset", "repay my sushi loan on aave", ["SUSHI", null, "aave", null]],
  // Places written as two words, and by the name of their token
  ["repay_asset", "repay a third of my USDC loan on frax lend", ["USDC", null, "fraxlend", null]],
  ["swap_asset", "swap 2 ETH to USDC on uni", ["ETH", "USDC", "uniswap", null]],
];

for (const [action, prompt, slots] of SLOTS) {
  Deno.test(`"${prompt}" has its slots`, () => {
    const [order] = readOrders(prompt).orders;
    const { asset, to_asset, venue, market, ambiguous } = readStep(action, order!);
    assertEquals(ambiguous, []);
    assertEquals([asset, to_asset, venue, market], slots);
  });
}

const OPEN: readonly (readonly [DefiPrimitive, string, StepSlot])[] = [
  ["stake_asset", "No wait, 5: stake 3 ETH on Lido", "amount"],
  ["borrow_asset", "borrow 500 stablecoins from morpho", "asset"],
  ["withdraw_asset", "withdraw from aave enough USDC to pay my rent", "amount"],
  ["stake_asset", "stake 15 of my coins with marinade", "asset"],
  ["repay_asset", "repay 200 GHO plus the accrued interest on aave", "amount"],
];

for (const [action, prompt, slot] of OPEN) {
  Deno.test(`"${prompt}" leaves open which ${slot}`, () => {
    assertEquals(readStep(action, readOrders(prompt).orders[0]!).ambiguous, [slot]);
  });
}

for (
  const [action, prompt, assets] of [
    ["withdraw_asset", "take my CAKE and BNB out of the PancakeSwap pool", ["CAKE", "BNB"]],
    ["claim_rewards", "cash in the rewards of Convex all CVX and CRV", ["CVX", "CRV"]],
    ["deposit_asset", "LP 400 CETUS with SUI on Cetus", ["CETUS", "SUI"]],
  ] as const
) {
  Deno.test(`"${prompt}" is about two things at once`, () => {
    const { inputs, ambiguous } = readStep(action, readOrders(prompt).orders[0]!);
    assertEquals([ambiguous, inputs.map(({ asset }) => asset)], [[], [...assets]]);
  });
}

Deno.test("of two things of which one is counted it is not known what happens to the other", () => {
  const [order] = readOrders("withdraw 5 USDC and DAI from aave").orders;
  assertEquals(readStep("withdraw_asset", order!).ambiguous, ["asset"]);
});

for (
  const [action, prompt, limits] of [
    ["swap_asset", "swap 1 ETH to DAI, max slippage 1%", ["0.01", null, null]],
    ["swap_asset", "swap 16 UNI to DAI, 0.5% slippage max.", ["0.005", null, null]],
    ["borrow_asset", "borrow 500 USDC on aave, min health factor 1.5", [null, 1.5, null]],
    ["borrow_asset", "borrow 500 USDC on aave max ltv 50%", [null, null, 0.5]],
  ] as const
) {
  Deno.test(`"${prompt}" names a limit`, () => {
    const { slippage, hf, ltv } = readStep(action, readOrders(prompt).orders[0]!);
    assertEquals([slippage, hf, ltv], [...limits]);
  });
}

Deno.test("what was begun before it was corrected is none of the order", () => {
  const prompt = "Withdraw, sorry, I meant deposit 400 USDC on fluid";
  const found = proposeOrders(prompt)?.orders ?? [];
  assertEquals([readOrders(prompt).orders, found.map(({ allowed }) => allowed)], [[], [[
    "deposit_asset",
  ]]]);
});

Deno.test("proposeOrders() finds the order at the end of a clause that nothing sets off", () => {
  const texts = (prompt: string) => proposeOrders(prompt)?.orders.map(({ text }) => text) ?? [];
  assertEquals(
    texts("the house sale went through so I'm killing the debt repay 900 DAI to maker"),
    ["repay 900 DAI to maker"],
  );
  assertEquals(texts("proud of my really big 5 ETH deposit into aave"), []);
  assertEquals(texts("my friend told me that I may stake 5 ETH with lido"), []);
  assertEquals(texts("send the rest of it to my mother stake 5 ETH with lido"), []);
});

Deno.test("what is not to be done now is not proposed either", () => {
  for (const prompt of ["not now, but stake 5 ETH", "not right now, stake 5 ETH on lido"]) {
    assertEquals(proposeOrders(prompt), null);
  }
});

Deno.test("a label of a word or two may say anything of what follows it", () => {
  const readingOf = (prompt: string) => proposeOrders(prompt)?.orders[0]?.reading;
  assertEquals(readingOf("deprecated: swap 2 ETH for USDC"), "gist");
  assertEquals(readingOf("not selling anyway, stake all my DOT"), "tail");
});

Deno.test("what is given and what is received is never guessed", () => {
  const guessed = [
    "3 LINK for my DAI, please",
    "for my DAI I want 3 LINK",
    "get me exactly 3 ETH, paid for in USDC",
  ]
    .flatMap((prompt) => [...readOrders(prompt).orders, ...proposeOrders(prompt)?.orders ?? []])
    .filter((order) => readStep("swap_asset", order).ambiguous.length === 0)
    .filter((order) =>
      readStep("swap_asset", order).asset === "LINK" ||
      readStep("swap_asset", order).asset === "ETH"
    );
  assertEquals(guessed.map(({ text }) => text), []);
});

Deno.test("a number glued to a cash tag is refused: it may be dollars or coins", () => {
  assertEquals(readOrders("swap 50$eth to pepe").orders, []);
});

Deno.test("a name that only looks like a known one is refused", () => {
  for (
    const prompt of [
      "stake 8 ETH with Iido",
      "swap 2 ETH for USDC at un1swap",
      "lend 5 USDC on c0mpound",
    ]
  ) {
    assertEquals(readOrders(prompt).orders, [], prompt);
  }
});
