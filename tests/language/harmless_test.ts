import { assertEquals } from "@std/assert";
import { proposeOrders, readOrders } from "../../src/domains/defi/read/orders.ts";

/** Orders beside which a word stands that would take force from one elsewhere, and what they ask for. */
const HARMLESS: readonly (readonly [string, string])[] = [
  ["My neighbour says markets are closed, so please sell 2 BNB for FDUSD.", "swap_asset"],
  ["My husband would like our AAVE back, so please unstake 12 AAVE.", "unstake_asset"],
  ["Cash is plentiful this month. Retire 1,500 of the GHO debt.", "repay_asset"],
  ["need cash without selling my BTC, so borrow 1,000 USDC on Morpho", "borrow_asset"],
  ["Rent tonight, so please claim the rewards of my Cosmos stake", "claim_rewards"],
  ["I haven't collected anything for half a year, so claim my INJ rewards", "claim_rewards"],
  ["Would it be okay to exchange 1.1 rETH for ETH on Balancer? Please go ahead.", "swap_asset"],
  ["Could I pay back a quarter of my AVAX loan on Benqi, please?", "repay_asset"],
  ["Could my 45 INJ please go into the Helix vault?", "deposit_asset"],
  ["would be possible that you pull 55 usdc from Silo for me?", "withdraw_asset"],
  ["Could you, please, claim my validator rewards?", "claim_rewards"],
  ["Kamino loan? nope. borrow 500 USDC on aave", "borrow_asset"],
  ["It would help us a lot if 450 DAI came out of the savings vault today.", "withdraw_asset"],
  ["I'd feel better if 800 POL was staked, so make that happen", "stake_asset"],
  ["3 eth should leave aave and come home to my wallet", "withdraw_asset"],
  [
    "There should be 26 stETH in my wallet from last year. Please supply those to Aave.",
    "deposit_asset",
  ],
  ["Don't hold this over until tomorrow, lend 200 USDC on marginfi now.", "deposit_asset"],
  ["before anything else today, 5k usdc in aave. ty", "deposit_asset"],
  ["bring me 0.75 weeth home from aave would ya", "withdraw_asset"],
  ["I still wish to borrow 500 LUSD on Liquity.", "borrow_asset"],
  ["I want that my 2 ETH goes into Compound", "deposit_asset"],
  ["entering of 40 EGLD in staking I ask", "stake_asset"],
  ["As you suggested, I'd like 75 USDC put into the Aave pool, please.", "deposit_asset"],
  ["Please claim my weekly vlCVX rewards.", "claim_rewards"],
  ["stake 4500 S on Beets", "stake_asset"],
  ["borrow four hundred crv usd on curve lend against my weeth", "borrow_asset"],
  ["on injective bond 30 inj to the binance node", "stake_asset"],
  ["chuck three hundred usdc in the jlp vault no in the jupiter lend vault", "deposit_asset"],
  ["claim my crv no sorry my cvx rewards", "claim_rewards"],
  ["swap my sUSDe for USDC through Pendle's... no through Curve", "swap_asset"],
  ["unstake 500, nah 700 osmo", "unstake_asset"],
  ["unstake 15 not 50 BNB from Lista", "unstake_asset"],
  ["No, sorry, the other lender! Lend the 640 USDC on Euler and not on Aave.", "deposit_asset"],
  ["mint no borrow 300 usdc against apt", "borrow_asset"],
  ["repay not supply! 800 usdc aave", "repay_asset"],
  ["i'd rather have these 70 avax lent on aave than idle", "deposit_asset"],
  ["I don't trust that vault anymore get everything out of yearn", "withdraw_asset"],
  ["Without touching the collateral, borrow 4,000 USDC on Euler v2 Base.", "borrow_asset"],
  ["Let's not leave the GMX lying about, stake all 4,300.", "stake_asset"],
  [
    "get the fees out of my sol bonk position on meteora just the fees not the liquidity",
    "claim_rewards",
  ],
  ["since gas is dirt cheap tonight stake half an eth at lido", "stake_asset"],
  ["quick, sell my ENA before I lose my nerve", "swap_asset"],
  ["redeem 200 of my JLP out of Jupiter's perps pool", "withdraw_asset"],
  ["Kindly buy back 350 of our governance token BAL using USDC", "swap_asset"],
  ["The PENDLE voters' share is due to us; collect it.", "claim_rewards"],
  ["vote-escrow 900 pendle", "stake_asset"],
  ["Close my GLP vault position.", "withdraw_asset"],
];

