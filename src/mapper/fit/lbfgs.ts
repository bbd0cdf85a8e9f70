import { addSpread, type ClassSpread, type SpreadAlong, spreadAlong } from "./class_spread.ts";
import { CHUNK_ROWS, STRETCH } from "./chunks.ts";
import { applyCurvature, estimateCurvature } from "./curvature.ts";
import {
  historyLength,
  multiply,
  multiplyTransposed,
  ranges,
  type SoftmaxProblem,
  type VectorName,
} from "./softmax_problem.ts";

/** What a solver run minimises, and when it may stop. */
export interface SolveOptions {
  /** λ of the penalty ½λ‖W‖². */
  readonly penalty: number;
  /** Class of each laid-out row; padding is ignored. */
  readonly labels: Int32Array;
  /** Weight of each laid-out row's loss; 0 for padding. */
  readonly rowWeights: Float64Array;
  /** Groups of rows that take part. */
  readonly groups: readonly number[];
  /** What spreads rows within their classes, and what that costs. Default: nothing. */
  readonly spread?: ClassSpread | undefined;
  readonly maxIter: number;
  /** Stops when no component of the gradient is larger. */
  readonly tol: number;
  /** Whether to start at the weights that stand in the problem, not at zero. */
  readonly warm: boolean;
  /** Whether the problem has the curvature already, from an earlier run with the same penalty. */
  readonly curved?: boolean;
  /** Called after each iteration with the share of the way that is done, below 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** How a solver run ended. */
export interface SolveResult {
  readonly iterations: number;
  readonly converged: boolean;
  /** Value of the objective. */
  readonly loss: number;
  /** Largest component of the gradient. */
  readonly gradientNorm: number;
}

/** Relative error of a sum of losses: a smaller decrease is none. */
const NOISE = { f64: 1e-12, f32: 1e-7 } as const;
/** The logit of a column that only pads: its exp is 0. */
const NO_LOGIT = -1e30;
/** Steps without a decrease beyond the noise after which a run has come as far as it can. */
const IDLE = 10;

/**
 * Minimises the penalised softmax loss by L-BFGS (Liu and Nocedal, 1989) started from the inverse
 * curvature instead of a multiple of the identity. The weights end in the problem's `weights` block.
 *
 * Logits are linear in the weights, so the logits of a direction are computed once and every trial of
 * the line search costs a softmax over the rows, no product.
 */
export function solve(problem: SoftmaxProblem, options: SolveOptions): SolveResult {
  const { kernels, size, precision } = problem;
  const run = new Run(problem, options);
  if (!options.curved) estimateCurvature(problem, options);
  const history = new History(problem);
  let loss = run.start();
  run.gradientInto();
  let norm = run.gradientNorm();
  const reached = wayDone(norm, options);
  let iterations = 0;
  let idle = 0;
  history.start();
  while (norm > options.tol && iterations < options.maxIter && idle < IDLE) {
    history.directionInto();
    const step = run.lineSearch(loss);
    if (step === undefined) {
      if (history.length === 0) break;
      history.clear();
      continue;
    }
    kernels.axpy(step.t, problem.vector("direction").at, problem.vector("weights").at, size);
    idle = loss - step.loss <= NOISE[precision] * Math.abs(loss) ? idle + 1 : 0;
    loss = step.loss;
    history.open();
    run.gradientInto();
    norm = run.gradientNorm();
    history.push(step.t);
    iterations++;
    options.onProgress?.(reached(norm, iterations));
  }
  const converged = norm <= options.tol || iterations < options.maxIter;
  return { iterations, converged, loss, gradientNorm: norm };
}

/**
 * How much of the way from a gradient to one small enough is done. On the whole it shrinks by the same
 * share each time, so that the way is that of its logarithm; a step back is none.
 */
function wayDone(
  first: number,
  { tol, maxIter }: SolveOptions,
): (norm: number, iterations: number) => number {
  const all = Math.log(Math.max(first / tol, 1 + 1e-9));
  let most = 0;
  return (norm, iterations) => {
    const share = Math.log(Math.max(first / norm, 1)) / all;
    most = Math.max(most, Math.min(0.99, Math.max(share, iterations / maxIter)));
    return most;
  };
}

/** The scale of the inverse curvature settles within a few pairs; each estimate costs a product. */
const SCALED_PAIRS = 4;

interface Trial {
  readonly t: number;
  readonly loss: number;
  readonly slope: number;
}

/** The objective along directions. */
class Run {
  readonly #problem: SoftmaxProblem;
  readonly #options: SolveOptions;
  #squaredWeights = 0;
  #weightsTimesDirection = 0;
  #squaredDirection = 0;
  #spread: SpreadAlong = { a: 0, b: 0, c: 0 };

