import type { TrainerFactory } from "./calibration.ts";
import { takeRows } from "./rows.ts";

/** Steps of plain gradient descent and their size: what the library recommends for small sets. */
const STEPS = 1000;
const LEARNING_RATE = 5e-3;

/** The part of the library's one-vs-rest models that is read back. */
interface OneVsRest {
  readonly numberClasses: number;
  readonly classifiers: readonly {
    readonly weights: { get(row: number, column: number): number };
  }[];
}

/**
 * Makes trainers over `npm:ml-logistic-regression`, for comparison: one-vs-rest, no penalty, no class
 * weights, dense features only, so sparse columns are laid out densely. The library loads when this is
 * called.
 */
export async function createMlTrainer(): Promise<TrainerFactory> {
  const { default: LogisticRegression } = await import("ml-logistic-regression");
  const { Matrix } = await import("ml-matrix");
  return (features, labels, groups, { classes }) => ({
    fit: (active) => {
      const rows = active.flatMap((group) => [...groups[group]!]);
      const part = takeRows(features, rows);
      const dense = part.dense?.cols ?? 0;
      const columns = [...new Set(part.sparse?.indices)].sort((a, b) => a - b);
      const place = new Map(columns.map((column, i) => [column, dense + i]));
      const x = Matrix.zeros(rows.length, dense + columns.length + 1);
      rows.forEach((_, i) => {
        for (let j = 0; j < dense; j++) x.set(i, j, part.dense!.data[i * dense + j]!);
        if (part.sparse) {
          for (let k = part.sparse.indptr[i]!; k < part.sparse.indptr[i + 1]!; k++) {
            x.set(i, place.get(part.sparse.indices[k]!)!, part.sparse.values[k]!);
          }
        }
        x.set(i, x.columns - 1, 1);
      });
      const y = Matrix.columnVector(rows.map((row) => labels[row]!));
      const model = new LogisticRegression({ numSteps: STEPS, learningRate: LEARNING_RATE });
      model.train(x, y);
      const trained = model as unknown as OneVsRest;
      const width = x.columns - 1;
      const weights = new Float32Array(width * classes);
      // The library codes the class as 0 and the rest as 1: its weights speak for the rest.
      const weightOf = (k: number, j: number) => -trained.classifiers[k]!.weights.get(0, j);
      for (let j = 0; j < width; j++) {
        for (let k = 0; k < classes; k++) weights[j * classes + k] = weightOf(k, j);
      }
      return {
        classifier: {
          classes,
          denseColumns: dense,
          sparseColumns: Uint32Array.from(columns),
          weights,
          intercepts: Float64Array.from({ length: classes }, (_, k) => weightOf(k, width)),
        },
        iterations: STEPS,
        converged: true,
        loss: NaN,
      };
    },
  });
}
