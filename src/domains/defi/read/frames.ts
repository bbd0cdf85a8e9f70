import type { FoundName, NounPhrase, ReadOrder } from "../../../language/order.ts";
import { KEEPING_VENUES, receiptOf, STAKING_VENUES } from "./known_names.ts";
import { LENDING_VENUES } from "./slots.ts";
import { foreignKind } from "./foreign.ts";
import { SWAP_TO } from "./order_words.ts";
import { hasPlace } from "./things.ts";
import { DEFI_PRIMITIVES, type DefiPrimitive } from "../taxonomy.ts";

const OUT = /^(?:out of|from|off|back from|out from|off of|out|back|away)$/;
const IN =
  /^(?:over to|over|behind|in|into|on|onto|to|at|with|inside|back into|through|via|using|in to|on to|towards|over on|->)$/;
/** Verbs of everyday life, which need more than a thing to be understood. */
const WEAK =
  /^(?:pay|put|add|drop|pop|toss|throw|move|push|shift|bring|pull|raise|lower|cut|clear|cover|enter|join|finish|stick|load|boost|set aside|place|lock|break|free|release|close|end|terminate|turn|change|switch|pick|draw|take|get|give me|grab|open|make|reduce|return|apply|fetch|collect|trim|deploy|bump|bump up|bolster|enlarge|augment|expand|ramp up|beef up|reinforce|empty|burn|kill|wipe|square|zero|settle|post|commit|pour|provide|fund|increase|bank|earn|receive|exit|remove|mint)$/;

/** Places that keep what is brought there: nothing is exchanged at them. */
const HOLDS: ReadonlySet<string> = new Set([
  ...LENDING_VENUES,
  ...STAKING_VENUES,
  ...KEEPING_VENUES,
]);

/** What an order may ask for by its words, or why it asks for something outside of the domain. */
export interface OrderFrame {
  /** The actions that the mapper may choose from; empty if none. */
  readonly allowed: readonly DefiPrimitive[];
  readonly foreign: string | null;
}

/** Judges the verb of an order together with what stands beside it. */
export function frameOf(order: ReadOrder): OrderFrame {
  const foreign = foreignKind(order);
  if (foreign !== null) return { allowed: [], foreign };
  const { head } = order;
  const said = saidBy(order);
  const known = head.actions.filter(isAction);
  if (isAbout(said)) return { allowed: [], foreign: "none" };
  if (head.actions.includes("->")) return { allowed: [exchangeAt(said)], foreign: null };
  const allowed = known.length > 0 && head.form !== "open_verb"
    ? narrow(known, said)
    : byFrame(said);
  return { allowed: atVenue(allowed, said), foreign: null };
}

/** Verbs that end what one holds. */
const ENDS = /^(?:cease|discontinue|dissolve|dismantle|take apart|decommission|shut down)$/;

/** "discontinue withdrawals", "shut down the market", "generate yield": nothing that a holder can have done. */
function isAbout({ order: { head }, hints, main }: Said): boolean {
  const holds = hints.some((hint) => /^(?:stake|position|liquidity|collateral)$/.test(hint));
  return ENDS.test(head.word) && !holds || head.word === "generate" && main.includes("reward");
}

/** "all my ATOM -> stATOM with stride": a venue that only stakes gives receipts out, and takes them back. */
function exchangeAt({ places, assets, order }: Said): DefiPrimitive {
  // "700 DAI to sDAI savings vault": where, and not what for
  const isKept = order.phrases.some(({ prep, names, hints }) =>
    prep !== null && names.some(({ name }) => receiptOf(name) === "kept") &&
    (hints.some((hint) => /^(?:vault|pool|savings)/.test(hint)) ||
      names.some(({ kind }) => kind === "place"))
  );
  if (isKept) return "deposit_asset";
  const stakes = places.length > 0 && places.every((name) => STAKING_VENUES.includes(name));
  const [given, received] = assets.map(({ name }) => receiptOf(name));
  if (!stakes || given === received) return "swap_asset";
  return received === "staked" ? "stake_asset" : "unstake_asset";
}

/** Verbs that give a receipt back for what it stands for. */
const REDEEMS =
  /^(?:redeem|cash in|cash out|burn|exit|unwind|get out of|take out|pull out|get rid of)$/;

