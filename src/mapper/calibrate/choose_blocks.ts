import type { Features } from "../../core/matrix.ts";
import type { EncodeOptions, Encoder, EncoderBlocks } from "../../encoders/encoder.ts";
import { decisionFunction } from "../fit/linear_classifier.ts";
import { createTrainer, type FitLogisticRegressionOptions } from "../fit/logistic_regression.ts";
import { takeRows } from "../fit/rows.ts";
import { lossAtBestTemperature } from "./calibration_compare.ts";
import { planCalibration } from "./calibration_plan.ts";
import type { HeldOutFold } from "./temperature.ts";

/** What was chosen about the features, and the held-out log-loss a row of where the search was. */
export interface ChosenBlocks {
  /** One a block; the largest is 1. */
  readonly weights: readonly number[];
  /** What spreads rows within their classes bears so much more of the penalty; 0 for no more. */
  readonly spread: number;
  /** By what was tried, as `C 8, weights 1,0.5, spread 0`: where the search began, and where it ended. */
  readonly losses: Readonly<Record<string, number>>;
}

/** What {@linkcode chooseBlocks} chooses by. */
export interface WeightedRows {
  readonly blocks: readonly Features[];
  readonly labels: Int32Array;
  /** Rows of a group stay in one fold. Default: each row by itself. */
  readonly groups?: readonly string[] | undefined;
}

/** Options of {@linkcode chooseBlocks}; C and spread are its own. */
export interface ChooseBlocksOptions extends Omit<FitLogisticRegressionOptions, "C" | "spread"> {
  /** Called after each fit; the total is what can still follow at most. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Rows that weights are chosen by. A limit in seconds would give other weights on another machine; what
 * one block is worth beside another shows in some thousands of rows.
 */
const MOST_ROWS = 2000;
/** Steps from where the search begins. */
const MOST_STEPS = 8;
/** A step leads from one to the next. */
const SPREADS = [0, 64, 256, 1024];
/** The search begins at the better one, with equal weights. */
const STARTS = [{ C: 8, spread: 0 }, { C: 32, spread: 256 }];
const FOLDS = 3;
/** The least share of the log-loss that a step has to gain: less is the chance of the folds. */
const LEAST_GAIN = 0.01;
/** Ten times this is where a rough fit stops. */
const SEARCH_TOL = 1e-4;
const LEAST_WEIGHT = 1 / 16;
/** C goes along, so that weights do not change for want of another one. */
const C_FACTOR = 4;
const C_RANGE = [0.5, 128] as const;

/**
 * Chooses what each block of a composed encoder weighs, and how much more of the penalty what spreads rows
 * within their classes bears, by the log-loss of held-out rows at their best temperature.
 *
 * Each step tries to double and to halve each weight, a C four times larger and smaller, and the next
 * spreads: all on the first fold, the best two on the others, and goes where the loss is least, while
 * that gains. The largest weight is 1, so that the penalty keeps its meaning. Nothing where the rows do not
 * suffice for folds.
 */
export function chooseBlocks(
  join: EncoderBlocks["join"],
  given: WeightedRows,
  options: ChooseBlocksOptions,
): ChosenBlocks | undefined {
  const { blocks, labels, groups } = sampleRows(given, options.classes);
  const plan = planCalibration(labels, {
    classes: options.classes,
    method: "temperature",
    cv: FOLDS,
    ...(groups && { groups }),
  });
  if (plan.folds.length === 0) return undefined;
  const parts = plan.always.length > 0 ? [...plan.folds, plan.always] : [...plan.folds];
  const search = createSearch(
    ({ weights, C, spread }) => {
      // Of the same length whatever the weights, so that C keeps its meaning.
      const length = Math.sqrt(
        weights.reduce((sum, weight) => sum + weight ** 2, 0) / weights.length,
      );
      const features = join(blocks, weights.map((weight) => weight / length));
      const fitting = { ...options, C, spread, tol: SEARCH_TOL };
      const trainer = createTrainer(features, labels, parts, fitting);
      return (fold) => {
        const others = [...parts.keys()].filter((g) => g !== fold);
        const { classifier } = trainer.fit(others, { rough: true });
        const rows = plan.folds[fold]!;
        const logits = decisionFunction(classifier, takeRows(features, rows));
        return { logits, labels: Int32Array.from(rows, (row) => labels[row]!) };
      };
    },
    plan.folds.length,
    options.onProgress,
  );
  const weights = blocks.map(() => 1);
  const first: Judged = search.judge({ weights, ...STARTS[0]! });
  let best = STARTS.slice(1).map((start) => search.judge({ weights, ...start }))
    .reduce((a, b) => b.loss < a.loss * (1 - LEAST_GAIN) ? b : a, first);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = search.bestOf(neighbours(best.setting));
    if (!next || next.loss > best.loss * (1 - LEAST_GAIN)) break;
    best = next;
  }
  search.end();
  return {
    weights: best.setting.weights,
    spread: best.setting.spread,
    losses: Object.fromEntries([first, best].map(({ setting, loss }) => [keyOf(setting), loss])),
  };
}

