import { type ParsedPrompt, parsePrompt } from "../../../language/parse.ts";
import type { RefusalKind } from "../../../language/kinds.ts";
import type { ReadOrder } from "../../../language/order.ts";
import type { Token } from "../../../language/tokens/tokens.ts";
import { frameOf } from "./frames.ts";
import { mapperText } from "./mapper_text.ts";
import type { OrderWords } from "./order_words.ts";
import type { DefiPrimitive } from "../taxonomy.ts";
import { DEFI_LANGUAGE } from "./vocabulary.ts";

/** One order of a prompt. */
export interface DefiOrder {
  /** The words of the original that ask for it. */
  readonly text: string;
  /** Where they stand: a range `[start, end)` of the original prompt in UTF-16 units. */
  readonly span: readonly [number, number];
  /** The same as the mapper reads it: as a plain order, unknown names replaced by known ones. */
  readonly order: string;
  /** What its words may ask for; the mapper chooses. */
  readonly allowed: readonly DefiPrimitive[];
  readonly read: OrderWords;
}

/** What a prompt was read to. */
export interface DefiReading {
  /** As they are to happen; empty where the prompt is refused. */
  readonly orders: readonly DefiOrder[];
  /** Why it is no order to act on now, and where. */
  readonly refusal: {
    readonly kind: RefusalKind;
    readonly spans: readonly (readonly [number, number])[];
  } | null;
  readonly parsed: ParsedPrompt;
}

/**
 * Reads a prompt of DeFi: its orders, or why there are none.
 *
 * @example
 * ```ts
 * import { readOrders } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const { orders } = readOrders("could you stake 2 ETH with lido, please?");
 * assertEquals(orders.map(({ text, allowed }) => [text, allowed]), [
 *   ["stake 2 ETH with lido", ["stake_asset"]],
 * ]);
 * assertEquals(readOrders("freeze all withdrawals of ETH from aave").refusal !== null, true);
 * ```
 */
export function readOrders(prompt: string): DefiReading {
  const parsed = parsePrompt(prompt, DEFI_LANGUAGE);
  const refuse = (
    kind: RefusalKind,
    spans: readonly (readonly [number, number])[],
  ): DefiReading => ({
    orders: [],
    refusal: { kind, spans },
    parsed,
  });
  if (parsed.refusal) return { orders: [], refusal: parsed.refusal, parsed };
  const { tokens } = parsed;
  const textOf = (from: number, to: number) =>
    prompt.slice(tokens[from]!.start, tokens[to - 1]!.end);
  const orders: DefiOrder[] = [];
  let yielded = "ETH";
  for (const order of parsed.orders) {
    if (orders.length > 0 && isCarriedHome(order)) continue;
    const span = spanOf(order, tokens);
    const { allowed, foreign } = frameOf(order);
    if (foreign !== null) return refuse(foreign, [span]);
    if (allowed.length === 0 || !hasObject(order, orders.length > 0)) {
      return refuse("not_understood", [span]);
    }
    if (orders.at(-1)?.text === prompt.slice(...span)) continue;
    const text = mapperText(order, tokens, yielded, orders.length > 0);
    yielded = text.yields ?? yielded;
    orders.push({
      text: prompt.slice(...span),
      span,
      order: text.text,
      allowed,
      read: { order, textOf, ratios: order.ratios, roles: parsed.roles },
    });
  }
  return { orders, refusal: null, parsed };
}

/** "…, and send it to my wallet": what the step before yields goes where it goes anyway. */
function isCarriedHome({ head, phrases, particles }: ReadOrder): boolean {
  const isBack = particles.some((word) => /^(?:back|home)$/.test(word)) && phrases.length === 1 &&
    phrases[0]!.pronoun !== null && phrases[0]!.names.length === 0 && phrases[0]!.amount === null;
  if (isBack && /^(?:send|bring|give|get|take|put|return)/.test(head.word)) return true;
  return /^(?:send|pay|put|move|return|take|get|give|transfer|bring|give back|bring back|deposit|withdraw)/
    .test(head.word) &&
    phrases.some(({ self }) => self) && phrases.length <= 2 &&
    phrases.every(({ self, pronoun, names, amount, hints }) =>
      (self || pronoun !== null) && names.length === 0 && amount === null && hints.length === 0
    );
}

/** An order is about something, or about what the order before it yields. */
function hasObject({ phrases, head }: ReadOrder, follows: boolean): boolean {
  if (follows) return true;
  return phrases.some(({ names, hints, amount }) =>
    names.length > 0 || hints.some((hint) => !hint.startsWith("is:")) || amount !== null
  ) ||
    head.form === "noun" && phrases.length > 0;
}

function spanOf({ parts }: ReadOrder, tokens: readonly Token[]): readonly [number, number] {
  const from = Math.min(...parts.map(([start]) => start));
  const to = Math.max(...parts.map(([, end]) => end));
  return [tokens[from]!.start, tokens[to - 1]!.end];
}