/** What is lent out is withdrawn and what is staked is unstaked, where the venue or the token tells which. */
function atVenue(allowed: readonly DefiPrimitive[], said: Said): readonly DefiPrimitive[] {
  const { places, assets, order: { head } } = said;
  const without = (one: DefiPrimitive) => allowed.filter((action) => action !== one);
  const all = (venues: readonly string[]) =>
    places.length > 0 && places.every((name) => venues.includes(name));
  const keeps = said.hints.some((hint) => /^(?:liquidity|pool|vault|market|lending)/.test(hint));
  const stakes = all(STAKING_VENUES) && !keeps;
  if (allowed.includes("withdraw_asset") && allowed.includes("unstake_asset")) {
    if (all([...LENDING_VENUES, ...KEEPING_VENUES])) return without("unstake_asset");
    if (stakes) return without("withdraw_asset");
    const receipt = assets.length === 1 ? receiptOf(assets[0]!.name) : undefined;
    // What is locked for votes is kept nowhere else: "withdraw my vlCVX"
    const isLock = assets.length === 1 && /^(?:ve|vl)/i.test(assets[0]!.name);
    if (receipt === undefined || keeps || !(isLock || REDEEMS.test(head.word))) return allowed;
    return without(receipt === "staked" ? "withdraw_asset" : "unstake_asset");
  }
  const brings = allowed.includes("deposit_asset") && allowed.includes("stake_asset");
  // "put the DAI in Fluid"
  const lends = all([...LENDING_VENUES, ...KEEPING_VENUES]) && !said.hints.includes("stake");
  if (brings && lends) return without("stake_asset");
  // "put 40 SOL with Marinade"; who says "deposit" may mean a vault of theirs
  // "stick em right back in staking"
  const inStaking = !keeps &&
    said.order.phrases.some(({ prep, hints }) =>
      IN.test(prep ?? "") && hints[0] === "stake" && hints.length === 1
    );
  return (stakes || inStaking) && brings && !/^(?:deposit|supply|lend)/.test(head.word)
    ? without("deposit_asset")
    : allowed;
}

interface Said {
  readonly order: ReadOrder;
  readonly assets: readonly FoundName[];
  readonly out: boolean;
  readonly into: boolean;
  readonly exchanged: boolean;
  readonly hints: readonly string[];
  readonly main: readonly string[];
  readonly places: readonly string[];
  /** Whether it is about a pool, a vault or lending, which nobody unstakes from. */
  readonly pools: boolean;
}

function saidBy(order: ReadOrder): Said {
  const { phrases, particles } = order;
  // What lies in a gauge is staked there
  const collects = order.head.actions[0] === "claim_rewards";
  const assets = phrases.flatMap(({ names }) => names.filter(({ kind }) => kind === "asset"));
  const placed = (phrase: NounPhrase) =>
    hasPlace(phrase) ||
    phrase.hints.some((hint) =>
      /^(?:stake|lending|liquidity|collateral|vault|pool|whirlpool|[cd]lmm|market|account|contract|gauge|farm|protocol|platform|position)/
        .test(hint)
    );
  return {
    order,
    assets,
    out:
      particles.some((word) =>
        /^(?:out|back|off|away|home|out of there|to here|back here)$/.test(word)
      ) ||
      phrases.some(({ prep, self }) => /^(?:back|->)/.test(prep ?? "") && self) ||
      phrases.some((phrase) =>
        OUT.test(phrase.prep ?? "") && !phrase.self && (placed(phrase) || !hasAsset(phrase))
      ),
    into: phrases.some((phrase) => IN.test(phrase.prep ?? "") && placed(phrase)),
    exchanged:
      phrases.some((phrase) =>
          SWAP_TO.test(phrase.prep ?? "") && hasAsset(phrase) && !placed(phrase)
        ) &&
        assets.length + phrases.filter(({ pronoun }) => pronoun !== null).length > 1 ||
      // "cash out my 4k MEW to stables"
      assets.length > 0 &&
        phrases.some(({ prep, hints }) =>
          /^(?:in)?to$/.test(prep ?? "") && hints.length === 1 && hints[0] === "thing"
        ) ||
      // "out of FTM and into SOL"
      leavesFor(order) || isBought(order) || isMadeFrom(order) ||
      // "Get 1 ETH with my USDC"
      (order.head.actions.length === 0 && assets.length > 1 &&
        phrases.some((phrase) =>
          /^(?:with|using|take)$/.test(phrase.prep ?? "") && hasAsset(phrase)
        )),
    hints: phrases.flatMap(({ hints }) =>
      hints.map((hint) => hint.startsWith("gauge") && !collects ? "stake" : tellsOf(hint))
        // "our lending stake in Burrow": what is lent
        .map((hint) => hint === "stake" && hints.includes("lending") ? "position" : hint)
    ),
    main: phrases.filter(({ prep }) => prep === null || prep === "in" || prep === "of")
      .flatMap(({ hints }) => hints.map(tellsOf)),
    places: phrases.flatMap(({ names }) =>
      names.flatMap(({ kind, name }) => kind === "place" ? [name] : [])
    ),
    pools: phrases.some(({ hints, names }) =>
      hints.some((hint) =>
        /^(?:liquidity|pool|whirlpool|[cd]lmm|vault|position|market|lending|collateral)/.test(hint)
      ) ||
      names.some(({ name }) => name.includes("/") || LENDING_VENUES.includes(name))
    ),
  };
}

