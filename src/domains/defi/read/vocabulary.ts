import { compileLexicon, type OrderLexicon } from "../../../language/lexicon.ts";
import type { NameKind } from "../../../language/sense.ts";
import {
  ASSET_TICKERS,
  ASSETS,
  CHAINS,
  MORE_ASSETS,
  MORE_CHAINS,
  MORE_VENUES,
  VENUE_NAMES,
  VENUES,
} from "./slots.ts";
import { KNOWN_ASSETS, KNOWN_VENUES } from "./known_names.ts";
import { DEFI_ACTION_NOUNS, DEFI_VERBS } from "./verbs.ts";

const named = (kind: NameKind, names: readonly string[], canonical: (name: string) => string) =>
  names.map((name) => ({ kind, name, canonical: canonical(name) }));

/** Nouns of orders that name no slot, and what they say of it. */
const OBJECTS: Readonly<Record<string, string>> = {
  ...objects(
    "reward",
    "reward|rewards|incentive|incentives|emission|emissions|yield|yields|" +
      "earnings|interest|fees|fee|gains|profits|profit|payout|payouts|income|bonus|bonuses|goodies|spoils|takings|distribution|distributions|" +
      "staking rewards|staking reward|staking income|staking payout|staking payouts|staking gains|staking earnings|voting rewards|vote rewards|voter rewards|voting fees|bribes|gauge bribes|what's accrued|whatever's accrued|what has accrued|whatever has accrued|whatever is accrued|what accrued|whatever accrued|" +
      "what i earned|what i've earned|whatever i earned|whatever i've earned|all i earned|all i've earned|all that i earned|all what i earned|everything i earned|everything i've earned|" +
      "what i'm owed|what i am owed|what's owed to us|what is owed to us|what we're owed|whatever reward|whatever yield|whatever fees|whatever interest|whatever earnings|whatever i'm owed|whatever i am owed|what's owed to me|what is owed to me|whatever's owed to me|whatever is owed to me|what's due to me|whatever's due to me|what is due to me|whatever is due to me|" +
      "what's pending|whatever's pending|whatever is pending|what's claimable|whatever's claimable|whatever is claimable|what is claimable|what's unclaimed|whatever's unclaimed|whatever is unclaimed|" +
      "whatever there is to claim|what there is to claim|anything claimable|everything claimable|claimables|whatever has built up|whatever's built up|what's built up|whatever's piled up|whatever has piled up|whatever i can claim|what i can claim|" +
      "vote-escrow bribes|swap fees|trading fees|proceeds of staking|airdrop|winnings of the pool|winnings|goodies|spoils|loot|bribe|bribes|" +
      "gain of staking|staking gain|gains of staking|revenue share|revenue|fee share|rev share|profit share|share of the fees|share of fees|share of the rewards|mev tips|jito tips|sol tips|validator tips|staking tips|accrued tips",
  ),
  ...objects(
    "debt",
    "i owe|we owe|that we owe|whatever i owe|whatever we owe|what we owe|owed|debt|debts|loans|borrow|what i owe|borrowings|" +
      "of what i owe|borrow position|tab|balance owed|loan|borrowing|obligation|obligations|arrears",
  ),
  ...objects(
    "debt:credit",
    "credit|credit line|facility|on loan|on credit|borrowing power|borrowing capacity|borrow limit|borrowing limit|available limit|credit limit|loan limit|lending limit|available borrow|full borrow limit|drawing|liability|liabilities",
  ),
  ...objects("debt:repayment", "repayment"),
  ...objects("collateral", "collateral|collat|guarantee|security|margin of safety"),
  ...objects(
    "liquidity",
    "liquidity|liq|lp|lp token|lp tokens|lp position|liquidity position|" +
      "liquidity units|units of liquidity|pool tokens|pool token|liquidity provider|lp share|lp shares|my range|v3 range|" +
      "v4 range|bins",
  ),
  ...objects(
    "stake",
    "stake|validator|validators|validator node|delegation|delegations|staking pool|" +
      "staking contract|staking|stakes|validating|nominations|staking position|liquid staking|lockup|" +
      "nominator|nominators|orchestrator|orchestrators|super representative|super representatives|block producer|block producers|stake pool|stake pools|withdrawal queue|exit queue|unstaking queue|redemption queue|consensus|indexer|bakers|baker|operator|lock|validation|deposit contract|unbonding queue|staking program|" +
      "staking module|restaking|restake|delegator|node|nodes|bonding|stacking|baking|nomination|nomination pool|" +
      "nomination pools|collator|collators|p-rep|p rep|stake account|what i staked|what i delegated",
  ),
  ...objects(
    "position",
    "vault shares of|pool shares of|vault shares|pool shares|position|pos|positions|principal|share|my share|our share|holdings|holding|shares|bag|bags|savings|" +
      "allocation|exposure|investment|commitment|portfolio|money|funds|assets|balance|deposits|deposit|stack|capital|amount|quantity|atokens|ctokens|vtokens|receipt tokens|what i have|what i hold|" +
      "what i lent|what i deposited|what i supplied|what i put in|what i've got|what we lent",
  ),
  ...objects(
    "thing",
    "stuff|ounces|ounce|troy ounces|governance token|governance tokens|token|tokens|coin|coins|piece|pieces|pcs|dust|crypto|stablecoins|stables|stablecoin|" +
      "cryptocurrency|units|unit",
  ),
  ...objects(
    "lending",
    "borrowers|lending|lending pool|lending market|supply|lending protocol",
  ),
};

