import { ABSTAIN_CLASS, roundThreshold } from "./decide.ts";
import type { ClassifiedRow } from "./per_class.ts";
import { type Rate, rate } from "./rate.ts";
import { splitGroups } from "./certify/split_groups.ts";

/** What thresholds are to reach. */
export type Objective = "coverage" | "macro_f1";

/** Options of {@linkcode optimiseThresholds}. */
export interface OptimiseOptions {
  /** Most coverage with at most `maxWrongRate` of the actions wrong, or the highest macro-F1. */
  readonly objective: Objective;
  /** Default: 0.05. */
  readonly maxWrongRate?: number;
}

/** Options of {@linkcode crossValidateThresholds}. */
export interface CrossValidateThresholdsOptions extends OptimiseOptions {
  /** Default: 5. */
  readonly folds?: number;
  /** Default: 0. */
  readonly seed?: number;
}

/** What thresholds do on rows. */
export interface ThresholdOutcome {
  readonly coverage: Rate;
  /** Wrong actions among all actions. */
  readonly wrong_rate: Rate;
  readonly macro_f1: number | null;
}

/** A class that never acts. */
const NEVER = null;

/**
 * The thresholds by class that reach an objective on some rows.
 *
 * Coverage under a limit separates by class for a given price of a wrong action (Lagrange), and the price
 * is found by bisection; F1 separates by class by itself. Thresholds lie half-way between confidences;
 * null stands for a class that never acts.
 *
 * @param rows Labelled rows with the confidence of the predicted class, whether they acted or not.
 *
 * @example
 * ```ts
 * import { optimiseThresholds } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string, confidence: number) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence, abstain: false });
 * const rows = [row("swap", 0.9), row("swap", 0.8), row("stake", 0.4)];
 * assertEquals(optimiseThresholds(rows, { objective: "coverage" }), { swap: 0.6 });
 * ```
 */
export function optimiseThresholds(
  rows: readonly ClassifiedRow[],
  { objective, maxWrongRate = 0.05 }: OptimiseOptions,
): Record<string, number | null> {
  const curves = classCurves(rows);
  if (objective === "macro_f1") {
    return pick(curves, ({ fired, hits }, { support }) => 2 * hits / Math.max(1, support + fired));
  }
  const at = (price: number) =>
    pick(curves, ({ fired, hits }) => fired - price * (fired - hits - maxWrongRate * fired));
  const isWithin = (thresholds: Record<string, number | null>) => {
    const { fired, wrong } = count(rows, thresholds);
    return wrong <= maxWrongRate * fired;
  };
  let low = 0;
  let high = 1;
  if (isWithin(at(0))) return at(0);
  while (!isWithin(at(high)) && high < 1e9) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (isWithin(at(middle))) high = middle;
    else low = middle;
  }
  return at(high);
}