/** Out of one thing and into another. */
function leavesFor({ phrases }: ReadOrder): boolean {
  const led = (preps: RegExp) =>
    phrases.some(({ prep, names, hints }) =>
      preps.test(prep ?? "") && hints.length === 0 && names.length === 1 &&
      names[0]!.kind === "asset"
    );
  return led(/^(?:out of|out from)$/) && led(/^(?:into|in to|in|to)$/);
}

/** "make 300 USDC from my MOVE", "make from it CRV". */
function isMadeFrom({ head, phrases }: ReadOrder): boolean {
  return head.word === "make" && head.actions.length === 0 &&
    phrases.some((phrase) =>
      /^(?:from|out of|with)$/.test(phrase.prep ?? "") &&
      (hasAsset(phrase) || phrase.pronoun !== null)
    ) &&
    phrases.some((phrase) => phrase.prep === null && hasAsset(phrase));
}

/** Verbs of having something given. */
const GETS = /^(?:get|get me|give me|gimme|gib|grab)$/;

/** "give me 1 SOL of BONK", "get me $50 of POPCAT", "get PEPE for 200 dollars": paid for, and from nowhere. */
function isBought({ head, phrases, particles }: ReadOrder): boolean {
  const [first, second] = phrases;
  const isPlain = GETS.test(head.word) && particles.length === 0 && first?.prep === null &&
    phrases.every((phrase) => phrase.names.every(({ kind }) => kind === "asset")) &&
    first.hints.every((hint) => hint === "worth" || hint === "of");
  if (!isPlain) return false;
  const worth = phrases.length === 1 && first.amount !== null &&
    (first.names.length === 2 && first.amount.kind === "amount" ||
      first.names.length === 1 && first.amount.kind === "money");
  const paid = phrases.length === 2 && /^(?:for|with|using)$/.test(second!.prep ?? "") &&
    second!.amount?.kind === "money" && second!.names.length === 0 && first.names.length === 1;
  return worth || paid;
}

/** "My staked ETH", "what I borrowed": what has been done tells what it is. */
function tellsOf(hint: string): string {
  if (!hint.startsWith("is:")) return hint.split(":")[0]!;
  if (/stak|delegat|bonded|locked/.test(hint)) return "stake";
  if (
    /unclaimed|accrued|claimable|pending|vested|owed to|built up|waiting|earned|accumulat|piled up/
      .test(hint)
  ) {
    return "reward";
  }
  if (/borrow|i owe/.test(hint)) return "debt";
  return /deposit|suppl|lent|parked/.test(hint) ? "position" : hint;
}

function hasAsset({ names }: NounPhrase): boolean {
  return names.some(({ kind }) => kind === "asset");
}

/** "invest $100 into RNDR": so much of what is held, and a thing that no place keeps. */
function buysInto({ order: { head, phrases } }: Said): boolean {
  const [object, into, ...more] = phrases;
  return more.length === 0 &&
    /^(?:invest|put|throw|toss|drop|chuck|stick|deploy)$/.test(head.word) &&
    object?.prep === null && object.amount?.kind === "money" && object.names.length === 0 &&
    into?.prep === "into" && into.hints.length === 0 && into.names.length === 1 &&
    into.names[0]!.kind === "asset" && receiptOf(into.names[0]!.name) === undefined;
}

