import { assertEquals } from "@std/assert";
import { proposeOrders, readOrders } from "../../../../src/domains/defi/read/orders.ts";

/** Phrasings of an order, and one of the actions that its words leave open. */
const READ: readonly (readonly [string, string])[] = [
  // What is preferred, and what is not
  ["I'd rather borrow than sell: 270 USDC at Drift", "borrow_asset"],
  ["we'd much rather see our 40 DOT staked than idle", "stake_asset"],
  ["I'd rather hold my ETH myself so take 1.7 out of the Ether.fi vault", "withdraw_asset"],
  ["gas is cheap so might as well swap 2 ETH for DAI", "swap_asset"],
  // Those for whom one speaks
  ["Could the treasury have 2,500 HNT changed into SOL?", "swap_asset"],
  ["The fund would like 500 AVAX staked on Benqi", "stake_asset"],
  ["Our treasury requests that 90,000 USDC be borrowed from Spark", "borrow_asset"],
  ["sell a third of the foundation's BAL for DAI", "swap_asset"],
  ["The next order is to unstake 2,400 BNB with Lista", "unstake_asset"],
  // Leave that is asked for
  ["Would it be possible to have 19,000 EURC paid back to Moonwell?", "repay_asset"],
  ["would it be okay if you lent 300 DAI on Aave for me?", "deposit_asset"],
  // What is to be done no more
  ["undo my stake of 700 UNI", "unstake_asset"],
  ["stop the lending of 40 DAI on Aave", "withdraw_asset"],
  ["leave Puffer altogether, 130 ETH", "unstake_asset"],
  ["leave the Curve pool with all my LP tokens", "withdraw_asset"],
  // What is asked for anew
  ["Make that 60 ETH, not 50, sold into DAI on CoW Swap", "swap_asset"],
  // With what something is bought, how much of a limit, and how it is to be done
  ["spend 65 USDC on RENDER", "swap_asset"],
  ["borrow a quarter of my available limit on Spark in USDC", "borrow_asset"],
  ["swap 5 ETH to USDC, low slippage", "swap_asset"],
  ["swap 5 ETH to USDC, slippage not above 50 bps", "swap_asset"],
  ["put 5 ETH into ether.fi's liquid vault", "deposit_asset"],
  // What a place yields, and which one is meant
  ["collect what my Kamino vault has earned", "claim_rewards"],
  ["grab what the staking pool paid me", "claim_rewards"],
  ["claim the GHO merit rewards on Aave", "claim_rewards"],
  ["retrieve my staking reward of SOL", "claim_rewards"],
  ["harvest my rewards please, the ones on QuickSwap", "claim_rewards"],
  ["withdraw the 40 BNB which we have pledged on Venus", "withdraw_asset"],
  // What comes of it
  ["bring our borrowings on Aave down to nil", "repay_asset"],
  ["make my debt on Aave smaller by 50 USDC", "repay_asset"],
  ["I'd like my 500 USDC as DAI", "swap_asset"],
  ["sell 5 ETH to raise 5,000 USDC", "swap_asset"],
  ["put in a swap order: 0.2 BTC to ETH", "swap_asset"],
  ["please let 1,000 of my USDC leave the Steakhouse vault", "withdraw_asset"],
  ["redeem 3 stETH through the Lido withdrawal queue", "unstake_asset"],
  ["make sure we get our 500 USDC back from Aave", "withdraw_asset"],
  ["I'd sleep better with the 2 ETH loan on Aave repaid", "repay_asset"],
  // Letters that are crossed or left out
  ["repya my dai laon", "repay_asset"],
  ["pay bakc 2 eth to spark", "repay_asset"],
  ["sel 40 uni for ehter", "swap_asset"],
  ["pul 300 usdt fomr morpho plaese", "withdraw_asset"],
  ["Would you mind starting the exit for 32 ETH?", "unstake_asset"],
  ["do you mind arranging a loan of 500 USDC on Aave?", "borrow_asset"],
  ["May I request the return of 1,250 EGLD from delegation?", "unstake_asset"],
  ["would it be ok to take 120 USDC out of Lulo? Do it please", "withdraw_asset"],
  ["please make my 5 ETH staked on Lido", "stake_asset"],
  ["yes you can deposit now the 60 DOT in Bifrost lending", "deposit_asset"],
  ["May my 120 LPT please be delegated to an orchestrator?", "stake_asset"],
  // What was said before, and what is meant
  ["I said 5 but I meant 3: please withdraw 3 SOL from Solend", "withdraw_asset"],
  ["I typed 1000 but it should be 100: please borrow 100 USDC at Euler", "borrow_asset"],
  ["Sorry, not 400 but 300: borrow 300 USDC on Aave", "borrow_asset"],
  ["forget USDT, lend 800 USDC at Justlend instead", "deposit_asset"],
  ["place 400 xai no not xai I meant dai in the savings vault", "deposit_asset"],
  // What bears no load
  ["delegate 5 INJ, any validator is fine", "stake_asset"],
  ["claim my ATOM rewards but keep the stake where it is", "claim_rewards"],
  ["I hope it's fine to ask: repay 5 BNB on Venus", "repay_asset"],
  ["As we discussed, lend 400 DAI on Spark", "deposit_asset"],
  ["No further delay, kindly; 480 ETH into ether.fi's weETH staking", "stake_asset"],
  ["maybe I'm paranoid but withdraw my ETH from Aave", "withdraw_asset"],
  // What a place is to have
  ["Solend gets all my BONK", "deposit_asset"],
  ["Scallop gets its 90 USDC back", "repay_asset"],
  // A thing for what one has of another
  ["I'd like USDC for my 0.02 BTC.b, please", "swap_asset"],
  ["I'll take wstETH for my three WETH", "swap_asset"],
  ["a grand in USDC becomes HYPE please", "swap_asset"],
  ["bring home the fees which my LP earned", "claim_rewards"],
  ["I want to claim what my position on Aave has earned", "claim_rewards"],
  ["don't wait around put 20 more ATOM down as collateral on Umee", "deposit_asset"],
  ["I don't care about the price just sell my CRV for USDC", "swap_asset"],
  ["hey wallet, buy PENGU with 1 SOL", "swap_asset"],
  ["please service our Clearpool loan with 88,000 USDC", "repay_asset"],
  ["raise our exposure in the Yearn vault by 16,000 USDC", "deposit_asset"],
  ["pay it off at Spark with 110,000 DAI", "repay_asset"],
  // What the speaker will not do, what he is like, and what only follows
  ["I don't plan to trade any more, so kindly stake all the INJ I have", "stake_asset"],
  ["I'd like to do the decent thing and return 17 SOL to Solend", "repay_asset"],
  ["Would you mind starting the exit for 32 ETH, my validator has done its duty?", "unstake_asset"],
  ["Please unlock my 1,500 VELO, their time is over already", "unstake_asset"],
  ["I'd like to have 25% of my DOT unbonded, please, and the rest can stay", "unstake_asset"],
  // What it is done to, said first
  ["it's TIA and not INJ that I wish to unstake, 40 please", "unstake_asset"],
  ["it is 800 USDT that I repay to Venus", "repay_asset"],
  ["the JLP vault on Jupiter is where I want 600 USDC to go", "deposit_asset"],
  ["USDC is what I want for my 400 ARB", "swap_asset"],
  // What is called in, what is wished for in other words
  ["180,000 USDC is to be called back from Clearpool", "withdraw_asset"],
  ["our finance committee asks that 1,600 ETH be unstaked from Lido", "unstake_asset"],
  ["need more debt of GHO, 400", "borrow_asset"],
  ["I've the wish to nominate validators with 85 DOT", "stake_asset"],
  // What comes out, and no order of its own
  ["close my lending position on Spark and give me the DAI", "withdraw_asset"],
  ["unlock my expired veCRV and give me the CRV", "unstake_asset"],
  ["I'd like 40% of our ARB in ETH", "swap_asset"],
  ["I want my 500 USDC in Aave", "deposit_asset"],
  [
    "I'm a bit lost, but I do know that I want 20 ATOM removed from my Osmosis pool",
    "withdraw_asset",
  ],
  ["secure the chain with 200 ATOM", "stake_asset"],
  // What bids to act, what asks for help, what one does without
  ["500 USDC to SOL, do it", "swap_asset"],
  ["66 INJ unstaked, make it happen", "unstake_asset"],
  ["won't you help a sister out and claim my CRV", "claim_rewards"],
  ["skip the disclaimers: swap 2 ETH to DAI", "swap_asset"],
  ["supply 5 ETH to Aave, no typo", "deposit_asset"],
  ["repay 40 DAI on Spark, my mum raised me right", "repay_asset"],
  ["quick one before my train leaves: stake 11 DOT", "stake_asset"],
  ["delegate 150 OSMO to Cosmostation, they been good to me", "stake_asset"],
  ["nobody's forcing me lol, stake 5 ETH", "stake_asset"],
  ["what I'm saying is supply 1 WBTC to Aave", "deposit_asset"],
  // What pays, before and behind
  ["paying in USDC, buy 2 ETH", "swap_asset"],
  ["please pay with USDT: get 30 LINK", "swap_asset"],
  ["grab 20 bucks of DOGE, spend BNB", "swap_asset"],
  // What is mended behind a semicolon; of one
  ["Withdraw 900 USDT from Aave; I beg your pardon, from Compound", "withdraw_asset"],
  ["stake 0.75 of an ETH", "stake_asset"],
  // A picture sets off, and another thing is let be
  ["one last thing before bed 😴 stake those 11 DOT", "stake_asset"],
  ["gas is cheap ⛽ stake 5 SOL", "stake_asset"],
  ["forget the DAI, give me USDT for my 80 UNI", "swap_asset"],
  // The act that a button has
  ["smash that stake button on 5 SOL with Jito", "stake_asset"],
  ["hit repay on 50 USDC for my Moonwell loan", "repay_asset"],
  ["never mind the queue, unstake 2 ETH from Lido", "unstake_asset"],
  // What others say, and what the speaker says
  ["The papers say don't repay early; I say repay 640 USDC on Aave now", "repay_asset"],
  ["I don't need your opinion, swap 2 ETH to DAI", "swap_asset"],
  ["scrap the last idea, new one: stake 5 SOL", "stake_asset"],
];