/** Blocks of rows, and how they become features. */
export interface EncodedBlocks {
  readonly blocks: readonly Features[];
  readonly join: EncoderBlocks["join"];
}

/** Encodes rows in blocks whose weights may be chosen; in one where they may not. */
export async function encodeBlocks(
  encoder: Encoder,
  texts: readonly string[],
  options?: EncodeOptions,
): Promise<EncodedBlocks> {
  if (!encoder.blocks) {
    return { blocks: [await encoder.encode(texts, options)], join: ([only]) => only! };
  }
  return { blocks: await encoder.blocks.encode(texts, options), join: encoder.blocks.join };
}

/** The encoder with the weights that were chosen. */
export function weighEncoder(
  encoder: Encoder,
  { weights }: Pick<ChosenBlocks, "weights">,
): Encoder {
  const isEqual = weights.every((weight) => weight === 1);
  return isEqual || !encoder.blocks ? encoder : encoder.blocks.weigh(weights);
}

/** A place of the search. */
interface Setting {
  readonly weights: readonly number[];
  readonly C: number;
  readonly spread: number;
}

interface Judged {
  readonly setting: Setting;
  readonly loss: number;
}

const keyOf = ({ weights, C, spread }: Setting) =>
  `C ${C}, weights ${weights.join()}, spread ${spread}`;

/** Judges one fold with the weights that it was made for. */
type Judge = (fold: number) => HeldOutFold;

/** Remembers what was judged, so that no setting is fitted twice on a fold. */
function createSearch(
  prepare: (setting: Setting) => Judge,
  folds: number,
  onProgress: ChooseBlocksOptions["onProgress"],
) {
  const held = new Map<string, { readonly judge: Judge; readonly parts: HeldOutFold[] }>();
  let done = 0;
  let most = 0;
  const lossOn = (setting: Setting, upTo: number) => {
    const known = held.get(keyOf(setting)) ?? { judge: prepare(setting), parts: [] };
    held.set(keyOf(setting), known);
    while (known.parts.length < upTo) {
      known.parts.push(known.judge(known.parts.length));
      most = Math.max(most, ++done + 1);
      onProgress?.(done, most);
    }
    return lossAtBestTemperature(known.parts);
  };
  const judge = (setting: Setting): Judged => ({ setting, loss: lossOn(setting, folds) });
  return {
    judge,
    bestOf: (candidates: readonly Setting[]): Judged | undefined => {
      const tried = candidates.filter((setting) => !held.has(keyOf(setting)));
      most = done + tried.length + 2 * (folds - 1) + 1;
      const [best] = tried
        .map((setting) => ({ setting, loss: lossOn(setting, 1) }))
        .sort((a, b) => a.loss - b.loss)
        .slice(0, 2)
        .map(({ setting }) => judge(setting))
        .sort((a, b) => a.loss - b.loss);
      return best;
    },
    end: () => onProgress?.(done, done),
  };
}

/** The settings one step away, each once. */
function neighbours({ weights, C, spread }: Setting): Setting[] {
  const near = weights.flatMap((_, i) =>
    [2, 0.5].map((factor) => weights.map((weight, j) => i === j ? weight * factor : weight))
  ).map((some) => {
    const most = Math.max(...some);
    return { weights: some.map((weight) => weight / most), C, spread };
  }).filter((setting) => Math.min(...setting.weights) >= LEAST_WEIGHT);
  const [least, most] = C_RANGE;
  const penalties = [C * C_FACTOR, C / C_FACTOR].filter((other) => other >= least && other <= most)
    .map((other) => ({ weights, C: other, spread }));
  const at = SPREADS.indexOf(spread);
  const spreads = [at - 1, at + 1].filter((i) => i >= 0 && i < SPREADS.length)
    .map((i) => ({ weights, C, spread: SPREADS[i]! }));
  return [
    ...new Map([...near, ...penalties, ...spreads].map((some) => [keyOf(some), some])).values(),
  ];
}

/** Every so many rows of each class, so that each class keeps its share. */
function sampleRows(rows: WeightedRows, classes: number): WeightedRows {
  const { labels } = rows;
  if (labels.length <= MOST_ROWS) return rows;
  const share = MOST_ROWS / labels.length;
  const seen = new Float64Array(classes);
  const chosen = [...labels.keys()].filter((row) => {
    const before = Math.floor(seen[labels[row]!]! * share);
    return Math.floor(++seen[labels[row]!]! * share) > before;
  });
  return {
    blocks: rows.blocks.map((block) => takeRows(block, chosen)),
    labels: Int32Array.from(chosen, (row) => labels[row]!),
    groups: rows.groups && chosen.map((row) => rows.groups![row]!),
  };
}