/** What a verb of one action asks for where it is used for another: "ape 500 DAI into the vault". */
function widen(all: Set<DefiPrimitive>, said: Said, stakes: boolean): void {
  const { exchanged, into, out, places, particles, head } = { ...said, ...said.order };
  const isPlain = !stakes && places.every((name) => !HOLDS.has(name));
  const [object] = said.order.phrases;
  const gives = all.has("withdraw_asset") ||
    /^(?:put|throw|toss|drop|chuck|stick|pour|plow|plough|invest|deploy|allocate|commit|route|roll|push|settle|apply)$/
        .test(head.word) && object?.prep === null && object.names.length === 1;
  // "unload 2m SHIB into ETH", "put my TIA into ATOM"
  if (exchanged && isPlain && gives) all.add("swap_asset");
  if (buysInto(said)) all.add("swap_asset");
  if (!all.has("swap_asset") && head.word !== "lp") return;
  if (exchanged) {
    // "turn 2 ETH into rETH by staking"
    if (stakes && all.has("swap_asset")) all.add("stake_asset");
    return;
  }
  // "pay everything on Radiant": what is paid is owed
  const pays = head.word === "pay" && !said.order.phrases.some(({ prep }) => prep === "into");
  if (into && !pays) all.add("deposit_asset").add("stake_asset");
  // "dump 60 ORCA in a whirlpool"
  const pooled = into && said.hints.some((hint) => /^(?:pool|whirlpool|clmm|dlmm)/.test(hint));
  // "ape 500 USDC into Kamino": what only lends or stakes exchanges nothing
  const held = into && places.length > 0 && places.every((name) => HOLDS.has(name));
  if ((pooled || held) && /^(?:dump|ape|flip|rotate|turn)$/.test(head.word)) {
    all.delete("swap_asset");
  }
  // "cash me out of the vault", "lp out"
  if (out && (places.length > 0 || said.pools || particles.includes("out"))) {
    all.add("withdraw_asset");
  }
}

/** The actions of a verb that what stands beside it bears out. */
function narrow(known: readonly DefiPrimitive[], said: Said): DefiPrimitive[] {
  const { order: { head, particles }, hints, main, assets, places } = said;
  const all = new Set<DefiPrimitive>(known);
  const stakes = hints.includes("stake") || places.some((name) => STAKING_VENUES.includes(name));
  // "Deposit 2 ETH in the staking contract"
  if (stakes && all.has("deposit_asset")) all.add("stake_asset");
  if (stakes && all.has("withdraw_asset")) all.add("unstake_asset");
  widen(all, said, stakes);
  const collects = known[0] === "claim_rewards";
  // "retrieve my staking reward of SOL"
  const isOfReward = said.order.phrases.every((phrase) =>
    !hasAsset(phrase) || phrase.prep === null && phrase.hints.includes("reward")
  );
  if (main.includes("reward") && (collects || isOfReward) && all.has("claim_rewards")) {
    return ["claim_rewards"];
  }
  // "Realise our pending rewards", "draw the farming rewards"
  if (
    main.includes("reward") && !said.exchanged &&
    /^(?:reali[sz]e|cash|crystalli[sz]e|credit|draw|draw down|draw out|obtain|receive|acquire|bank|secure)$/
      .test(head.word)
  ) {
    return ["claim_rewards"];
  }
  const owes = byDebt(known, said);
  if (owes) return [...owes];
  // "ETH staking yields 3%" tells
  if (head.form === "noun" && hints.includes("reward") && !all.has("claim_rewards")) return [];
  if (head.word === "stake" && particles.includes("out")) return [];
  // "drop my validator"
  if (/^(?:drop|leave|quit|abandon|ditch)$/.test(head.word) && main.includes("stake")) {
    return ["unstake_asset"];
  }
  if (all.size > 1 && !stakes && said.pools) all.delete("unstake_asset");
  if (all.size > 1 && hints.includes("stake") && said.out && head.word !== "withdraw") {
    all.delete("withdraw_asset");
  }
  if (all.size > 2 && !hints.includes("debt")) {
    all.delete("borrow_asset");
    all.delete("repay_asset");
  } else if (hints.includes("debt") && (all.has("borrow_asset") || all.has("repay_asset"))) {
    return (["borrow_asset", "repay_asset"] as const).filter((action) => all.has(action));
  }
  if (isNewLoan(said)) return ["borrow_asset"];
  if (!WEAK.test(head.word)) return [...all];
  const framed = byFrame(said);
  const both = [...all].filter((action) => framed.includes(action));
  if (both.length > 0) return both;
  if (hints.includes("debt")) return framed;
  if (head.word === "pay") {
    const back = particles.some((word) => /^(?:back|off|down)$/.test(word)) ||
      said.order.phrases.some(({ prep }) => prep === "back to");
    return back && !said.exchanged ? ["repay_asset"] : [];
  }
  const brings = [...all].every((action) => action === "deposit_asset" || action === "stake_asset");
  if (brings && said.out && !said.into) return [];
  const isBare = !(head.word === "lock" && assets.length > 0) && hints.length === 0 &&
    places.length === 0 &&
    said.order.phrases.every(({ amount }) => amount === null);
  return isBare ? [] : [...all];
}

