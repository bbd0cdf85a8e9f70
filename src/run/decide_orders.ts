import type { Proof, ProvedPrompt } from "../domains/gates/proof.ts";
import { type Decision, DEFAULT_MIN_ORDER, type OperatingPoint } from "../evaluate/decide.ts";
import { decideAll, decideRows } from "../evaluate/decide_texts.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { ActivePoint } from "./operating_point.ts";

/** How sure score and mapper have to be: one pair of limits, and the second where there is one, will do. */
interface Floor {
  /** The score as an order, and the mapper's confidence in the action. */
  readonly least: readonly [order: number, confidence: number];
  /** A lower score, where the mapper is surer of the action. */
  readonly orElse?: readonly [order: number, confidence: number];
}

/**
 * The less the reading proves, the surer they have to be. By each author's prompts, judged by what the
 * others wrote (6,139 orders, 3,971 that are none): the second limits let through 86 orders, none of them
 * wrong, and 17 that are none; those of a guess 60, 0 and 3.
 */
const FLOORS: Readonly<Record<Proof, Floor>> = {
  strict: { least: [0.1, 0] },
  lax: { least: [0.5, 0] },
  none: { least: [0.8, 0] },
  guess: { least: [0.7, 0.95] },
};

/** Groups (authors) of training rows from which a score is believed where the reading shows no order. */
const MIN_GROUPS = 5;

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
  if (!proved) return await decideAll(mapper, texts, point);
  const { prompt, proof } = proved;
  const isShown = proof === "strict" || proof === "lax";
  if (!isShown && !isTrusted(mapper)) {
    return (await decideAll(mapper, texts, point)).map(unproved);
  }
  if (!mapper.measureOrder) return await decideAll(mapper, texts, point);
  const probabilities = await mapper.predictProbabilities(texts);
  const [score] = await mapper.measureOrder([prompt]);
  const whole = new Float64Array(texts.length).fill(score!);
  // A certificate speaks of the score of whole prompts
  if (certificate !== null) {
    const decisions = await decideRows(mapper, texts, probabilities, point, { order: whole });
    return proof === "guess"
      ? decisions.map((one) => whereSure(one, floorOf(point, proof)))
      : decisions;
  }
  const order = proof === "lax"
    ? (await mapper.measureOrder(texts)).map((own) => blendScores(score!, own))
    : whole;
  // The head learns from single orders: plans look to it like none, while no strict proof of one was wrong
  const isPlan = proof === "strict" && texts.length > 1;
  const floor: Floor = isPlan ? { least: [0, 0] } : floorOf(point, proof);
  const needed = { ...point, minOrder: (floor.orElse ?? floor.least)[0] };
  const decisions = await decideRows(mapper, texts, probabilities, needed, { order });
  return decisions.map((one) => whereSure(one, floor));
}

/** The limits of a proof; a point may ask for more. */
function floorOf({ minOrder = DEFAULT_MIN_ORDER }: OperatingPoint, proof: Proof): Floor {
  const { least, orElse } = FLOORS[proof];
  if (proof === "strict") return { least: [Math.min(least[0], minOrder), least[1]] };
  return {
    least: [Math.max(least[0], minOrder), least[1]],
    ...(orElse && { orElse: [Math.max(orElse[0], minOrder), orElse[1]] }),
  };
}

/** The decision, or none where score and mapper are not sure enough together. */
function whereSure(decision: Decision, { least, orElse }: Floor): Decision {
  const { label, confidence, order_score: order = 1 } = decision;
  const reaches = ([score, sure]: readonly [number, number]) =>
    order >= score && confidence >= sure;
  if (label === null || reaches(least) || (orElse && reaches(orElse))) return decision;
  return { ...decision, label: null, reason: order < least[0] ? "not_an_order" : "low_confidence" };
}

/** True if the score as an order is known to hold for prompts of people from whom it learned nothing. */
function isTrusted({ measureOrder, orderGroups = 0 }: Mapper): boolean {
  return measureOrder !== undefined && orderGroups >= MIN_GROUPS;
}

/** Without a score nothing shows that it is an order. */
function unproved(decision: Decision): Decision {
  return { ...decision, label: null, reason: "not_an_order" };
}

/** Share of the whole prompt, against the words of the order alone, where words were passed over. */
const WHOLE = 0.7;

/** The weighted mean of two scores, in log-odds. */
export function blendScores(whole: number, own: number): number {
  const logOdds = (score: number) => Math.log(score / (1 - score));
  return 1 / (1 + Math.exp(-(WHOLE * logOdds(clip(whole)) + (1 - WHOLE) * logOdds(clip(own)))));
}

function clip(score: number): number {
  return Math.min(1 - 1e-9, Math.max(1e-9, score));
}
