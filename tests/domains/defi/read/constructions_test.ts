import { assertEquals } from "@std/assert";
import { readOrders } from "../../../../src/domains/defi/read/orders.ts";

/** Constructions that make an order, and what the words leave open. */
const READ: readonly (readonly [string, readonly string[]])[] = [
  // A wish that begins anew behind "and"
  ["The rent is due and I want to withdraw 600 USDC from Aave", [
    "withdraw_asset",
    "claim_rewards",
  ]],
  ["I sold my bike and would like to repay 190 USDC on Venus", ["repay_asset"]],
  // What announces an order
  ["Treasury instruction: stake 5 ETH on Lido", ["stake_asset"]],
  ["First item of the day: repay 500 USDC on Aave", ["repay_asset"]],
  // A noun in front that a pronoun stands for
  ["A quarter of our Lido stake, please unstake it", ["unstake_asset"]],
  ["My 5 ETH deposit, withdraw it", ["withdraw_asset", "claim_rewards"]],
  ["the half of FRAX in Fraxlend take it back", ["withdraw_asset", "claim_rewards"]],
  // Size beside the noun of an act
  ["Please make a partial repayment of 120 USDT at Aave", ["repay_asset"]],
  ["kindly arrange the immediate sale of 4,000 UNI into USDC", ["swap_asset"]],
  ["We should like 2,500 SUI delegated to Mysten's validator", ["stake_asset"]],
  // An amount that is named afterwards
  ["Please borrow WBTC on Aave for me, 0.02 will do", ["borrow_asset"]],
  ["Could you unstake my SOL on Jito? It's 18.", ["unstake_asset"]],
  // Where a thing is
  ["withdraw 40 AVAX which is on Benqi lending", ["withdraw_asset", "claim_rewards"]],
  // What mends something said before
  ["No wait, I meant USDC and not USDT, so please trade 400 USDC for AVAX", ["swap_asset"]],
  ["No wait, three! Stake 3 ETH with Lido, please", ["stake_asset"]],
  ["No wait, on Base, not on Optimism: claim my Aave rewards on Base", ["claim_rewards"]],
  // Wishes with a noun in them, and the whole of a thing
  ["I take the decision to lock 250 CRV", ["deposit_asset", "stake_asset"]],
  ["is time for giving back the 2 rETH to Aave", ["withdraw_asset", "repay_asset"]],
  ["place the totality of my wstETH in Aave", ["deposit_asset"]],
  // The act is what it is done by
  ["raise 400,000 USDC by borrowing on Spark", ["borrow_asset"]],
  ["cancel out my debt at Compound by repaying 35 USDT", ["repay_asset"]],
  ["turn 1.5 ETH to rETH by staking with Rocket Pool", ["stake_asset"]],
  // With what, and what is told of others
  ["take from my wallet 16 ETH and put them on Lido as stake", ["stake_asset"]],
  ["I want to earn interest on 12k USDC, put it in Fluid", ["deposit_asset"]],
  ["My friend warned me about slashing, so get all my restaked ETH out of Puffer", [
    "unstake_asset",
    "claim_rewards",
  ]],
  ["Your last answer convinced me. Please repay 500 DAI on Aave", ["repay_asset"]],
  // What a place is to do for the speaker
  ["Please have the tBTC pool pay me my CRV incentives", ["claim_rewards"]],
  ["Have Suilend advance us 29,000 USDC", ["borrow_asset"]],
  // A verb alone, behind what it is about
  ["Our 2,750 DAI borrow on Aave has no purpose any more; repay", ["repay_asset"]],
  // A loan that is counted is new, one that is there may be meant to be paid
  ["let me have 275 USDC as a loan from Spark", ["borrow_asset"]],
  ["a 40 SOL loan from Kamino please", ["borrow_asset"]],
  ["75 USDC towards the Spark loan, please", ["repay_asset"]],
  ["my 500 USDC loan on Aave please", ["borrow_asset", "repay_asset"]],
  ["add 400 USDC to what I owe on Compound", ["borrow_asset"]],
  ["put me down for a 100 USDT loan at Venus", ["borrow_asset"]],
  ["make my Spark debt 1000 DAI smaller", ["repay_asset"]],
  ["pay everything on Radiant", ["repay_asset"]],
  ["collect what's owed to me from the Raydium farm", ["claim_rewards"]],
  ["draw the accrued FXS from my veFXS", ["claim_rewards"]],
  ["All EIGEN we hold, delegated to P2P.org, please", ["stake_asset"]],
  // A verb of another action that gives one thing for another
  ["put my TIA in exchange for ATOM", ["swap_asset"]],
  ["toss $20 into WIF", ["deposit_asset", "stake_asset", "swap_asset"]],
  ["ape 500 USDC into Kamino", ["deposit_asset"]],
  ["invest $50 into stETH", ["deposit_asset", "stake_asset"]],
  ["put 500 DAI into USDC on Aave", ["deposit_asset"]],
  // Words of the field
  ["generate 500 DAI from my Maker CDP", ["borrow_asset"]],
  ["Originate a loan of 500 DAI on Aave", ["borrow_asset"]],
  ["Cease the 22,000 KAVA delegation", ["unstake_asset", "withdraw_asset"]],
  ["shut down my validator", ["unstake_asset"]],
  ["collect the bribes of Votium", ["claim_rewards"]],
  ["AERO emissions from the Aerodrome gauge, please", ["claim_rewards"]],
  // Two letters crossed, one lost
  ["take a laon of 500 DAI", ["borrow_asset"]],
  ["collect my pending incetives", ["claim_rewards"]],
  ["unstkae 4 ETH from ldio", ["unstake_asset"]],
  ["I want my deposit back", ["withdraw_asset", "claim_rewards"]],
  // What is wanted comes before the wish
  ["my avax i want it in usdc", ["swap_asset"]],
  ["the 16 ETH on Lido, I want them unstaked", ["unstake_asset"]],
  ["all my CRV rewards I'd like claimed", ["claim_rewards"]],
  // What is bought, and what pays for it
  ["give me 1 SOL of BONK", ["swap_asset"]],
  ["get me $50 of POPCAT", ["swap_asset"]],
  ["can i get hype w 500 usdc plz", ["swap_asset"]],
  ["i'll take wsteth for my three weth thanks", ["swap_asset"]],
  ["I want $100 of ETH staked", ["stake_asset"]],
  // What the moment is for, haste, and to whom a debt is paid
  ["payback time: repay 300 USDC on aave", ["repay_asset"]],
  ["Before dinner, one thing: get 75 INJ off Neptune for me", [
    "withdraw_asset",
    "claim_rewards",
    "borrow_asset",
  ]],
  ["pay 0.02 BTC on benqi", ["repay_asset"]],
  ["no I said wrong, unstake 15 not 50 BNB from Lista", ["unstake_asset"]],
  ["wrong network, claim my rewards on base", ["claim_rewards"]],
  ["make that 3 ETH, not 2, into the Fluid lending market", ["deposit_asset", "repay_asset"]],
  ["sorry, typo, 0.25 WETH not 25, borrow it at Radiant", ["borrow_asset"]],
  // What is held is to be held no more
  ["Undo my stake of 60 TON in Tonstakers", ["unstake_asset"]],
  ["undo my supply of 45 POL on Aave", ["withdraw_asset"]],
  ["stop stacking with 700 STX", ["unstake_asset"]],
  // Verbs of the street, of lenders and of debtors
  ["paper-hand my 120 ONDO to USDT", ["swap_asset"]],
  ["slurp up CRV with 250 crvUSD", ["swap_asset"]],
  ["yeet 0.7 eth into morpho", ["deposit_asset", "repay_asset"]],
  ["issue me 250 MIM from Abracadabra against my collateral", ["borrow_asset"]],
  ["hook me up with a 1k USDC loan on Echelon", ["borrow_asset"]],
  ["refund to Radiant the 150 ARB of my loan", ["repay_asset"]],
  ["recollect the COMP that Compound gives me", ["claim_rewards", "withdraw_asset"]],
  // Leave that is given
  ["yes you can deposit now the 60 DOT in Bifrost lending", ["deposit_asset"]],
  ["the 100 NEAR on Burrow you can take back to wallet", ["withdraw_asset", "claim_rewards"]],
  ["may I please take 500 USDC out of aave", ["withdraw_asset", "claim_rewards", "borrow_asset"]],
  // What is left alone, left open or judged behind an order
  ["unstake 5 ETH and leave the rest staked", ["unstake_asset"]],
  ["collect my fees on uniswap and leave the liquidity where it is", ["claim_rewards"]],
  ["delegate all inj, validator doesn't matter", ["stake_asset"]],
  ["pull my 40 UNI from compound, yields are trash", ["withdraw_asset", "claim_rewards"]],
  ["get 500 USDC out of Compound, today's rates are a joke", [
    "withdraw_asset",
    "claim_rewards",
    "borrow_asset",
  ]],
  ["swap 2 ETH for DAI and call it a day", ["swap_asset"]],
  ["get 600 USDC into JLP", ["deposit_asset"]],
  // What comes out, and where one's own is
  ["break the thala pool position and give me the tokens", ["withdraw_asset", "claim_rewards"]],
  ["yank 25 mSOL out of Marinade and give me SOL", ["unstake_asset", "claim_rewards"]],
  ["My little farm on PancakeSwap should have something for me; please harvest it.", [
    "claim_rewards",
    "withdraw_asset",
    "unstake_asset",
  ]],
  ["harvest every farm I've got", ["claim_rewards", "withdraw_asset", "unstake_asset"]],
  // What a place is to have, and what something is sold for
  ["Scallop gets its 90 USDC back", ["withdraw_asset", "claim_rewards", "repay_asset"]],
  ["the Everstake validator gets 40 of my ATOM", ["stake_asset"]],
  ["sell all my DOGE, give me USDT", ["swap_asset"]],
  // Who speaks, and what leads up to a request
  ["newbie here. stake 5 ETH on lido please", ["stake_asset"]],
  ["can you help me? stake 5 ETH on lido", ["stake_asset"]],
  ["Bills to pay. Please unstake 0.5 ETH from Lido", ["unstake_asset"]],
  ["I'd like to do the decent thing and return 17 SOL to Solend.", ["repay_asset"]],
  ["I typed 1000 but it should be 100: please borrow 100 USDC at Euler.", ["borrow_asset"]],
  ["my collateral's thin so I want another 0.4 cbBTC posted on Morpho, please", ["deposit_asset"]],
  ["just want a clean slate before the trip so pls clear what i owe on moonwell", ["repay_asset"]],
  ["my 25 sol which are staked in Jito I'd like to free", ["unstake_asset", "claim_rewards"]],
  ["give me my pending delegation rewards on lido", ["claim_rewards", "stake_asset"]],
  ["let me have my pending HYPE delegation rewards", ["claim_rewards"]],
  // More ways of wishing
  ["I'd prefer my HYPE unstaked please", ["unstake_asset"]],
  ["how about you claim my ADA staking rewards now", ["claim_rewards"]],
  // What need not be minded, and how sure the speaker is
  ["Never mind the gas, swap 2 SOL for BONK", ["swap_asset"]],
  ["Regardless of what the news says, stake 50 INJ", ["stake_asset"]],
  ["borrow 40 DAI from Maker, whatever the fees", ["borrow_asset"]],
  ["There is no point waiting until Friday, so buy 60 OP with USDC now", ["swap_asset"]],
  ["dont even ask me again bro just lend 200 USDC on Aave", ["deposit_asset"]],
  ["what a week. ok so swap 40 LINK into ETH", ["swap_asset"]],
  ["Forget what I said earlier. Borrow 90 USDC on Benqi", ["borrow_asset"]],
  // Two negations, and the act again without them
  ["Don't not lend my 400 USDC on Aave: lend it.", ["deposit_asset"]],
  ["There's no reason not to sell 2 ETH for USDC, so sell them", ["swap_asset"]],
  // What asks nobody, and what one answers himself
  ["Why wait? Lend out 70 AVAX on Benqi", ["deposit_asset"]],
  ["Am I worried? A bit. Withdraw 3,030 USDC from Venus", ["withdraw_asset", "claim_rewards"]],
  ["my friend told me not to but idc, stake 10 eth w lido", ["stake_asset"]],
  // Polite questions, and haste in more words
  ["Would it be too much to ask that you pay back 250 USDC on Aave?", ["repay_asset"]],
  ["Any chance you'd claim my CRV?", ["claim_rewards", "withdraw_asset", "unstake_asset"]],
  ["thanks in advance for staking my 4 SOL on Jito", ["stake_asset"]],
  ["stop wasting time and lend 2 ETH on Morpho", ["deposit_asset"]],
  ["Come hell or high water, swap 2 ETH to DAI", ["swap_asset"]],
  // Reasons: what others did, when something is due
  ["undelegate 88 OSMO from Figment, they upped the commission", ["unstake_asset"]],
  ["lend 30 USDC on Aave because my bill's due Friday", ["deposit_asset"]],
  ["My wife says no, I say yes: swap 1 ETH to DAI", ["swap_asset"]],
  ["My 300 DOT have been bonded long enough: unbond the lot", ["unstake_asset"]],
  ["I'd be a fool not to unstake 3 ETH from Lido, so unstake it", ["unstake_asset"]],
  ["no hard feelings, repay 40 DAI on Aave", ["repay_asset"]],
  ["Is there any way you could unstake 5 DOT for me?", ["unstake_asset"]],
  ["Would you do me the honour of swapping 2 ETH for DAI?", ["swap_asset"]],
  ["On reflection, withdraw 40 USDC from Aave", ["withdraw_asset", "claim_rewards"]],
  ["Call me crazy, but swap 2 ETH for PEPE", ["swap_asset"]],
  ["swap 2 ETH to DAI, gotta pay the plumber", ["swap_asset"]],
  ["buy 2 ETH with USDC while it's cheap", ["swap_asset"]],
  // What announces an order, and acts that are asked for as nouns and needs
  ["Here's the deal: swap 3 ETH for DAI", ["swap_asset"]],
  ["Get cracking and stake 3 SOL", ["stake_asset"]],
  ["I'm pleading with you to repay 40 DAI on Aave", ["repay_asset"]],
  ["What's needed is a swap of 3 ETH to DAI", ["swap_asset"]],
  ["A withdrawal of 40 USDC from Aave is what I'm after", ["withdraw_asset"]],
  ["These 3 ETH of mine need unstaking from Lido", ["unstake_asset"]],
  // The sign of a command
  ["/repay 777 usdc compound", ["repay_asset"]],
  ["!stake 25 sol marinade", ["stake_asset"]],
];

