import type { Matrix } from "../core/matrix.ts";
import type { Mapper } from "../mapper/mapper.ts";
import {
  compilePoint,
  type Decision,
  describeDecision,
  type OperatingPoint,
  scoreRows,
} from "./decide.ts";

/** Decides on texts at an operating point. */
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
  // It costs a second pass over the texts.
  const novelty = (point.maxNovelty ?? 1) < 1 ? await mapper.measureNovelty?.(texts) : undefined;
  const scored = scoreRows(probabilities, novelty);
  const compiled = compilePoint(point, mapper.classes);
  return texts.map((_, row) => describeDecision(scored, row, mapper.classes, compiled));
}
