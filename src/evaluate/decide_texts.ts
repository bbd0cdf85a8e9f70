import { MicroLmError } from "../core/errors.ts";
import type { Matrix } from "../core/matrix.ts";
import type { Mapper } from "../mapper/mapper.ts";
import {
  compilePoint,
  type Decision,
  DEFAULT_MIN_ORDER,
  describeDecision,
  type OperatingPoint,
  scoreRows,
} from "./decide.ts";

/**
 * Checks that a mapper can tell what an operating point asks for.
 *
 * @throws {MicroLmError} Kind `usage` for a limit of novelty where the mapper has no notion of it.
 */
export function requireNovelty(
  mapper: Pick<Mapper, "measureNovelty" | "source">,
  maxNovelty: number | undefined,
): void {
  if ((maxNovelty ?? 1) >= 1 || mapper.measureNovelty) return;
  throw new MicroLmError(
    "usage",
    `Expected a mapper that can tell how new a prompt is, found ${mapper.source.backend}`,
    { hint: "Leave max_novelty out of the operating point, or use a trained mapper" },
  );
}

/**
 * Decides on texts at an operating point.
 *
 * @throws {MicroLmError} As {@linkcode requireNovelty}.
 */
export async function decideAll(
  mapper: Mapper,
  texts: readonly string[],
  point: OperatingPoint,
): Promise<Decision[]> {
  const { probabilities, order } = await predictTexts(mapper, texts);
  return await decideRows(mapper, texts, probabilities, point, order);
}

/** A point for a mapper that scores orders: what it does not say of them is filled in. */
export function askingOrders(point: OperatingPoint): OperatingPoint {
  return { minOrder: DEFAULT_MIN_ORDER, ...point };
}

/** Probabilities of texts, and their scores as orders if the mapper has a head for it. */
export async function predictTexts(
  mapper: Mapper,
  texts: readonly string[],
): Promise<{ readonly probabilities: Matrix<Float64Array>; readonly order?: Float64Array }> {
  if (!mapper.measureOrder) return { probabilities: await mapper.predictProbabilities(texts) };
  const order = new Float64Array(texts.length);
  const probabilities = await mapper.predictProbabilities(texts, {
    onOrder: (scores, from) => order.set(scores, from),
  });
  return { probabilities, order };
}

/** Decides on texts whose probabilities and scores as orders are known: one row a text. */
export async function decideRows(
  mapper: Mapper,
  texts: readonly string[],
  probabilities: Matrix<Float64Array>,
  point: OperatingPoint,
  order?: Float64Array,
): Promise<Decision[]> {
  requireNovelty(mapper, point.maxNovelty);
  // It costs a second pass over the texts.
  const novelty = (point.maxNovelty ?? 1) < 1 ? await mapper.measureNovelty?.(texts) : undefined;
  const scored = scoreRows(probabilities, novelty, order);
  const compiled = compilePoint(order ? askingOrders(point) : point, mapper.classes);
  return texts.map((_, row) => describeDecision(scored, row, mapper.classes, compiled));
}
