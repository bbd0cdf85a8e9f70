import { assertEquals } from "@std/assert";
import { buildPlan } from "../../../../src/domains/defi/plan.ts";
import { readOrders } from "../../../../src/domains/defi/read/orders.ts";

/** Of every step the likeliest action that its words leave open, its amount, thing and place. */
function stepsOf(prompt: string): string[] {
  const { orders } = readOrders(prompt);
  const plan = buildPlan(
    orders.map((order) => ({ action: order.allowed[0]!, segment: order })),
  );
  return plan.steps.map(({ action, amount, asset, to_asset, venue, ambiguous }) => {
    const count = amount === null ? null : amount.kind === "all" ? "all" : amount.exact;
    const said = [count, asset, to_asset && `> ${to_asset}`, venue && `@ ${venue}`];
    const open = ambiguous.map((slot) => `${slot}?`);
    return [action.split("_")[0], ...said.filter((one) => one), ...open].join(" ");
  });
}

const SEVERAL: readonly (readonly [string, readonly string[]])[] = [
  // Old counts, shares of so many, and the whole in other words
  ["sell a score of UNI for USDC", ["swap 20 UNI > USDC"]],
  ["draw a gross of FRAX from fraxlend", ["borrow 144 FRAX @ fraxlend"]],
  ["repay six-and-twenty DAI to Maker", ["repay 26 DAI @ maker"]],
  ["delegate one in five of my ATOM", ["stake 0.2 ATOM"]],
  ["take my USDC out of Morpho, the whole shebang", ["withdraw all USDC @ morpho"]],
  ["clear my GHO loan on Aave down to nil", ["repay all GHO @ aave"]],
  // An amount that another one clears up, and a whole of which a part is meant
  ["stake a couple of KSM, so two", ["stake 2 KSM"]],
  ["deposit a bit of USDC, 40 to be precise, on Aave", ["deposit 40 USDC @ aave"]],
  ["withdraw 3k5 USDC, meaning 3,500, from Fluid", ["withdraw 3500 USDC @ fluid"]],
  ["of the 900 USDC I owe Morpho, settle 150", ["repay 150 USDC @ morpho"]],
  ["not 10 and not 20 but 100 DAI: lend it on Spark", ["deposit 100 DAI @ spark"]],
  ["of the 200 ATOM in my wallet stake 350", ["stake ATOM amount?"]],
  ["withdraw 3k5 USDC from Fluid", ["withdraw 3500 USDC @ fluid"]],
  ["not 5 but 3: withdraw 5 SOL from Aave", []],
  ["stake all my ETH on Lido yet keep every last wei liquid", []],
  // What is said again takes the place of what was said
  ["buy UNI with 100 USDC, no, with 120 USDC", ["swap 120 USDC > UNI"]],
  ["borrow 700 USDT, wait USDC, on Venus", ["borrow 700 USDC @ venus"]],
  ["swap 10 AVAX to USDT *USDC", ["swap 10 AVAX > USDC"]],
  ["deposit 5 ETH on Aave, Compound I mean", ["deposit 5 ETH @ compound"]],
  ["Stake 10 INJ. Scratch the 10, stake 11", ["stake 11 INJ"]],
  ["Swap 2 BNB to CAKE. Oops, to USDT rather", ["swap 2 BNB > USDT"]],
  ["borrow 700 USDT, wait until USDC is cheaper", []],
  ["stake 10 INJ. Forget the 10", []],
  // With what it is paid for
  ["get me exactly 2 ETH, paying in DAI", ["swap 2 DAI > ETH"]],
  ["I need 3 LINK, pay with USDT", ["swap 3 USDT > LINK"]],
  ["flog 30 LINK for me and take DAI for it", ["swap 30 LINK > DAI"]],
  ["give me DAI and take 500 USDC", ["swap 500 USDC > DAI"]],
  ["into WIF I want my 40 USDC swapped", ["swap 40 USDC > WIF"]],
  // How much is told, and lost where "it" stands for it
  ["Spark shall receive ten times ten DAI from me, deposit it", []],
  // What is excluded, spared, or there already
  ["Rather than stake my 4 ETH, lend it on Aave", ["deposit 4 ETH @ aave"]],
  ["leave the DAI alone but swap the 90 LINK to ETH", ["swap 90 LINK > ETH"]],
  ["not the ETH, the SOL: sell 2 SOL for USDC", ["swap 2 SOL > USDC"]],
  ["repay WETH not ETH, 0.9, on Aave", ["repay 0.9 WETH @ aave"]],
  ["my NEAR at Aave: withdraw 2.75, the others stay put", ["withdraw 2.75 NEAR @ aave"]],
  ["borrow 200 GHO, I already owe 1000", ["borrow 200 GHO"]],
  ["knock 40 off the 90 DAI I owe Spark", ["repay 40 DAI @ spark"]],
  ["withdraw one ETH and a half from Compound", ["withdraw 1.5 ETH @ compound"]],
  ["Rather than stake my 4 ETH, leave it where it is", []],
  ["leave the DAI alone but swap the DAI to ETH", []],
  ["not the ETH, the SOL: sell 2 ETH for USDC", ["swap asset?"]],
  ["Into USDC goes my 3 SOL, swap it", ["swap 3 SOL > USDC"]],
  ["I'm paying 40 DAI and I want LINK for it: swap", ["swap 40 DAI > LINK"]],
  ["what I want is UNI, what I'm giving is 3 ETH: swap", ["swap 3 ETH > UNI"]],
  ["exchange 3 ETH, I want DAI back", ["swap 3 ETH > DAI"]],
  ["offload 3 LINK, take USDC", ["swap 3 LINK > USDC"]],
  ["sell 3 LINK, take 40 USDC out of Aave", ["swap 3 LINK", "withdraw 40 USDC @ aave"]],
  ["out of my 10 ETH, sell 3 for USDC", ["swap 3 ETH > USDC"]],
  ["stake, with Jito, my SOL, all of it", ["stake all SOL @ jito"]],
  ["swap 3 ETH, I want 500 DAI", ["swap ETH > DAI amount?"]],
  ["I'm paying 40 DAI and I want LINK for 30 USDC: swap", ["swap asset?"]],
  // What a place is bidden to do for the speaker, now
  ["Compound should lend me 40 USDC right now", ["borrow 40 USDC @ compound"]],
  ["Aave should lend me 40 DAI", []],
  ["Should Aave lend me 40 DAI now?", []],
  // Where a thing is that is told of and taken from there
  ["My 40 DAI sit in Spark; withdraw them", ["withdraw 40 DAI @ spark"]],
  ["Lido has my 3 ETH, unstake them", ["unstake 3 ETH @ lido"]],
  ["I owe Spark 40 DAI: pay it back", ["repay 40 DAI @ spark"]],
  ["I have 900 USDC on Aave; take out half of it", ["withdraw 0.5 USDC @ aave"]],
  ["I have 40 DAI on Spark, swap it for ETH", ["swap 40 DAI > ETH"]],
  ["Kim has 40 DAI on Aave, withdraw it", []],
  ["Halve my LINK position into ETH", []],
  // A thing that is named first and belongs elsewhere
  ["USDC is what I get, 0.07 WBTC is what I give: swap", ["swap 0.07 WBTC > USDC"]],
  ["USDT is what I'm paying, 50 UNI is what I receive: swap now", ["swap 50 USDT > UNI"]],
  ["It's USDC I want my 2 SOL turned into", ["swap 2 SOL > USDC"]],
  ["Aave is where I want 85 USDC deposited", ["deposit 85 USDC @ aave"]],
  ["300 LINK is what I want taken out of Aave", ["withdraw 300 LINK @ aave"]],
  ["Morpho gets 40 USDC from me, deposit it", ["deposit 40 USDC @ morpho"]],
  ["Swap into DAI, out of ETH, 7 of the latter", ["swap 7 ETH > DAI"]],
  ["swap DAI for ETH, spending 640 of the first", ["swap 640 DAI > ETH"]],
  // These tell, or nobody knows which of them is meant
  ["2 ETH is what I staked on Lido", []],
  ["Morpho gets 40 USDC from me, they deposit it", []],
  ["ETH is what I want, not DAI", []],
  ["DAI is what Kim gets, 3 ETH is what I give: swap", []],
  // A verb that is said once
  ["stake both my 60 DOT and my 15 KSM", ["stake 60 DOT", "stake 15 KSM"]],
  ["undelegate 2,000 TIA, and additionally 500 DYM", ["unstake 2000 TIA", "unstake 500 DYM"]],
  ["repay 500 DAI at aave, and 200 at compound", [
    "repay 500 DAI @ aave",
    "repay 200 DAI @ compound",
  ]],
  ["on aave repay 30 DAI and 20 USDC", ["repay 30 DAI @ aave", "repay 20 USDC @ aave"]],
  ["swap ETH and SOL for USDC", ["swap ETH > USDC", "swap SOL > USDC"]],
  ["deposit ETH and USDC into aave", ["deposit ETH @ aave", "deposit USDC @ aave"]],
  ["withdraw my USDC from aave and DAI from compound", [
    "withdraw USDC @ aave",
    "withdraw DAI @ compound",
  ]],
  ["claim my Pendle and Convex rewards", ["claim @ pendle", "claim @ convex"]],
  ["unstake everything on lido and jito", ["unstake all @ lido", "unstake all @ jito"]],
  // Nobody knows how much for each, or whether it is one pool
  ["buy ETH and SOL with 500 USDC", ["swap asset?"]],
  ["deposit ETH and USDC into uniswap", ["deposit @ uniswap asset?"]],
  ["deposit 500 USDC on aave and compound", ["deposit 500 USDC venue?"]],
  ["unstake 5 ETH from lido and rocket pool", ["unstake 5 ETH venue?"]],
  // After half of it, the other half is all that is left
  ["put half my USDC in aave and the other half in compound", [
    "deposit 0.5 USDC @ aave",
    "deposit all USDC @ compound",
  ]],
  ["stake 60% of my SOL on jito and 40% on marinade", [
    "stake 0.6 SOL @ jito",
    "stake all SOL @ marinade",
  ]],
  ["stake 60% of my SOL on jito and 30% on marinade", ["stake SOL amount? venue?"]],
  ["withdraw my DAI from aave, put half of it in fluid and the other half in moonwell", [
    "withdraw DAI @ aave",
    "deposit 0.5 DAI @ fluid",
    "deposit all DAI @ moonwell",
  ]],
  ["swap half my ETH to USDC and stake the other half", ["swap 0.5 ETH > USDC", "stake all ETH"]],
  // What comes out goes on
  ["trade 1000 MATIC for USDC, half of it into aave, the rest into morpho", [
    "swap 1000 MATIC > USDC",
    "deposit 0.5 USDC @ aave",
    "deposit all @ morpho",
  ]],
  ["withdraw 500 USDC from compound, 300 of it to aave, the rest to morpho", [
    "withdraw 500 USDC @ compound",
    "deposit 300 USDC @ aave",
    "deposit all @ morpho",
  ]],
  ["swap 1k USDC to SOL, stake half on jito and lend the other half on kamino", [
    "swap 1000 USDC > SOL",
    "stake 0.5 SOL @ jito",
    "deposit all @ kamino",
  ]],
  ["swap 40 USDT for TRX, 60 for BTC", ["swap 40 USDT > TRX", "swap 60 USDT > BTC"]],
  ["withdraw my USDC from aave swap it to ETH stake it on lido", [
    "withdraw USDC @ aave",
    "swap USDC > ETH",
    "stake ETH @ lido",
  ]],
  ["the 5 ETH in Lido should be unstaked, and the ETH then swapped for USDC", [
    "unstake 5 ETH @ lido",
    "swap ETH > USDC",
  ]],
  ["swap 2 ETH for USDC, half of which goes to aave", [
    "swap 2 ETH > USDC",
    "deposit 0.5 USDC @ aave",
  ]],
  ["stake 5 ETH with lido, having first swapped 10000 USDC for ETH", [
    "swap 10000 USDC > ETH",
    "stake 5 ETH @ lido",
  ]],
  // What was said once holds for what follows
  ["get my 3 ETH unstaked from lido and swapped to USDC", [
    "unstake 3 ETH @ lido",
    "swap 3 ETH > USDC",
  ]],
  ["please see to it that my COMP is claimed and that it is then sold into USDC", [
    "claim COMP",
    "swap COMP > USDC",
  ]],
  ["take 500 USDC turn it into SOL stake it on jito", [
    "swap 500 USDC > SOL",
    "stake SOL @ jito",
  ]],
  ["first, claim my AERO. second, put it into Moonwell", ["claim AERO", "deposit AERO @ moonwell"]],
  ["it is necessary to swap 2 ETH to USDC and to lend the USDC on Aave", [
    "swap 2 ETH > USDC",
    "deposit USDC @ aave",
  ]],
  ["swap 1 ETH for DAI, with the DAI repay my maker debt", [
    "swap 1 ETH > DAI",
    "repay DAI @ maker",
  ]],
  ["I'd like my ETH staked and locked on Lido", ["stake ETH @ lido"]],
  ["Please run our Curve exit in this order: claim the CRV; sell the CRV for USDC", [
    "claim CRV",
    "swap CRV > USDC",
  ]],
  ["the 5 ETH in Lido should be unstaked, then swapped for USDC", [
    "unstake 5 ETH @ lido",
    "swap 5 ETH > USDC",
  ]],
  ["withdraw 30% of my USDC on aave, then 20% of my DAI on spark please", [
    "withdraw 0.3 USDC @ aave",
    "withdraw 0.2 DAI @ spark",
  ]],
  ["withdraw my ETH from aave and USDC from compound, then deposit both into morpho", [
    "withdraw ETH @ aave",
    "withdraw USDC @ compound",
    "deposit ETH @ morpho",
    "deposit USDC @ morpho",
  ]],
  ["unstake 5 ETH from lido and 3 SOL from jito and sell both for USDC", [
    "unstake 5 ETH @ lido",
    "unstake 3 SOL @ jito",
    "swap ETH > USDC",
    "swap SOL > USDC",
  ]],
  ["swap 100 USDC to SOL, half into jito, half into marinade", [
    "swap 100 USDC > SOL",
    "stake 0.5 SOL @ jito",
    "stake all @ marinade",
  ]],
  ["withdraw half my ETH from aave, half into lido", [
    "withdraw 0.5 ETH @ aave",
    "stake 0.5 @ lido",
  ]],
  ["swap 2 ETH into USDC, which you then supply to Aave", ["swap 2 ETH > USDC", "deposit @ aave"]],
  ["claim everything on pendle and everything on convex", [
    "claim all @ pendle",
    "claim all @ convex",
  ]],
  ["deposit 100 USDC into aave, 100 into morpho", [
    "deposit 100 USDC @ aave",
    "deposit 100 USDC @ morpho",
  ]],
  // Two acts about one thing, and from where to where
  ["claim and sell my ARB rewards", ["claim ARB", "swap ARB"]],
  ["withdraw and swap 500 USDC from aave to ETH", [
    "withdraw 500 USDC @ aave",
    "swap 500 USDC > ETH",
  ]],
  ["stake and unstake my 5 SOL", []],
  ["swap 1 ETH to USDC and use it for my aave loan", []],
  ["don't do it in this order: claim the CRV; sell the CRV for USDC", []],
  ["rates dropped on aave, so move my 3000 USDC from there to fluid", [
    "withdraw 3000 USDC @ aave",
    "deposit 3000 USDC @ fluid",
  ]],
  ["fluid pays more. move my 3000 USDC from aave there", [
    "withdraw 3000 USDC @ aave",
    "deposit 3000 USDC @ fluid",
  ]],
  ["close my position on morpho: repay the 2000 USDC and take the wstETH out", [
    "repay 2000 USDC",
    "withdraw WSTETH",
  ]],
  // What is pledged, what matches, and in which form
  ["borrow 35 INJ-backed USDT on Neptune", ["borrow 35 USDT @ neptune"]],
  ["borrow 500 USDC secured by my 2 ETH on aave", ["borrow 500 USDC @ aave"]],
  ["close my ETH-backed loan on aave", ["repay @ aave"]],
  ["add 15 SOL and the matching USDC to the Orca whirlpool", ["deposit @ orca"]],
  ["withdraw 2 ETH and 500 USDC from the uniswap pool", ["withdraw @ uniswap"]],
  ["take my bitcoin (0.2 wbtc) out from compound", ["withdraw 0.2 WBTC @ compound"]],
  ["swap half my ETH into Bitcoin (cbBTC)", ["swap 0.5 ETH > CBBTC"]],
  ["swap 1 BTC WBTC", []],
  ["stake GHO 300 stkGHO", ["stake 300 GHO"]],
  ["the debt of 600,000 PYUSD on Aave, kindly settle 100,000 of it", ["repay 100000 PYUSD @ aave"]],
  // Another act that would be lost
  ["my 5 SOL should be unstaked from Jito, sold for USDC", []],
  ["I'd be grateful if you supplied my USDC to Moonwell and borrowed $200 of it", []],
  ["swap 2 ETH for USDC, half of which goes to my brother", []],
  ["withdraw 100 USDC from aave, 30 of it to bob, the rest to compound", []],
  ["deposit the other half of my USDC into aave", []],
  ["deposit half my ETH into aave, then swap the other half of my SOL to USDC", []],
  ["put 300 USDC in aave and the rest in compound", [
    "deposit 300 USDC @ aave",
    "deposit all USDC @ compound",
  ]],
  ["swap 2 ETH to USDC and stake the rest", ["swap 2 ETH > USDC", "stake all ETH"]],
  ["stake the rest with lido", []],
  ["swap 2 ETH to USDC, then put the rest on base", []],
  // What a step before yields
  ["swap 2 ETH to USDC and lend what comes out on radiant", [
    "swap 2 ETH > USDC",
    "deposit USDC @ radiant",
  ]],
  [
    "collect my rewards on aerodrome, and afterwards exchange the AERO which you have collected for USDC",
    [
      "claim @ aerodrome",
      "swap AERO > USDC",
    ],
  ],
  ["withdraw the APT from aries, swap half of it for USDC", [
    "withdraw APT @ aries",
    "swap 0.5 APT > USDC",
  ]],
  ["swap half of it for USDC", ["swap 0.5 > USDC asset?"]],
  // From one place to another
  ["move 500 USDC out of aave and into morpho", [
    "withdraw 500 USDC @ aave",
    "deposit 500 USDC @ morpho",
  ]],
  ["shift half my ETH from lido to rocket pool", [
    "unstake 0.5 ETH @ lido",
    "stake ETH @ rocket pool",
  ]],
  ["pull my stETH from lido to aave", []],
  // What goes first may be said last; what is told may run on
  ["swap 2 ETH to USDC. claim my rewards on lido before that", [
    "claim @ lido",
    "swap 2 ETH > USDC",
  ]],
  ["settle my MIM debt on abracadabra, get the collateral back after", [
    "repay MIM @ abracadabra",
    "withdraw",
  ]],
  ["after withdrawing the ARB from radiant flip it into GMX", [
    "withdraw ARB @ radiant",
    "swap ARB > GMX",
  ]],
  ["next time claim my rewards first", []],
  ["please undelegate my 120 ATOM; moreover, collect my rewards before you do so", [
    "claim",
    "unstake 120 ATOM",
  ]],
  [
    "may I ask you to unstake my 5 AVAX from benqi, to sell the AVAX for USDC, and to repay my aave loan?",
    [
      "unstake 5 AVAX @ benqi",
      "swap AVAX > USDC",
      "repay @ aave",
    ],
  ],
  // An order is never part of another, nor passed over
  ["1) 700 USDT to APT\n2) stake it on amnis", []],
  ["I need my ADA back from liqwid for rent, but pay the 60 DJED I owe first", []],
  ["Not before having claimed the RAY rewards, please remove my liquidity on raydium", []],
  // Things that are to be done to
  ["I'd like 6 ETH staked with lido and the remaining 4 supplied to compound", [
    "stake 6 ETH @ lido",
    "deposit 4 @ compound",
  ]],
  ["deposit 2 ETH into aave and against it borrow 1,500 GHO", [
    "deposit 2 ETH @ aave",
    "borrow 1500 GHO",
  ]],
  ["borrow 250 USDC on navi, then put the borrowed USDC into scallop", [
    "borrow 250 USDC @ navi",
    "deposit USDC @ scallop",
  ]],
  // Whose turn it is, and where what is held goes
  ["The deposit of 15 DAI into spark comes last; before that, stake 2 ETH", [
    "stake 2 ETH",
    "deposit 15 DAI @ spark",
  ]],
  ["The repayment of 500 USDC on aave comes first; then withdraw 2 ETH from aave", [
    "repay 500 USDC @ aave",
    "withdraw 2 ETH @ aave",
  ]],
  ["the swap of 2 ETH to USDC comes next", []],
  ["pull my usdc out of aave and ape it into morpho", [
    "withdraw USDC @ aave",
    "deposit USDC @ morpho",
  ]],
  ["pull my usdc out of aave and ape it into MORPHO", [
    "withdraw USDC @ aave",
    "swap USDC > MORPHO",
  ]],
  // What a step is for is a step, where it is of the domain
  ["withdraw 500 USDC from aave to repay my loan at spark", [
    "withdraw 500 USDC @ aave",
    "repay @ spark",
  ]],
  ["withdraw 300 DAI from spark to pay off my debt on aave", [
    "withdraw 300 DAI @ spark",
    "repay @ aave",
  ]],
  ["claim my CRV rewards to stake them on convex", ["claim CRV", "stake CRV @ convex"]],
  ["withdraw 300 DAI from spark to pay my rent", ["withdraw 300 DAI @ spark"]],
  ["sell 2 ETH to buy DAI on uniswap", ["swap 2 ETH > DAI @ uniswap"]],
  ["withdraw 300 DAI from spark to repay Kim's loan on aave", []],
  ["withdraw 500 USDC from aave, deposit 500 USDC into spark", [
    "withdraw 500 USDC @ aave",
    "deposit 500 USDC @ spark",
  ]],
  // What comes out, said before what is done to it
  ["buy INJ with $150 of my USDT, delegate all of what u get", [
    "swap 150 USDT > INJ",
    "stake all INJ",
  ]],
  ["unstake my 14 JitoSOL, and the SOL that I get back, put it into solend", [
    "unstake 14 JITOSOL",
    "deposit SOL @ solend",
  ]],
  ["swap 300 USDT into SOL and whatever comes out just stake it with marinade", [
    "swap 300 USDT > SOL",
    "stake SOL @ marinade",
  ]],
  ["swap 300 USDT into SOL and whatever comes out goes into marinade", [
    "swap 300 USDT > SOL",
    "stake SOL @ marinade",
  ]],
  ["withdraw 2 ETH from aave, and the ETH which you receive, send it to Kim", []],
  ["swap 2 ETH to USDC and whatever i get i'll hold it", []],
  // Lists, and what is made of what came out
  ["deposit 200 USDC into aave, 5 SOL into kamino", [
    "deposit 200 USDC @ aave",
    "deposit 5 SOL @ kamino",
  ]],
  ["deposit 200 USDC into aave, 5 SOL to Kim", ["deposit asset? amount? venue?"]],
  ["make two swaps for me: 200 USDC into JUP, and 5 SOL into JTO", [
    "swap 200 USDC > JUP",
    "swap 5 SOL > JTO",
  ]],
  ["I made two deposits: 200 USDC into aave, 5 SOL into kamino", []],
  ["make two swaps: 200 USDC into JUP", ["swap USDC > JUP amount?"]],
  ["withdraw 5 ETH from aave, then with half of it buy USDC", [
    "withdraw 5 ETH @ aave",
    "swap 0.5 ETH > USDC",
  ]],
  ["unstake 70 USDe from Ethena, and make USDT from it", [
    "unstake 70 USDE @ ethena",
    "swap 70 USDE > USDT",
  ]],
  ["claim the GMX rewards and swap them, in full, into USDC", ["claim GMX", "swap all GMX > USDC"]],
  ["borrow 20 USDC on the Morpho market and 10 USDT on the Aave one", [
    "borrow 20 USDC @ morpho",
    "borrow 10 USDT @ aave",
  ]],
  ["50 FRAX goes into Fraxlend, while the 35 crvUSD goes into Yearn", [
    "deposit 50 FRAX @ fraxlend",
    "deposit 35 CRVUSD @ yearn",
  ]],
  ["50 FRAX goes into Fraxlend, while the gas is cheap", []],
  ["claim my pendle rewards and stick em right back in staking", ["claim PENDLE", "stake PENDLE"]],
  ["I want to sell 2 ETH for USDC, and to pay my aave loan", ["swap 2 ETH > USDC", "repay @ aave"]],
  ["I want to sell 2 ETH for USDC, and to pay my rent", []],
  ["Repay 40 USDC on Morpho; that done, withdraw 10 ETH from morpho", [
    "repay 40 USDC @ morpho",
    "withdraw 10 ETH @ morpho",
  ]],
  ["get that done, withdraw 5 ETH from aave", []],
  // A share of what came out
  ["unstake all my OSMO, swap half to ATOM", ["unstake all OSMO", "swap 0.5 OSMO > ATOM"]],
  ["stake 5 ETH on lido and swap half to USDC", ["stake 5 ETH @ lido", "swap 0.5 > USDC asset?"]],
  // Headings, and what stands around
  ["Please do two things for me, one after the other: stake 2 ETH, repay 30 DAI on aave", [
    "stake 2 ETH",
    "repay 30 DAI @ aave",
  ]],
  ["Two items please. (a) Claim the COMP on compound. (b) Take 450 USDC out of aave.", [
    "claim COMP @ compound",
    "withdraw 450 USDC @ aave",
  ]],
  ["I want that you sell half of my ARB for USDC and that you lend it on radiant", [
    "swap 0.5 ARB > USDC",
    "deposit USDC @ radiant",
  ]],
  ["lock 80 CRV on curve, but prior to this claim my rewards there", [
    "claim",
    "deposit 80 CRV @ curve",
  ]],
];

for (const [prompt, steps] of SEVERAL) {
  Deno.test(`"${prompt}" has ${steps.length} steps`, () => assertEquals(stepsOf(prompt), steps));
}
