import { type Rate, rate } from "../../evaluate/rate.ts";

/** How far what was kept and what was asked for agree, each from 0 to 1. */
export interface ParseRatios {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly jaccard: number;
  readonly hallucination: number;
  readonly omission: number;
}

/** How a parser's answer to one sample compares with the truth, from counted events. */
export interface ParseScore extends ParseRatios {
  readonly order: readonly string[];
  /** Whether the order equals the truth. */
  readonly exact: boolean;
  /** Actions kept and asked for, kept only, and asked for only. */
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/**
 * Counts what a parser kept against what was asked for.
 *
 * Precision tp / max(1, kept), recall tp / max(1, asked), hallucination fp / max(1, kept), omission
 * fn / max(1, asked). Nothing kept where nothing was asked for is right: precision, recall, F1 and Jaccard
 * are 1 then.
 *
 * @example
 * ```ts
 * import { scoreParse } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const score = scoreParse(["flip_h"], ["flip_h", "rotate"]);
 * assertEquals([score.exact, score.precision, score.recall, score.fp], [false, 0.5, 1, 1]);
 * assertEquals(scoreParse([], []).exact, true);
 * ```
 */
export function scoreParse(truth: readonly string[], order: readonly string[]): ParseScore {
  const asked = new Set(truth);
  const kept = new Set(order);
  const tp = [...kept].filter((name) => asked.has(name)).length;
  const fp = kept.size - tp;
  const fn = asked.size - tp;
  const silent = kept.size + asked.size === 0;
  const precision = silent ? 1 : tp / Math.max(1, kept.size);
  const recall = silent ? 1 : tp / Math.max(1, asked.size);
  return {
    order,
    exact: order.length === truth.length && order.every((name, k) => name === truth[k]),
    tp,
    fp,
    fn,
    precision,
    recall,
    f1: silent ? 1 : 2 * tp / (2 * tp + fp + fn),
    jaccard: silent ? 1 : tp / (tp + fp + fn),
    hallucination: fp / Math.max(1, kept.size),
    omission: fn / Math.max(1, asked.size),
  };
}

/** Scores averaged over samples, and the events that were counted. */
export interface ParserSummary extends ParseRatios {
  /** Samples whose order equals the truth. */
  readonly exact: Rate;
  /** Samples whose set equals the truth, in whatever order. */
  readonly set_exact: Rate;
  /** Kept actions that nobody asked for, among all kept. */
  readonly hallucinated: Rate;
  /** Actions asked for that were not kept, among all asked for. */
  readonly omitted: Rate;
}

/**
 * Averages scores over samples, as published, beside shares of all counted events.
 *
 * @throws {RangeError} If there are no scores.
 *
 * @example
 * ```ts
 * import { scoreParse, summarizeScores } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = [scoreParse(["a"], ["a"]), scoreParse(["a"], ["b"])];
 * assertEquals(summarizeScores(scores).hallucination, 0.5);
 * assertEquals(summarizeScores(scores).exact.k, 1);
 * ```
 */
export function summarizeScores(scores: readonly ParseScore[]): ParserSummary {
  if (scores.length === 0) throw new RangeError("Cannot average no scores");
  const n = scores.length;
  const sum = (value: (score: ParseScore) => number) =>
    scores.reduce((total, score) => total + value(score), 0);
  const tp = sum((s) => s.tp);
  const fp = sum((s) => s.fp);
  const fn = sum((s) => s.fn);
  return {
    exact: rate(sum((s) => Number(s.exact)), n),
    set_exact: rate(sum((s) => Number(s.fp + s.fn === 0)), n),
    precision: sum((s) => s.precision) / n,
    recall: sum((s) => s.recall) / n,
    f1: sum((s) => s.f1) / n,
    jaccard: sum((s) => s.jaccard) / n,
    hallucination: sum((s) => s.hallucination) / n,
    omission: sum((s) => s.omission) / n,
    hallucinated: rate(fp, tp + fp),
    omitted: rate(fn, tp + fn),
  };
}
