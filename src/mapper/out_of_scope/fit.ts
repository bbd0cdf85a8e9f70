import { ABSTAIN_CLASS } from "../../core/abstain_class.ts";
import type { CsrMatrix, Features } from "../../core/matrix.ts";
import { fitCalibrated, type FitCalibratedOptions } from "../calibrate/calibration.ts";
import { groupedFolds } from "../calibrate/folds.ts";
import { fitLogisticRegression } from "../fit/logistic_regression.ts";
import { takeRows } from "../fit/rows.ts";
import { noveltyAgainst } from "../novelty.ts";
import { type AurocGain, compareAuroc, type TwoKinds } from "./auroc_gain.ts";
import { createLeadMeter, type OosEvidence, type OosScore, scoreOos } from "./score.ts";

/** Rows that a score is learned from. */
export interface OosRows {
  readonly features: Features;
  /** The same rows as the n-gram encoder sees them. */
  readonly ngrams: CsrMatrix;
  readonly labels: readonly string[];
  /** Rows of one group stay in one fold. */
  readonly groups: readonly string[];
  /** Whether the classifier knows the actions alone, and an order head what must abstain. */
  readonly hasHead: boolean;
  /** Divides the logits of the mapper whose confidence is to be beaten. */
  readonly temperature: number;
}

/** What a fit found. */
export interface OosFit {
  /** Absent where confidence alone does as well. */
  readonly score?: OosScore;
  /** What stood for prompts out of scope; null where nothing could. */
  readonly outside: "abstain" | "held_out_classes" | null;
  /** Cross-validated rows in scope and out of it. */
  readonly rows: readonly [inside: number, outside: number];
  /** The score beside the confidence of the mapper; null where nothing could be fitted. */
  readonly gain: AurocGain | null;
}

const FOLDS = 5;
/** Groups from which there are folds enough: the score of one is fitted on two others or more. */
const ENOUGH_GROUPS = 3;
/** Rows that must abstain from which they stand for what is out of scope. */
const ENOUGH_ROWS = 50;
/** Classes from which some may be held out, so that there is still a choice without them. */
const ENOUGH_CLASSES = 5;
/** The score has three parameters: no penalty to speak of. */
const WEAK_PENALTY = 1e4;
const NOTHING: OosFit = { outside: null, rows: [0, 0], gain: null };

/**
 * Fits the score on what mappers say to rows that they were not trained on, and keeps it only where it
 * tells them apart better than the mapper's confidence does.
 *
 * Rows out of scope are those that must abstain, where there are 50 or more; else each of the five folds
 * holds a fifth of the classes out whole, and their rows are what no class is meant for. Both kinds weigh the same. The
 * score of a fold's rows is fitted on the other folds; it is kept where the 95% interval of its gain in
 * AUROC lies above 0, without novelty where that says nothing.
 */
export function fitOosScore(
  rows: OosRows,
  options: Omit<FitCalibratedOptions, "classes" | "method" | "groups" | "nameClass">,
): OosFit {
  const names = [...new Set(rows.labels)].filter((name) => name !== ABSTAIN_CLASS).sort();
  const must = rows.labels.filter((label) => label === ABSTAIN_CLASS).length;
  const isTaught = must >= ENOUGH_ROWS && names.length > 1;
  const groups = new Set(rows.groups).size;
  const count = Math.min(FOLDS, groups);
  if (groups < ENOUGH_GROUPS || (!isTaught && names.length < ENOUGH_CLASSES)) return NOTHING;
  const numbers = Int32Array.from(rows.labels, (label) => names.indexOf(label) + 1);
  const parts = groupedFolds(numbers, rows.groups, count);
  const folds = parts.flatMap((held, f) => {
    const left = isTaught ? [] : names.filter((_, k) => k % count === f);
    return judgeFold(rows, new Set(held), new Set(left), options) ?? [];
  });
  if (folds.length < 2) return NOTHING;
  const fit = (useNovelty: boolean) => {
    const own = folds.map((fold, f) =>
      scoreOos(weigh(folds.filter((_, g) => g !== f), useNovelty), fold)
    );
    return compareAuroc(folds.map((fold, f) => ({
      own: split(own[f]!.map((value) => -value), fold.isOutside),
      other: split(fold.confidence, fold.isOutside),
    })));
  };
  const both = weigh(folds, true);
  const gains = { alone: fit(false), both: fit(true) };
  const takesNovelty = both.novelty > 0 && gains.both.auroc > gains.alone.auroc;
  const gain = takesNovelty ? gains.both : gains.alone;
  const score = takesNovelty ? both : weigh(folds, false);
  const outside = folds.reduce((sum, fold) => sum + countSet(fold.isOutside), 0);
  const all = folds.reduce((sum, fold) => sum + fold.isOutside.length, 0);
  return {
    ...(gain.ci_low > 0 && score.confidence < 0 && { score }),
    outside: isTaught ? "abstain" : "held_out_classes",
    rows: [all - outside, outside],
    gain,
  };
}