const MORE =
  /^(?:increase|enlarge|top up|top off|up|raise|expand|augment|boost|grow|extend|bump|bump up|reinforce|fund|bolster|beef up|add|strengthen|back|give|put)$/;
const LESS = /^(?:reduce|lower|cut|cut down|decrease|diminish|lessen|trim|shrink|scale down)$/;

/**
 * "a loan of 300 USDC", "30 SOL loan": how much it is to be. What is paid stands elsewhere: "75 USDC against my
 * loan", "my loan back".
 */
function isNewLoan({ order: { head, phrases, particles } }: Said): boolean {
  const counted = phrases.filter(({ amount }) => amount !== null);
  return head.form === "noun" && head.word === "loan" && !head.held && particles.length === 0 &&
    counted.length === 1 && /^(?:amount|money)$/.test(counted[0]!.amount!.kind) &&
    counted[0]!.amount!.refusal === undefined && /^(?:|of|in)$/.test(counted[0]!.prep ?? "") &&
    phrases.every(({ prep, hints }) =>
      !/^(?:with|by|to|towards?|back to|off|against)$/.test(prep ?? "") &&
      !hints.some((hint) => /repayment|^is:(?:paid|repaid|settled|cleared|outstanding)/.test(hint))
    );
}

/** What a debt, or a thing that is pledged, makes of a verb that says neither to borrow nor to repay. */
function byDebt(known: readonly DefiPrimitive[], said: Said): readonly DefiPrimitive[] | null {
  const { order: { head, phrases, particles }, hints, main, exchanged } = said;
  const debt = hints.includes("debt");
  if (LESS.test(head.word)) {
    if (debt) return ["repay_asset"];
    return hints.some((hint) => /^(?:position|collateral|liquidity)$/.test(hint))
      ? ["withdraw_asset"]
      : null;
  }
  // "lend from Morpho to me 300 USDT"
  const lends = /^(?:lend|lend out|loan)$/.test(head.word) &&
    phrases.some(({ prep, self }) => self && /^(?:|to|for)$/.test(prep ?? "")) &&
    phrases.some((phrase) => phrase.prep === "from" && hasPlace(phrase));
  if (lends) return ["borrow_asset"];
  // "pay Navi back", "pay the USDT at JustLend back"
  // "pay it off with 110,000 DAI"
  const pays = phrases.every(({ prep, names }) =>
    !names.some(({ kind }) => kind === "asset") || prep === null ||
    /^(?:with|using|in|from|of|by)$/.test(prep)
  );
  if (
    head.word === "pay" && (pays || !exchanged) &&
    particles.some((word) => /^(?:back|off)$/.test(word))
  ) return ["repay_asset"];
  // "pay 2000 USDC on Aave"
  const isLender = said.places.length > 0 &&
    said.places.every((name) => LENDING_VENUES.includes(name));
  if (head.word === "pay" && !exchanged && said.into && isLender) return ["repay_asset"];
  // "return to my wallet the 2 wstETH"
  const home = phrases.some(({ prep, self }) => self && /^(?:to|back to)$/.test(prep ?? ""));
  if (home && !debt && /^(?:return|remit|bring back|give back|hand back)$/.test(head.word)) {
    return ["withdraw_asset"];
  }
  // "top up the loan by 85 USDC", "reinforce my loan with 4 BNB"
  if (debt && MORE.test(head.word) && !known.includes("repay_asset")) {
    const by = phrases.some(({ prep, amount }) => prep === "by" && amount !== null);
    if (by) return ["borrow_asset"];
    const backs = hints.includes("collateral") ||
      phrases.some((phrase) => phrase.prep === "with" && hasAsset(phrase));
    if (backs) return ["deposit_asset"];
  }
  const pledged = phrases.some((phrase) => phrase.prep === "against" && hasAsset(phrase));
  // "take out 20,000 USDS against our ETH", and not "the LINK-backed loan, to be paid down"
  const isPaid = particles.some((word) => /^(?:down|off|back)$/.test(word)) ||
    hints.some((hint) => /^is:(?:paid|repaid|settled|cleared|reduced)/.test(hint));
  const counts = head.form !== "noun" || phrases.some(({ amount }) => amount !== null);
  if (pledged && !debt && known.includes("borrow_asset") && !isPaid && counts) {
    return ["borrow_asset"];
  }
  if (known.includes("borrow_asset") || known.includes("repay_asset") || exchanged) return null;
  if (pledged && !debt && /^(?:take|draw|raise|obtain|get|pull|extract)/.test(head.word)) {
    return ["borrow_asset"];
  }
  if (!debt || /^(?:deposit|supply|stake|delegate|claim|withdraw|swap)/.test(head.word)) {
    return null;
  }
  // "put me down for a 100 USDT loan", "credit us with 500 USDC as a loan"
  const asDebt = phrases.some(({ prep, hints: own }) =>
    own.map(tellsOf).includes("debt") && /^(?:as|into|for)$/.test(prep ?? "")
  );
  const getsMe = phrases.some(({ self, prep }) => self && prep === null);
  if (asDebt && getsMe || phrases.some(isAsDebt)) return ["borrow_asset"];
  if (main.includes("debt")) return wayOfDebt(said.order);
  const led = phrases.some(({ prep, hints: own }) =>
    own.map(tellsOf).includes("debt") && /^(?:at|towards?|on|to|into|against|for)$/.test(prep ?? "")
  );
  const onto = phrases.some(({ prep, hints: own }) =>
    own.map(tellsOf).includes("debt") && /^(?:on|onto|to|into|towards?)$/.test(prep ?? "")
  );
  // "add 400 USDC to what I owe"
  if (onto && ADDS.test(head.word)) return ["borrow_asset"];
  return onto || (led && !said.out) ? ["repay_asset"] : null;
}

