import { receiptOf, STAKING_VENUES } from "./known_names.ts";
import { ASSETS, CHAINS, VENUES } from "./slots.ts";
import type { FoundName, ReadOrder } from "../../../language/order.ts";
import type { Token } from "../../../language/tokens/tokens.ts";

/** Names that stand for those that the mapper has never read. */
const STAND_INS = ["ETH", "USDC", "DAI"];

/**
 * An order as the mapper reads it: its own words alone, "it" and "them" replaced by what the order before
 * yields, names that are on no list by known ones, slips repaired, and amounts to two digits, as no action
 * depends on the others.
 *
 * @param yielded What the order before yields.
 * @param allowed What its words may ask for.
 * @param isFollowing Whether there is an order before it.
 */
export function mapperText(
  order: ReadOrder,
  tokens: readonly Token[],
  yielded: string,
  allowed: readonly string[],
  isFollowing = false,
): { readonly text: string; readonly yields: string | null } {
  const { head, phrases, parts } = order;
  const names = phrases.flatMap((phrase) => phrase.names);
  const assets = names.filter(({ kind }) => kind === "asset");
  const unused = STAND_INS.filter((one) => !assets.some(({ name }) => name === one));
  const byToken = new Map<number, string>();
  for (const name of names) byToken.set(name.from, spell(name, unused, head.actions));
  for (const { amount } of phrases) {
    if (amount?.kind === "amount" && amount.value !== undefined) {
      byToken.set(amount.from, twoDigits(amount.value));
    }
  }
  // What was said before the order may tell what "it" is
  const ground = phrases.find(({ front, prep, pronounAt, names, hints }) =>
    front && prep === null && pronounAt === null &&
    (names.length > 0 ? !parts.some(([from]) => from === names[0]!.from) : hints.includes("reward"))
  );
  const meant = ground?.names[0]?.name ?? (ground ? "rewards" : undefined);
  const pronouns = new Map(
    phrases.flatMap(({ pronounAt, names }) =>
      pronounAt === null ? [] : [[pronounAt, names.length > 0 ? null : meant ?? yielded] as const]
    ),
  );
  const words = [headWord(order, allowed)];
  for (const [from, to] of parts) {
    if (from === head.from && !isSilent(head)) continue;
    const replaced = byToken.get(from);
    const pronoun = pronouns.get(from);
    if (replaced !== undefined) words.push(replaced);
    else if (pronoun) words.push(pronoun);
    else words.push(plainWord(tokens, from, to));
  }
  if (isFollowing && phrases.length === 0) words.push(yielded);
  const text = words.filter((word) => word !== "").join(" ").replace(/ ([,.:])/g, "$1");
  const last = assets.at(-1)?.name ?? null;
  return { text, yields: head.actions.includes("swap_asset") ? last : assets[0]?.name ?? null };
}

const VERBS: Readonly<Record<string, string>> = {
  deposit_asset: "deposit",
  withdraw_asset: "withdraw",
  swap_asset: "swap",
  borrow_asset: "borrow",
  repay_asset: "repay",
  stake_asset: "stake",
  unstake_asset: "unstake",
  claim_rewards: "claim",
};

/** Verbs that are plain as they are, and those that also mean something else than the one action that is left. */
const OPEN = /^(?:lend|lend out|supply|validate|zap|zap in|zap into|seed|credit)$/;
/** Verbs that do nothing but give one thing for another; of others the mapper has to see it. */
const EXCHANGES =
  /^(?:swap|trade|exchange|convert|buy|purchase|sell|sell off|sell out|sell down|swap out|trade in|trade out|->)/;

const ARROWS = /^(?:-+>|=+>|→|⇒|⟶|➔|➜|➡|>{1,2})$/;

/** Heads that have no word of their own. */
function isSilent({ form }: ReadOrder["head"]): boolean {
  return form === "arrow" || form === "wish" || form === "verbless";
}

/**
 * The verb of an order in its base form, in front whatever its place; a noun's action if it has one. "Reduce
 * my borrow by 250 GHO" repays, "lower my stake by 20 SOL" unstakes: where the words leave one action, its plain
 * verb is said, and the mapper judges the rest.
 */
function headWord({ head }: ReadOrder, allowed: readonly string[]): string {
  const [only] = allowed;
  const isTold = allowed.length === 1 && !OPEN.test(head.word) &&
    (only !== "swap_asset" || EXCHANGES.test(head.word));
  if (isTold) return VERBS[only!]!;
  if (head.form === "wish" || head.form === "verbless") return head.word;
  if (head.form === "arrow") return head.actions.includes("->") ? "swap" : "deposit";
  if (head.form === "noun") return head.actions.length === 1 ? VERBS[head.actions[0]!]! : head.word;
  // "Stop staking" is not about staking more
  if (head.word.includes(" ") && head.actions.length === 1) return VERBS[head.actions[0]!]!;
  return head.word;
}

/** A name that the mapper has seen: itself, or one of the same sort. */
function spell({ kind, name }: FoundName, unused: string[], actions: readonly string[]): string {
  if (kind === "asset") {
    if (ASSETS.includes(name.toLowerCase())) return name;
    const receipt = receiptOf(name);
    if (receipt) return receipt === "staked" ? "stETH" : "aUSDC";
    return unused.shift() ?? "ETH";
  }
  if (kind === "chain") return CHAINS.includes(name) ? name : "arbitrum";
  if (VENUES.includes(name)) return name;
  if (STAKING_VENUES.includes(name)) return "lido";
  if (actions.includes("swap_asset")) return "uniswap";
  return actions.includes("stake_asset") && !actions.includes("deposit_asset") ? "lido" : "aave";
}

/** Spellings that the mapper need not know. */
const SPELLINGS: Readonly<Record<string, string>> = {
  outta: "out of",
  frm: "from",
  fro: "for",
  thru: "through",
};

function plainWord(tokens: readonly Token[], from: number, to: number): string {
  const text = tokens.slice(from, to).map(({ norm }) => norm).join(" ");
  return ARROWS.test(text) ? "to" : SPELLINGS[text] ?? text;
}

function twoDigits(value: string): string {
  return String(Number(Number(value).toPrecision(2)));
}
