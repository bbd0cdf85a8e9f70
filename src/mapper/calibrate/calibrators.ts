import type { Matrix } from "../../core/matrix.ts";

/** A monotone map from a score to a probability: linear between points, flat beyond them. */
export interface IsotonicCalibrator {
  readonly kind: "isotonic";
  /** Scores, ascending. */
  readonly x: Float64Array;
  /** Probabilities, ascending, one a score. */
  readonly y: Float64Array;
}

/** p = 1 / (1 + exp(a·score + b)). */
export interface SigmoidCalibrator {
  readonly kind: "sigmoid";
  readonly a: number;
  readonly b: number;
}

/** Turns one class's score into that class's probability. */
export type Calibrator = IsotonicCalibrator | SigmoidCalibrator;

/**
 * Fits the least-squares non-decreasing function of the scores to the outcomes by pooling adjacent
 * violators (Barlow et al., 1972), as scikit-learn's `IsotonicRegression(out_of_bounds="clip")`: equal
 * scores are averaged first and only the ends of flat stretches are kept.
 *
 * @param scores One a row.
 * @param outcomes 1 where the row is of the class, else 0.
 *
 * @example
 * ```ts
 * import { fitIsotonic } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const { x, y } = fitIsotonic(Float64Array.of(3, 1, 2, 4), Uint8Array.of(0, 0, 1, 1));
 * assertEquals([...x], [1, 2, 3, 4]);
 * assertEquals([...y], [0, 0.5, 0.5, 1]);
 * ```
 */
export function fitIsotonic(scores: Float64Array, outcomes: Uint8Array): IsotonicCalibrator {
  const order = Uint32Array.from(scores.keys()).sort((i, j) => scores[i]! - scores[j]!);
  const x: number[] = [];
  const means: number[] = [];
  const weights: number[] = [];
  for (const row of order) {
    const last = x.length - 1;
    if (last >= 0 && scores[row]! === x[last]) {
      weights[last]!++;
      means[last]! += (outcomes[row]! - means[last]!) / weights[last]!;
    } else {
      x.push(scores[row]!);
      means.push(outcomes[row]!);
      weights.push(1);
    }
  }
  return { kind: "isotonic", ...keepCorners(x, poolAdjacent(means, weights)) };
}

/** The fitted value at each point. */
function poolAdjacent(means: readonly number[], weights: readonly number[]): number[] {
  const pools: { sum: number; weight: number; length: number }[] = [];
  means.forEach((mean, i) => {
    let pool = { sum: mean * weights[i]!, weight: weights[i]!, length: 1 };
    while (pools.length > 0) {
      const before = pools.at(-1)!;
      if (before.sum / before.weight < pool.sum / pool.weight) break;
      pools.pop();
      pool = {
        sum: before.sum + pool.sum,
        weight: before.weight + pool.weight,
        length: before.length + pool.length,
      };
    }
    pools.push(pool);
  });
  return pools.flatMap(({ sum, weight, length }) => new Array<number>(length).fill(sum / weight));
}

function keepCorners(
  x: readonly number[],
  y: readonly number[],
): { x: Float64Array; y: Float64Array } {
  const kept = y.map((_, i) => i).filter((i) =>
    i === 0 || i === y.length - 1 || y[i] !== y[i - 1] || y[i] !== y[i + 1]
  );
  return {
    x: Float64Array.from(kept, (i) => x[i]!),
    y: Float64Array.from(kept, (i) => y[i]!),
  };
}

/**
 * Fits a logistic curve to the outcomes (Platt, 1999) with the targets softened as in Lin, Lin and Weng
 * (2007): (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2). Newton's method with halved steps on two parameters.
 *
 * @param scores One a row.
 * @param outcomes 1 where the row is of the class, else 0.
 *
 * @example
 * ```ts
 * import { calibrate, fitSigmoid } from "micro-lm/mapper";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const curve = fitSigmoid(Float64Array.of(-2, -1, 1, 2), Uint8Array.of(0, 0, 1, 1));
 * assertAlmostEquals(calibrate(curve, 0), 0.5);
 * assertAlmostEquals(calibrate(curve, -2) + calibrate(curve, 2), 1);
 * ```
 */
