import { basename, dirname, join } from "node:path";
import { writeFileAtomic } from "../core/atomic_write.ts";
import { explainIoError } from "../core/io_error.ts";
import { MicroLmError } from "../core/errors.ts";
import { readRunConfig } from "./config/run_config.ts";
import {
  linkTo,
  listRuns,
  readJson,
  RUN_FILES,
  type StoredRun,
  writeJson,
  writeYaml,
} from "./experiment/experiment_folder.ts";
import type { ThresholdSweepResult } from "./evaluate/threshold_sweep.ts";
import { TORCH_ENCODER, TORCH_SPEC } from "./torch/run_encoder.ts";
import { TUNE_FILES } from "./tune/experiment.ts";
import { TUNED_SPEC } from "./tune/export.ts";

/** A run that could become the champion. */
export interface ChampionCandidate {
  /** Name of the run folder. */
  readonly run: string;
  readonly seed: number;
  /** F1 on the validation set, at the run's threshold. */
  readonly val_f1: number;
}

/** How the champion is chosen. */
export type ChampionRule = "median" | "best";

/** The chosen run, and where it stands. */
export interface ChampionChoice {
  readonly champion: ChampionCandidate;
  /** Place of the champion by falling F1, from 1. */
  readonly rank: number;
  readonly rule: ChampionRule;
  /** By falling F1. */
  readonly candidates: readonly ChampionCandidate[];
}

/**
 * Chooses the champion by F1 on the validation set: the median, which a lucky seed cannot win (the
 * lower one of an even number), or the best. Among equals the lowest seed.
 *
 * @throws {RangeError} If there is no candidate.
 *
 * @example
 * ```ts
 * import { selectChampion } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const candidates = [0.8, 0.9, 0.7].map((val_f1, i) => ({ run: `r${i}`, seed: 41 + i, val_f1 }));
 * assertEquals(selectChampion(candidates).champion.seed, 41);
 * assertEquals(selectChampion(candidates, { rule: "best" }).champion.seed, 42);
 * ```
 */
export function selectChampion(
  candidates: readonly ChampionCandidate[],
  { rule = "median" }: { readonly rule?: ChampionRule } = {},
): ChampionChoice {
  if (candidates.length === 0) throw new RangeError("Cannot choose from no runs");
  const sorted = candidates.toSorted((a, b) =>
    b.val_f1 - a.val_f1 || a.seed - b.seed || (a.run < b.run ? -1 : 1)
  );
  const middle = sorted[rule === "best" ? 0 : sorted.length >> 1]!;
  // Equal scores are told apart by the seed alone, not by which of them stands in the middle.
  const champion = sorted.find(({ val_f1 }) => val_f1 === middle.val_f1)!;
  return { champion, rank: sorted.indexOf(champion) + 1, rule, candidates: sorted };
}

/** Options of {@linkcode findCandidates}. */
export interface FindCandidatesOptions {
  /** Keeps runs whose name begins with this. Default: all. */
  readonly prefix?: string;
}

/**
 * Lists the finished runs of a folder that can become champion; of runs of one name the latest.
 *
 * @throws {MicroLmError} Kind `missing` if there is none.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { findCandidates } from "micro-lm/stages";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const find = () => findCandidates(".artifacts/no-such-folder");
 * assertEquals((await assertRejects(find, MicroLmError)).kind, "missing");
 * ```
 */
export async function findCandidates(
  baseDir: string,
  { prefix = "" }: FindCandidatesOptions = {},
): Promise<readonly (StoredRun & ChampionCandidate)[]> {
  const latest = new Map<string, StoredRun & ChampionCandidate>();
  const runs = await listRuns(baseDir).catch((error: unknown) => {
    if (error instanceof MicroLmError && error.kind === "missing") return [];
    throw error;
  });
  for (const run of runs) {
    const { state, name, seed, val_f1 } = run.status;
    if (state !== "finished" || val_f1 === undefined || !name.startsWith(prefix)) continue;
    latest.set(name, { ...run, run: run.id, seed, val_f1 });
  }
  if (latest.size > 0) return [...latest.values()];
  throw new MicroLmError("missing", `Cannot find a finished run "${prefix}…" in "${baseDir}"`, {
    hint: "Train one: deno task batch-train --config FILE",
  });
}

