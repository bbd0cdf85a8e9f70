import { applyCurvature, type Curvature, estimateCurvature } from "./curvature.ts";
import {
  historyLength,
  multiply,
  multiplyTransposed,
  ranges,
  type SoftmaxProblem,
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
  readonly maxIter: number;
  /** Stops when no component of the gradient is larger. */
  readonly tol: number;
  /** Curvature from an earlier run over the same data and penalty. */
  readonly curvature?: Curvature;
}

/** How a solver run ended. */
export interface SolveResult {
  readonly iterations: number;
  readonly converged: boolean;
  /** Value of the objective. */
  readonly loss: number;
  /** Largest component of the gradient. */
  readonly gradientNorm: number;
  readonly curvature: Curvature;
}

/**
 * Relative decrease of the objective at which scipy's L-BFGS-B, and with it scikit-learn 1.2, calls a
 * run converged at the default tolerance; ours tightens with the tolerance.
 */
const FLAT = 2.2e-9;
const DEFAULT_TOL = 1e-4;

/**
 * Minimises the penalised softmax loss by L-BFGS (Liu and Nocedal, 1989) started from the inverse
 * curvature instead of a multiple of the identity. The weights end in the problem's `weights` block.
 *
 * Logits are linear in the weights, so the logits of a direction are computed once and every trial of
 * the line search costs a softmax over the rows, no product.
 */
