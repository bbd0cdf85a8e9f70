import type { VerbEntry } from "../../../language/sense.ts";
import type { DefiPrimitive } from "../taxonomy.ts";

/** "undo my stake": what is held, and is to be held no more. */
function holding(verbs: string, nouns: string): string {
  return verbs.split("|").flatMap((verb) =>
    ["my", "our"].flatMap((whose) => nouns.split("|").map((noun) => `${verb} ${whose} ${noun}`))
  ).join("|");
}

const D: DefiPrimitive = "deposit_asset";
const W: DefiPrimitive = "withdraw_asset";
const S: DefiPrimitive = "swap_asset";
const B: DefiPrimitive = "borrow_asset";
const R: DefiPrimitive = "repay_asset";
const K: DefiPrimitive = "stake_asset";
const U: DefiPrimitive = "unstake_asset";
const C: DefiPrimitive = "claim_rewards";

/** "undo my stake", "stop the lending": what was done is to be done no more. */
const ended = (acts: string): string =>
  acts.split("|").flatMap((act) =>
    ["undo", "stop", "end", "reverse", "quit"].flatMap((end) =>
      ["my", "our", "the"].map((whose) => `${end} ${whose} ${act}`)
    )
  ).join("|");

/** Verbs, and the actions that an order with one may ask for; none where its frame decides. */
const ORDERS: readonly (readonly [string, readonly DefiPrimitive[]])[] = [
  [ended("stake|staking|delegation|restaking|nomination|bonding|baking|stacking"), [U]],
  [ended("supply|lending"), [W]],
  [
    "deposit|supply|lend out|add liquidity|provide liquidity|add collateral|post|pledge|post collateral|pay in|" +
    "collateralize|collateralise|zap|zap in|zap into|become a liquidity provider|seed|lp|credit",
    [D],
  ],
  ["lend", [D]],
  ["pay out", [C, W]],
  ["cash in", [C, W, S]],
  [
    "invest|fill|park|stash|fund|top up|top off|fill up|contribute|allocate|pour|entrust|commit|" +
    "load|load up|plug|inject|provide|place|put|put in|put away|put back|add|stick|drop|chuck|bung|pop|toss|" +
    "throw|slap|stuff|pile|pile in|sink|dump in|shove|sling|feed|plonk|whack|tuck|set aside|plow|plough|" +
    "deploy|bump|bump up|bolster|fortify|strengthen|shore up|enlarge|augment|expand|ramp up|beef up|reinforce|lock up|lock|assign|dedicate|boost|increase|raise|enter|join|route",
    [D, K],
  ],
  ["bank", [D, K, C]],
  ["unload", [S, W]],
  [
    "send|move|transfer|shift|ship|push|remit|pass|hand over|yeet|punt|lob|hurl|fling|funnel|shovel",
    [],
  ],
  ["earn", [D, K]],
  [
    "freeze|vote-lock|vote-escrow|vote lock|stake|stk|restake|re-stake|delegate|redelegate|bond|nominate|stake up|enroll|enrol|liquid stake|secure the network|secure the chain|secure the blockchain|help secure the chain|support the network|help secure the network|validate|validate with",
    [
      K,
    ],
  ],
  [
    "unstake|un-stake|destake|de-stake|un-restake|undelegate|unbond|unrestake|stop staking|quit staking|end staking|un-delegate|" +
    "unstk|cool down|deactivate|stop delegating|unvote|exit staking|unfreeze",
    [U],
  ],
  ["end|terminate", [U, W, R]],
  // "undo my stake of 60 TON"; "undo that" takes back what was said
  [
    holding(
      "undo|reverse|unwind|roll back",
      "stake|staking|delegation|nomination|lock|bond|restake|restaking",
    ),
    [U],
  ],
  [holding("undo|reverse|unwind|roll back", "supply|deposit|lending|lend"), [W]],
  [
    "stop|quit|end|cease|finish".split("|").flatMap((ends) =>
      "staking|stacking|baking|delegating|nominating|validating|bonding|restaking|locking".split(
        "|",
      )
        .map((act) => `${ends} ${act}`)
    ).join("|"),
    [U],
  ],
  ["cease|discontinue|dissolve|dismantle|take apart|evacuate|vacate", [U, W]],
  ["decommission|shut down", [U]],
  ["unlock|free|free up|release|unlock up|break", [U, W, C]],
  ["withdraw|redeem|withdraw out", [W, U, C]],
  ["draw|draw down", [B, W]],
  ["lend to me|lend to us|lend us|borrow me", [B]],
  ["take out|draw out", [W, U, C, B]],
  ["close|close out|exit|get out of|clear out|come out of", [W, U, C, R]],
  [
    "call back|call in|call home|relieve|rescue|salvage|yoink|uncollateralize|uncollateralise|bail|bail from|bail out of|unpark|lighten|lift|pull|pull out|get out|cash out|bring back|bring home|remove|retrieve|" +
    "reclaim|recover|recall|extract|clean out|drain|empty|empty out|yank|whip out|fetch|" +
    "take back|get back|bust|unwind|shrink|trim|liquidate my|scale down|move out|pull back|" +
    "bring|take away|haul|haul out|fish out|dig out|withdraw back|drop out of|" +
    "gimme back|give me back|opt out of|zap out",
    [W, U, C],
  ],
  [
    "swap|trade|exchange|convert|transform|sell|buy|purchase|market swap|flip|rotate|flog|offload|ditch|" +
    "acquire|mkt sell|mkt buy|turn|replace|swap out|trade in|sell off|sell out|sell down|exchange out|change|switch|dump|" +
    "rebalance|realize|realise|obtain|trade out|spend|ape|market buy|market sell|" +
    "change over|convert over|cash|nuke|paper-hand|paperhand|paper hand|jeet|panic sell|panic-sell|clip|slurp|slurp up|" +
    "bid|snipe|snap up|load up on|stock up on|full port|rinse|cop|snaffle",
    [S],
  ],
  [
    "borrow|reborrow|indebt|indebt me|loan me|lend me|spot me|take a loan|take out a loan|get a loan|open a loan|front me|" +
    "advance me|advance us|issue me|issue us|grant me|grant us|loan us|front us|spot us|go into debt for|go into debt by|take on debt|borrow out|flash borrow|leverage|generate|originate",
    [B],
  ],
  [
    "cancel out|repay|pay back|pay off|pay down|payback|reimburse|square up|pay up|pay towards|deleverage|" +
    "settle up|clear off|knock off|fulfil|fulfill|honour|honor|refund|compensate|cough up|stump up|pony up|" +
    "fork out|fork over|shell out",
    [R],
  ],
  [
    "amortize|amortise|delever|shave|chop|settle|clear|kill|wipe|wipe out|wipe off|eliminate|extinguish|satisfy|retire|cover|zero out|" +
    "zero|square|square off|finish|finish off|chip|knock|chip away at|cut|cut down|lower|reduce|decrease|diminish|lessen|discharge|burn|" +
    "knock down|bring down|return|apply",
    [R, W],
  ],
  ["pay", [R, S]],
  ["settle on", []],
  ["service", [R]],
  ["claim|harvest|collect|reap|claim back|recollect|re-collect|recolect", [C, W, U]],
  ["round up|hoover up|mop up|skim|skim off|gather up|vacuum up|milk", [C]],
  ["stop lending|stop supplying|stop providing|unlend|un-lend|unsupply|un-supply", [W]],
  ["leave the staking pool|leave the pool|leave the validator|leave my validator", [U, W]],
  [
    "hoover|hoover up|mop up|vacuum up|scrape together|skim|skim off|reel in|haul in|rake together|pocket|sweep|scoop|scoop up|gather|pick up|bag|cash in on|rake in|realise|receive|take delivery of",
    [
      C,
      S,
      W,
    ],
  ],
  [
    "hook me up with|hook us up with|sort me out with|set me up with|fix me up with|kit me out with|" +
    "give|gib|grab|take|get|get me|give me|gimme|tap|raise up|secure|open|make|pick|" +
    "tap into|take on|have|hand me|extend|advance|arrange for",
    [],
  ],
  ["liquidate", [S, U, W, R]],
  ["get rid of|be rid of|dispose of|part with", [S, R, W]],
  [
    "rid me of|rid us of|part ways with|say goodbye to|say bye to|give up|jettison|nuke",
    [S, R, W],
  ],
  [
    "nab|snag|hoover up|vacuum up|mop up|reel in|rope in|gather in|gather up|bring in|round up|snatch up|swoop up|mop",
    [C, S, W],
  ],
  ["give up on", [U, W]],
  ["set free|let loose|turn loose|liberate|unchain|unshackle|untie", [U, W]],
  [
    "clean out|whip|fish|hoick|hoik|winkle|wrest|scoop out|suck out|siphon|siphon out",
    [W, U, C],
  ],
  ["bang|lob|fling|hurl|plop|smack|hoy|bosh|dunk|funnel|plunk|shunt", [D, K]],
  ["pull the plug on|pull da plug on|call time on", [U, W, R]],
  ["smash buy|smash-buy|fomo into", [S]],
  ["furnish|squirrel away|sock away|salt away|put aside|put by", [D]],
  ["give back|hand back", [W, R]],
  ["mint", [D, B]],
];

