import { type DefiOrder, readOrders } from "./orders.ts";

/** One order of a prompt: a {@linkcode DefiOrder}. */
export type Segment = DefiOrder;

/**
 * Splits a prompt into its orders, in the order in which they are to be carried out; none for a prompt that
 * is no order.
 *
 * "Before you stake X, swap Y" and "deposit X after claiming Y" come out in the order of time; their spans
 * show where each stood.
 *
 * @param prompt Text of a person.
 *
 * @example
 * ```ts
 * import { splitSteps } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const steps = splitSteps("before you stake 2 ETH, swap 5,000 USDC for ETH");
 * assertEquals(steps.map((step) => step.text), ["swap 5,000 USDC for ETH", "stake 2 ETH"]);
 * assertEquals(steps[1]?.span, [11, 22]);
 * ```
 */
export function splitSteps(prompt: string): Segment[] {
  return [...readOrders(prompt).orders];
}