export function solve(problem: SoftmaxProblem, options: SolveOptions): SolveResult {
  const { kernels, size } = problem;
  const run = new Run(problem, options);
  const curvature = options.curvature ?? estimateCurvature(problem, options.penalty);
  const history = new History(problem, curvature);
  const gradient = problem.vector("gradient");
  const previous = problem.vector("previous");
  const direction = problem.vector("direction");
  let loss = run.start();
  run.gradientInto();
  let norm = run.gradientNorm();
  let iterations = 0;
  let flat = false;
  const flatness = FLAT * Math.min(1, options.tol / DEFAULT_TOL) ** 2;
  while (norm > options.tol && iterations < options.maxIter && !flat) {
    history.directionInto();
    const step = run.lineSearch(loss);
    if (step === undefined) {
      if (history.length === 0) break;
      history.clear();
      continue;
    }
    kernels.axpy(step.t, direction.at, problem.vector("weights").at, size);
    flat = loss - step.loss <= flatness * Math.max(Math.abs(loss), 1);
    loss = step.loss;
    previous.view.set(gradient.view);
    run.gradientInto();
    norm = run.gradientNorm();
    history.push(step.t);
    iterations++;
  }
  const converged = norm <= options.tol || flat;
  return { iterations, converged, loss, gradientNorm: norm, curvature };
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

  constructor(problem: SoftmaxProblem, options: SolveOptions) {
    this.#problem = problem;
    this.#options = options;
  }

  /** Starts at zero weights; returns the loss there. */
  start(): number {
    this.#problem.vector("weights").view.fill(0);
    this.#problem.vector("direction").view.fill(0);
    this.#problem.outputs("logits").view.fill(0);
    this.#problem.outputs("residuals").view.fill(0);
    this.#problem.outputs("slope").view.fill(0);
    return this.#trial(0).loss;
  }

  /** gradient = Xᵀ·residuals + λW, the intercept without penalty. */
  gradientInto(): void {
    const problem = this.#problem;
    const { penalty, groups } = this.#options;
    const gradient = problem.vector("gradient");
    const weights = problem.vector("weights").view;
    for (let i = 0; i < gradient.view.length; i++) gradient.view[i] = penalty * weights[i]!;
    const intercept = problem.denseColumns * problem.stride;
    gradient.view.fill(0, intercept, intercept + problem.stride);
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
    const start: Trial = { t: 0, loss, slope: this.#slopeAtZero() };
    if (!(start.slope < 0)) return undefined;
    let low = start;
    let high: Trial | undefined;
    let t = 1;
    for (let attempt = 0; attempt < 30; attempt++) {
      const trial = this.#trial(t);
      const enough = trial.loss <= loss + 1e-4 * t * start.slope;
      // Close to the optimum the decrease drowns in rounding; the slope still tells.
      const rounding = Math.abs(trial.loss - loss) <= 1e-12 * Math.abs(loss);
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
    const at = denseColumns * stride * 8;
    const penalised = (a: number, b: number) =>
      kernels.dot(a, b, size) - kernels.dot(a + at, b + at, stride);
    this.#squaredWeights = penalised(weights.at, weights.at);
    this.#weightsTimesDirection = penalised(weights.at, direction.at);
    this.#squaredDirection = penalised(direction.at, direction.at);
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
    const { penalty, groups, labels, rowWeights } = this.#options;
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
    const w = this.#squaredWeights;
    const wd = this.#weightsTimesDirection;
    const d = this.#squaredDirection;
    return {
      t,
      loss: loss + 0.5 * penalty * (w + 2 * t * wd + t * t * d),
      slope: slope + penalty * (wd + t * d),
    };
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

/** The last pairs of steps and gradient differences. */
class History {
  readonly #problem: SoftmaxProblem;
  readonly #curvature: Curvature;
  readonly #capacity: number;
  readonly #products: number[] = [];
  #first = 0;
  #scale = 1;
  length = 0;

  constructor(problem: SoftmaxProblem, curvature: Curvature) {
    this.#problem = problem;
    this.#curvature = curvature;
    this.#capacity = historyLength(problem.size);
  }

  clear(): void {
    this.length = 0;
    this.#first = 0;
    this.#scale = 1;
  }

  /** Remembers the pair (t·direction, gradient − previous). */
  push(t: number): void {
    const { kernels, size } = this.#problem;
    const slot = this.length < this.#capacity ? this.length : this.#first;
    const s = this.#problem.vector(`s${slot}`);
    const y = this.#problem.vector(`y${slot}`);
    const direction = this.#problem.vector("direction").view;
    const gradient = this.#problem.vector("gradient").view;
    const previous = this.#problem.vector("previous").view;
    for (let i = 0; i < size; i++) {
      s.view[i] = t * direction[i]!;
      y.view[i] = gradient[i]! - previous[i]!;
    }
    const product = kernels.dot(s.at, y.at, size);
    if (!(product > 0)) return this.clear();
    this.#products[slot] = product;
    if (this.length < this.#capacity) this.length++;
    else this.#first = (this.#first + 1) % this.#capacity;
    if (this.length > SCALED_PAIRS) return;
    const scratch = this.#problem.vector("scratch");
    applyCurvature(this.#problem, this.#curvature, y, scratch);
    this.#scale = product / kernels.dot(y.at, scratch.at, size);
  }

  /** direction = −H·gradient by the two-loop recursion. */
  directionInto(): void {
    const { kernels, size } = this.#problem;
    const direction = this.#problem.vector("direction");
    const scratch = this.#problem.vector("scratch");
    scratch.view.set(this.#problem.vector("gradient").view);
    const factors: number[] = [];
    for (let i = this.length - 1; i >= 0; i--) {
      const slot = (this.#first + i) % this.#capacity;
      const factor = kernels.dot(this.#problem.vector(`s${slot}`).at, scratch.at, size) /
        this.#products[slot]!;
      kernels.axpy(-factor, this.#problem.vector(`y${slot}`).at, scratch.at, size);
      factors[i] = factor;
    }
    applyCurvature(this.#problem, this.#curvature, scratch, direction);
    for (let i = 0; i < size; i++) direction.view[i]! *= this.#scale;
    for (let i = 0; i < this.length; i++) {
      const slot = (this.#first + i) % this.#capacity;
      const back = kernels.dot(this.#problem.vector(`y${slot}`).at, direction.at, size) /
        this.#products[slot]!;
      kernels.axpy(factors[i]! - back, this.#problem.vector(`s${slot}`).at, direction.at, size);
    }
    for (let i = 0; i < size; i++) direction.view[i] = -direction.view[i]!;
  }
}
