import { MicroLmError } from "../core/errors.ts";
import type { Matrix } from "../core/matrix.ts";
import { decideRows, predictTexts } from "../evaluate/decide_texts.ts";
import type { MapperPolicy } from "./policy/mapper_policy.ts";
import type { MapOptions, MappedPrompt, MicroRuntime, RankedLabel } from "./runtime_types.ts";

/** Classes that `map` names unless it is asked for more or fewer. */
export const DEFAULT_TOP_K = 3;

/** Maps prompts at the operating point of a runtime under a policy. */
export async function mapPrompts(
  { mapper, point: pointOf }: MicroRuntime,
  prompts: readonly string[],
  policy?: MapperPolicy,
  { topK = DEFAULT_TOP_K, active = pointOf(policy) }: MapOptions = {},
): Promise<MappedPrompt[]> {
  if (!mapper) {
    throw new MicroLmError("missing", "There is no mapper", {
      hint: "Train one: deno task train --labels_csv FILE --out_path MAPPER",
    });
  }
  const { point, certificate } = active;
  const { probabilities, ...scores } = await predictTexts(mapper, prompts, point);
  const decisions = await decideRows(mapper, prompts, probabilities, point, scores);
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