/** Verbs of orders that the domain does not carry out, by kind. */
const FOREIGN: Readonly<Record<string, string>> = {
  transfer: "share|gift|tip|donate|airdrop|gift out|wire|venmo|forward|pay out to|reward|" +
    "disperse|distribute|multisend|split with",
  compounding: "reinvest|re-invest|recompound|auto-compound|autocompound|auto compound",
  bridge: "bridge|bridge over|hop|teleport|migrate",
  wrap: "wrap|unwrap",
  approve: "approve|revoke|permit|authorize spending|whitelist|allow",
  perps: "short|long|go long|go short|open a long|open a short|hedge|ape long|margin|" +
    "leverage up|lever up",
  limit_price: "trail|iceberg",
  nft: "auction|mint an nft|mint nft|mint a nft|list an nft",
  governance: "vote|vote for|vote against|delegate my vote|delegate my votes|propose|abstain",
  launch: "launch|init|initialize|initialise|create|issue",
  settings:
    "upload|delete|prepare|confirm|automate|cast|slice|reject|annul|scrap|optimise|optimize|enable|disable|turn off|turn on|set|hide|unhide|rename|connect|disconnect|sign|add a token|" +
    "install|configure|register|import|export",
  watch:
    "keep an eye on|keep watch|keep track of|keep tabs on|pull up|bring up|track|monitor|watch|alert|notify|remind|schedule|ping|list|show|display|check|view|see|find|" +
    "fetch me|calculate|compute|estimate|simulate|preview|quote|verify|validate|compare|analyze|" +
    "read|read out|read me|indicate|know|define|type|guide|" +
    "analyse|review|inspect|track down|look up|tell|explain|describe|summarize|summarise|report",
  none:
    "pass on|pass up|pass over|leave the pool alone|leave the pool as it is|leave the pool as is|leave the pool untouched|leave the validator alone|leave my validator alone|hold|keep|halt|pause|suspend|insure|leave|hodl|protect|guard|block|lose|steal|hack|reserve|save|protect",
};

