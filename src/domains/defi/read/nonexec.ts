import type { RefusalKind } from "../../../language/kinds.ts";
import { readOrders } from "./orders.ts";

/** What makes a prompt no order: the kind, and where it stands. */
export interface NonExecutable {
  readonly kind: RefusalKind;
  /** Range `[start, end)` of the prompt in UTF-16 units. */
  readonly span: readonly [number, number];
}

/**
 * Finds what makes a prompt something else than an order to act now; null for an order.
 *
 * @example
 * ```ts
 * import { detectNonExecutable } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(detectNonExecutable("deposit 10 ETH into aave"), null);
 * assertEquals(detectNonExecutable("bridge 5 ETH to arbitrum")?.kind, "bridge");
 * assertEquals(detectNonExecutable("deposit 5 ETH into aave, strike that")?.kind, "not_understood");
 * ```
 */
export function detectNonExecutable(prompt: string): NonExecutable | null {
  const { refusal } = readOrders(prompt);
  if (!refusal) return null;
  return { kind: refusal.kind, span: refusal.spans[0] ?? [0, prompt.length] };
}
