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
 * Checks that a mapper has an out-of-scope score where an operating point limits it.
 *
 * @throws {MicroLmError} Kind `usage` if it has none.
 */
export function requireOos(
  mapper: Pick<Mapper, "measureOos" | "source">,
  maxOos: number | undefined,
): void {
  if ((maxOos ?? 1) >= 1 || mapper.measureOos) return;
  throw new MicroLmError(
    "usage",
    "Expected a mapper with an out-of-scope score, found none in it",
    {
      hint:
        "Leave max_oos out of the operating point, or train with deno task train --oos_score; it is " +
        "kept only where it beats confidence",
    },
  );
}

/**
 * Decides on texts at an operating point.
 *
 * @throws {MicroLmError} As {@linkcode requireNovelty} and {@linkcode requireOos}.
 */
export async function decideAll(
  mapper: Mapper,
  texts: readonly string[],
  point: OperatingPoint,
): Promise<Decision[]> {
  const { probabilities, ...scores } = await predictTexts(mapper, texts, point);
  return await decideRows(mapper, texts, probabilities, point, scores);
}

/** A point for a mapper that scores orders: what it does not say of them is filled in. */
export function askingOrders(point: OperatingPoint): OperatingPoint {
  return { minOrder: DEFAULT_MIN_ORDER, ...point };
}

/** What a mapper says of texts beside probabilities, one number a text. */
export interface TextScores {
  /** As an order, if the mapper has a head for it. */
  readonly order?: Float64Array;
  /** As out of scope, if the operating point limits that. */
  readonly oos?: Float64Array;
}

/** Probabilities of texts, with the scores that the mapper has and the point asks for. */
export async function predictTexts(
  mapper: Mapper,
  texts: readonly string[],
  { maxOos }: OperatingPoint,
): Promise<TextScores & { readonly probabilities: Matrix<Float64Array> }> {
  const order = mapper.measureOrder && new Float64Array(texts.length);
  let oos: Float64Array | undefined;
  const probabilities = await mapper.predictProbabilities(texts, {
    ...(order && { onOrder: (scores, from) => order.set(scores, from) }),
    ...((maxOos ?? 1) < 1 && { onOos: (scores) => oos = scores }),
  });
  return { probabilities, ...(order && { order }), ...(oos && { oos }) };
}

/** Decides on texts whose probabilities and scores are known: one row a text. */
export async function decideRows(
  mapper: Mapper,
  texts: readonly string[],
  probabilities: Matrix<Float64Array>,
  point: OperatingPoint,
  { order, oos: known }: TextScores = {},
): Promise<Decision[]> {
  requireNovelty(mapper, point.maxNovelty);
  requireOos(mapper, point.maxOos);
  // Each costs a second pass over the texts.
  const novelty = (point.maxNovelty ?? 1) < 1 ? await mapper.measureNovelty?.(texts) : undefined;
  const oos = known ?? ((point.maxOos ?? 1) < 1 ? await mapper.measureOos?.(texts) : undefined);
  const scored = scoreRows(probabilities, novelty, order, oos);
  const compiled = compilePoint(order ? askingOrders(point) : point, mapper.classes);
  return texts.map((_, row) => describeDecision(scored, row, mapper.classes, compiled));
}