function objects(hint: string, words: string): Readonly<Record<string, string>> {
  return Object.fromEntries(words.split("|").map((word) => [word, hint]));
}

function linksTo(starts: string, ends: string): Readonly<Record<string, string>> {
  const words = starts.split("|").flatMap((start) =>
    ends.split("|").map((end) => `${start} ${end}`)
  );
  return Object.fromEntries(words.map((phrase) => [phrase, "for"]));
}

const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  ...objects(
    "perps",
    "perp|perps|perpetual|perpetuals|futures|leveraged|5x|10x|leverage|margin|" +
      "take profit|take-profit|take profits|take profits on|lock in gains|lock in profits|lock in my gains|lock in the gains|stop loss|stop-loss|long position|short position|" +
      "trailing stop|spot to perps|open interest",
  ),
  ...objects(
    "impossible",
    "net of fees|net of gas|after fees|less fees|less the fees|minus fees|minus the fees|plus fees|less gas|minus gas|plus gas",
  ),
  ...objects(
    "limit_price",
    "iceberg|trailing|limit order|limit|twap|dca|market top|market bottom|limit price|" +
      "stop order|stop limit",
  ),
  ...objects(
    "nft",
    "pudgy|pudgies|magic eden|nftfi|lp-nft|azuki|nft|nfts|opensea|collectible|punk|cryptopunk|cryptopunks|bayc|ape jpeg|" +
      "milady|miladys|miladies|bored ape|bored apes|mayc|doodle|doodles|moonbird|moonbirds|cool cat|cool cats|meebit|meebits|degod|degods",
  ),
  ...objects("governance", "vote|votes|governance|proposal|proposals|dao vote|referendum"),
  ...objects(
    "transfer",
    "my other wallet|my other account|other wallet|other account|binance|kraken|okx|bybit|kucoin|bitstamp|gemini|robinhood|revolut|deposit address|coinbase prime|cold wallet|cold storage|hardware wallet|ledger wallet",
  ),
  ...objects("approve", "access to my|spending access|token access"),
  ...objects("bridge", "bridged|main chain|cctp|wormhole|layerzero|l1|l2|layer one|layer two"),
  ...objects("multisig", "multisig|gnosis safe|co-signer|cosigners|timelock"),
  ...objects(
    "betting",
    "polymarket|shares of yes|yes shares|no shares|prediction market|lottery|" +
      "ticket|tickets|bet|odds|yes on|no on",
  ),
  ...objects(
    "fiat",
    "in cash|euros|euro|pounds|usd|eur|gbp|yen|rupees|bank|my bank|bank account|credit card|" +
      "reais|pix|naira|sepa|cash app|debit card|paypal|fiat|bills|cash machine|atm|francs|yuan|pesos|usd dollars",
  ),
  ...objects("watch", "watchlist|alert|alerts|reminder|notification|dashboard|report|statement"),
  ...objects("impossible", "interest-free|interest free|zero-interest|zero interest"),
  ...objects("units", "wei|gwei"),
  ...objects("stocks", "shares of|stock|stocks|dividends"),
};

