import { MicroLmError } from "../../core/errors.ts";
import type { RunConfig } from "../config/run_config.ts";
import { type DetectionSet, readDetections } from "../iac/detections.ts";
import { hasOverlap, measureSetOverlap, overlapSentence, type SetOverlap } from "./set_overlap.ts";

/** What a test set shares with what a run was trained and chosen on; null where that is gone. */
export interface RunOverlap {
  readonly train: SetOverlap | null;
  readonly validation: SetOverlap | null;
}

/** Measures the overlap of test sets with the data of runs, each pair once. */
export type MeasureRunOverlap = (
  used: RunConfig,
  set: Pick<DetectionSet, "sha256" | "rows">,
) => Promise<RunOverlap>;

/** Prepares to measure; files are read once. */
export function createRunOverlap(): MeasureRunOverlap {
  const sets = new Map<string, Promise<DetectionSet | null>>();
  const measured = new Map<string, SetOverlap>();
  const read = (file: RunConfig["data"]["train"], textField: string) => {
    const key = JSON.stringify([file.path, file.sha256, textField]);
    const set = sets.get(key) ?? readIfSame(file, textField);
    sets.set(key, set);
    return set;
  };
  return async ({ data, global }, test) => {
    const compare = async (file: RunConfig["data"]["train"]) => {
      const earlier = await read(file, global.text_field);
      if (earlier === null) return null;
      const facts = [earlier.sha256, test.sha256, test.rows.length, test.rows[0]?.id];
      const key = JSON.stringify([...facts, global.text_field]);
      const overlap = measured.get(key) ?? measureSetOverlap(earlier.rows, test.rows);
      measured.set(key, overlap);
      return overlap;
    };
    return { train: await compare(data.train), validation: await compare(data.validation) };
  };
}

/** The file that a run has seen; null if there is none any more, or another one in its place. */
async function readIfSame(
  { path, sha256 }: RunConfig["data"]["train"],
  textField: string,
): Promise<DetectionSet | null> {
  try {
    const set = await readDetections(path, { textField });
    return set.sha256 === sha256 ? set : null;
  } catch (error) {
    if (error instanceof MicroLmError && error.kind !== "permission") return null;
    throw error;
  }
}

/**
 * Says what test sets share with the data of runs, each statement once.
 *
 * @param name What the sentences call the test set.
 */
export function runOverlapSentences(
  name: string,
  { data }: Pick<RunConfig, "data">,
  { train, validation }: RunOverlap,
): string[] {
  const say = (earlier: string, overlap: SetOverlap | null) => {
    if (overlap === null) {
      return [`What ${name} shares with ${earlier} is unknown: that has changed`];
    }
    return hasOverlap(overlap) ? [overlapSentence(name, earlier, overlap)] : [];
  };
  return [
    ...say(`the training file ${data.train.path}`, train),
    ...say(`the validation file ${data.validation.path}`, validation),
  ];
}
