import type { Dataset } from "../mod.ts";
import { rewriteAbstain } from "../src/data/mod.ts";

/** Makes the labels of `--abstain_label` abstain; warns of names that no row has. */
export function applyAbstainLabels(
  dataset: Dataset,
  names: string | undefined,
  warn: (text: string) => void,
): Dataset {
  if (names === undefined) return dataset;
  const list = names.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const { dataset: rewritten, unused } = rewriteAbstain(dataset, list);
  for (const name of unused) warn(`${dataset.source}: no row has the label "${name}"`);
  return rewritten;
}
