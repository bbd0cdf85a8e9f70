import type { Proof, ProvedPrompt } from "../domains/gates/proof.ts";
import { type Decision, DEFAULT_MIN_ORDER, type OperatingPoint } from "../evaluate/decide.ts";
import { decideAll, decideRows } from "../evaluate/decide_texts.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { ActivePoint } from "./operating_point.ts";

/**
 * The score as an order that a strict proof still needs. By `bench/order_proof.ts`, each author's prompts
 * scored by what the others wrote, it costs 8 of 2,969 orders and stops 12 of 51 that were read as an
 * order and are none.
 */
const STRICT_MIN_ORDER = 0.1;

/** The same of a lax proof: it costs 144 of 1,002 orders and stops 41 of 58. */
const LAX_MIN_ORDER = 0.7;

/**
 * Decides on the orders of a prompt: which action, by the words of each, and whether it is an order at
 * all, by the whole prompt. Proof and score share the work:
 * with a strict proof a low score will do, with a lax one it has to be sure. A certified point is never lowered.
 */
export async function decideOrders(
  mapper: Mapper,
  texts: readonly string[],
  { point, certificate }: ActivePoint,
  proved?: ProvedPrompt,
): Promise<Decision[]> {
  if (!proved || !mapper.measureOrder) return await decideAll(mapper, texts, point);
  const probabilities = await mapper.predictProbabilities(texts);
  const [score] = await mapper.measureOrder([proved.prompt]);
  const minOrder = certificate === null
    ? neededScore(point, proved.proof, texts.length)
    : point.minOrder;
  const needed = minOrder === undefined ? point : { ...point, minOrder };
  const order = new Float64Array(texts.length).fill(score!);
  return await decideRows(mapper, texts, probabilities, needed, { order });
}

function neededScore(
  { minOrder = DEFAULT_MIN_ORDER }: OperatingPoint,
  proof: Proof,
  orders: number,
): number {
  if (proof === "lax") return Math.max(LAX_MIN_ORDER, minOrder);
  // The head learns from single orders: plans look to it like none, while no strict proof of one was wrong
  return orders > 1 ? 0 : Math.min(STRICT_MIN_ORDER, minOrder);
}
