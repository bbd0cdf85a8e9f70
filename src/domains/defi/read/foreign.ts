import type { ReadOrder } from "../../../language/order.ts";
import { SWAP_TO } from "./order_words.ts";

/** Verbs that hand something over, so that what follows "to" may be a person. */
const HANDS_OVER =
  /^(?:send|return|pay|give|move|transfer|hand|shift|ship|push|remit|apply|bring|get|take|put)/;

/** What no person is: "to the Steakhouse vault". */
const KEEPS = /(?:^| )(?:vault|pool|market|gauge|farm|protocol|stake)$/;

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
  const becomes = swaps || SWAP_TO.test(received?.phrase.prep ?? "");
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