  constructor(problem: SoftmaxProblem, options: SolveOptions) {
    this.#problem = problem;
    this.#options = options;
  }

  /** Returns the loss at the start. */
  start(): number {
    const { groups, warm } = this.#options;
    const problem = this.#problem;
    if (!warm) problem.vector("weights").view.fill(0);
    problem.vector("direction").view.fill(0);
    for (const name of ["residuals", "slope", "logits"] as const) {
      problem.outputs(name).view.fill(0);
    }
    const logits = problem.outputs("logits");
    if (warm) multiply(problem, problem.vector("weights"), logits, groups);
    const { stride, classes } = problem;
    for (let at = 0; at < logits.view.length; at += stride) {
      logits.view.fill(NO_LOGIT, at + classes, at + stride);
    }
    if (problem.precision === "f32") problem.rowWeights.view.set(this.#options.rowWeights);
    this.#measureDirection();
    this.#measureSpread();
    return this.#trial(0).loss;
  }

  /** gradient = Xᵀ·residuals + λW, the intercept without penalty. */
  gradientInto(): void {
    const problem = this.#problem;
    const { penalty, groups, spread } = this.#options;
    const { kernels, size, denseColumns, stride } = problem;
    const gradient = problem.vector("gradient");
    gradient.view.fill(0);
    kernels.axpy(penalty, problem.vector("weights").at, gradient.at, size);
    gradient.view.fill(0, denseColumns * stride, (denseColumns + 1) * stride);
    if (spread) addSpread(problem, this.#options, spread.factor);
    multiplyTransposed(problem, problem.outputs("residuals"), gradient, groups);
  }

  gradientNorm(): number {
    let norm = 0;
    const gradient = this.#problem.vector("gradient").view;
    // By index: for…of over millions of numbers takes longer than the products.
    for (let i = 0; i < gradient.length; i++) {
      const size = Math.abs(gradient[i]!);
      if (size > norm) norm = size;
    }
    return norm;
  }

  /**
   * A step that meets the strong Wolfe conditions, found by Newton-like steps on the slope: the
   * objective is convex, so the slope only grows. Leaves its residuals and moves the logits.
   */
  lineSearch(loss: number): Trial | undefined {
    const problem = this.#problem;
    multiply(problem, problem.vector("direction"), problem.outputs("slope"), this.#options.groups);
    this.#measureDirection();
    this.#measureSpread();
    const start: Trial = { t: 0, loss, slope: this.#slopeAtZero() };
    if (!(start.slope < 0)) return undefined;
    let low = start;
    let high: Trial | undefined;
    let t = 1;
    for (let attempt = 0; attempt < 30; attempt++) {
      const trial = this.#trial(t);
      const enough = trial.loss <= loss + 1e-4 * t * start.slope;
      // Close to the optimum the decrease drowns in rounding; the slope still tells.
      const rounding = Math.abs(trial.loss - loss) <= NOISE[problem.precision] * Math.abs(loss);
      if ((enough || rounding) && Math.abs(trial.slope) <= 0.5 * -start.slope) {
        this.#accept(trial);
        return trial;
      }
      if (trial.slope < 0 && (enough || rounding)) low = trial;
      else high = trial;
      t = nextStep(low, high);
    }
    return undefined;
  }

  #measureDirection(): void {
    const { kernels, size, stride, denseColumns } = this.#problem;
    const weights = this.#problem.vector("weights");
    const direction = this.#problem.vector("direction");
    const at = denseColumns * stride * kernels.bytes;
    const penalised = (a: number, b: number) =>
      kernels.dot(a, b, size) - kernels.dot(a + at, b + at, stride);
    this.#squaredWeights = penalised(weights.at, weights.at);
    this.#weightsTimesDirection = penalised(weights.at, direction.at);
    this.#squaredDirection = penalised(direction.at, direction.at);
  }

  #measureSpread(): void {
    if (this.#options.spread) this.#spread = spreadAlong(this.#problem, this.#options);
  }

  #slopeAtZero(): number {
    const { kernels, size } = this.#problem;
    return kernels.dot(
      this.#problem.vector("gradient").at,
      this.#problem.vector("direction").at,
      size,
    );
  }

  /** Loss and slope at a step; residuals there are left behind. */
  #trial(t: number): Trial {
    const { penalty, spread: { factor } = { factor: 0 } } = this.#options;
    const { loss, slope } = this.#problem.precision === "f32"
      ? this.#tryRowsInSingle(t)
      : this.#tryRows(t);
    const w = this.#squaredWeights;
    const wd = this.#weightsTimesDirection;
    const d = this.#squaredDirection;
    const { a, b, c } = this.#spread;
    return {
      t,
      loss: loss + 0.5 * penalty * (w + 2 * t * wd + t * t * d) +
        0.5 * factor * (a + 2 * t * b + t * t * c),
      slope: slope + penalty * (wd + t * d) + factor * (b + t * c),
    };
  }

  #tryRowsInSingle(t: number): { readonly loss: number; readonly slope: number } {
    const { groups, labels, rowWeights } = this.#options;
    const problem = this.#problem;
    const { run, stride, stats } = problem;
    const logits = problem.outputs("logits");
    const residuals = problem.outputs("residuals");
    const slopes = problem.outputs("slope");
    let loss = 0;
    let slope = 0;
    for (const [from, to] of ranges(problem, groups)) {
      run("softmax", Math.ceil((to - from) / CHUNK_ROWS), [
        ...[logits.at, slopes.at, t, problem.rowWeights.at, residuals.at, stats.at, from, to],
      ]);
      for (let row = from; row < to; row++) {
        const weight = rowWeights[row]!;
        if (weight === 0) continue;
        const own = row * stride + labels[row]!;
        const logit = logits.view[own]! + t * slopes.view[own]!;
        const max = stats.view[row * 4]!;
        const sum = stats.view[row * 4 + 1]!;
        loss += weight * (Math.log(sum) + max - logit);
        slope += weight * (stats.view[row * 4 + 2]! - slopes.view[own]!);
        residuals.view[own]! -= weight;
      }
    }
    return { loss, slope };
  }

