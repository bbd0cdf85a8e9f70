import { join } from "node:path";
import { MicroLmError } from "../../mod.ts";
import type { NamedSweep } from "../../src/report/mod.ts";
import {
  type ChampionRecord,
  collectEvaluations,
  compareEvaluations,
  readJson,
  RUN_FILES,
  type RunComparison,
  type StoredEvaluation,
  type ThresholdMode,
  type ThresholdSweepResult,
} from "../../src/stages/mod.ts";

/** Folders below the results of evaluations, by mode. */
const MODE_FOLDERS: Readonly<Record<ThresholdMode, string>> = {
  argmax: "argmax",
  fixed: "threshold_fixed",
  file: "threshold_file",
  frozen: "threshold_frozen",
};

/** What {@linkcode collectAnalysis} keeps. */
export interface CollectAnalysisOptions {
  readonly prefix?: string | undefined;
  readonly mode?: string | undefined;
}

/** Evaluations of all modes, each experiment once a mode and set. */
export interface CollectedEvaluations {
  readonly evaluations: readonly StoredEvaluation[];
  /** Evaluations of earlier runs of an experiment that were left out. */
  readonly older: number;
}

/**
 * Reads the evaluations of a folder of results, or of a folder of one mode.
 *
 * @throws {MicroLmError} Kind `missing` if there are none.
 */
export async function collectAnalysis(
  resultsDir: string,
  { prefix = "", mode }: CollectAnalysisOptions = {},
): Promise<CollectedEvaluations> {
  const modes = Object.entries(MODE_FOLDERS).filter(([name]) =>
    mode === undefined || name === mode
  );
  const folders = [resultsDir, ...modes.map(([, folder]) => join(resultsDir, folder))];
  const all: StoredEvaluation[] = [];
  for (const folder of folders) {
    all.push(...await collectEvaluations(folder, { prefix }).catch(noneIfMissing));
  }
  const kept = all.filter(({ metadata }) => mode === undefined || metadata.threshold.mode === mode);
  if (kept.length === 0) {
    const what = prefix === "" ? "an evaluation" : `an evaluation of a run "${prefix}…"`;
    throw new MicroLmError("missing", `Cannot find ${what} in "${resultsDir}"`, {
      hint: "Evaluate first: deno task batch-eval --config FILE",
    });
  }
  const latest = new Map<string, StoredEvaluation>();
  for (const evaluation of kept) {
    const { experiment, dataset, threshold } = evaluation.metadata;
    // Names of run folders of one experiment differ in their times: the last one is the latest.
    latest.set(JSON.stringify([threshold.mode, experiment.name, dataset]), evaluation);
  }
  return { evaluations: [...latest.values()], older: kept.length - latest.size };
}

function noneIfMissing(error: unknown): StoredEvaluation[] {
  if (error instanceof MicroLmError && error.kind === "missing") return [];
  throw error;
}

/** The champion in a folder, if there is one. */
export async function readChampion(championDir: string): Promise<ChampionRecord | undefined> {
  return await readJson<ChampionRecord>(join(championDir, "champion.json"), { optional: true });
}

/** Sweeps of the champion's candidates, or of the runs with one, the champion first. */
export async function readSweeps(
  evaluations: readonly StoredEvaluation[],
  champion: ChampionRecord | undefined,
): Promise<NamedSweep[]> {
  const folders = new Map(evaluations.map(({ metadata }) => [metadata.run, metadata.model_path]));
  const wanted = champion
    ? [champion.run, ...champion.candidates.map(({ run }) => run)]
    : [...folders.keys()];
  const sweeps: NamedSweep[] = [];
  for (const run of new Set(wanted)) {
    const folder = folders.get(run);
    if (folder === undefined || sweeps.length >= 6) continue;
    const sweep = await readJson<ThresholdSweepResult>(join(folder, RUN_FILES.sweep), {
      optional: true,
    });
    const seed = champion?.candidates.find((candidate) => candidate.run === run)?.seed;
    if (sweep) sweeps.push({ name: seed === undefined ? run : `seed ${seed}`, sweep });
  }
  return sweeps;
}

/**
 * Compares a run, the champion if it was evaluated and else the one with the best F1, with the best
 * run of each base experiment, on the combined set and within one mode.
 */
export async function compareWithBest(
  evaluations: readonly StoredEvaluation[],
  champion: ChampionRecord | undefined,
  limit: number,
): Promise<RunComparison[]> {
  const combined = evaluations.filter(({ metadata }) => metadata.dataset === "combined")
    .toSorted((a, b) => b.results.metrics.f1 - a.results.metrics.f1);
  const reference =
    combined.find(({ metadata }) =>
      metadata.run === champion?.run && metadata.threshold.mode !== "frozen"
    ) ?? combined[0];
  if (!reference) return [];
  const bases = new Map<string, StoredEvaluation>();
  for (const other of combined) {
    const { run, experiment, threshold } = other.metadata;
    const isRival = run !== reference.metadata.run && hasPredictions(other) &&
      other.results.test_sha256 === reference.results.test_sha256;
    // Runs without a sweep have no threshold of their own: they decide by argmax.
    const isOwn = threshold.mode === reference.metadata.threshold.mode ||
      threshold.mode === "argmax";
    if (isRival && isOwn && !bases.has(experiment.base)) bases.set(experiment.base, other);
  }
  if (!hasPredictions(reference)) return [];
  return await Promise.all(
    [...bases.values()].slice(0, limit).map((other) => compareEvaluations(reference, other)),
  );
}

function hasPredictions({ folder }: StoredEvaluation): boolean {
  try {
    return Deno.statSync(join(folder, "encoder_eval", "detailed_predictions.json")).isFile;
  } catch {
    return false;
  }
}
