import { assertEquals } from "@std/assert";
import { readStep } from "../../../../src/domains/defi/read/steps.ts";
import { readOrders } from "../../../../src/domains/defi/read/orders.ts";

/** Small talk, thanks, haste and politeness around an order. */
const READ: readonly (readonly [string, string])[] = [
  ["Don't neglect to deposit 40 GHO into Morpho.", "deposit_asset"],
  ["I can't not lend 700 USDT on Venus.", "deposit_asset"],
  ["There's no good reason not to stake 9 AVAX with Benqi.", "stake_asset"],
  ["Quit faffing about and unstake 12 ATOM.", "unstake_asset"],
  ["Enough chit-chat, withdraw 90 USDC from Compound.", "withdraw_asset"],
  ["Is there any chance you could borrow 500 GHO from Aave?", "borrow_asset"],
  ["I don't suppose you'd stake 5 SOL on Marinade for me?", "stake_asset"],
  ["Would you mind awfully withdrawing 80 LINK from Aave?", "withdraw_asset"],
  ["Thanks in advance for swapping 20 OP to USDC.", "swap_asset"],
  ["Happy Monday! Deposit 60 USDS into Sky.", "deposit_asset"],
  ["You're an angel. Repay 50 USDC on Aave.", "repay_asset"],
  ["Don't not stake it, stake my 6 SOL with Jito", "stake_asset"],
  ["collect whatever GMX owes to me on Avalanche", "claim_rewards"],
  ["scoop up whatever's accrued on Orca", "claim_rewards"],
  ["set free my 30 ATOM from the validator", "unstake_asset"],
  ["rid me of 30 PEPE for USDC", "swap_asset"],
  ["stake 70 TIA, whoops, typed it wrong, 17 TIA", "stake_asset"],
  ["borrow 100 USDT oops USDC on Morpho", "borrow_asset"],
  ["restake 1.1 stETH on EigenLayer, no more, no less", "stake_asset"],
  ["stake my SUI, the whole shebang", "stake_asset"],
  ["whack 2 grand of USDC into me Aave vault", "deposit_asset"],
  ["All my LINK must become USDT", "swap_asset"],
  ["deposit 4 WETH on Aave before I get liquidated!", "deposit_asset"],
  ["Lovely weather, isn't it? Swap 40 DAI for ETH.", "swap_asset"],
  ["the 5 ETH I hold should be staked with Lido now", "stake_asset"],
  ["I need cash for rent, withdraw 60 USDC from Aave", "withdraw_asset"],
  ["A third of my USDS comes out of Sky, please.", "withdraw_asset"],
  ["For 6 of my SOL I'll take JUP, thank you.", "swap_asset"],
  ["get me 3 WBTC, paying in USDC", "swap_asset"],
  ["get rid of my whole bag of DEGEN in favour of ETH on Base", "swap_asset"],
  ["The door isn't shut yet, but do repay 350 DAI on Maker.", "repay_asset"],
  ["I don't want to sell my BTC, so borrow 900 USDC on Compound instead.", "borrow_asset"],
  ["Without waiting for a better price, sell 70 LINK to USDC.", "swap_asset"],
  ["Forget what I said earlier about waiting; withdraw 50 USDT from Venus.", "withdraw_asset"],
  ["unstaaaake my ksm all of it nowww", "unstake_asset"],
  ["my 40 USDC taken out of Aave please", "withdraw_asset"],
  ["It'd be silly not to claim my ARB rewards.", "claim_rewards"],
  ["Under no circumstances forget to repay 300 USDC on Compound.", "repay_asset"],
  ["There's nothing stopping you from withdrawing 80 DAI from Spark.", "withdraw_asset"],
  ["Never mind the gas, harvest my Convex rewards.", "claim_rewards"],
  ["After careful consideration, borrow 60 USDC from Euler.", "borrow_asset"],
  ["Hi, Tom here. Please repay 90 USDC on Aave.", "repay_asset"],
  ["Hello from Lisbon! Withdraw 45 USDC from Compound.", "withdraw_asset"],
  ["The yield dropped to 2%, move my 400 USDC out of Fluid.", "withdraw_asset"],
  ["Fancy swapping 10 SOL for USDC for me?", "swap_asset"],
  ["claim my GMX rewards, they've been piling up for months.", "claim_rewards"],
  ["claim the GMX fees, I earned them after all", "claim_rewards"],
  ["get my 30 AVAX off Benqi while the going is good.", "withdraw_asset"],
  ["Here's 40 USDC, put it in Morpho.", "deposit_asset"],
  ["Roger that, withdraw 40 DAI from Spark.", "withdraw_asset"],
  ["Repay 80 DAI rather than USDC on Euler.", "repay_asset"],
  ["5 ETH for staking at Lido please.", "stake_asset"],
  ["In return for 3 ETH I'd like DAI.", "swap_asset"],
  ["Borrow 50 SOL from Kamino; I have plenty of headroom.", "borrow_asset"],
  ["repay 200 crvUSD, I hate being near liquidation", "repay_asset"],
  ["Thanks for your help yesterday. Claim my CRV rewards", "claim_rewards"],
];

