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