for (const [prompt, allowed] of READ) {
  Deno.test(`readOrders() reads "${prompt}"`, () => {
    const { orders, refusal } = readOrders(prompt);
    assertEquals(refusal, null);
    assertEquals(orders.map((order) => order.allowed), [allowed]);
  });
}

/** What looks like these and is none, or would lose something. */
const REFUSED: readonly string[] = [
  "If the rent is due and I want to withdraw 600 USDC from Aave",
  "old order: stake 5 ETH on Lido",
  "Kim's request: stake 5 ETH on Lido",
  "make a partial repayment of USDT at Aave",
  "make a small deposit of ETH on Aave",
  "stake a tiny bit of my AVAX with Benqi",
  "sell my ETH for USDC. It's 3000 now",
  "unstake my ETH, 5 would be a disaster",
  "discontinue withdrawals on Aave",
  "shut down the Aave market",
  "generate yield on 5 ETH",
  "recover my stolen 5 ETH",
  "halt the pending restake of my ezETH",
  "best regards from Aave",
  "withdraw the ETH that is on Kim's account",
  "No wait, 3! Not now. stake 3 ETH",
  "not 5 but 3: withdraw 5 SOL from Aave",
  "repay my loan by selling 2 ETH",
  "take a risk by lending 5 ETH to Kim",
  "Your answer was wrong. Stake 5 ETH",
  "take 5 ETH and send it to Kim",
  "have the vault pay Kim 500 USDC",
  "Kim owes me 500 USDC. Repay",
  "my aunt has 5 ETH. Stake",
  "Aave is risky. Withdraw",
  "I owe Aave 500 USDC and 2 ETH, repay",
  "5 ETH, staked on Lido, are earning 3%",
  "vesu usdc debt take it from my wallet 350",
  "my ETH I want to keep in aave",
  "half of my ETH I want leave as collateral on aave",
  "my kid's 16 ETH on Lido, I want unstaked",
  "I want free 5 ETH from the faucet",
  "I want my ETH on aave as USDC or DAI",
  "how about you explain my options",
  "I want 5 ETH for 500 USDC",
  "I have 1 SOL of BONK",
  "give Kim 1 SOL of BONK",
  "you can stake 5 ETH on lido",
  "you can now stake ETH on lido",
  "you can see my 5 ETH on aave",
  "she says you can stake my 5 ETH",
  "unstake my ETH and leave the rest staked",
  "withdraw my stake and leave the stake as it is",
  "withdraw 5 ETH and leave 2 ETH",
  "withdraw 5 ETH, that is a joke",
  "stake 5 ETH, the order is a joke",
  "withdraw 5 ETH, amount is wrong",
  "stake 5 ETH, don't care if it works",
  "withdraw my USDC from aave and give me ETH",
  "withdraw 500 USDC from aave and give Kim the USDC",
  "kim's farm on aave is full, harvest it",
  "Aave gets 500 USDC from Kim",
  "Lido gets 10% of the rewards",
  "the protocol takes 10% of my rewards",
  "Aave takes 2 ETH of my collateral",
  "make WETH from my one ether",
  "freeze 5 ETH on aave",
  "bid 2 WETH for a Moonbird",
  "stop here. stake 5 ETH",
  "Kim here: stake 5 ETH",
  "can you help me understand how to stake 5 ETH",
  "I typed 1000 but it should be 100: please borrow 1000 USDC at Euler.",
  "unbond my DOT and the rest can stay",
  "only before the halving, stake 5 ETH",
  "it must be done before monday so stake 5 ETH",
  "his ETH which is on aave take it",
  "my ETH that is staked is earning 3%",
  "leave the pool as it is with 5 ETH",
  "undo my swap of 5 ETH",
  "undo that stake of 5 ETH",
  "undo my deposit",
  "undo my deposit of 5 ETH I just sent by mistake",
  "don't stop staking my ETH",
  "yeet 5 ETH to Kim",
  "pass 66 LINK to Kim",
  "refund 50 USDC",
  "issue me a token with 250 supply",
  "wrong amount? stake 5 ETH",
  "wrong: stake 5 ETH",
  "withdraw 300 USDC from Aave not from Compound",
  "story time: stake 5 ETH",
  "next time: stake 5 ETH",
  "before rates hit 5% borrow 400 USDC on spark",
  "before Kim does it stake 5 ETH",
  "borrowing time! 620 USDC from Kamino",
  "Don't not swap 2 ETH to DAI",
  "Don't not ask me before you swap 2 ETH to DAI: swap it",
  "there's no reason to swap 2 ETH to DAI",
  "there's no reason to wait, but don't swap 2 ETH yet",
  "never mind the swap, stake 5 ETH",
  "Swap 500 USDC to ETH. Actually, never mind.",
  "ignore the warnings, borrow 500 USDC on Aave",
  "Forget what I said about staking 5 ETH",
  "what a joke: swap 2 ETH to DAI",
  "/help stake 5 ETH",
  "I got DAI in place of 5 ETH",
  "I'm having you followed after you staked 5 ETH",
  "Kim's 3 ETH need unstaking from Lido",
  "A swap of 3 ETH to DAI is what I want to avoid",
  "the repayment of 40 DAI is due now",
  "I'm begging you not to swap 3 ETH to DAI",
  "stake 5 ETH, gotta pay Kim",
  "why not? because I won't: swap 2 ETH to DAI",
  "no reason to swap if the price drops: swap 2 ETH",
  "Is there any way I could unstake 5 DOT?",
  "stake 5 ETH on Lido, they asked me to",
  "stake 5 ETH, they cancelled the order",
  "stake 5 ETH because gas is cheap on Sunday",
  "Am I sure? Not really. Swap 5 ETH to DAI.",
  "Should I? No. Swap 5 ETH to DAI",
  "my friend told me not to, swap 5 ETH to DAI",
  "any chance staking 5 ETH on Lido pays 4%?",
  "thank you for not selling my 4 SOL",
  "stop talking about staking 5 ETH",
  "/swap 2 ETH to DAI when gas drops",
];