export function fitSigmoid(scores: Float64Array, outcomes: Uint8Array): SigmoidCalibrator {
  const positives = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  const negatives = outcomes.length - positives;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  let a = 0;
  let b = Math.log((negatives + 1) / (positives + 1));
  const loss = (a: number, b: number) => {
    let sum = 0;
    scores.forEach((score, i) => {
      const z = a * score + b;
      const target = outcomes[i] ? high : low;
      // −t·log p − (1 − t)·log(1 − p), written so that neither exponential overflows.
      sum += z >= 0 ? target * z + Math.log1p(Math.exp(-z)) : (target - 1) * z + log1pExp(z);
    });
    return sum;
  };
  let current = loss(a, b);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = newtonStep(scores, outcomes, { a, b, high, low });
    if (Math.max(Math.abs(step.ga), Math.abs(step.gb)) < 1e-9) break;
    // What a step could still gain is lost in the rounding of the sum
    if (Math.abs(step.ga * step.da + step.gb * step.db) < 1e-13 * current) break;
    let scale = 1;
    let next = loss(a + step.da, b + step.db);
    while (!(next <= current) && scale > 1e-10) {
      scale /= 2;
      next = loss(a + scale * step.da, b + scale * step.db);
    }
    if (!(next <= current)) break;
    a += scale * step.da;
    b += scale * step.db;
    current = next;
  }
  return { kind: "sigmoid", a, b };
}

const log1pExp = (z: number) => Math.log1p(Math.exp(z));

function newtonStep(
  scores: Float64Array,
  outcomes: Uint8Array,
  at: { readonly a: number; readonly b: number; readonly high: number; readonly low: number },
): { da: number; db: number; ga: number; gb: number } {
  // A tiny ridge keeps the Hessian invertible when all scores are equal.
  let haa = 1e-12;
  let hab = 0;
  let hbb = 1e-12;
  let ga = 0;
  let gb = 0;
  scores.forEach((score, i) => {
    const z = at.a * score + at.b;
    const p = z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
    const curvature = p * (1 - p);
    haa += score * score * curvature;
    hab += score * curvature;
    hbb += curvature;
    const difference = (outcomes[i] ? at.high : at.low) - p;
    ga += score * difference;
    gb += difference;
  });
  const determinant = haa * hbb - hab * hab;
  return {
    ga,
    gb,
    da: -(hbb * ga - hab * gb) / determinant,
    db: -(haa * gb - hab * ga) / determinant,
  };
}

/**
 * The probability that belongs to a score.
 *
 * @example
 * ```ts
 * import { calibrate } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const x = Float64Array.of(0, 2);
 * const y = Float64Array.of(0.25, 0.75);
 * const at = [-1, 1, 3].map((score) => calibrate({ kind: "isotonic", x, y }, score));
 * assertEquals(at, [0.25, 0.5, 0.75]);
 * ```
 */
export function calibrate(calibrator: Calibrator, score: number): number {
  if (calibrator.kind === "sigmoid") {
    return 1 / (1 + Math.exp(calibrator.a * score + calibrator.b));
  }
  const { x, y } = calibrator;
  if (score <= x[0]!) return y[0]!;
  if (score >= x.at(-1)!) return y.at(-1)!;
  let low = 0;
  let high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (x[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - x[low]!) / (x[high]! - x[low]!);
  return y[low]! + share * (y[high]! - y[low]!);
}

/** One-vs-rest calibrators; for two classes one, of the difference of the logits. */
export function fitCalibrators(
  method: "isotonic" | "sigmoid",
  logits: Matrix<Float64Array>,
  labels: Int32Array,
): Calibrator[] {
  const fit = method === "isotonic" ? fitIsotonic : fitSigmoid;
  const targets = logits.cols === 2 ? [1] : Array.from({ length: logits.cols }, (_, k) => k);
  return targets.map((k) => {
    const scores = Float64Array.from({ length: logits.rows }, (_, i) => scoreOf(logits, i, k));
    return fit(scores, Uint8Array.from(labels, (label) => label === k ? 1 : 0));
  });
}

function scoreOf({ data, cols }: Matrix<Float64Array>, row: number, k: number): number {
  return cols === 2 ? data[row * 2 + 1]! - data[row * 2]! : data[row * cols + k]!;
}

/** Adds one member's normalised probabilities to `out`. */
export function addCalibrated(
  out: Float64Array,
  logits: Matrix<Float64Array>,
  calibrators: readonly Calibrator[],
): void {
  const { rows, cols } = logits;
  const row = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    if (cols === 2) {
      row[1] = calibrate(calibrators[0]!, scoreOf(logits, i, 1));
      row[0] = 1 - row[1]!;
    } else {
      let sum = 0;
      for (let k = 0; k < cols; k++) {
        row[k] = calibrate(calibrators[k]!, logits.data[i * cols + k]!);
        sum += row[k]!;
      }
      for (let k = 0; k < cols; k++) row[k] = sum > 0 ? row[k]! / sum : 1 / cols;
    }
    for (let k = 0; k < cols; k++) out[i * cols + k]! += row[k]!;
  }
}
