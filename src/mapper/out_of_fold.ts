import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Features, Matrix } from "../core/matrix.ts";
import type { Dataset } from "../data/dataset.ts";
import { splitRows } from "../data/split.ts";
import type { Masker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { fitCalibrated, type FitCalibratedOptions } from "./calibrate/calibration.ts";
import { createOrderScorer, predictProbabilities } from "./calibrate/predictor.ts";
import { crewFor } from "./fit/logistic_regression.ts";
import { takeRows } from "./fit/rows.ts";
import { fitOrderHead, type OrderHeadChoice, wantsOrderHead } from "./order_head.ts";

/** Options of {@linkcode predictOutOfFold}. */
export interface PredictOutOfFoldOptions extends Omit<FitCalibratedOptions, "classes" | "crew"> {
  readonly folds: number;
  /** Threads for large trainings, as those of `trainMapper`. */
  readonly threads?: number;
  /** How prompts are reduced to templates, which stay together in a fold. */
  readonly mask: Masker;
  /** Of the folds. */
  readonly foldSeed: number;
  /** Whether the mappers learn to tell orders from what is none. Default: `off`. */
  readonly orderHead?: OrderHeadChoice;
  /** Called after each fold. */
  readonly onFold?: (done: number, total: number) => void;
}

/** What mappers said to rows that they were not trained on. */
export interface OutOfFold {
  /** Classes in the order of the columns: the labels that occur, sorted; with scores as orders, the actions alone. */
  readonly classes: readonly string[];
  /** rows × classes; 0 in the column of a class that the fold's training lacked. */
  readonly probabilities: Matrix<Float64Array>;
  /** Probability that each row is an order at all, if the mappers learn that. */
  readonly order?: Float64Array;
  /** Classes that stand in one template, which their fold holds out: none of their rows can be right. */
  readonly lacking: readonly string[];
}

/**
 * Cross-validates a training: each row is judged by a mapper trained, and calibrated, on the folds without
 * its template.
 *
 * @throws {MicroLmError} Kind `data` if a row has no label, if there are fewer templates than folds, or if
 * the calibration lacks rows.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { predictOutOfFold } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("static");
 * const options = { folds: 3, mask: createMasker([]), foldSeed: 0, method: "none" } as const;
 * const { probabilities, classes } = await predictOutOfFold(data, encoder, options);
 * assertEquals([probabilities.rows, probabilities.cols], [360, classes.length]);
 * ```
 */
export async function predictOutOfFold(
  dataset: Dataset,
  encoder: Encoder,
  options: PredictOutOfFoldOptions,
): Promise<OutOfFold> {
  const { folds, mask, foldSeed, onFold, orderHead = "off" } = options;
  const names = classesOf(dataset);
  const labels = dataset.rows.map(({ label }) => label!);
  const hasHead = wantsOrderHead(labels, orderHead);
  const classes = hasHead ? names.filter((name) => name !== ABSTAIN_CLASS) : names;
  const shares = Array.from({ length: folds }, () => 1);
  const parts = splitRows(dataset, { shares, seed: foldSeed, mask });
  if (parts.some((part) => part.length === 0)) {
    throw new MicroLmError("data", `Expected templates for ${folds} folds, found fewer`, {
      at: { file: dataset.source },
      hint: "Use fewer folds, or add other phrasings",
    });
  }
  const prompts = dataset.rows.map(({ prompt }) => prompt);
  const choose = options.C === "auto" && !options.trainer
    ? await openChooser(encoder, prompts)
    : undefined;
  const encoded = choose ? undefined : await encoder.encode(prompts);
  const blocks = encoded ? [encoded] : choose!.blocks;
  using crew = await crewFor(blocks, classes.length, options.threads);
  const helped = { ...options, ...(crew && { crew }) };
  const data = new Float64Array(labels.length * classes.length);
  const order = hasHead ? new Float64Array(labels.length) : undefined;
  const lacking = new Set<string>();
  for (const [f, part] of parts.entries()) {
    const training = Uint32Array.from(parts.filter((_, g) => g !== f).flatMap((rows) => [...rows]));
    const fold = { labels, rows: training.sort(), hasHead };
    const { features, ...fitting } = encoded
      ? { features: encoded }
      : choose!.forFold(fold, helped);
    const known = fitFold(features, fold, { ...helped, ...fitting });
    const held = takeRows(features, part);
    const found = predictProbabilities(known.model, held);
    const columns = known.classes.map((name) => classes.indexOf(name));
    const scores = known.scoreOrders?.(held);
    part.forEach((row, i) => {
      const label = labels[row]!;
      if (classes.includes(label) && !known.classes.includes(label)) lacking.add(label);
      columns.forEach((column, k) => {
        data[row * classes.length + column] = found.data[i * columns.length + k]!;
      });
      if (order && scores) order[row] = scores[i]!;
    });
    onFold?.(f + 1, folds);
  }
  return {
    classes,
    probabilities: { data, rows: labels.length, cols: classes.length },
    ...(order && { order }),
    lacking: [...lacking].sort(),
  };
}

function classesOf({ source, rows }: Dataset): string[] {
  const unlabelled = rows.find(({ label }) => label === null);
  if (unlabelled) {
    throw new MicroLmError("data", "Expected a label, found none", {
      at: { file: source, line: unlabelled.line },
    });
  }
  return [...new Set(rows.map(({ label }) => label!))].sort();
}

interface Fold {
  readonly labels: readonly string[];
  /** Numbers of the rows to train on, ascending. */
  readonly rows: Uint32Array;
  readonly hasHead: boolean;
}

/** Rows of a fold with a class of their own, and those classes. */
function actingRows({ labels, rows, hasHead }: Fold) {
  const acting = hasHead ? rows.filter((row) => labels[row] !== ABSTAIN_CLASS) : rows;
  const classes = [...new Set(Array.from(acting, (row) => labels[row]!))].sort();
  return {
    acting,
    classes,
    numbers: Int32Array.from(acting, (row) => classes.indexOf(labels[row]!)),
  };
}

/** The options, and who helps. */
type Fitting = PredictOutOfFoldOptions & Pick<FitCalibratedOptions, "crew">;

interface Chooser {
  readonly blocks: readonly Features[];
  forFold(
    fold: Fold,
    options: Fitting,
  ): Pick<FitCalibratedOptions, "spread"> & { readonly features: Features };
}

/** Encodes rows once; gives their features as the rows of a fold would have them chosen. */
async function openChooser(
  encoder: Encoder,
  prompts: readonly string[],
): Promise<Chooser> {
  const { chooseBlocks, encodeBlocks } = await import("./calibrate/choose_blocks.ts");
  const { blocks, join } = await encodeBlocks(encoder, prompts);
  return {
    blocks,
    forFold: (fold, { onProgress: _, C: __, groups: ___, ...options }) => {
      const { acting, classes, numbers } = actingRows(fold);
      const chosen = classes.length < 2 ? undefined : chooseBlocks(join, {
        blocks: blocks.map((block) => takeRows(block, acting)),
        labels: numbers,
      }, { ...options, classes: classes.length });
      const { weights, spread } = chosen ?? { weights: blocks.map(() => 1), spread: 0 };
      return { features: join(blocks, weights), spread };
    },
  };
}

/** A mapper of some rows: the classifier of the actions, and the head where there is one. */
function fitFold(
  features: Features,
  fold: Fold,
  { onProgress: _, ...options }: Fitting,
) {
  const { labels, rows, hasHead } = fold;
  const { acting, classes, numbers } = actingRows(fold);
  if (classes.length < 2) {
    throw new MicroLmError(
      "data",
      `Expected two classes beside each fold, found ${classes.length}`,
      { hint: "Use fewer folds, or add other phrasings to the classes" },
    );
  }
  const { model } = fitCalibrated(takeRows(features, acting), numbers, {
    ...options,
    classes: classes.length,
  });
  if (!hasHead) return { classes, model };
  const isOrder = Int32Array.from(rows, (row) => labels[row] === ABSTAIN_CLASS ? 0 : 1);
  // As a training does: the spread is about the classes.
  const { spread: __, ...forHead } = options;
  const head = fitOrderHead(takeRows(features, rows), isOrder, forHead);
  return { classes, model, scoreOrders: createOrderScorer(head.model) };
}
