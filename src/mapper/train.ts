import { countDuplicates, findConflicts } from "../data/conflicts.ts";
import type { Dataset, Row } from "../data/dataset.ts";
import { groupPrompts, vectorKeys } from "../data/identity.ts";
import { createOverlapIndex, type OverlapIndex } from "../data/overlap.ts";
import type { Masker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import type { EngineName } from "../encoders/onnx/engine.ts";
import { MicroLmError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import type { Features } from "../core/matrix.ts";
import {
  type CalibratedModel,
  fitCalibrated,
  type FitCalibratedOptions,
  predictProbabilities,
} from "./calibrate/calibration.ts";
import { knownColumns } from "./novelty.ts";
import { createBlankFinder } from "./calibrate/blank_rows.ts";
import { takeRows } from "./fit/rows.ts";

/** Options of {@linkcode trainMapper}. */
export interface TrainMapperOptions
  extends Omit<FitCalibratedOptions, "classes" | "groups" | "nameClass"> {
  /** Classes in the order of the probabilities. Default: the labels that occur, sorted. */
  readonly classNames?: readonly string[];
  /** How prompts are reduced to templates. */
  readonly mask: Masker;
  /** Called with what is under way and how far it is. */
  readonly onPhase?: (phase: "encode" | "fit", done: number, total: number) => void;
}

/** A trained mapper, not yet written. */
export interface TrainedMapper {
  readonly classes: readonly string[];
  readonly encoder: TrainedEncoder;
  readonly model: CalibratedModel;
  readonly training: TrainingFacts;
}

/** The encoder of a training. */
export interface TrainedEncoder extends Pick<Encoder, "spec" | "fingerprint" | "dims"> {
  /** The engine that computed the vectors, if one did. */
  readonly runtime?: EngineName;
  /** Number type of the encoder's weights, if there is a choice. */
  readonly dtype?: string;
  /** Some training prompts with their probabilities, if an engine was used: shows what another changes. */
  readonly probe?: DriftProbe;
}

/** Prompts and what the mapper said to them when it was trained. */
export interface DriftProbe {
  readonly prompts: readonly string[];
  /** `prompts.length` × classes, row-major. */
  readonly probabilities: Float64Array;
  /** `prompts.length` × dense columns, row-major. */
  readonly dense: Float32Array;
}

/** What a mapper was trained on. */
export interface TrainingFacts {
  readonly rows: number;
  /** Rows by class. */
  readonly label_counts: Readonly<Record<string, number>>;
  /** Hash of prompts and labels. */
  readonly data_sha256: string;
  readonly duplicates: number;
  readonly conflicts: number;
  /** Folds of the calibration; 0 for none. */
  readonly folds: number;
  readonly converged: boolean;
  /** Sentences about what was not done as asked, or what the mapper does not rest on. */
  readonly notes?: readonly string[];
  /** Log-loss a row of each calibration method, where they were compared. */
  readonly calibration_losses?: Readonly<Record<string, number>>;
  readonly overlap: OverlapIndex;
  /** Columns of the n-gram encoder that the prompts use: what is not new. */
  readonly known_columns: Uint32Array;
}

/**
 * Trains a mapper: encodes the prompts, fits and calibrates the classifier, and remembers of the data
 * what later overlap checks need. The order of the rows changes nothing: equal rows, equal bytes.
 *
 * @throws {MicroLmError} Kind `data` if a row has no label or one that is no class, or if fewer than two
 * classes occur; `usage` for a class that is named twice.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
 * await using encoder = await openEncoder("static");
 * const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
 * assertEquals(mapper.training.rows, 1000);
 * ```
 */
export async function trainMapper(
  given: Dataset,
  encoder: Encoder,
  options: TrainMapperOptions,
): Promise<TrainedMapper> {
  const { onPhase, mask } = options;
  const counts = countLabels(given);
  const classes = options.classNames ?? [...counts.keys()].sort();
  checkClasses(given, counts, classes);
  const dataset = { ...given, rows: inOneOrder(given.rows) };
  const labels = Int32Array.from(dataset.rows, (row) => classes.indexOf(row.label!));
  const prompts = dataset.rows.map((row) => row.prompt);
  const features = await encoder.encode(prompts, {
    onProgress: (done, total) => onPhase?.("encode", done, total),
  });
  const vectors = vectorKeys(features);
  const column = dataset.rows.map((row) => row.group ?? "");
  const fit = fitCalibrated(features, labels, {
    ...options,
    classes: classes.length,
    // The numerics know classes by number; people know them by name.
    nameClass: (k) => `class "${classes[k]}"`,
    groups: groupPrompts(prompts, { mask, vectors, column }),
    onProgress: (done, total) => onPhase?.("fit", done, total),
  });
  const notes = [
    ...fit.notes,
    ...blankNote(await createBlankFinder(encoder)(features, prompts)),
  ];
  return {
    classes,
    encoder: describeEncoder(encoder, dataset, features, fit.model),
    model: fit.model,
    training: {
      rows: dataset.rows.length,
      label_counts: Object.fromEntries(classes.map((name) => [name, counts.get(name) ?? 0])),
      data_sha256: dataset.sha256,
      duplicates: countDuplicates(dataset, vectors),
      conflicts: findConflicts(dataset, vectors).length,
      folds: fit.folds,
      converged: fit.converged,
      ...(fit.losses && { calibration_losses: fit.losses }),
      ...(notes.length > 0 && { notes }),
      overlap: createOverlapIndex(dataset, mask, vectors),
      known_columns: await knownColumns(prompts),
    },
  };
}

/** By the hash of what a row says: sums, folds and probes then do not depend on the order of a file. */
function inOneOrder(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ row, key: sha256Hex(JSON.stringify([row.prompt, row.label])) }))
    .sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
    .map(({ row }) => row);
}

