import type { FoundName, NounPhrase, ReadOrder } from "../../../language/order.ts";
import { SWAP_TO } from "./order_words.ts";

/** Verbs that hand something over, so that what follows "to" may be a person. */
const HANDS_OVER =
  /^(?:send|return|pay|give|move|transfer|hand|pass|yeet|punt|lob|hurl|fling|funnel|shovel|shift|ship|push|remit|apply|bring|get|take|put|lend|loan)/;

/** Participles that tell where something is. */
const WENT =
  /^is:(?:.* )?(?:accrued|owed|due|credited|belonging|put|deposited|lent|supplied|posted|sent|paid|added|committed|moved|staked|delegated)$/;

/** What no person is: "to the Steakhouse vault". */
const KEEPS = /(?:^| )(?:vault|pool|market|gauge|farm|protocol|stake)$/;

/** What chooses one of several by a rank. */
const CHOOSES =
  /^is:(?:.* )?(?:highest|lowest|best|cheapest|safest|riskiest|oldest|biggest|largest|smallest|smaller|bigger|larger|riskier|safer|cheaper|older|newer)(?: |$)/;

/** True for an order that only takes something out. */
function comesOut({ head: { actions } }: ReadOrder): boolean {
  return actions.length > 0 &&
    actions.every((action) => /^(?:withdraw|unstake|claim)/.test(action));
}

/** "my debt", "the collateral": what there is, and no part of it. */
function isHolding({ amount, hints, prep }: NounPhrase): boolean {
  return amount === null && prep === null &&
    hints.some((hint) => /^(?:debt|collateral|stake|position|liquidity)/.test(hint));
}

/** What an order names, and where. */
interface Said {
  readonly order: ReadOrder;
  readonly names: readonly Named[];
  readonly chains: readonly Named[];
  readonly places: readonly Named[];
  readonly assets: readonly Named[];
  readonly swaps: boolean;
}

interface Named {
  readonly name: FoundName;
  readonly phrase: NounPhrase;
}

/** Orders that use the words of the domain for something outside of it, or that nobody can carry out. */
export function foreignKind(order: ReadOrder): string | null {
  const { head, phrases } = order;
  const names = phrases.flatMap((phrase) => phrase.names.map((name) => ({ name, phrase })));
  const of = (kind: FoundName["kind"]) => names.filter(({ name }) => name.kind === kind);
  const said: Said = {
    order,
    names,
    chains: of("chain"),
    places: of("place"),
    assets: of("asset"),
    swaps: head.actions.includes("swap_asset") || head.actions.includes("->"),
  };
  if (isBridged(said)) return "bridge";
  if (isHandedOver(said)) return "transfer";
  if (isUnstated(order) || isOfHolding(order)) return "not_understood";
  if (isSent(said)) return "transfer";
  return ofSides(said) ?? ofWord(said) ?? ofRest(said);
}

/** To another network. */
function isBridged({ order, chains, places, assets, swaps }: Said): boolean {
  if (new Set(chains.map(({ name }) => name.name)).size > 1) return true;
  const toChain = chains.some(({ phrase }) =>
    /^(?:to|over to|onto|into|across|->)$/.test(phrase.prep ?? "")
  );
  // "50,000 HONEY to Berachain's HONEY/WBERA pool"
  const isKeptThere = chains.some(({ phrase: { hints } }) =>
    hints.some((hint) => KEEPS.test(hint))
  );
  // "withdraw 3 ETH from Aave to Arbitrum"
  if (toChain && (places.length === 0 && !isKeptThere || comesOut(order))) return true;
  // "move 100 USDC from Polygon to Solana": what follows "to" is a network as well
  return !swaps && chains.length > 0 && assets.length > 1 &&
    assets.some(({ phrase }) => phrase.prep === "to");
}