/** Verbs after which a debt is more than before. */
const ADDS = /^(?:add|tack on|pile|pile on|stack)$/;

/** "30 DAI on credit", "50,000 USDC as a loan". */
function isAsDebt({ prep, hints }: NounPhrase): boolean {
  return prep === "as" && hints.some((hint) => tellsOf(hint) === "debt");
}

const PAYS =
  /^(?:pay|pay in|feed|return|give back|hand|hand back|send|toss|throw|apply|settle|unwind|close|end|clear|finish|make good)$/;
const TAKES =
  /^(?:take|take on|open|extract|get|draw|obtain|raise|extend|set up|start|arrange|arrange for|add|make|incur|assume|run up)$/;

const LESSER = /^is:(?:smaller|lower|lighter|less|shorter|disappear|vanish)$/;

/** "5 SOL against my loan", "from my wallet to the debt" pay; "20 NEAR as debt", "open a debt" take. */
function wayOfDebt({ phrases, head, particles }: ReadOrder): DefiPrimitive[] {
  // "I'd love 250 USDC of debt on Moonwell"
  const wants = head.form === "wish" &&
    phrases.some(({ prep, amount, hints }) =>
      prep === null && amount !== null && hints.some((hint) => tellsOf(hint) === "debt")
    );
  if (wants) return ["borrow_asset"];
  // "make my debt 200 USDC smaller"
  if (
    head.word === "make" && phrases.some(({ hints }) => hints.some((hint) => LESSER.test(hint)))
  ) {
    return ["repay_asset"];
  }
  // "bring my debt to zero"
  if (phrases.some(({ hints }) => hints.includes("is:zero"))) return ["repay_asset"];
  const leads = (preps: RegExp) =>
    phrases.some(({ prep, hints }) =>
      preps.test(prep ?? "") && hints.some((hint) => tellsOf(hint) === "debt")
    );
  const own = phrases.some(({ prep, self, hints }) =>
    self && /^(?:from|out of)$/.test(prep ?? "") || hints.includes("is:from my wallet")
  );
  const says = (hint: string) => phrases.some(({ hints }) => hints.includes(hint));
  if (own || says("debt:repayment") || leads(/^(?:against|towards?|onto|off|out of)$/)) {
    return ["repay_asset"];
  }
  if (leads(/^(?:as|in|into)$/)) return ["borrow_asset"];
  if (particles.length > 0) return ["borrow_asset", "repay_asset"];
  if (PAYS.test(head.word)) return ["repay_asset"];
  return TAKES.test(head.word) || says("debt:credit")
    ? ["borrow_asset"]
    : ["borrow_asset", "repay_asset"];
}