for (const prompt of REFUSED) {
  Deno.test(`readOrders() does not read "${prompt}"`, () => {
    assertEquals(readOrders(prompt).refusal === null, false);
  });
}

Deno.test("readOrders() reads limits in words, in basis points and behind their number", () => {
  const slippage = (words: string) =>
    readOrders(`swap 2 ETH for DAI, ${words}`).orders[0]?.read.ratios.slippage;
  assertEquals(slippage("1% slippage at most"), "0.01");
  assertEquals(slippage("slippage under half a percent"), "0.005");
  assertEquals(slippage("slippage one and a half percent"), "0.015");
  assertEquals(slippage("max slippage 50 bps"), "0.005");
  assertEquals(slippage("price impact maximum 2%"), "0.02");
  assertEquals(slippage("slippage at least one percent"), undefined);
  assertEquals(slippage("slippage at most twenty two percent"), "0.22");
});

Deno.test("readOrders() keeps a deposit that another order goes on from", () => {
  const { orders } = readOrders("5 ETH deposit to aave, then stake them");
  assertEquals(orders.length, 2);
});

Deno.test("readOrders() takes 'there' for the one place that was named before", () => {
  const placeOf = (prompt: string) =>
    readOrders(prompt).orders[0]?.read.order.phrases.flatMap(({ names }) => names)
      .filter(({ kind }) => kind === "place").map(({ name }) => name);
  assertEquals(placeOf("Aave pays well. Deposit 500 USDC there"), ["aave"]);
  assertEquals(
    placeOf("I have too much collateral in Euler, withdraw 400 USDC from there"),
    ["euler"],
  );
  assertEquals(placeOf("I hold AAVE. Stake 2 SOL there"), []);
  assertEquals(placeOf("I hold much on Aave. Deposit 500 USDC into Spark there"), ["spark"]);
});

Deno.test("readOrders() takes 'in return' for what is received", () => {
  const { orders } = readOrders("Please sell a third of my LINK, I'd like USDC in return");
  assertEquals(
    orders[0]?.read.order.phrases.map(({ prep, names }) => [prep, names[0]?.name]),
    [[null, undefined], [null, "LINK"], ["for", "USDC"]],
  );
});