for (const [prompt, action] of READ) {
  Deno.test(`readOrders() reads "${prompt}"`, () => {
    assertEquals(readOrders(prompt).orders.map(({ allowed }) => allowed[0] as string), [action]);
  });
}

const REFUSED: readonly string[] = [
  "Stop asking me to stake 5 ETH with Lido",
  "Don't ask me to swap 5 ETH for DAI",
  "I'm not asking for advice on staking 5 ETH",
  "Don't you dare stake my 5 ETH",
  "Thanks for swapping 20 OP to USDC.",
  "Is there any way you can tell me how to stake 5 ETH?",
  "I can't not have yield on 5 ETH in aave",
  "swap 2 ETH in USDC bitte nich",
  "collect whatever Kim owes me",
  "stake 5 ETH, scratch that",
  "stake 5 ETH, hang on a sec",
  "deposit 5 ETH into aave, that's wrong",
  "Stake all of my ETH with Lido yet keep every last wei liquid in my wallet as ETH.",
  "ETH must become cheaper",
  "Swap 40 DAI for ETH, isn't it?",
  "swap 500 USDC, so 500 DAI",
  "500 USDC comes out of Kim's wallet, please",
  "for my birthday I want 3 LINK",
  "do deposit fees apply on aave",
  "nooooo don't swap 5 ETH",
  "I don't want to borrow, so borrow 900 USDC on Compound",
  "Without waiting until 5pm, sell 700 LINK to USDC",
  "not 50, 60 or 70 USDC into aave please",
  "100 USDS into sky, deposit that",
  "Don't tell my wife about the 5 ETH I staked",
  "Under no circumstances swap 5 ETH for DAI",
  "Kim here wants to deposit 5 ETH",
  "never mind the swap, deposit 5 ETH into aave",
  "once ETH dropped to 2000, buy 1 ETH with DAI",
  "I must inform you that 5 ETH were withdrawn from aave",
  "withdraw 5 ETH after all my USDC is swapped",
  "withdraw 5 ETH from aave, they told me to",
  "withdraw 5 ETH from aave, they want me to",
  "stake my 5 ETH rather than sell it",
  "the price of 5 ETH for staking",
  "5 ETH for staking is too little",
  "repay it, then repay 500 USDC on aave",
  "move 50 USDC to the emergency fund",
];

for (const prompt of REFUSED) {
  Deno.test(`readOrders() does not read "${prompt}"`, () => {
    assertEquals(readOrders(prompt).orders, []);
  });
}

/** How much is meant, where a word tells, a part is taken or the amount is said twice. */
const AMOUNTS: readonly (readonly [string, string])[] = [
  ["borrow 1k5 usdc on aave, thats 1500", "1500"],
  ["lend 2k5 usdc on aave, so 2500 total", "2500"],
  ["deposit three score USDC into Aave", "60"],
  ["deposit one and three quarter ETH on Spark", "1.75"],
  ["unstake a score of ATOM, that is to say twenty", "20"],
  ["Of my 10 SOL, stake 4 with Jito", "4"],
  ["Of the 4,000 USDC I owe Euler, pay back 250", "250"],
  ["Not 2 but 3 rETH go into Aave, please.", "3"],
  ["No, not 50, 500: supply 500 crvUSD to Morpho.", "500"],
  ["Withdraw – 42 DAI – from Yearn.", "42"],
  ["swap 5 ETH to DAI, no, only 3 ETH", "3"],
];

for (const [prompt, amount] of AMOUNTS) {
  Deno.test(`readStep() reads ${amount} in "${prompt}"`, () => {
    const steps = readOrders(prompt).orders.map((order) => readStep(order.allowed[0]!, order));
    assertEquals(steps.map((step) => step.amount?.kind === "units" && step.amount.exact), [amount]);
  });
}