/** What must not be acted on, in the same frames. */
const REFUSED: readonly string[] = [
  "I don't want to swap my ETH, so swap 2 ETH for DAI later",
  "My lawyer says no, so deposit 500 USDC into aave",
  "The price could drop, so tomorrow sell 5 ETH for DAI",
  "I refuse to withdraw my DAI, so withdraw 500 DAI from aave",
  "My brother said: deposit 500 USDC into aave",
  "Probably a scam, so deposit 500 USDC into aave",
  "At 18:00 sharp, sell 5 ETH for DAI",
  "They say to stake 3 ETH instead, so deposit 500 USDC into aave",
  "Would it be possible to withdraw 500 USDC from aave early?",
  "I understand. Would it be fine to stake 5 ETH? Please advise.",
  "Could I swap 5 ETH for DAI without paying fees, please?",
  "Would it be possible to borrow 500 DAI from aave if my health factor is 1.2, please?",
  "Could my 5 ETH go to zero in aave, please?",
  "Should I stake? no. Stake 5 ETH with lido",
  "you there? Kim asked: stake 5 ETH with lido",
  "It would be nice if my 450 DAI came back from that scam",
  "It wouldn't help if 450 DAI came out of the vault",
  "3 ETH should not leave aave",
  "My 5 ETH should leave a profit in aave",
  "There should be 26 stETH in my wallet soon. Supply those to Aave.",
  "if that's alright with Kim, stake 5 ETH with lido",
  "stake 5 ETH with lido if that's ok with my wife",
  "Don't hold this over until tomorrow. Don't lend 5 DAI on aave either.",
  "put off the withdrawal of 5 ETH from aave until I say",
  "Please claim my vlCVX rewards weekly.",
  "claim my rewards, weekly",
  "It goes: deposit 5 ETH into aave",
  "withdraw 5 ETH from aave but I ask",
  "stake 5 SOL in 30 S",
  "send 5 BNB to binance",
  "swap 2 ETH for USDC no wait actually don't",
  "withdraw my ETH from aave, no, leave my ETH in aave",
  "stake 5 ETH with lido, no, with nobody",
  "claim my crv no sorry my wife's cvx rewards",
  "swap 3 ETH to DAI no to staking",
  "nope, not staking 5 ETH",
  "deposit 500 USDC into aave, sorry, into the trash",
  "without selling my ETH, sell 5 ETH for DAI",
  "please no borrow 300 usdc on aave",
  "mint no don't borrow 300 usdc on aave",
  "there is no borrow 300 usdc on aave",
  "I'd rather see you stake 5 ETH with lido than me",
  "not in April. Withdraw 5 ETH from aave",
  "Not yet, but get 3 ETH out of Aave",
  "claim just the fees not the rewards",
  "unstake six m sol from marinade",
  "when gas is dirt cheap tonight stake half an eth at lido",
  "Were I a braver man I'd swap 3 ETH for USDC",
  "last month I saw a bot withdraw 5 ETH from aave",
  "the rate goes up every day swap 5 ETH for DAI on uniswap",
  "the users' command: deposit 5 ETH into aave",
  "he said 'deposit 5 ETH into aave",
  "Close my GLP position.",
  "vote for 3 CVX",
  "50,000 HONEY to Berachain",
];

for (const [prompt, action] of HARMLESS) {
  Deno.test(`a word in a harmless place takes nothing from ${JSON.stringify(prompt)}`, () => {
    const read = readOrders(prompt);
    const { orders } = read.refusal ? proposeOrders(prompt) ?? read : read;
    assertEquals(orders.map(({ allowed }) => allowed.includes(action as "swap_asset")), [true]);
  });
}

Deno.test("what takes the place of what was taken back is what is read", () => {
  const said = [
    "draw down 800 usdc from my maple no from my compound line",
    "swap my sUSDe for USDC through Pendle's... no through Curve",
    "stake 3 bnb with binance no with lista",
  ].map((prompt) => {
    const [order] = readOrders(prompt).orders;
    return order!.read.order.phrases.flatMap(({ names }) =>
      names.flatMap(({ kind, name }) => kind === "place" ? [name] : [])
    );
  });
  assertEquals(said, [["compound"], ["curve"], ["lista"]]);
});

for (const prompt of REFUSED) {
  Deno.test(`nothing is read in ${JSON.stringify(prompt)}`, () => {
    assertEquals([readOrders(prompt).orders, proposeOrders(prompt)], [[], null]);
  });
}
