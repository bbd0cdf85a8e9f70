import type { EvaluationConfig } from "../config/evaluation_config.ts";
import { readRunConfig } from "../config/run_config.ts";
import { type DetectionSet, readDetections } from "../iac/detections.ts";
import { finishedRuns, type FinishedRunsOptions } from "./finished_runs.ts";
import { createRunOverlap, runOverlapSentences } from "./run_overlap.ts";
import { hasOverlap } from "./set_overlap.ts";

/**
 * Says what the test sets of an evaluation share with the data of its runs, each statement once.
 *
 * @throws {MicroLmError} Kind `missing` if there is no run or no test set, `data` if a file is wrong.
 */
export async function evaluationOverlap(
  config: EvaluationConfig,
  options: FinishedRunsOptions = {},
): Promise<{ readonly sentences: readonly string[]; readonly isShared: boolean }> {
  const overlapOf = createRunOverlap();
  const { path } = config.evaluation.test_sets.combined;
  const sets = new Map<string, DetectionSet>();
  const sentences = new Set<string>();
  let isShared = false;
  for (const { folder } of await finishedRuns(config, options)) {
    const used = await readRunConfig(folder);
    const { text_field: textField } = used.global;
    const set = sets.get(textField) ?? await readDetections(path, { textField });
    sets.set(textField, set);
    const overlap = await overlapOf(used, set);
    isShared ||= [overlap.train, overlap.validation].some((part) => part && hasOverlap(part));
    for (const sentence of runOverlapSentences(path, used, overlap)) sentences.add(sentence);
  }
  return { sentences: [...sentences], isShared };
}