/** Options of {@linkcode freezeChampion}. */
export interface FreezeChampionOptions {
  /** Folder of the champion's files. Default: `artifacts/models/champion`. */
  readonly championDir?: string;
  /** Folder of `frozen_thresholds.yaml`. Default: `results/experiments/evaluation`. */
  readonly evaluationDir?: string;
  /** Name of the link beside the run folders. Default: `<base>_latest`. */
  readonly alias?: string;
  /** Replace an earlier champion. Default: false. */
  readonly force?: boolean;
}

/** The content of `champion.json`. */
export interface ChampionRecord {
  readonly run: string;
  readonly seed: number;
  readonly val_f1: number;
  readonly rank: number;
  readonly rule: ChampionRule;
  readonly threshold: number;
  readonly weights_sha256: string;
  readonly data: { readonly train: string; readonly validation: string };
  readonly encoder: { readonly spec: string; readonly fingerprint: string };
  readonly candidates: readonly ChampionCandidate[];
}

/**
 * Freezes a champion: weights, config, threshold and hashes go to a folder of its own, its threshold
 * to `frozen_thresholds.yaml`, and the link that frozen evaluations read is made.
 *
 * @param folder The champion's run folder.
 * @throws {MicroLmError} Kind `write` if there is a champion already and `force` is not set; `missing`
 * if the run has no threshold.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { freezeChampion, selectChampion } from "micro-lm/stages";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const choice = selectChampion([{ run: "lite_seed42", seed: 42, val_f1: 0.8 }]);
 * const options = { championDir: ".artifacts/no-such-champion" };
 * const freeze = () => freezeChampion(".artifacts/no-such-run", choice, options);
 * assertEquals((await assertRejects(freeze, MicroLmError)).kind, "missing");
 * ```
 */
export async function freezeChampion(
  folder: string,
  choice: ChampionChoice,
  options: FreezeChampionOptions = {},
): Promise<ChampionRecord> {
  const { championDir = "artifacts/models/champion" } = options;
  const { evaluationDir = "results/experiments/evaluation", force = false } = options;
  const target = join(championDir, "champion.json");
  if (!force && await readJson(target, { optional: true }) !== undefined) {
    throw new MicroLmError("write", `There is a champion in "${championDir}" already`, {
      hint: "Replace it with --force",
    });
  }
  const used = await readRunConfig(folder);
  const sweep = await readJson<ThresholdSweepResult>(join(folder, RUN_FILES.sweep));
  const { champion, candidates, rank, rule } = choice;
  const record: ChampionRecord = {
    run: champion.run,
    seed: champion.seed,
    val_f1: champion.val_f1,
    rank,
    rule,
    threshold: sweep.best_threshold,
    weights_sha256: used.weights_sha256,
    data: { train: used.data.train.sha256, validation: used.data.validation.sha256 },
    encoder: { spec: used.encoder.spec, fingerprint: used.encoder.fingerprint },
    candidates: candidates.map(({ run, seed, val_f1 }) => ({ run, seed, val_f1 })),
  };
  // A run that tuned its encoder needs it as much as its head.
  const own = used.encoder.spec === TUNED_SPEC ? [TUNE_FILES.encoder] : [];
  const encoder = used.encoder.spec === TORCH_SPEC
    ? (await filesBelow(join(folder, TORCH_ENCODER))).map((name) => join(TORCH_ENCODER, name))
    : own;
  for (const name of CHAMPION_FILES.concat(encoder)) {
    await writeFileAtomic(join(championDir, name), await readBytes(join(folder, name)));
  }
  const sets = ["combined", "chef", "ansible", "puppet"];
  await writeYaml(
    join(evaluationDir, "frozen_thresholds.yaml"),
    Object.fromEntries(sets.map((set) => [set, sweep.best_threshold])),
  );
  await linkTo(
    dirname(folder),
    options.alias ?? `${used.experiment.base}_latest`,
    basename(folder),
  );
  // Last: a folder with this file is whole.
  await writeJson(target, record);
  return record;
}

/** What is frozen: the predictions are the threshold's evidence. */
const CHAMPION_FILES: readonly string[] = [
  RUN_FILES.weights,
  RUN_FILES.config,
  RUN_FILES.sweep,
  RUN_FILES.validation,
];

/** Paths of all files below a folder, from there. */
async function filesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const inner = isDirectory ? await filesBelow(join(folder, name)) : [""];
      for (const path of inner) paths.push(join(name, path));
    }
  } catch (error) {
    throw explainIoError(error, folder, "read");
  }
  return paths.sort();
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}
