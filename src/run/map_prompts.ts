import { MicroLmError } from "../core/errors.ts";
import {
  compilePoint,
  type Decision,
  describeDecision,
  type OperatingPoint,
  scoreRows,
} from "../evaluate/decide.ts";
import type { Mapper } from "../mapper/mapper.ts";
import type { MapperPolicy } from "./policy.ts";
import type { MappedPrompt, MicroRuntime } from "./runtime_types.ts";

/** Maps prompts at the operating point of a runtime under a policy. */
export async function mapPrompts(
  { mapper, point: pointOf }: MicroRuntime,
  prompts: readonly string[],
  policy?: MapperPolicy,
): Promise<MappedPrompt[]> {
  if (!mapper) {
    throw new MicroLmError("missing", "There is no mapper", {
      hint: "Train one: deno task train --labels_csv FILE --out_path MAPPER",
    });
  }
  const { point, certificate } = pointOf(policy);
  return (await decideAll(mapper, prompts, point)).map((decision) => ({
    ...decision,
    certificate,
  }));
}

/** Decides on prompts at an operating point. */
export async function decideAll(
  mapper: Mapper,
  prompts: readonly string[],
  point: OperatingPoint,
): Promise<Decision[]> {
  const probabilities = await mapper.predictProbabilities(prompts);
  // It costs a second pass over the prompts.
  const novelty = (point.maxNovelty ?? 1) < 1 ? await mapper.measureNovelty?.(prompts) : undefined;
  const scored = scoreRows(probabilities, novelty);
  const compiled = compilePoint(point, mapper.classes);
  return prompts.map((_, row) => describeDecision(scored, row, mapper.classes, compiled));
}
