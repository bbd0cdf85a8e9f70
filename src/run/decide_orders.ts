import type { Proof, ProvedPrompt } from "../domains/gates/proof.ts";
import { type Decision, DEFAULT_MIN_ORDER, type OperatingPoint } from "../evaluate/decide.ts";
import { decideAll, decideRows } from "../evaluate/decide_texts.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { ActivePoint } from "./operating_point.ts";

/**
 * The score as an order that a strict proof still needs. By `bench/order_proof.ts`, each author's prompts
 * scored by what the others wrote, it costs 4 of 2,330 orders and stops 10 of 58 that were read as an
 * order and are none.
 */
const PROVED_MIN_ORDER = 0.1;

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
  const minOrder = certificate === null ? neededScore(point, proved.proof) : point.minOrder;
  const needed = minOrder === undefined ? point : { ...point, minOrder };
  const scores = new Float64Array(texts.length).fill(score!);
  return await decideRows(mapper, texts, probabilities, needed, scores);
}

function neededScore({ minOrder = DEFAULT_MIN_ORDER }: OperatingPoint, proof: Proof): number {
  return proof === "strict"
    ? Math.min(PROVED_MIN_ORDER, minOrder)
    : Math.max(DEFAULT_MIN_ORDER, minOrder);
}
