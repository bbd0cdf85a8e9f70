import type { TrainHeadOptions } from "./head/training.ts";

/** Which rows each update of a training sees, and after which updates there is an evaluation. */
export interface UpdatePlan {
  readonly total: number;
  readonly warmup: number;
  /** Rows of an update, counted from 0, as positions in its epoch's order. */
  rowsOf(update: number): { readonly epoch: number; readonly from: number; readonly to: number };
  evaluatesAfter(updates: number): boolean;
}

/** Plans the updates of a training on `rows` rows. */
export function planUpdates(rows: number, options: TrainHeadOptions): UpdatePlan {
  const { batchSize, epochs, accumulation = 1, warmup = 0, evalEvery = 100 } = options;
  const { maxSteps = Infinity } = options;
  const size = batchSize * accumulation;
  const perEpoch = Math.ceil(rows / size);
  const total = Math.min(perEpoch * epochs, maxSteps);
  const every = evalEvery === "epoch" ? perEpoch : evalEvery === "no" ? total : evalEvery;
  return {
    total,
    warmup: warmup < 1 ? Math.ceil(warmup * total) : warmup,
    rowsOf: (update) => {
      const from = (update % perEpoch) * size;
      const epoch = Math.floor(update / perEpoch);
      return { epoch, from, to: Math.min(rows, from + size) };
    },
    // The last update is evaluated too, so that its weights can be the best.
    evaluatesAfter: (updates) => updates % every === 0 || updates === total,
  };
}