for (const [prompt, action] of READ) {
  Deno.test(`readOrders() reads "${prompt}"`, () => {
    const { orders } = readOrders(prompt);
    assertEquals(orders.map(({ allowed }) => allowed.some((one) => one === action)), [true]);
  });
}

/** Near to what is read, and no order that could be carried out as it is said. */
const REFUSED: readonly string[] = [
  "I'd sooner burn my keys than lend 900 USDT on Venus",
  "I'd rather not stake 5 ETH",
  "I'd rather wait than stake 5 ETH",
  "I'd rather you borrowed nothing",
  "swap 5 ETH to USDC, I'd rather keep 1 ETH",
  "my boss would like 500 AVAX staked on Benqi",
  "our treasury wants to swap 100 ETH for USDC",
  "I'd rather see you stake 5 ETH with Lido than me",
  "the treasury would not like 500 AVAX staked",
  "undo the deposit into the Yearn vault that I just said by mistake",
  "don't undo my stake",
  "undo my last deposit",
  "leave the Lido pool alone",
  "leave Aave as it is",
  "leave the vault with 100 USDC in it",
  "leave my USDC in Aave",
  "spend 100 USDC on gas",
  "relay my loan on Aave",
  "tel 5 ETH to leave",
  "you can now stake ETH on Coinbase",
  "you can withdraw 5 ETH",
  "make a note that 5 ETH are staked",
  "the return of 5 ETH on Aave is low",
  "would it be ok to take 120 USDC out of Lulo?",
  "I typed 1000 but it should be 100: please borrow 1000 USDC at Euler",
  "I said 5: withdraw 3 SOL from Solend",
  "forget 5 ETH, stake 5 ETH instead",
  "maybe stake 5 ETH",
  "maybe I'm wrong but is my ETH staked on Lido?",
  "don't let my brother stake 5 ETH",
  "Kim gets 500 USDC",
  "Lido takes 10% of the rewards",
  "my Aave vault gets 5 ETH every day",
  "unstake 5 ETH but keep all of it where it is",
  "I want 500 USDC for my ETH position",
  "I have 5 ETH for USDC",
  "sign over 500 USDC to Kim",
  "I don't care about the price of ETH",
  "hey wallet, what did my LP earn?",
  "I don't want to stake ETH, so stake 5 ETH",
  "could you swap 5 ETH to USDC, is my ETH safe?",
  "let's do nothing and stake 5 ETH",
  "it's a pity that I stake 5 ETH",
  "it's Kim that I want to pay",
  "Aave is where I have 5 ETH",
  "ETH is what I want for Christmas",
  "they called back 500 USDC",
  "my boss would like 5 ETH staked",
  "I need more debt relief",
  "how about you pull 700 USDC from Fluid",
  "withdraw 5 ETH from Aave and give me USDC",
  "withdraw 5 ETH from Aave and give me 5 USDC",
  "withdraw my position from Aave and give Kim the USDC",
  "I have my 500 USDC in ETH",
  "I'm not sure that I want 5 ETH staked",
  "I don't know that I want 5 ETH staked",
  "he said that I want 5 ETH staked",
  "leave the Lido pool with 5 ETH still staked",
  "my loan takes 500 USDC to close",
  "claim my points",
  "claim what Kim owes me",
  "tell me what my validator earned",
  "what my validator earned is 5 SOL",
  "let the token leave the wallet",
  "make sure Kim gets her 500 USDC back from Aave",
  "make my debt bigger",
  "I'd like 500 USDC as my collateral is thin",
  "make that 5 ETH",
  "swap 5 ETH at not above 2,000 USDC",
  "my 5 ETH staked on lido, let's go",
  "my dad says never stake 5 ETH, I say nothing",
  "scrap the swap, stake 5 ETH",
  "don't hit stake on 5 ETH",
  "hit stake on Kim's 5 ETH",
  "forget the DAI, repay 40 DAI",
  "if it dips 📉 stake 5 SOL",
  "don't 🙏 stake 5 SOL",
  "swap 5 ETH to DAI; sorry, stake it",
  "pay with DAI, get me 4 AAVE and 2 UNI",
  "nobody's forcing me to stake 5 ETH",
  "stake 5 SOL with jito, they're good for 8%",
  "500 USDC to Kim, do it",
  "my 500 USDC in Aave, do it later",
];

