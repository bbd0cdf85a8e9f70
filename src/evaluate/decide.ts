import { closest } from "../core/text/edits.ts";
import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Matrix } from "../core/matrix.ts";
import type { OperatingPoint } from "../mapper/operating_point.ts";

export type { OperatingPoint } from "../mapper/operating_point.ts";

/** The point where nobody has chosen one. */
export const DEFAULT_POINT: OperatingPoint = { threshold: 0.7 };

/** The least score as an order where a mapper gives one and nobody has chosen. */
export const DEFAULT_MIN_ORDER = 0.5;

/** Why a mapper abstains. */
export type AbstainReason =
  | "abstain_class"
  | "low_confidence"
  | "near_margin"
  | "out_of_scope"
  | "no_evidence"
  | "not_an_order";

/** What becomes of one prompt. */
export interface Decision {
  /** The action, or null when abstaining. */
  readonly label: string | null;
  readonly reason: "fired" | AbstainReason;
  /** The most probable class, also when abstaining. */
  readonly predicted: string;
  /** Its probability. */
  readonly confidence: number;
  /** Its distance to the second probability. */
  readonly margin: number;
  /** The threshold that applied; Infinity for a class that never fires. */
  readonly threshold: number;
  /** Share of the prompt that the training did not know, if that was measured. */
  readonly novelty?: number;
  /** Probability that the prompt is an order at all, if the mapper has a head for it. */
  readonly order_score?: number;
  /** Probability that the prompt is out of scope, if the mapper has a score for it and it was asked. */
  readonly oos_score?: number;
}

export { ABSTAIN_CLASS };

/** Of each row, all that the decision rule looks at. */
export interface ScoredRows {
  /** Number of the most probable class; the lowest among equals. */
  readonly top: Uint32Array;
  readonly confidence: Float64Array;
  readonly margin: Float64Array;
  /** Share of the prompt that the training did not know, if that was measured. */
  readonly novelty?: Float64Array;
  /** Probability that the prompt is an order at all, if the mapper has a head for it. */
  readonly order?: Float64Array;
  /** Probability that the prompt is out of scope, if the mapper has a score for it. */
  readonly oos?: Float64Array;
}

/** An operating point with its names resolved. */
export interface CompiledPoint {
  /** One a class. */
  readonly thresholds: Float64Array;
  readonly nearMargin: number;
  readonly maxNovelty: number;
  readonly minOrder: number;
  readonly maxOos: number;
  /** Number of the class that never fires, or −1. */
  readonly abstainClass: number;
}

/** Outcomes of the rule: 0 fires, the others abstain. */
export const OUTCOMES = [
  "fired",
  "abstain_class",
  "low_confidence",
  "near_margin",
  "out_of_scope",
  "no_evidence",
  "not_an_order",
] as const;

/**
 * Turns probabilities into an action or an abstention: the one rule of this project.
 *
 * The most probable class fires unless it is the class `abstain`, the prompt's score as an order is too
 * low, its probability is below its threshold, it leads by less than the margin, too much of the prompt
 * is new, or its score as out of scope is too high; equality fires. The reasons are checked in this order, after one that comes first: probabilities that are all zero say that
 * the mapper saw nothing of the prompt, and nothing fires, whatever the thresholds.
 *
 * @param probabilities One a class.
 * @param novelty Share of the prompt that the training did not know; needed where the point limits it.
 * @param order Probability that the prompt is an order at all; needed where the point limits it.
 * @param oos Probability that the prompt is out of scope; needed where the point limits it.
 * @throws {RangeError} If there is not one finite probability a class.
 *
 * @example
 * ```ts
 * import { decide } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const classes = ["deposit_asset", "swap_asset"];
 * assertEquals(decide([0.8, 0.2], classes, { threshold: 0.7 }).label, "deposit_asset");
 * assertEquals(decide([0.6, 0.4], classes, { threshold: 0.7 }).reason, "low_confidence");
 * assertEquals(decide([0, 0], classes, { threshold: 0 }).reason, "no_evidence");
 * const point = { threshold: 0.7, minOrder: 0.5 };
 * assertEquals(decide([0.8, 0.2], classes, point, undefined, 0.1).reason, "not_an_order");
 * ```
 */
export function decide(
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  point: OperatingPoint,
  novelty?: number,
  order?: number,
  oos?: number,
): Decision {
  const data = Float64Array.from(probabilities);
  if (data.length !== classes.length) {
    throw new RangeError(`Expected ${classes.length} probabilities, got ${data.length}`);
  }
  const matrix = { data, rows: 1, cols: data.length };
  const one = (value: number | undefined) =>
    value === undefined ? undefined : Float64Array.of(value);
  const scored = scoreRows(matrix, one(novelty), one(order), one(oos));
  return describeDecision(scored, 0, classes, compilePoint(point, classes));
}

/**
 * Finds the leading class of each row.
 *
 * @param novelty One a row, if measured.
 * @param order One a row, if the mapper has a head for it.
 * @param oos One a row, if the mapper has a score for it.
 * @throws {RangeError} If there are no classes or a probability is not finite.
 *
 * @example
 * ```ts
 * import { scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Float64Array.of(0.75, 0.25, 0.5, 0.5);
 * const { top, margin } = scoreRows({ data, rows: 2, cols: 2 });
 * assertEquals([...top], [0, 0]);
 * assertEquals([...margin], [0.5, 0]);
 * ```
 */