/** Ways of carrying an order out: they change nothing of the plan. */
const MANNERS: readonly string[] = [
  ...[
    "gas",
    "gas cost",
    "gas price",
    "gas fee",
    "gas fees",
    "fees",
    "fee",
    "slippage",
    "cost",
    "price impact",
  ].flatMap((what) =>
    [
      "low",
      "lowest",
      "the lowest",
      "high",
      "a high",
      "normal",
      "a normal",
      "a low",
      "minimal",
      "little",
      "the least",
      "as little",
      "standard",
      "fast",
      "the lowest possible",
      "medium",
    ]
      .flatMap((how) => [`with ${how} ${what}`, `at ${how} ${what}`, `for ${how} ${what}`])
  ),
  ...["slippage", "gas", "price impact", "gas speed"].flatMap((what) =>
    ["low", "lowest", "minimal", "normal", "standard", "fast", "slow", "medium", "cheap", "tight"]
      .flatMap((how) => [`${how} ${what}`, `${what} ${how}`])
  ),
  ...["validator", "pool", "dex", "route", "baker", "operator", "node", "venue"].flatMap((what) => [
    ...["doesn't matter", "does not matter", "is up to you", "of your choice", "of your choosing"]
      .map((how) => `${what} ${how}`),
    ...["is fine", "will do", "is ok", "is okay", "works", "would do"].map((how) =>
      `any ${what} ${how}`
    ),
  ]),
  ...("at the fixed rate|at a fixed rate|at fixed rate|fixed rate|at the floating rate|with slow gas|at slow gas|on slow gas|with cheap gas|" +
    "for votes|for vote|for voting|for voting power|for the votes|for vote power|on the open market|in the open market|" +
    "best price|at best|at market price|at the market price|at market|at the going rate|at the best rate|" +
    "at the best price|using the best rate|best rate|with the best rate|at best price|" +
    "with variable rate|with a variable rate|at variable rate|variable rate|stable rate|" +
    "with stable rate|with a stable rate|variable|stable|at a variable rate|at a stable rate|" +
    "with variable interest|variable debt|stable debt|fast gas|the cheapest way|" +
    "back to the underlying|back to underlying|to the underlying|into the underlying|back into the underlying|" +
    "at the prevailing rate|at the current rate|at the current price|at current price|at current rate|at spot|" +
    "tight range|full range|with moderate risk|with low risk|at the best available rate|" +
    "cheapest route|best route|via the best route|with as little slippage as possible|with as few fees as possible|to work|to good use|at the best price you can find|at the best price you can get|you can find|at a good rate|at the best possible rate|for the best rate|at the going price")
    .split("|"),
  ...["to earn", "to start earning", "to begin earning", "for", "to get"].flatMap((how) =>
    [
      "interest",
      "yield",
      "some yield",
      "staking rewards",
      "rewards",
      "lending",
      "some interest",
      "staking yield",
      "passive income",
      "lending yield",
      "apy",
    ].map((what) => `${how} ${what}`)
  ),
];

/** Tickers that are no everyday word: "the", "one" and "s" are read by how they are written alone. */
const isTicker = (name: string): boolean =>
  name.length > 1 &&
  !/^(?:near|the|one|note|layer|move|blue|deep|sand|mask|band|mars|stars|drop|save|flow|rose|honey|higher|turbo|goat|ape|render|ocean|sky|vet|swell|sonic|angle|usual|kernel|puffer|link)$/
    .test(name);

/** Venues that are no everyday word. */
const isVenue = (name: string): boolean =>
  !/^(?:idle|usual|drop|save|cap|union|bribe|term|level|blaze|ring|rings|note|lens|magma|momentum|bucket|carrot|exactly|origin|parallel|linear|summer|blaster|juice|pac|shadow|hop|turtle|noon|flux|backed|mountain|franklin|diva|optim|splash|katana|psy|ref|fluid lending|shinobi|theta|beets|steer|gamma|pact|magpie|warden|storm trade|metropolis|vector|platypus|silo|usual|the graph|persistence|helix|infinity)$/
    .test(name);