/** To somebody, or to somewhere else than where it comes from. */
function isHandedOver({ order, places }: Said): boolean {
  const { head, phrases } = order;
  const isGoal = ({ phrase: { hints } }: Named) => !hints.some((hint) => KEEPS.test(hint));
  const to = places.some((place) =>
    place.name.open && /^(?:to|->)$/.test(place.phrase.prep ?? "") && isGoal(place)
  );
  if (to && HANDS_OVER.test(head.word)) return true;
  // "withdraw my USDC to Compound", "claim it to john77": what comes out goes to nobody else
  const isPassedOn = places.some((place) =>
    /^(?:to|into|onto|over to|->)$/.test(place.phrase.prep ?? "") &&
    !place.name.name.includes("/") && isGoal(place)
  );
  // "the 600 USDC I put into Moonwell", "all that accrued to my position": where it went before
  const isTold = phrases.some(({ hints }) => hints.some((hint) => WENT.test(hint)));
  return comesOut(order) && isPassedOn && !isTold;
}

/** How much or of which would have to be found out first. */
function isUnstated({ phrases }: ReadOrder): boolean {
  // "the pool with the highest apy"
  const isChosen = phrases.some(({ hints, front }) =>
    !front && hints.some((hint) => CHOOSES.test(hint)) &&
    hints.some((hint) => !hint.startsWith("is:") || /\b(?:apy|apr|yields?|returns?)$/.test(hint))
  );
  // "pay my debt down to 200 DAI": what is to be left, and not how much is moved
  const isLevel = phrases.some(({ prep, amount, front }, i) =>
    amount !== null && amount.kind !== "all" && amount.refusal === undefined && !front &&
    (/^(?:down|up) to$/.test(prep ?? "") || prep === "to" && phrases.slice(0, i).some(isHolding))
  );
  // "stake 5 ETH per validator"
  return isChosen || isLevel || phrases.some(({ prep }) => prep === "per");
}

/** "swap my debt from USDC to DAI", "switch my validator to Everstake", "extend my lock", "compound my rewards". */
function isOfHolding({ head, phrases }: ReadOrder): boolean {
  const [object] = phrases;
  const swaps = head.actions.length > 0 &&
    head.actions.every((action) => action === "swap_asset");
  const isHeld = object !== undefined && isHolding(object);
  // "claim and compound my rewards": put back in, and no venue
  const isPutBack = phrases.some(({ joined, prep, names }, i) =>
    joined && prep === null && names.some(({ name }) => name === "compound") &&
    !phrases[i - 1]?.names.some(({ kind }) => kind === "place")
  );
  return isPutBack ||
    isHeld && (swaps && object.hints.some((hint) => /^debt/.test(hint)) ||
        /^(?:extend|prolong|renew)$/.test(head.word) &&
          phrases.every(({ amount }) => amount === null) ||
        /^(?:switch|change|replace)$/.test(head.word) && object.hints.includes("stake"));
}

/** "swap to vitalik.eth", "deposit it into 0x…": to an account, or a contract that nobody has vouched for. */
function isSent({ order: { head, phrases }, names, places, swaps }: Said): boolean {
  const isAccount = names.some(({ name, phrase: { prep } }) => {
    if (NAMED_ACCOUNT.test(name.name)) return true;
    if (!/^0x[0-9a-f]{3}/i.test(name.name)) return false;
    if (name.kind === "asset") return prep === "to" && !swaps;
    return name.kind === "place" && !/^(?:at|from)$/.test(prep ?? "");
  });
  // "Withdraw 500 USDC from this wallet": what is in a wallet can only be sent
  const leaves = head.actions.includes("withdraw_asset") && places.length < 2 &&
    phrases.some(({ self, prep }) => self && /^(?:from|out of)$/.test(prep ?? ""));
  return isAccount || leaves && !phrases.some(({ hints }) => hints.length > 0);
}

