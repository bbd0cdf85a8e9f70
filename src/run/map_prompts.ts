import { MicroLmError } from "../core/errors.ts";
import {
  compilePoint,
  type Decision,
  describeDecision,
  type OperatingPoint,
  scoreRows,
} from "../evaluate/decide.ts";
import type { Matrix } from "../core/matrix.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { MapperPolicy } from "./policy.ts";
import type { MapOptions, MappedPrompt, MicroRuntime, RankedLabel } from "./runtime_types.ts";

/** Classes that `map` names unless it is asked for more or fewer. */
export const DEFAULT_TOP_K = 3;

/** Maps prompts at the operating point of a runtime under a policy. */
export async function mapPrompts(
  { mapper, point: pointOf }: MicroRuntime,
  prompts: readonly string[],
  policy?: MapperPolicy,
  { topK = DEFAULT_TOP_K }: MapOptions = {},
): Promise<MappedPrompt[]> {
  if (!mapper) {
    throw new MicroLmError("missing", "There is no mapper", {
      hint: "Train one: deno task train --labels_csv FILE --out_path MAPPER",
    });
  }
  const { point, certificate } = pointOf(policy);
  const probabilities = await mapper.predictProbabilities(prompts);
  const decisions = await decideRows(mapper, prompts, probabilities, point);
  return decisions.map((decision, row) => ({
    ...decision,
    certificate,
    top: rankLabels(probabilities, row, mapper.classes, topK),
  }));
}

/** The most probable classes of a row; the first in the mapper's order among equals. */
function rankLabels(
  { data, cols }: Matrix<Float64Array>,
  row: number,
  classes: readonly string[],
  count: number,
): RankedLabel[] {
  const ranked: RankedLabel[] = [];
  for (let k = 0; k < cols; k++) {
    const probability = data[row * cols + k]!;
    let at = ranked.length;
    while (at > 0 && ranked[at - 1]!.probability < probability) at--;
    if (at >= count) continue;
    ranked.splice(at, 0, { label: classes[k]!, probability });
    if (ranked.length > count) ranked.pop();
  }
  return ranked;
}

/** Decides on prompts at an operating point. */
export async function decideAll(
  mapper: Mapper,
  prompts: readonly string[],
  point: OperatingPoint,
): Promise<Decision[]> {
  return await decideRows(mapper, prompts, await mapper.predictProbabilities(prompts), point);
}

async function decideRows(
  mapper: Mapper,
  prompts: readonly string[],
  probabilities: Matrix<Float64Array>,
  point: OperatingPoint,
): Promise<Decision[]> {
  // It costs a second pass over the prompts.
  const novelty = (point.maxNovelty ?? 1) < 1 ? await mapper.measureNovelty?.(prompts) : undefined;
  const scored = scoreRows(probabilities, novelty);
  const compiled = compilePoint(point, mapper.classes);
  return prompts.map((_, row) => describeDecision(scored, row, mapper.classes, compiled));
}