/** What a mapper says to the rows of a fold. */
interface JudgedFold extends OosEvidence {
  readonly confidence: Float64Array;
  readonly isOutside: Uint8Array;
}

/** Trains beside a fold and the classes that are held out; null where the fold lacks a kind of rows. */
function judgeFold(
  { features, ngrams, labels, hasHead, temperature }: OosRows,
  fold: ReadonlySet<number>,
  left: ReadonlySet<string>,
  options: Omit<FitCalibratedOptions, "classes" | "method" | "groups" | "nameClass">,
): JudgedFold | null {
  const numbers = Uint32Array.from(labels.keys());
  const known = numbers.filter((row) => !fold.has(row) && !left.has(labels[row]!));
  const learned = hasHead ? known.filter((row) => labels[row] !== ABSTAIN_CLASS) : known;
  const classes = [...new Set(Array.from(learned, (row) => labels[row]!))].sort();
  const isOut = (row: number) => left.has(labels[row]!) || labels[row] === ABSTAIN_CLASS;
  const judged = numbers.filter((row) =>
    left.has(labels[row]!) ||
    (fold.has(row) && (labels[row] === ABSTAIN_CLASS || classes.includes(labels[row]!)))
  );
  const isOutside = Uint8Array.from(judged, (row) => isOut(row) ? 1 : 0);
  if (classes.length < 2 || countSet(isOutside) === 0 || countSet(isOutside) === judged.length) {
    return null;
  }
  const { model } = fitCalibrated(
    takeRows(features, learned),
    Int32Array.from(learned, (row) => classes.indexOf(labels[row]!)),
    { ...options, classes: classes.length, method: "none" },
  );
  const held = takeRows(features, judged);
  const abstain = classes.indexOf(ABSTAIN_CLASS);
  return {
    lead: createLeadMeter(model, abstain)(held),
    novelty: noveltyAgainst(ngrams, judged, known),
    confidence: createLeadMeter(warmed(model, temperature), abstain)(held),
    isOutside,
  };
}

/** The same classifier with divided logits: its lead orders rows as the confidence does. */
function warmed(model: ReturnType<typeof fitCalibrated>["model"], temperature: number) {
  const divide = <T extends Float32Array | Float64Array>(values: T) =>
    values.map((value) => value / temperature) as T;
  return {
    ...model,
    members: model.members.map(({ classifier, calibrators }) => ({
      calibrators,
      classifier: {
        ...classifier,
        weights: divide(classifier.weights),
        intercepts: divide(classifier.intercepts),
      },
    })),
  };
}

/** The weights of the evidence, by logistic regression over the rows of some folds. */
function weigh(folds: readonly JudgedFold[], useNovelty: boolean): OosScore {
  const data = Float32Array.from(
    folds.flatMap(({ lead, novelty }) =>
      [...lead].flatMap((value, row) => [value, useNovelty ? novelty[row]! : 0])
    ),
  );
  const labels = Int32Array.from(folds.flatMap(({ isOutside }) => [...isOutside]));
  const dense = { data, rows: labels.length, cols: 2 };
  const { classifier } = fitLogisticRegression({ rows: dense.rows, dense }, labels, {
    classes: 2,
    C: WEAK_PENALTY,
    classWeight: "balanced",
  });
  const { weights, intercepts } = classifier;
  return {
    intercept: intercepts[1]! - intercepts[0]!,
    confidence: weights[1]! - weights[0]!,
    novelty: useNovelty ? weights[3]! - weights[2]! : 0,
  };
}

function split(values: Float64Array, isOutside: Uint8Array): TwoKinds {
  return {
    inside: values.filter((_, row) => !isOutside[row]),
    outside: values.filter((_, row) => isOutside[row]),
  };
}

function countSet(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}
