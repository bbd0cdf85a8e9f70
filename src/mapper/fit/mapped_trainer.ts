import type { Features } from "../../core/matrix.ts";
import {
  createTrainer,
  type FitLogisticRegressionOptions,
  type Trainer,
} from "./logistic_regression.ts";
import { takeRows } from "./rows.ts";
import { fitWithinClass, mapDense, unmapWeights } from "./within_class.ts";

/**
 * Prepares fits whose penalty counts in the spread within classes: the dense columns go through a map that
 * the rows of the fit say, and the weights come back for the columns as they are.
 *
 * Each fit has a map of its own, so that no held-out row has a say in it. The last one is kept, for fits
 * over the same rows.
 */
export function createMappedTrainer(
  features: Features,
  labels: Int32Array,
  groups: readonly Uint32Array[],
  options: FitLogisticRegressionOptions,
  shrinkage: number,
): Trainer {
  const { dense } = features;
  if (!dense) return createTrainer(features, labels, groups, options);
  const prepare = (active: readonly number[]) => {
    const rows = Uint32Array.from(active.flatMap((group) => [...groups[group]!]));
    const map = fitWithinClass(dense, labels, rows, shrinkage);
    const some = takeRows(features, rows);
    const trainer = createTrainer(
      { ...some, dense: mapDense(some.dense!, map) },
      Int32Array.from(rows, (row) => labels[row]!),
      [Uint32Array.from(rows.keys())],
      options,
    );
    return { key: active.join(), map, trainer };
  };
  let last: ReturnType<typeof prepare> | undefined;
  return {
    fit: (active, how) => {
      if (last?.key !== active.join()) last = prepare(active);
      const fit = last.trainer.fit([0], how);
      const { classifier } = fit;
      const weights = unmapWeights(classifier.weights, classifier.classes, last.map);
      return { ...fit, classifier: { ...classifier, weights } };
    },
  };
}
