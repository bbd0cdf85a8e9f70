import { type DefiOrder, readOrders, readStrictOrder } from "./read/orders.ts";

/**
 * How a prompt comes to the mapper: as the one order that it reads to; null where it is refused or has
 * several.
 *
 * @example
 * ```ts
 * import { mapperForm } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mapperForm("could you stake 2.5 ETH with lido, please?"), "stake 2.5 ETH with lido");
 * assertEquals(mapperForm("should I stake 2 ETH?"), null);
 * ```
 */
export function mapperForm(prompt: string): string | null {
  return singleOrder(prompt)?.order ?? null;
}

/**
 * The order within a prompt by its own words, without what stands around it: an order by itself, whether or
 * not the prompt is one. Of a prompt that is refused the longest end, else the longest beginning, that
 * reads as an order with an amount in digits and two names. Null where there is none.
 *
 * @example
 * ```ts
 * import { orderWithin } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(orderWithin("my friend said: deposit 5 ETH into aave"), "deposit 5 ETH into aave");
 * assertEquals(orderWithin("please stake 2 ETH with lido"), "stake 2 ETH with lido");
 * assertEquals(orderWithin("what is staking?"), null);
 * ```
 */
export function orderWithin(prompt: string): string | null {
  const whole = singleOrder(prompt);
  if (whole) return whole.text;
  if (!/\d/.test(prompt)) return null;
  for (const at of boundaries(prompt, WORD_STARTS).slice(1, MOST_CUTS)) {
    // An order within counts something
    if (!/\d/.test(prompt.slice(at))) break;
    const order = readStrictOrder(prompt.slice(at));
    if (order && isComplete(order)) return order.text;
  }
  for (const at of boundaries(prompt, WORD_ENDS).reverse().slice(0, MOST_CUTS)) {
    if (!/\d/.test(prompt.slice(0, at))) break;
    const order = readStrictOrder(prompt.slice(0, at));
    if (order && isComplete(order)) return order.text;
  }
  return null;
}

const WORD_STARTS = /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}])/gu;
const WORD_ENDS = /(?<=[\p{L}\p{N}])(?![\p{L}\p{N}])/gu;
/** Longer prompts hold no more orders, and cost the square of their length. */
const MOST_CUTS = 16;

function boundaries(prompt: string, pattern: RegExp): number[] {
  return [...prompt.matchAll(pattern)].map(({ index }) => index);
}

function singleOrder(prompt: string): DefiOrder | null {
  const { orders } = readOrders(prompt);
  return orders.length === 1 ? orders[0]! : null;
}

/** Fragments such as "withdraw USDC" stand in too much that is none to be called orders. */
function isComplete({ read: { order: { phrases } } }: DefiOrder): boolean {
  return phrases.flatMap(({ names }) => names).length >= 2 &&
    phrases.some(({ amount }) => amount?.kind === "amount" && amount.value !== undefined);
}
