import { countDuplicates, type Dataset, findConflicts } from "../data/dataset.ts";
import { createOverlapIndex, type OverlapIndex } from "../data/overlap.ts";
import type { Masker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import type { RuntimeName } from "../encoders/onnx/engine.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Features } from "../core/matrix.ts";
import {
  type CalibratedModel,
  fitCalibrated,
  type FitCalibratedOptions,
  predictProbabilities,
} from "./calibrate/calibration.ts";
import { knownColumns } from "./novelty.ts";
import { takeRows } from "./fit/rows.ts";

/** Options of {@linkcode trainMapper}. */
export interface TrainMapperOptions extends Omit<FitCalibratedOptions, "classes"> {
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
  readonly runtime?: RuntimeName;
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
  /** Log-loss a row of each calibration method, where they were compared. */
  readonly calibration_losses?: Readonly<Record<string, number>>;
  readonly overlap: OverlapIndex;
  /** Columns of the n-gram encoder that the prompts use: what is not new. */
  readonly known_columns: Uint32Array;
}

/**
 * Trains a mapper: encodes the prompts, fits and calibrates the classifier, and remembers of the data
 * what later overlap checks need.
 *
 * @throws {MicroLmError} Kind `data` if a row has no label or one that is no class, if fewer than two
 * classes occur, or if a class has too few rows for the calibration.
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
  dataset: Dataset,
  encoder: Encoder,
  options: TrainMapperOptions,
): Promise<TrainedMapper> {
  const { onPhase } = options;
  const counts = countLabels(dataset);
  const classes = options.classNames ?? [...counts.keys()].sort();
  checkClasses(dataset, counts, classes);
  const labels = Int32Array.from(dataset.rows, (row) => classes.indexOf(row.label!));
  const features = await encoder.encode(dataset.rows.map((row) => row.prompt), {
    onProgress: (done, total) => onPhase?.("encode", done, total),
  });
  const fit = explainClassNumbers(classes, () =>
    fitCalibrated(features, labels, {
      ...options,
      classes: classes.length,
      onProgress: (done, total) => onPhase?.("fit", done, total),
    }));
  return {
    classes,
    encoder: describeEncoder(encoder, dataset, features, fit.model),
    model: fit.model,
    training: {
      rows: dataset.rows.length,
      label_counts: Object.fromEntries(classes.map((name) => [name, counts.get(name) ?? 0])),
      data_sha256: dataset.sha256,
      duplicates: countDuplicates(dataset),
      conflicts: findConflicts(dataset).length,
      folds: fit.folds,
      converged: fit.converged,
      ...(fit.losses && { calibration_losses: fit.losses }),
      overlap: createOverlapIndex(dataset, options.mask),
      known_columns: await knownColumns(dataset.rows.map((row) => row.prompt)),
    },
  };
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

/** The numerics know classes by number; people know them by name. */
function explainClassNumbers<T>(classes: readonly string[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    const message = error.message.replace(
      /class number (\d+)/,
      (_, k: string) => `class "${classes[Number(k)]}"`,
    );
    throw new MicroLmError(error.kind, message, error.hint ? { hint: error.hint } : {});
  }
}
