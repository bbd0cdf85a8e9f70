import { MicroLmError } from "../core/errors.ts";
import type { Matrix } from "../core/matrix.ts";
import type { Mapper } from "../mapper/mapper.ts";
import {
  compilePoint,
  type Decision,
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
  return await decideRows(mapper, texts, await mapper.predictProbabilities(texts), point);
}

/** Decides on texts whose probabilities are known: one row a text. */
export async function decideRows(
  mapper: Mapper,
  texts: readonly string[],
  probabilities: Matrix<Float64Array>,
  point: OperatingPoint,
): Promise<Decision[]> {
  requireNovelty(mapper, point.maxNovelty);
  // It costs a second pass over the texts.
  const novelty = (point.maxNovelty ?? 1) < 1 ? await mapper.measureNovelty?.(texts) : undefined;
  const scored = scoreRows(probabilities, novelty);
  const compiled = compilePoint(point, mapper.classes);
  return texts.map((_, row) => describeDecision(scored, row, mapper.classes, compiled));
}