/** What {@linkcode crossValidateThresholds} returns. */
export interface CrossValidated {
  /** On rows that did not choose the thresholds which decided on them. */
  readonly held_out: ThresholdOutcome;
  /** On the rows that chose, for comparison: optimistic. */
  readonly in_sample: ThresholdOutcome;
  /** Thresholds from all rows. */
  readonly thresholds: Readonly<Record<string, number | null>>;
  /** Lowest and highest threshold over the folds, by class. */
  readonly range: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * Optimises thresholds and tells what they are worth: each fold is decided by thresholds from the others.
 *
 * @param groups The group of each row: rows of a group stay in one fold.
 *
 * @example
 * ```ts
 * import { crossValidateThresholds } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = Array.from({ length: 20 }, (_, i) => {
 *   const [gold, confidence] = i % 2 === 0 ? ["swap", 0.9] as const : ["stake", 0.3] as const;
 *   return { prompt: "", gold, predicted: "swap", confidence, abstain: false };
 * });
 * const groups = rows.map((_, i) => `${i}`);
 * const found = crossValidateThresholds(rows, groups, { objective: "coverage" });
 * assertEquals(found.thresholds, { swap: 0.6 });
 * assertEquals(found.held_out.wrong_rate.value, 0);
 * ```
 */
export function crossValidateThresholds(
  rows: readonly ClassifiedRow[],
  groups: readonly string[],
  options: CrossValidateThresholdsOptions,
): CrossValidated {
  const { folds = 5, seed = 0 } = options;
  const parts = splitGroups(groups, new Array(folds).fill(1), seed);
  const held: Tally[] = [];
  const found: Record<string, number | null>[] = [];
  for (const part of parts) {
    const inside = new Set(part);
    const thresholds = optimiseThresholds(rows.filter((_, i) => !inside.has(i)), options);
    found.push(thresholds);
    held.push(count(Array.from(part, (i) => rows[i]!), thresholds));
  }
  const thresholds = optimiseThresholds(rows, options);
  const range = Object.keys(thresholds).map((name) => {
    const values = found.map((one) => one[name] ?? NEVER)
      .sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
    return [name, [values[0]!, values.at(-1)!]] as const;
  });
  return {
    held_out: outcomeOf(held.reduce(add)),
    in_sample: evaluateThresholds(rows, thresholds),
    thresholds,
    range: Object.fromEntries(range),
  };
}

/**
 * What given thresholds do on labelled rows; a class without one acts at any confidence.
 *
 * @example
 * ```ts
 * import { evaluateThresholds } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string, confidence: number) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence, abstain: false });
 * const rows = [row("swap", 0.9), row("swap", 0.8), row("stake", 0.7), row("stake", 0.4)];
 * const { coverage, wrong_rate } = evaluateThresholds(rows, { swap: 0.75 });
 * assertEquals([coverage.value, wrong_rate.value], [0.5, 0]);
 * ```
 */
export function evaluateThresholds(
  rows: readonly ClassifiedRow[],
  thresholds: Readonly<Record<string, number | null>>,
): ThresholdOutcome {
  return outcomeOf(count(rows, thresholds));
}

interface Tally {
  readonly total: number;
  readonly fired: number;
  readonly wrong: number;
  /** By class: rows of it, fired as it, and both. */
  readonly classes: ReadonlyMap<string, readonly [number, number, number]>;
}

function count(
  rows: readonly ClassifiedRow[],
  thresholds: Readonly<Record<string, number | null>>,
): Tally {
  const classes = new Map<string, [number, number, number]>();
  const of = (name: string) => {
    if (!classes.has(name)) classes.set(name, [0, 0, 0]);
    return classes.get(name)!;
  };
  let fired = 0;
  let wrong = 0;
  for (const { gold, predicted, confidence } of rows) {
    if (gold !== ABSTAIN_CLASS) of(gold)[0]++;
    const threshold = Object.hasOwn(thresholds, predicted) ? thresholds[predicted]! : 0;
    if (predicted === ABSTAIN_CLASS || threshold === null || confidence < threshold) continue;
    fired++;
    of(predicted)[1]++;
    if (gold === predicted) of(predicted)[2]++;
    else wrong++;
  }
  return { total: rows.length, fired, wrong, classes };
}

function add(a: Tally, b: Tally): Tally {
  const classes = new Map(a.classes);
  for (const [name, more] of b.classes) {
    const [x, y, z] = classes.get(name) ?? [0, 0, 0];
    classes.set(name, [x + more[0], y + more[1], z + more[2]]);
  }
  return { total: a.total + b.total, fired: a.fired + b.fired, wrong: a.wrong + b.wrong, classes };
}

function outcomeOf({ total, fired, wrong, classes }: Tally): ThresholdOutcome {
  const scores = [...classes.values()].filter(([support, as]) => support + as > 0)
    .map(([support, as, hits]) => 2 * hits / (support + as));
  return {
    coverage: rate(fired, total),
    wrong_rate: rate(wrong, fired),
    macro_f1: scores.length === 0 ? null : scores.reduce((a, b) => a + b) / scores.length,
  };
}

interface Candidate {
  readonly threshold: number | null;
  readonly fired: number;
  readonly hits: number;
}

interface ClassCurve {
  readonly name: string;
  readonly support: number;
  readonly candidates: readonly Candidate[];
}

/** For each predicted class what each threshold lets through, from never to always. */
function classCurves(rows: readonly ClassifiedRow[]): ClassCurve[] {
  const names = [...new Set(rows.map((row) => row.predicted))].filter((n) => n !== ABSTAIN_CLASS);
  return names.sort().map((name) => {
    const mine = rows.filter((row) => row.predicted === name)
      .sort((a, b) => b.confidence - a.confidence);
    const candidates: Candidate[] = [{ threshold: NEVER, fired: 0, hits: 0 }];
    let hits = 0;
    mine.forEach((row, i) => {
      if (row.gold === name) hits++;
      const next = mine[i + 1]?.confidence ?? 0;
      if (next === row.confidence) return;
      const threshold = roundThreshold((row.confidence + next) / 2);
      candidates.push({ threshold, fired: i + 1, hits });
    });
    return { name, support: rows.filter((row) => row.gold === name).length, candidates };
  });
}

/** Of each class the candidate with the highest score; the stricter one among equals. */
function pick(
  curves: readonly ClassCurve[],
  score: (candidate: Candidate, curve: ClassCurve) => number,
): Record<string, number | null> {
  return Object.fromEntries(curves.map((curve) => {
    const best = curve.candidates.reduce((a, b) => score(b, curve) > score(a, curve) ? b : a);
    return [curve.name, best.threshold];
  }));
}