/** Shares of the pools that traders of perpetuals trade against. */
const POOL_SHARES = /^(?:JLP|GLP|HLP|LLP|MLP|ALP|GLV)$/i;

function byFrame(said: Said): DefiPrimitive[] {
  const { main, hints, into, exchanged, assets, order } = said;
  const allowed = new Set<DefiPrimitive>();
  if (main.includes("reward")) {
    return into ? ["claim_rewards", "deposit_asset", "stake_asset"] : ["claim_rewards"];
  }
  if (hints.includes("debt")) return wayOfDebt(order);
  if (order.phrases.some(({ prep }) => prep === "against") && assets.length > 0) {
    return assets.length > 1 ? ["borrow_asset", "swap_asset"] : ["borrow_asset"];
  }
  // "get 600 USDC into JLP": a share of a pool, given out to who puts something in
  const isPooled = order.phrases.some(({ prep, names }) =>
    /^(?:in|into)$/.test(prep ?? "") && names.some(({ name }) => POOL_SHARES.test(name))
  );
  // "make jitoSOL from 25 SOL": by staking it, or by a swap
  const isMade = order.head.word === "make" &&
    assets.some(({ name }) => receiptOf(name) === "staked");
  if (exchanged && isMade) return ["swap_asset", "stake_asset"];
  if (exchanged) return isPooled ? ["deposit_asset"] : ["swap_asset"];
  const stakes = hints.includes("stake") ||
    said.places.some((name) => STAKING_VENUES.includes(name));
  if (said.out) {
    if (hints.includes("stake")) return ["unstake_asset", "claim_rewards"];
    allowed.add("withdraw_asset").add("claim_rewards");
    // "give 300 DAI back on Spark"
    const returns = order.phrases.some(({ prep }) => /^(?:on|to|at|back to)$/.test(prep ?? "")) &&
      /^(?:give|send|pay|return|hand|bring|put|get back)/.test(order.head.word);
    // "hand Moonwell its 150 USDC back"
    const handed = order.particles.includes("back") &&
      /^(?:give|hand|pay|let)/.test(order.head.word) &&
      order.phrases.some(({ prep, names }) =>
        prep === null && names.some(({ name }) => LENDING_VENUES.includes(name.toLowerCase()))
      );
    if (returns || handed) allowed.add("repay_asset");
    if (!said.pools) allowed.add("unstake_asset");
    if (
      order.phrases.some(({ prep }) => /^(?:from|off|out of)$/.test(prep ?? "")) &&
      order.particles.length === 0
    ) allowed.add("borrow_asset");
    return [...allowed];
  }
  if (stakes) allowed.add("stake_asset");
  if (stakes && !into) allowed.add("unstake_asset");
  if (into) allowed.add("deposit_asset").add("stake_asset").add("repay_asset");
  // "the WETH goes to Aave": what is paid goes back
  if (order.head.form === "participle" && order.head.word === "put") allowed.delete("repay_asset");
  if (hints.includes("collateral")) {
    allowed.add("deposit_asset").add("withdraw_asset").add("borrow_asset");
  }
  if (hints.includes("liquidity")) allowed.add("deposit_asset").add("withdraw_asset");
  return [...allowed];
}

function isAction(action: string): action is DefiPrimitive {
  return (DEFI_PRIMITIVES as readonly string[]).includes(action);
}

const CHANGES =
  /^(?:bring|get|take|drop|dial|scale|cut|trim|reduce|lower|decrease|shrink|raise|increase|grow|boost|bump|lift|top up|extend)/;

/** "Bring my debt down to 400 USDC": what is to be left, not what is to be paid. */
export function isTarget({ head, phrases, particles }: ReadOrder): boolean {
  const moves = MORE.test(head.word) || LESS.test(head.word) ||
    particles.some((word) => /^(?:down|up)$/.test(word));
  return CHANGES.test(head.word) && moves &&
    phrases.some(({ prep, amount }) =>
      amount !== null && amount.kind !== "all" && /^(?:to|down to|up to|back to)$/.test(prep ?? "")
    );
}