function blankNote(flags: Uint8Array): string[] {
  const blank = flags.reduce((sum, flag) => sum + flag, 0);
  if (blank === 0) return [];
  return [
    `${blank} of ${flags.length} training prompts have no feature that the encoder sees; prompts ` +
    "like them abstain (no_evidence)",
  ];
}

/** Training prompts in a probe: enough to see a drift, few enough to keep the file small. */
const PROBE_ROWS = 16;

function describeEncoder(
  { spec, fingerprint, dims, runtime, dtype }: Encoder,
  dataset: Dataset,
  features: Features,
  model: CalibratedModel,
): TrainedEncoder {
  const base = { spec, fingerprint, dims };
  if (runtime === undefined) return base;
  const total = dataset.rows.length;
  const count = Math.min(PROBE_ROWS, total);
  const rows = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
  const some = takeRows(features, rows);
  const probe = {
    prompts: Array.from(rows, (row) => dataset.rows[row]!.prompt),
    probabilities: predictProbabilities(model, some).data,
    dense: some.dense?.data ?? new Float32Array(),
  };
  return { ...base, runtime, ...(dtype && { dtype }), probe };
}

function countLabels(dataset: Dataset): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label, line } of dataset.rows) {
    if (label === null) {
      throw new MicroLmError("data", "Expected a label, found none", {
        at: { file: dataset.source, line },
      });
    }
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

function checkClasses(
  dataset: Dataset,
  counts: ReadonlyMap<string, number>,
  classes: readonly string[],
): void {
  const twice = classes.find((name, k) => classes.indexOf(name) !== k);
  if (twice !== undefined) throw new MicroLmError("usage", `Class "${twice}" is named twice`);
  const row = dataset.rows.find((row) => !classes.includes(row.label!));
  if (row) {
    throw new MicroLmError("data", `Expected one of ${classes.join(", ")}, found "${row.label}"`, {
      at: { file: dataset.source, line: row.line },
    });
  }
  const empty = classes.find((name) => !counts.has(name));
  if (empty !== undefined) {
    throw new MicroLmError("data", `Found no row of class "${empty}"`, {
      at: { file: dataset.source },
    });
  }
  if (counts.size < 2) {
    throw new MicroLmError("data", `Expected at least two classes, found "${classes[0]}" only`, {
      at: { file: dataset.source },
    });
  }
}