/** How the prompts of DeFi are worded. */
export const DEFI_ORDERS: OrderLexicon = {
  verbs: DEFI_VERBS,
  actionNouns: DEFI_ACTION_NOUNS,
  names: [
    ...named(
      "asset",
      [
        ...new Set([
          ...ASSETS,
          ...MORE_ASSETS,
          ...Object.keys(ASSET_TICKERS),
          ...KNOWN_ASSETS.filter(isTicker),
        ]),
      ],
      (name) => (ASSET_TICKERS[name] ?? name).toUpperCase(),
    ),
    ...named(
      "place",
      [
        ...new Set([
          ...VENUES,
          ...MORE_VENUES,
          ...Object.keys(VENUE_NAMES),
          ...KNOWN_VENUES.filter(isVenue),
        ]),
      ],
      (name) => VENUE_NAMES[name] ?? name,
    ),
    ...named(
      "chain",
      [...CHAINS, ...Object.keys(MORE_CHAINS)],
      (name) => MORE_CHAINS[name] ?? name,
    ),
  ],
  objects: OBJECTS,
  placeWords:
    ("vault|vaults|pool|pools|market|markets|protocol|protocols|gauge|gauges|farm|farms|venue|" +
      "savings account|account|platform|dex|network|chain|contract|app|exchange contract|yield vault|" +
      "savings vault|v2|v3|v4|version|program|router|module|v two|v three|v four|lending vault|syrup pool|liquidity pool|" +
      "perps pool|perp pool|perps vault|prime|core|earn|hub|iii|ii|dao|labs|money|chain|beacon chain|side|supply side|borrow side|savings rate|reserve|reserve vault|lending platform|credit line|yield farm|reward program|rewards program|incentive program|incentives program|reward programme|savings venue|yield pool|farming pool|finance|pair|tranche|" +
      "cdp|cdps|trove|troves|clmm|dlmm|whirlpool|slipstream|amm|range|ranges|stability pool|money market|station|acct|boost")
      .split("|"),
  manners: MANNERS,
  foreignWords: FOREIGN_WORDS,
  exchanges: ["swap_asset"],
  fetches: ["withdraw_asset", "unstake_asset", "claim_rewards", "repay_asset"],
  doubtful: KNOWN_ASSETS.filter((name) => !isTicker(name) && name !== "one" && name.length > 1),
  givers: ["give me", "gimme", "take", "get me", "get", "hand me"],
  payers: ["pay"],
  links: {
    buy: "for",
    buying: "for",
    get: "for",
    "to get": "for",
    "to receive": "for",
    ...linksTo("so that|so|such that", "i receive|i get|i end up with|we receive|we get"),
    purchase: "for",
    receive: "for",
    acquire: "for",
    grab: "for",
    "give me": "for",
    receiving: "for",
    getting: "for",
    acquiring: "for",
    take: "with",
    selling: "with",
    spending: "with",
    "to raise": "for",
    "to obtain": "for",
    "to acquire": "for",
    "pay with": "with",
    "pay in": "with",
    "pay w": "with",
    "pay w/": "with",
    "paid in": "with",
    paying: "with",
  },
  ratios: {
    slippage: "slippage",
    slip: "slippage",
    "max slip": "slippage",
    "slippage tolerance": "slippage",
    "slip tolerance": "slippage",
    "slippage limit": "slippage",
    "max slippage": "slippage",
    "price impact": "slippage",
    ltv: "ltv",
    "loan to value": "ltv",
    "loan-to-value": "ltv",
    "loan to value ratio": "ltv",
    "health factor": "health_factor",
    hf: "health_factor",
  },
  quantities: {
    units: {
      wei: { asset: "ETH", decimals: 18 },
      gwei: { asset: "ETH", decimals: 9 },
      sat: { asset: "BTC", decimals: 8 },
      sats: { asset: "BTC", decimals: 8 },
      satoshi: { asset: "BTC", decimals: 8 },
      satoshis: { asset: "BTC", decimals: 8 },
      lamport: { asset: "SOL", decimals: 9 },
      lamports: { asset: "SOL", decimals: 9 },
    },
    isAsset: (norm) => ASSET_NAMES.has(norm),
    prices: true,
  },
  openNames: true,
  everyday: {
    asset:
      ("near|blue|deep|sand|mask|band|mars|stars|flow|rose|honey|turbo|goat|ape|render|ocean|sky|vet|swell|" +
        "sonic|kernel|puffer|magic|waves|spell").split("|"),
    place:
      ("usual|save|bucket|blaze|origin|shadow|flux|carrot|magma|warden|magpie|metropolis|platypus|helix|splash|" +
        "persistence|silo|sonic|swell|usual").split("|"),
  },
  prefixes: ["pt", "yt", "lp", "sy"],
};

const ASSET_NAMES = new Set([...ASSETS, ...MORE_ASSETS, ...KNOWN_ASSETS.filter(isTicker)]);

/** The same, compiled. */
export const DEFI_LANGUAGE = compileLexicon(DEFI_ORDERS);
