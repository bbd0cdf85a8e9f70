import { MicroLmError } from "../../core/errors.ts";
import type { TrainerFactory } from "../calibrate/calibration.ts";
import { takeRows } from "./rows.ts";

/** Steps of plain gradient descent and their size: what the library recommends for small sets. */
const STEPS = 1000;
const LEARNING_RATE = 5e-3;

/** The part of the library's one-vs-rest models that is read back. */
interface OneVsRest {
  readonly classifiers: readonly {
    readonly weights: { get(row: number, column: number): number };
  }[];
}

/**
 * Makes trainers over `npm:ml-logistic-regression`, for comparison: one-vs-rest, no penalty, no class
 * weights. The library loads when this is called.
 *
 * A trainer throws a {@linkcode MicroLmError} of kind `usage` for sparse features: laid out densely,
 * gradient descent over them would take hours.
 */
export async function createMlTrainer(): Promise<TrainerFactory> {
  const { default: LogisticRegression } = await import("ml-logistic-regression");
  const { Matrix } = await import("ml-matrix");
  return (features, labels, groups, { classes }) => ({
    fit: (active) => {
      if (features.sparse || !features.dense) {
        throw new MicroLmError("usage", "The solver ml takes dense features only", {
          hint: "Use a dense encoder, --sbert static, or --solver lbfgs",
        });
      }
      const rows = active.flatMap((group) => [...groups[group]!]);
      const { data, cols } = takeRows(features, rows).dense!;
      const x = Matrix.zeros(rows.length, cols + 1);
      rows.forEach((_, i) => {
        for (let j = 0; j < cols; j++) x.set(i, j, data[i * cols + j]!);
        x.set(i, cols, 1);
      });
      const model = new LogisticRegression({ numSteps: STEPS, learningRate: LEARNING_RATE });
      model.train(x, Matrix.columnVector(rows.map((row) => labels[row]!)));
      const { classifiers } = model as unknown as OneVsRest;
      // The library codes the class as 0 and the rest as 1: its weights speak for the rest.
      const weightOf = (k: number, j: number) => -classifiers[k]!.weights.get(0, j);
      return {
        classifier: {
          classes,
          denseColumns: cols,
          sparseColumns: new Uint32Array(0),
          weights: Float32Array.from(
            { length: cols * classes },
            (_, i) => weightOf(i % classes, Math.floor(i / classes)),
          ),
          intercepts: Float64Array.from({ length: classes }, (_, k) => weightOf(k, cols)),
        },
        iterations: STEPS,
        converged: true,
        loss: NaN,
      };
    },
  });
}
