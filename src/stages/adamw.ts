/** PyTorch's defaults; nothing here is better off with others. */
const [BETA_1, BETA_2, EPSILON] = [0.9, 0.999, 1e-8];

/** Weights from `from` up to `to` and how strongly they decay. */
export interface DecayRange {
  readonly from: number;
  readonly to: number;
  readonly decay: number;
}

/** The optimiser's memory: running means of gradient and squared gradient, and updates so far. */
export interface AdamWState {
  readonly mean: Float64Array;
  readonly square: Float64Array;
  updates: number;
}

/** An optimiser of one array of weights. */
export interface AdamW {
  readonly state: AdamWState;
  /**
   * Moves the weights against `scale` times the gradient, and sets the gradient to zero: one pass over
   * memory instead of three.
   */
  step(weights: Float64Array, gradient: Float64Array, learningRate: number, scale: number): void;
}

/**
 * AdamW (Loshchilov and Hutter, 2019): Adam with the weight decay apart from the gradient. Numbers are
 * those of PyTorch's implementation.
 *
 * @param ranges Disjoint; together they cover the weights.
 */
export function createAdamW(
  ranges: readonly DecayRange[],
  state: AdamWState,
): AdamW {
  const { mean, square } = state;
  return {
    state,
    step(weights, gradient, learningRate, scale) {
      state.updates++;
      const size = learningRate / (1 - BETA_1 ** state.updates);
      const spread = 1 / Math.sqrt(1 - BETA_2 ** state.updates);
      for (const { from, to, decay } of ranges) {
        const shrink = 1 - learningRate * decay;
        for (let i = from; i < to; i++) {
          const g = gradient[i]! * scale;
          gradient[i] = 0;
          const m = BETA_1 * mean[i]! + (1 - BETA_1) * g;
          const v = BETA_2 * square[i]! + (1 - BETA_2) * g * g;
          mean[i] = m;
          square[i] = v;
          weights[i] = weights[i]! * shrink - size * m / (Math.sqrt(v) * spread + EPSILON);
        }
      }
    },
  };
}

/** Factor that brings a gradient of some norm down to at most `max`. */
export function clipFactor(norm: number, max: number): number {
  return Math.min(1, max / (norm + 1e-6));
}

/** Euclidean norm. */
export function normOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}

/** How the learning rate changes from update to update. */
export interface Schedule {
  readonly kind: "linear" | "cosine" | "constant";
  /** Updates over which it rises from zero. */
  readonly warmup: number;
  /** All updates. */
  readonly total: number;
}

/**
 * Factor on the learning rate for an update, counted from 0: a straight rise over the warm-up, then a
 * straight or cosine-shaped fall to zero, or neither.
 */
export function scheduleFactor({ kind, warmup, total }: Schedule, update: number): number {
  if (update < warmup) return update / Math.max(1, warmup);
  const done = (update - warmup) / Math.max(1, total - warmup);
  if (kind === "constant") return 1;
  return kind === "linear"
    ? Math.max(0, 1 - done)
    : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * done)));
}