/** What is given and what is received, where they leave nothing to do or wrap a coin. */
function ofSides(
  { order: { head }, places, assets: [given, received], swaps }: Said,
): string | null {
  // "turn 6 ETH into staked ETH"
  const isStaked = received?.phrase.hints.some((hint) => /^is:staked/.test(hint)) === true;
  if (swaps && given && received && given.name.name === received.name.name && !isStaked) {
    return "impossible";
  }
  const becomes = swaps || head.word === "make" || SWAP_TO.test(received?.phrase.prep ?? "");
  if (becomes && given && received && isWrap(given.name.name, received.name.name)) return "wrap";
  // "withdraw 10 LINK from Aave but keep all of it in Aave"
  const isKept = places.some(({ name, phrase }) =>
    /^(?:from|out of|off)$/.test(phrase.prep ?? "") &&
    places.some((other) =>
      other.name.name === name.name && /^(?:in|into|to)$/.test(other.phrase.prep ?? "")
    )
  );
  return isKept ? "impossible" : null;
}

/** What a verb means beside the things that it is said of. */
function ofWord({ order: { head, phrases }, places, assets }: Said): string | null {
  const counts = phrases.some(({ amount, pronoun }) => amount !== null || pronoun !== null);
  switch (head.word) {
    case "earn":
      // "stake and earn eight percent": what it brings
      return assets.length === 0 ? "not_understood" : null;
    case "spend":
      // "let the router spend my LINK"
      return assets.length < 2 && places.length > 0 ? "approve" : null;
    case "mint":
      return assets.some(({ name }) => /^nfts?$/i.test(name.name)) ? "nft" : null;
    case "deploy":
      // "Deploy a token": not money into a place
      return assets.length === 0 && !counts ? "launch" : null;
    case "bid": {
      // "bid 2 ETH on this one", and not "bid STRK with 0.15 ETH"
      const pays = phrases.some(({ prep, hints }) =>
        /^(?:with|using)$/.test(prep ?? "") || hints.includes("worth")
      );
      return !pays && assets.length < 3 ? "nft" : null;
    }
    case "freeze": {
      // Tron freezes what it stakes: "freeze 5000 TRX", and nothing else
      const isTron = assets.length === 1 && assets[0]!.name.name.toUpperCase() === "TRX" &&
        phrases.some(({ amount }) => amount?.kind === "amount");
      return isTron ? null : "none";
    }
    case "refund":
    case "compensate": {
      // "refund the 150 ARB of my loan", and not "refund Kim 50 USDC"
      const owes = phrases.some(({ hints }) => hints.some((hint) => hint.startsWith("debt")));
      return owes ? null : "transfer";
    }
    default:
      // "issue me a token with 250 supply"
      return /^issue /.test(head.word) && assets.length === 0 ? "launch" : null;
  }
}

function ofRest({ order: { head, phrases }, names, places, assets }: Said): string | null {
  const hints = phrases.flatMap((phrase) => phrase.hints);
  // A bank's, unless somebody is named who keeps it
  if (hints.includes("savings account") && places.length === 0) return "fiat";
  // "redeem myself in the pool"
  const isReflexive = phrases.some(({ self, prep }) => self && prep === null) &&
    names.length === 0 && phrases.every(({ amount }) => amount === null) &&
    hints.every((hint) => hint === "pool");
  if (isReflexive && head.form === "imperative") return "none";
  // "Close my BTC position": of one coin, and of no place that lends or pools
  const isPerp = /^(?:close|add)$/.test(head.word) && assets.length === 1 &&
    places.every(({ name }) => PERP_VENUES.test(name.name)) && hints.includes("position") &&
    !hints.some((hint) => /^(?:vault|pool|liquidity)/.test(hint)) &&
    !/[/-]/.test(assets[0]!.name.name);
  return isPerp ? "perps" : null;
}

/** Venues whose positions are bets on a price. */
const PERP_VENUES =
  /^(?:hyperliquid|dydx|gmx|drift|vertex|ostium|gains network|jupiter perps|aevo|lighter)/;

/** Names that stand for an account of a person. */
const NAMED_ACCOUNT = /\.(?:eth|sol|lens|crypto)$/i;

function isWrap(given: string, received: string): boolean {
  const a = given.toUpperCase();
  const b = received.toUpperCase();
  return a === `W${b}` || b === `W${a}`;
}