  #tryRows(t: number): { readonly loss: number; readonly slope: number } {
    const { groups, labels, rowWeights } = this.#options;
    const problem = this.#problem;
    const { stride, classes } = problem;
    const logits = problem.outputs("logits").view;
    const residuals = problem.outputs("residuals").view;
    const slopes = problem.outputs("slope").view;
    let loss = 0;
    let slope = 0;
    for (const [from, to] of ranges(problem, groups)) {
      for (let row = from; row < to; row++) {
        const weight = rowWeights[row]!;
        if (weight === 0) continue;
        const at = row * stride;
        let max = -Infinity;
        for (let k = at; k < at + classes; k++) {
          const value = logits[k]! + t * slopes[k]!;
          residuals[k] = value;
          if (value > max) max = value;
        }
        let sum = 0;
        for (let k = at; k < at + classes; k++) {
          const value = Math.exp(residuals[k]! - max);
          residuals[k] = value;
          sum += value;
        }
        const own = at + labels[row]!;
        const logit = logits[own]! + t * slopes[own]!;
        loss += weight * (Math.log(sum) + max - logit);
        const scale = weight / sum;
        let rowSlope = 0;
        for (let k = at; k < at + classes; k++) {
          const value = residuals[k]! * scale;
          residuals[k] = value;
          rowSlope += value * slopes[k]!;
        }
        residuals[own]! -= weight;
        slope += rowSlope - weight * slopes[own]!;
      }
    }
    return { loss, slope };
  }

  #accept({ t }: Trial): void {
    const problem = this.#problem;
    const logits = problem.outputs("logits");
    problem.kernels.axpy(t, problem.outputs("slope").at, logits.at, logits.view.length);
  }
}

/** Where the slope would vanish: secant within a bracket, extrapolation without one. */
function nextStep(low: Trial, high: Trial | undefined): number {
  if (!high) return low.t === 0 ? 2 : low.t * 3;
  const width = high.t - low.t;
  const share = high.slope > 0 ? low.slope / (low.slope - high.slope) : 0.5;
  return low.t + width * Math.min(0.9, Math.max(0.1, share));
}

/** A pair of L-BFGS: s = t·(block `s`), P·y = −(block `h`), for the inverse curvature P. */
interface Pair {
  readonly slot: number;
  readonly t: number;
  /** s·gradient and (P·y)·gradient. */
  sg: number;
  hg: number;
  /** s·y and y·P·y with this pair's own and each later one's y. */
  readonly sy: Map<Pair, number>;
  readonly yhy: Map<Pair, number>;
}

/**
 * The last pairs of steps and gradient differences.
 *
 * The two-loop recursion is done on inner products alone (Chen, Wang and Zhou, 2014, "Large-scale L-BFGS
 * using MapReduce"): each vector is read twice an iteration, where the loops themselves read it ten
 * times. Vectors, not products, take the time where there are many columns.
 */
class History {
  readonly #problem: SoftmaxProblem;
  readonly #capacity: number;
  #pairs: Pair[] = [];
  #scale = 1;

  constructor(problem: SoftmaxProblem) {
    this.#problem = problem;
    this.#capacity = historyLength(problem.size);
  }

  get length(): number {
    return this.#pairs.length;
  }

