import type { Proof, ProvedPrompt } from "../domains/gates/proof.ts";
import { type Decision, DEFAULT_MIN_ORDER, type OperatingPoint } from "../evaluate/decide.ts";
import type { Matrix } from "../core/matrix.ts";
import { decideRows, predictTexts, type TextScores } from "../evaluate/decide_texts.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { ActivePoint } from "./operating_point.ts";

/**
 * The score as an order that a strict proof still needs. By `bench/order_proof.ts`, each author's prompts
 * scored by what the others wrote, it costs 43 of 4,367 orders and stops 28 of 77 that were read as an
 * order and are none.
 */
const STRICT_MIN_ORDER = 0.1;

/** The same of a lax proof: it costs 62 of 1,423 orders and stops 61 of 93. */
const LAX_MIN_ORDER = 0.5;

/** Where the reading shows no order, but only what it would be: it costs 127 of 789 and stops 132 of 152. */
const UNPROVED_MIN_ORDER = 0.8;

/** Where an order was read at the end, and what it ends was not: it costs 32 of 217 and stops 12 of 16. */
const TAIL_MIN_ORDER = 0.6;

/** Groups (authors) of training rows from which a score is believed where the reading shows no order. */
const MIN_GROUPS = 5;

/**
 * How much of the probability of the two likeliest actions that the words leave open the first has to have. By each
 * author's prompts, judged by what the others wrote: below it 12 were right and 12 wrong.
 */
const MIN_SHARE = 0.7;

/**
 * Decides on the orders of a prompt: which action, by the words of each, and whether it is an order at
 * all, by the whole prompt. Proof and score share the work:
 * with a strict proof a low score will do, with a lax one it has to be sure. A certified point is never lowered.
 */
export async function decideOrders(
  mapper: Mapper,
  texts: readonly string[],
  active: ActivePoint,
  proved?: ProvedPrompt,
): Promise<Decision[]> {
  const read = await predictTexts(mapper, texts, active.point);
  if (!proved) return await decideRows(mapper, texts, read.probabilities, active.point, read);
  const decisions = await decideProved(mapper, texts, read, active, proved);
  // Several orders are proved by their words
  if (proved.proof === "strict" && texts.length > 1) return decisions;
  return decisions.map((decision, i) =>
    isClear(decision, mapper, read.probabilities, i, proved) ? decision : unclear(decision)
  );
}

/** True unless the words leave open another action that is nearly as likely. */
function isClear(
  { label, confidence }: Decision,
  { classes }: Mapper,
  { data, cols }: Matrix<Float64Array>,
  row: number,
  { choices }: ProvedPrompt,
): boolean {
  const others = (choices?.[row] ?? [])
    .filter((action) => action !== label && classes.includes(action))
    .map((action) => data[row * cols + classes.indexOf(action)]!);
  return label === null || confidence >= MIN_SHARE * (confidence + Math.max(0, ...others));
}

function unclear(decision: Decision): Decision {
  return { ...decision, label: null, reason: "low_confidence" };
}

async function decideProved(
  mapper: Mapper,
  texts: readonly string[],
  read: TextScores & { readonly probabilities: Matrix<Float64Array> },
  { point, certificate }: ActivePoint,
  { prompt, proof }: ProvedPrompt,
): Promise<Decision[]> {
  const { probabilities } = read;
  if ((proof === "none" || proof === "tail") && !isTrusted(mapper)) {
    return (await decideRows(mapper, texts, probabilities, point, read)).map(unproved);
  }
  if (!mapper.measureOrder) return await decideRows(mapper, texts, probabilities, point, read);
  const [score] = await mapper.measureOrder([prompt]);
  const whole = new Float64Array(texts.length).fill(score!);
  // A certificate speaks of the score of whole prompts
  if (certificate !== null) {
    return await decideRows(mapper, texts, probabilities, point, { ...read, order: whole });
  }
  const needed = { ...point, minOrder: neededScore(point, proof, texts.length) };
  const order = proof === "lax" ? read.order!.map((own) => blendScores(score!, own)) : whole;
  return await decideRows(mapper, texts, probabilities, needed, { ...read, order });
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

function neededScore(
  { minOrder = DEFAULT_MIN_ORDER }: OperatingPoint,
  proof: Proof,
  orders: number,
): number {
  if (proof === "none") return Math.max(UNPROVED_MIN_ORDER, minOrder);
  if (proof === "tail") return Math.max(TAIL_MIN_ORDER, minOrder);
  if (proof === "lax") return Math.max(LAX_MIN_ORDER, minOrder);
  // The head learns from single orders: plans look to it like none, while their words prove them
  return orders > 1 ? 0 : Math.min(STRICT_MIN_ORDER, minOrder);
}