/** Verbs of the domain and of orders outside of it. */
export const DEFI_VERBS: readonly VerbEntry[] = [
  ...ORDERS.flatMap(([verbs, actions]) =>
    [...new Set(verbs.split("|"))].map((base) => ({ base, actions }))
  ),
  ...Object.entries(FOREIGN).flatMap(([foreign, verbs]) =>
    [...new Set(verbs.split("|"))].map((base) => ({ base, actions: [], foreign }))
  ),
].filter(({ base }, i, all) => all.findIndex((other) => other.base === base) === i);

/** Nouns that name an action. */
export const DEFI_ACTION_NOUNS: Readonly<Record<string, readonly DefiPrimitive[]>> = {
  deposit: [D],
  deposits: [D],
  "deposit order": [D],
  "swap order": [S],
  "sell order": [S],
  "buy order": [S],
  "exchange order": [S],
  "withdrawal order": [W, U],
  "redemption order": [W, U],
  "staking order": [K],
  "unstaking order": [U],
  "repayment order": [R],
  supply: [D],
  "top up": [D],
  "top-up": [D],
  contribution: [D, K],
  placement: [D],
  withdrawal: [W, U],
  withdrawals: [W, U],
  redemption: [W, U],
  "return of": [W, U],
  removal: [W, U],
  extraction: [W, U],
  retrieval: [W, U],
  swap: [S],
  swaps: [S],
  trade: [S],
  exchange: [S],
  conversion: [S],
  purchase: [S],
  sale: [S],
  disposal: [S],
  "market order": [S],
  "market buy": [S],
  "market sell": [S],
  "fire sale": [S],
  borrow: [B],
  borrowing: [B],
  loan: [B, R],
  "credit line": [B],
  "line of credit": [B],
  "on loan": [B],
  "lend of": [B],
  "on credit": [B],
  "cash advance": [B],
  advance: [B],
  drawdown: [B, W],
  "draw-down": [B, W],
  repayment: [R],
  payback: [R],
  payment: [R],
  payoff: [R],
  "pay-off": [R],
  paydown: [R],
  "pay-down": [R],
  prepayment: [R],
  settlement: [R],
  "pay down": [R],
  stake: [K, U],
  staking: [K, U],
  delegation: [K, U],
  restaking: [K],
  "liquid staking": [K],
  unstake: [U],
  unstaking: [U],
  undelegation: [U],
  unbonding: [U],
  unbond: [U],
  cooldown: [U],
  "cool down": [U],
  unlock: [U, W],
  "early exit": [U, W],
  exit: [U, W],
  claim: [C],
  claiming: [C],
  harvest: [C],
  collection: [C],
  "reward claim": [C],
  "rewards claim": [C],
  "reward collection": [C],
};