for (const prompt of REFUSED) {
  Deno.test(`readOrders() does not read "${prompt}"`, () => {
    assertEquals(readOrders(prompt).refusal === null, false);
  });
}

Deno.test("proposeOrders() proposes what stands behind a clause that nothing sets off, and no act of others", () => {
  const proposes = (prompt: string) => (proposeOrders(prompt)?.orders.length ?? 0) === 1;
  for (
    const prompt of [
      "gas is cheap stake 5 ETH on Lido",
      "my funds are idle lend 40 DAI on Spark",
      "before it gets worse pay back 0.1 WBTC on Euler",
      "don't let them expire claim my BAL rewards",
    ]
  ) assertEquals([prompt, proposes(prompt)], [prompt, true]);
  for (
    const prompt of [
      "most whales on Lido stake 32 ETH",
      "you and me together stake 5 ETH",
      "don't let my brother stake 5 ETH",
      "don't you dare stake 5 ETH",
      "the guide says stake 5 ETH",
      "I saw my neighbour stake 5 ETH",
    ]
  ) assertEquals([prompt, proposes(prompt)], [prompt, false]);
});

Deno.test("readOrders() reads two orders with a picture between them", () => {
  const { orders } = readOrders("claim my CRV 🌾 stake 5 SOL");
  assertEquals(orders.map(({ text }) => text), ["claim my CRV", "stake 5 SOL"]);
});
