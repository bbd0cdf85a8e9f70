import { basename, join } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import type { EvaluationConfig } from "../config/evaluation_config.ts";
import { matchesAny } from "../config/expand.ts";
import {
  followPointers,
  listRuns,
  readJson,
  RUN_FILES,
  type RunStatus,
  type StoredRun,
} from "../experiment/experiment_folder.ts";

/** Options of {@linkcode finishedRuns}. */
export interface FinishedRunsOptions {
  /** Keeps runs whose folder name contains one of these texts, separated by commas. */
  readonly filter?: string;
  /** Keeps runs whose folder name is one of these. */
  readonly only?: readonly string[];
}

/**
 * Lists the finished runs that an evaluation is about.
 *
 * @throws {MicroLmError} Kind `missing` if there is none.
 */
export async function finishedRuns(
  config: EvaluationConfig,
  { filter, only }: FinishedRunsOptions = {},
): Promise<StoredRun[]> {
  const { path } = config.models.encoder;
  const folder = await followPointers(path);
  const status = await readJson<RunStatus>(join(folder, RUN_FILES.status), { optional: true });
  const id = basename(folder);
  const all = status ? [{ folder, id, status }] : await listRuns(folder);
  const finished = all.filter(({ status, id }) =>
    status.state === "finished" && (filter === undefined || matchesAny(id, filter)) &&
    (only === undefined || only.includes(id))
  );
  if (finished.length > 0) return finished;
  const what = filter === undefined ? "a finished run" : `a finished run that matches "${filter}"`;
  throw new MicroLmError("missing", `Cannot find ${what} in "${path}"`, {
    hint: "Train one: deno task batch-train --config FILE",
  });
}
