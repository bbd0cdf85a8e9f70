import { countDuplicates, findConflicts } from "../data/conflicts.ts";
import type { Dataset, Row } from "../data/dataset.ts";
import { groupPrompts, vectorKeys } from "../data/identity.ts";
import { createOverlapIndex, type OverlapIndex } from "../data/overlap.ts";
import type { Masker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import type { EngineName } from "../encoders/onnx/engine.ts";
import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { MicroLmError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import type { Features } from "../core/matrix.ts";
import {
  fitCalibrated,
  type FitCalibratedOptions,
  type FitCalibratedResult,
} from "./calibrate/calibration.ts";
import { type CalibratedModel, predictProbabilities } from "./calibrate/predictor.ts";
import { openNgramEncoder } from "../encoders/lite/ngram.ts";
import type { ChosenBlocks } from "./calibrate/choose_blocks.ts";
import { roundModel } from "./file/packed_model.ts";
import { fitOosScore, type OosFit } from "./out_of_scope/fit.ts";
import type { OosScore } from "./out_of_scope/score.ts";
import type { ChosenC } from "./calibrate/calibration_compare.ts";
import { fitOrderHead, type OrderHeadChoice, wantsOrderHead } from "./order_head.ts";
import { planTrainingRows, type TrainingForms, type TrainingRows } from "./training_rows.ts";
import { knownColumns } from "./novelty.ts";
import { createBlankFinder } from "./calibrate/blank_rows.ts";
import { crewFor } from "./fit/logistic_regression.ts";
import { encodeInPortions, takeRows } from "./fit/rows.ts";

/** Options of {@linkcode trainMapper}. */
export interface TrainMapperOptions
  extends Omit<FitCalibratedOptions, "classes" | "crew" | "groups" | "nameClass"> {
  /** Classes in the order of the probabilities. Default: the labels that occur, sorted. */
  readonly classNames?: readonly string[];
  /** How prompts are reduced to templates. */
  readonly mask: Masker;
  /** Whether to learn what is an order at all from the rows that must abstain. Default: `auto`. */
  readonly orderHead?: OrderHeadChoice;
  /**
   * Whether to fit an out-of-scope score, by five fits more; it is kept only where it beats the confidence.
   * Default: false.
   */
  readonly oosScore?: boolean;
  /**
   * Other forms of prompts that the mapper learns from beside those that were written. Default: none,
   * prompts come as they are.
   */
  readonly forms?: TrainingForms;
  /**
   * Threads for large trainings; they change no byte. Default: as many as there are cores, at most 8, where
   * the permission to read this library lets workers start; else one.
   */
  readonly threads?: number;
  /**
   * Called with what is under way and how far it is: prompts of all, fits to choose weights, or the work
   * of the training.
   */
  readonly onPhase?: (phase: "encode" | "choose" | "fit", done: number, total: number) => void;
}

/** A trained mapper, not yet written. */
export interface TrainedMapper {
  readonly classes: readonly string[];
  readonly encoder: TrainedEncoder;
  readonly model: CalibratedModel;
  /** Tells orders from what is none; where it is there, the classes are the actions alone. */
  readonly order?: CalibratedModel;
  /** Adds confidence and novelty up to one score. */
  readonly oos?: OosScore;
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
  /** Rows that the classifier learned from in a second form, as they are read. */
  readonly readings?: number;
  /** Groups of rows that hold orders and others, where there is a head for them. */
  readonly order_groups?: number | undefined;
  readonly conflicts: number;
  /** Folds of the calibration; 0 for none. */
  readonly folds: number;
  readonly converged: boolean;
  /** Sentences about what was not done as asked, or what the mapper does not rest on. */
  readonly notes?: readonly string[];
  /** Log-loss a row of each calibration method, where they were compared. */
  readonly calibration_losses?: Readonly<Record<string, number>>;
  /** What `auto` chose about the features: weights of blocks, and what the penalty counts in. */
  readonly chosen_blocks?: ChosenBlocks;
  /** The C that `auto` chose, and the held-out log-loss a row of the last two candidates. */
  readonly chosen_C?: ChosenC;
  /** What fitting an out-of-scope score found, where it was asked for. */
  readonly out_of_scope?: Omit<OosFit, "score">;
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
  data: Dataset,
  given: Encoder,
  options: TrainMapperOptions,
): Promise<TrainedMapper> {
  const { mask } = options;
  const counts = countLabels(data);
  const labels = options.classNames ?? [...counts.keys()].sort();
  checkClasses(data, counts, labels);
  const dataset = { ...data, rows: inOneOrder(data.rows) };
  const hasHead = wantsOrderHead(
    dataset.rows.map((row) => row.label!),
    options.orderHead ?? "auto",
  );
  const classes = hasHead ? labels.filter((name) => name !== ABSTAIN_CLASS) : labels;
  checkHead(data, labels, classes, hasHead);
  const plan = planTrainingRows(dataset.rows, hasHead, options.forms);
  const prompts = plan.rows.map((row) => row.prompt);
  const { encoder, features, chosen } = await encodeRows(given, plan, classes, options);
  const fitting = { ...options, ...(chosen && { spread: chosen.spread }) };
  const vectors = vectorKeys(features);
  const { fit, head } = await fitParts(features, plan, { vectors, classes }, fitting);
  const model = roundModel(fit.model);
  const { written } = plan;
  const scope = options.oosScore
    ? await fitScope(features, plan, model, { vectors, hasHead }, fitting)
    : undefined;
  const blank = await createBlankFinder(encoder)(features, prompts);
  const notes = [
    ...fit.notes,
    ...(head?.notes ?? []).map((note) => `order head: ${note}`),
    ...blankNote(blank.subarray(0, written)),
    ...(scope?.notes ?? []),
  ];
  const ownVectors = vectors.slice(0, written);
  return {
    classes,
    encoder: describeEncoder(encoder, dataset, features, model),
    model,
    ...(head && { order: roundModel(head.model) }),
    ...(scope?.score && { oos: scope.score }),
    training: {
      rows: written,
      label_counts: Object.fromEntries(labels.map((name) => [name, counts.get(name) ?? 0])),
      data_sha256: dataset.sha256,
      duplicates: countDuplicates(dataset, ownVectors),
      ...(options.forms && { readings: plan.readings }),
      ...(head && orderGroups(dataset.rows) > 0 && { order_groups: orderGroups(dataset.rows) }),
      conflicts: findConflicts(dataset, ownVectors).length,
      folds: fit.folds,
      converged: fit.converged && (head?.converged ?? true),
      ...(fit.losses && { calibration_losses: fit.losses }),
      ...(chosen && { chosen_blocks: chosen }),
      ...(fit.chosen && { chosen_C: fit.chosen }),
      ...(notes.length > 0 && { notes }),
      ...(scope && { out_of_scope: scope.found }),
      // What was learned as it reads is known, too
      overlap: createOverlapIndex({ ...dataset, rows: plan.rows }, mask, vectors),
      known_columns: await knownColumns(prompts),
    },
  };
}

/** What the rows of a training are as features, and what was chosen about them. */
interface EncodedRows {
  readonly encoder: Encoder;
  readonly features: Features;
  readonly chosen?: ChosenBlocks;
}

/** Encodes all rows; where C is chosen, so is what the blocks weigh, and that comes first. */
async function encodeRows(
  encoder: Encoder,
  { rows, source, written, classified }: TrainingRows,
  classes: readonly string[],
  { onPhase, C, threads, ...options }: TrainMapperOptions,
): Promise<EncodedRows> {
  const prompts = rows.map((row) => row.prompt);
  const encoding = {
    onProgress: (done: number, total: number) => onPhase?.("encode", done, total),
  };
  if (C !== "auto" || options.trainer) {
    return { encoder, features: await encodeInPortions(encoder, prompts, encoding.onProgress) };
  }
  const { chooseBlocks, encodeBlocks, weighEncoder } = await import(
    "./calibrate/choose_blocks.ts"
  );
  const { blocks, join } = await encodeBlocks(encoder, prompts, encoding);
  const equal = join(blocks, blocks.map(() => 1));
  const groups = groupRows(rows.slice(0, written), vectorKeys(equal), options.mask);
  using crew = await crewFor(blocks, classes.length, threads);
  const chosen = chooseBlocks(join, {
    blocks: blocks.map((block) => takeRows(block, classified)),
    labels: Int32Array.from(classified, (i) => classes.indexOf(rows[i]!.label!)),
    groups: Array.from(classified, (i) => groups[source[i]!]!),
  }, {
    ...options,
    ...(crew && { crew }),
    classes: classes.length,
    onProgress: (done, total) => onPhase?.("choose", done, total),
  });
  if (!chosen) return { encoder, features: equal };
  return {
    encoder: weighEncoder(encoder, chosen),
    features: join(blocks, chosen.weights),
    chosen,
  };
}

/** The group of each row as it was written: what no fold tears apart. */
function groupRows(rows: readonly Row[], vectors: readonly string[], mask: Masker): string[] {
  return groupPrompts(rows.map((row) => row.prompt), {
    mask,
    vectors: vectors.slice(0, rows.length),
    column: rows.map((row) => row.group ?? ""),
  });
}

/** Fits the classifier and the head, if there is one, each on its own rows. */
async function fitParts(
  features: Features,
  { rows, source, written, classified, headed }: TrainingRows,
  { vectors, classes }: {
    readonly vectors: readonly string[];
    readonly classes: readonly string[];
  },
  given: TrainMapperOptions,
): Promise<{ readonly fit: FitCalibratedResult; readonly head: FitCalibratedResult | undefined }> {
  // Its threads go with it, and with them the memory of the problem.
  using crew = await crewFor([features], classes.length, given.threads);
  const options = { ...given, ...(crew && { crew }) };
  const groups = groupRows(rows.slice(0, written), vectors, options.mask);
  // The head has two classes: its fits take about as much less as its entries are fewer.
  const [ownWork, headWork] = [classified.length * classes.length, headed.length * 2];
  const report = (before: number, work: number) => (done: number, total: number) =>
    options.onPhase?.("fit", before + work * done / total, ownWork + headWork);
  const part = (numbers: Uint32Array) => ({
    features: numbers.length === rows.length ? features : takeRows(features, numbers),
    groups: Array.from(numbers, (i) => groups[source[i]!]!),
  });
  const own = part(classified);
  const labels = Int32Array.from(classified, (i) => classes.indexOf(rows[i]!.label!));
  const fit = fitCalibrated(own.features, labels, {
    ...options,
    onProgress: report(0, ownWork),
    classes: classes.length,
    // The numerics know classes by number; people know them by name.
    nameClass: (k) => `class "${classes[k]}"`,
    groups: own.groups,
  });
  if (headed.length === 0) return { fit, head: undefined };
  const seen = part(headed);
  // Two classes of many kinds each: their spread within is not what the penalty should count in.
  const { spread: _, ...forHead } = options;
  const isOrder = Int32Array.from(headed, (i) => rows[i]!.label === ABSTAIN_CLASS ? 0 : 1);
  return {
    fit,
    head: fitOrderHead(seen.features, isOrder, {
      ...forHead,
      onProgress: report(ownWork, headWork),
      groups: seen.groups,
    }),
  };
}

/** Groups of rows that hold orders and others, so that what tells them apart is not who wrote them. */
function orderGroups(rows: readonly Row[]): number {
  const some = (isOrder: boolean) =>
    new Set(
      rows.filter((row) => (row.label !== ABSTAIN_CLASS) === isOrder && (row.group ?? "") !== "")
        .map((row) => row.group!),
    );
  return some(true).intersection(some(false)).size;
}

/** Fits the out-of-scope score on the rows as they were written. */
async function fitScope(
  features: Features,
  { rows, written }: TrainingRows,
  { temperature }: CalibratedModel,
  { vectors, hasHead }: { readonly vectors: readonly string[]; readonly hasHead: boolean },
  { mask, onPhase: _, ...options }: TrainMapperOptions,
) {
  const own = rows.slice(0, written);
  const prompts = own.map((row) => row.prompt);
  await using encoder = await openNgramEncoder();
  const classes = new Set(own.map((row) => row.label)).size;
  using crew = await crewFor([features], classes, options.threads);
  const { score, ...found } = fitOosScore({
    features: takeRows(features, Uint32Array.from(own.keys())),
    ngrams: (await encoder.encode(prompts)).sparse!,
    labels: own.map((row) => row.label!),
    groups: groupRows(own, vectors, mask),
    hasHead,
    temperature,
  }, { ...options, ...(crew && { crew }) });
  const { outside, gain } = found;
  const notes = score ? [] : [
    outside === null || gain === null
      ? `no out-of-scope score: it takes 50 rows labelled ${ABSTAIN_CLASS}, or five classes, and three ` +
        "groups of rows; the confidence stands"
      : `no out-of-scope score: it does not beat the confidence (AUROC ${gain.auroc.toFixed(3)}, ` +
        `${gain.other.toFixed(3)})`,
  ];
  return { score, found, notes };
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

function checkHead(
  dataset: Dataset,
  labels: readonly string[],
  classes: readonly string[],
  hasHead: boolean,
): void {
  if (!hasHead || (classes.length < labels.length && classes.length > 1)) return;
  throw new MicroLmError(
    "data",
    `An order head needs rows labelled ${ABSTAIN_CLASS} and at least two classes beside them, ` +
      `found ${labels.join(", ")}`,
    {
      at: { file: dataset.source },
      hint: `Add prompts that ask for nothing with the label ${ABSTAIN_CLASS}, or train with ` +
        "--order_head off",
    },
  );
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