  /** To be called with the first gradient. */
  start(): void {
    this.#applyCurvature();
  }

  clear(): void {
    this.#pairs = [];
    this.#scale = 1;
  }

  /** Keeps what the gradient was, before the next one is computed. */
  open(): void {
    const problem = this.#problem;
    if (this.#pairs.length === this.#capacity) this.#pairs.shift();
    problem.vector("previous").view.set(problem.vector("gradient").view);
    problem.vector(`h${this.#freeSlot()}`).view.set(problem.vector("scaled").view);
  }

  /** Remembers the pair (t·direction, gradient − previous). */
  push(t: number): void {
    const problem = this.#problem;
    const { kernels, size } = problem;
    const slot = this.#freeSlot();
    const difference = problem.vector("previous");
    const s = problem.vector(`s${slot}`);
    const h = problem.vector(`h${slot}`);
    this.#applyCurvature();
    kernels.axpy(-1, problem.vector("scaled").at, h.at, size);
    kernels.axpy(-1, problem.vector("gradient").at, difference.at, size);
    s.view.set(problem.vector("direction").view);
    const sy = -t * kernels.dot(s.at, difference.at, size);
    const yhy = kernels.dot(h.at, difference.at, size);
    if (!(sy > 0 && yhy > 0)) return this.clear();
    const pair: Pair = { slot, t, sg: 0, hg: 0, sy: new Map(), yhy: new Map() };
    const before = this.#pairs.map(({ sg, hg }) => ({ sg, hg }));
    this.#pairs.push(pair);
    this.#measureGradient();
    before.forEach(({ sg, hg }, i) => {
      const other = this.#pairs[i]!;
      other.sy.set(pair, other.sg - sg);
      other.yhy.set(pair, other.hg - hg);
    });
    pair.sy.set(pair, sy);
    pair.yhy.set(pair, yhy);
    if (this.length <= SCALED_PAIRS) this.#scale = sy / yhy;
  }

  /** direction = −H·gradient by the two-loop recursion. */
  directionInto(): void {
    const pairs = this.#pairs;
    const alpha = new Map<Pair, number>();
    for (const [i, pair] of [...pairs.entries()].reverse()) {
      let sq = pair.sg;
      for (const later of pairs.slice(i + 1)) sq -= alpha.get(later)! * pair.sy.get(later)!;
      alpha.set(pair, sq / pair.sy.get(pair)!);
    }
    const weights = new Map<Pair, number>();
    for (const [i, pair] of pairs.entries()) {
      let yr = pair.hg;
      for (const [j, other] of pairs.entries()) {
        yr -= alpha.get(other)! * (j < i ? other.yhy.get(pair)! : pair.yhy.get(other)!);
      }
      yr *= this.#scale;
      for (const earlier of pairs.slice(0, i)) yr += weights.get(earlier)! * earlier.sy.get(pair)!;
      weights.set(pair, alpha.get(pair)! - yr / pair.sy.get(pair)!);
    }
    const scale = this.#scale;
    this.#combine([
      ["scaled", -scale],
      ...pairs.flatMap((pair): [VectorName, number][] => [
        [`h${pair.slot}`, -scale * alpha.get(pair)!],
        [`s${pair.slot}`, -weights.get(pair)! * pair.t],
      ]),
    ]);
  }

  #combine(terms: readonly (readonly [VectorName, number])[]): void {
    const { run, size } = this.#problem;
    run("combine", Math.ceil(size / STRETCH), [
      this.#problem.vector("direction").at,
      ...terms.flatMap(([name, factor]) => [this.#problem.vector(name).at, factor]),
    ]);
  }

  #measureGradient(): void {
    const problem = this.#problem;
    const stretches = Math.ceil(problem.size / STRETCH);
    const slots = this.#pairs.map(({ slot }) => slot);
    problem.run("measure", stretches, [
      problem.vector("gradient").at,
      ...slots.flatMap((i) => [problem.vector(`s${i}`).at, problem.vector(`h${i}`).at]),
    ]);
    const found = problem.partials.view;
    for (const [i, pair] of this.#pairs.entries()) {
      pair.sg = pair.hg = 0;
      for (let stretch = 0; stretch < stretches; stretch++) {
        const at = 2 * (stretch * slots.length + i);
        pair.sg += pair.t * found[at]!;
        pair.hg -= found[at + 1]!;
      }
    }
  }

  #applyCurvature(): void {
    const problem = this.#problem;
    applyCurvature(problem, problem.vector("gradient"), problem.vector("scaled"));
  }

  #freeSlot(): number {
    const used = new Set(this.#pairs.map(({ slot }) => slot));
    for (let slot = 0;; slot++) if (!used.has(slot)) return slot;
  }
}
