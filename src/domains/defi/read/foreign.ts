import type { NounPhrase, ReadOrder } from "../../../language/order.ts";
import { SWAP_TO } from "./order_words.ts";

/** Verbs that hand something over, so that what follows "to" may be a person. */
const HANDS_OVER =
  /^(?:send|return|pay|give|move|transfer|hand|pass|yeet|punt|lob|hurl|fling|funnel|shovel|shift|ship|push|remit|apply|bring|get|take|put|lend|loan)/;

/** Participles that tell where something is. */
const WENT =
  /^is:(?:.* )?(?:accrued|owed|due|credited|belonging|put|deposited|lent|supplied|posted|sent|paid|added|committed|moved|staked|delegated)$/;

/** What no person is: "to the Steakhouse vault". */
const KEEPS = /(?:^| )(?:vault|pool|market|gauge|farm|protocol|stake)$/;

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

/** Orders that use the words of the domain for something outside of it. */
export function foreignKind(order: ReadOrder): string | null {
  const { head, phrases } = order;
  const names = phrases.flatMap((phrase) => phrase.names.map((name) => ({ name, phrase })));
  const chains = names.filter(({ name }) => name.kind === "chain");
  const places = names.filter(({ name }) => name.kind === "place");
  const assets = names.filter(({ name }) => name.kind === "asset");
  const gives = head.actions.some((action) => /^(?:deposit|stake|repay)/.test(action));
  const swaps = head.actions.includes("swap_asset") || head.actions.includes("->");
  if (new Set(chains.map(({ name }) => name.name)).size > 1) return "bridge";
  const toChain = chains.some(({ phrase }) =>
    /^(?:to|over to|onto|into|across|->)$/.test(phrase.prep ?? "")
  );
  // "50,000 HONEY to Berachain's HONEY/WBERA pool"
  const isKeptThere = chains.some(({ phrase: { hints } }) =>
    hints.some((hint) => KEEPS.test(hint))
  );
  if (toChain && places.length === 0 && !isKeptThere) return "bridge";
  // "withdraw 3 ETH from Aave to Arbitrum"
  if (toChain && comesOut(order)) return "bridge";
  // "move 100 USDC from Polygon to Solana": what follows "to" is a network as well
  if (
    !swaps && chains.length > 0 && assets.length > 1 &&
    assets.some(({ phrase }) => phrase.prep === "to")
  ) {
    return "bridge";
  }
  const to = places.find(({ name, phrase: { prep, hints } }) =>
    name.open && /^(?:to|->)$/.test(prep ?? "") && !hints.some((hint) => KEEPS.test(hint))
  );
  if (to && HANDS_OVER.test(head.word)) return "transfer";
  // "withdraw my USDC to Compound", "claim it to john77": what comes out goes to nobody else
  const isPassedOn = places.some(({ name, phrase: { prep, hints } }) =>
    /^(?:to|into|onto|over to|->)$/.test(prep ?? "") && !name.name.includes("/") &&
    !hints.some((hint) => KEEPS.test(hint))
  );
  // "the 600 USDC I put into Moonwell", "all that accrued to my position": where it went before
  const isTold = phrases.some(({ hints }) => hints.some((hint) => WENT.test(hint)));
  if (comesOut(order) && isPassedOn && !isTold) return "transfer";
  // "pay my debt down to 200 DAI": what is to be left, and not how much is moved
  const isLevel = phrases.some(({ prep, amount, front }, i) =>
    amount !== null && amount.kind !== "all" && amount.refusal === undefined && !front &&
    (/^(?:down|up) to$/.test(prep ?? "") || prep === "to" && phrases.slice(0, i).some(isHolding))
  );
  // "the pool with the highest apy": which, has to be found out first
  const isChosen = phrases.some(({ hints, front }) =>
    !front && hints.some((hint) => CHOOSES.test(hint)) &&
    hints.some((hint) => !hint.startsWith("is:") || /\b(?:apy|apr|yields?|returns?)$/.test(hint))
  );
  if (isChosen) return "not_understood";
  // "swap my debt from USDC to DAI", "switch my validator to Everstake", "extend my lock on Curve"
  const [object] = phrases;
  const isHeld = object !== undefined && isHolding(object);
  const onlySwaps = head.actions.length > 0 &&
    head.actions.every((action) => action === "swap_asset");
  const isOfHolding = isHeld && (onlySwaps && object.hints.some((hint) => /^debt/.test(hint)) ||
    /^(?:extend|prolong|renew)$/.test(head.word) &&
      phrases.every(({ amount }) => amount === null) ||
    /^(?:switch|change|replace)$/.test(head.word) && object.hints.includes("stake"));
  if (isOfHolding) return "not_understood";
  // "stake 5 ETH per validator"
  if (phrases.some(({ prep }) => prep === "per")) return "not_understood";
  // "claim and compound my rewards": put back in, and no venue
  const isPutBack = phrases.some(({ joined, prep, names }, i) =>
    joined && prep === null && names.some(({ name }) => name === "compound") &&
    !phrases[i - 1]?.names.some(({ kind }) => kind === "place")
  );
  if (isPutBack) return "not_understood";
  if (isLevel) return "not_understood";
  // "deposit into 0x…" names a contract; "swap to vitalik.eth", "claim it into 0x…" pay somebody
  const isSent = names.some(({ name, phrase: { prep } }) => {
    if (NAMED_ACCOUNT.test(name.name)) return true;
    if (!/^0x/i.test(name.name)) return false;
    if (name.kind === "asset") return prep === "to" && !swaps;
    return name.kind === "place" && !/^(?:at|from)$/.test(prep ?? "") &&
      !(gives && /^(?:in|into)$/.test(prep ?? ""));
  });
  if (isSent) return "transfer";
  // "let the router spend my LINK"
  if (head.word === "spend" && assets.length < 2 && places.length > 0) return "approve";
  const [given, received] = assets;
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
  if (isKept) return "impossible";
  // A bank's, unless somebody is named who keeps it
  if (phrases.some(({ hints }) => hints.includes("savings account")) && places.length === 0) {
    return "fiat";
  }
  if (head.word === "mint" && assets.some(({ name }) => /^nfts?$/i.test(name.name))) return "nft";
  // "redeem myself in the pool"
  const isReflexive = phrases.some(({ self, prep }) => self && prep === null) &&
    names.length === 0 &&
    phrases.every(({ amount, hints }) => amount === null && hints.every((hint) => hint === "pool"));
  if (isReflexive && head.form === "imperative") return "none";
  // "Withdraw 500 USDC from this wallet": what is in a wallet can only be sent
  const leaves = head.actions.includes("withdraw_asset") &&
    phrases.some(({ self, prep }) => self && /^(?:from|out of)$/.test(prep ?? "")) &&
    places.length < 2;
  if (leaves && !phrases.some(({ hints }) => hints.length > 0)) return "transfer";
  // "Deploy a token": not money into a place
  if (
    head.word === "deploy" && assets.length === 0 &&
    phrases.every(({ amount, pronoun }) => amount === null && pronoun === null)
  ) {
    return "launch";
  }
  // "bid 2 ETH on this one", and not "bid STRK with 0.15 ETH"
  const isPaid = phrases.some(({ prep, hints }) =>
    /^(?:with|using)$/.test(prep ?? "") || hints.includes("worth")
  );
  if (head.word === "bid" && !isPaid && assets.length < 3) return "nft";
  // Tron freezes what it stakes: "freeze 5000 TRX", and nothing else
  const isTron = assets.length === 1 && assets[0]!.name.name.toUpperCase() === "TRX" &&
    phrases.some(({ amount }) => amount?.kind === "amount");
  if (head.word === "freeze" && !isTron) return "none";
  // "issue me a token with 250 supply"
  if (/^issue /.test(head.word) && assets.length === 0) return "launch";
  // "refund the 150 ARB of my loan", and not "refund Kim 50 USDC"
  const owes = phrases.some(({ hints }) => hints.some((hint) => hint.startsWith("debt")));
  if (/^(?:refund|compensate)$/.test(head.word) && !owes) return "transfer";
  // "Close my BTC position": of one coin, and of no place that lends or pools
  if (
    /^(?:close|add)$/.test(head.word) && places.every(({ name }) => PERP_VENUES.test(name.name)) &&
    assets.length === 1 &&
    phrases.some(({ hints }) => hints.includes("position")) &&
    !phrases.some(({ hints }) => hints.some((hint) => /^(?:vault|pool|liquidity)/.test(hint))) &&
    !/[/-]/.test(assets[0]!.name.name)
  ) {
    return "perps";
  }
  return null;
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