export function scoreRows(
  { data, rows, cols }: Matrix<Float64Array>,
  novelty?: Float64Array,
  order?: Float64Array,
  oos?: Float64Array,
): ScoredRows {
  if (cols === 0) throw new RangeError("Cannot decide between no classes");
  const top = new Uint32Array(rows);
  const confidence = new Float64Array(rows);
  const margin = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    let first = -Infinity;
    let second = -Infinity;
    for (let k = 0; k < cols; k++) {
      const p = data[row * cols + k]!;
      if (!Number.isFinite(p)) throw new RangeError(`Expected a probability, got ${p}`);
      if (p > first) {
        second = first;
        first = p;
        best = k;
      } else if (p > second) second = p;
    }
    top[row] = best;
    confidence[row] = first;
    margin[row] = cols > 1 ? first - second : first;
  }
  return {
    ...{ top, confidence, margin },
    ...(novelty && { novelty }),
    ...(order && { order }),
    ...(oos && { oos }),
  };
}

/**
 * Checks an operating point and resolves its class names.
 *
 * @throws {MicroLmError} Kind `usage` for a threshold or margin outside 0 to 1 or an unknown class.
 *
 * @example
 * ```ts
 * import { compilePoint } from "micro-lm/evaluate";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const point = { threshold: 0.5, perClass: { swap: 0.9, stake: null } };
 * const { thresholds } = compilePoint(point, ["borrow", "swap", "stake"]);
 * assertEquals([...thresholds], [0.5, 0.9, Infinity]);
 * assertThrows(() => compilePoint(point, ["borrow"]));
 * ```
 */
export function compilePoint(
  { threshold, perClass = {}, nearMargin = 0, maxNovelty = 1, minOrder = 0, maxOos = 1 }:
    OperatingPoint,
  classes: readonly string[],
): CompiledPoint {
  const check = (value: number, name: string) => {
    if (!(value >= 0 && value <= 1)) {
      throw new MicroLmError("usage", `Expected a ${name} from 0 to 1, got ${value}`);
    }
    return value;
  };
  const thresholds = new Float64Array(classes.length).fill(check(threshold, "threshold"));
  for (const [name, value] of Object.entries(perClass)) {
    const k = classes.indexOf(name);
    if (k < 0) {
      throw new MicroLmError("usage", `Unknown class "${name}" among the per-class thresholds`, {
        hint: `Did you mean "${closest(name, [...classes])}"? Known: ${classes.join(", ")}`,
      });
    }
    thresholds[k] = value === null ? Infinity : check(value, `threshold of "${name}"`);
  }
  return {
    thresholds,
    nearMargin: check(nearMargin, "margin"),
    maxNovelty: check(maxNovelty, "novelty"),
    minOrder: check(minOrder, "score as an order"),
    maxOos: check(maxOos, "score as out of scope"),
    abstainClass: classes.indexOf(ABSTAIN_CLASS),
  };
}

/**
 * The rule itself: an index into {@linkcode OUTCOMES}.
 *
 * @throws {RangeError} If the point limits a novelty or a score that was not measured.
 *
 * @example
 * ```ts
 * import { compilePoint, decideRow, OUTCOMES, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const point = compilePoint({ threshold: 0.7 }, ["send", "keep"]);
 * const outcomes = [0, 1].map((row) => OUTCOMES[decideRow(scored, row, point)]);
 * assertEquals(outcomes, ["fired", "low_confidence"]);
 * ```
 */
export function decideRow(
  scored: ScoredRows,
  row: number,
  point: CompiledPoint,
): 0 | 1 | 2 | 3 | 4 | 5 | 6 {
  const top = scored.top[row]!;
  if (scored.confidence[row] === 0) return 5;
  if (top === point.abstainClass) return 1;
  if (point.minOrder > 0) {
    if (!scored.order) {
      throw new RangeError("The operating point asks for a score as an order, which is unknown");
    }
    if (scored.order[row]! < point.minOrder) return 6;
  }
  if (scored.confidence[row]! < point.thresholds[top]!) return 2;
  if (scored.margin[row]! < point.nearMargin) return 3;
  if (point.maxNovelty < 1) {
    if (!scored.novelty) {
      throw new RangeError("The operating point limits novelty, which is unknown");
    }
    if (scored.novelty[row]! > point.maxNovelty) return 4;
  }
  if (point.maxOos < 1) {
    if (!scored.oos) {
      throw new RangeError("The operating point limits a score as out of scope, which is unknown");
    }
    if (scored.oos[row]! > point.maxOos) return 4;
  }
  return 0;
}

/**
 * The decision on one row, in words.
 *
 * @example
 * ```ts
 * import { compilePoint, describeDecision, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const classes = ["send", "keep"];
 * const scored = scoreRows({ data: Float64Array.of(0.75, 0.25), rows: 1, cols: 2 });
 * const point = compilePoint({ threshold: 0.5, nearMargin: 0.6 }, classes);
 * const { label, reason, predicted } = describeDecision(scored, 0, classes, point);
 * assertEquals([label, reason, predicted], [null, "near_margin", "send"]);
 * ```
 */
export function describeDecision(
  scored: ScoredRows,
  row: number,
  classes: readonly string[],
  point: CompiledPoint,
): Decision {
  const top = scored.top[row]!;
  const reason = OUTCOMES[decideRow(scored, row, point)];
  return {
    label: reason === "fired" ? classes[top]! : null,
    reason,
    predicted: classes[top]!,
    confidence: scored.confidence[row]!,
    margin: scored.margin[row]!,
    threshold: point.thresholds[top]!,
    ...(scored.novelty && { novelty: scored.novelty[row]! }),
    ...(scored.order && { order_score: scored.order[row]! }),
    ...(scored.oos && { oos_score: scored.oos[row]! }),
  };
}

/** A threshold as files have it, to six decimals. */
export function roundThreshold(value: number): number {
  return Number(value.toFixed(6));
}
