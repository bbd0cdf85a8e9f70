import type { CsrMatrix, Features } from "../../core/matrix.ts";
import { decisionFunction, softmaxRows } from "../../mapper/fit/linear_classifier.ts";
import { fitLogisticRegression } from "../../mapper/fit/logistic_regression.ts";
import { probabilitiesOfTp } from "../head/head.ts";
import type { LabeledFeatures } from "../head/training.ts";

/** Gives p(TP) of rows. */
export type Predictor = (features: Features) => Float64Array;

/** Inverse strength of the penalty: scikit-learn's default. */
const C = 1;

/**
 * What any text classifier has to beat: TF-IDF of n-grams with logistic regression. Weights of features
 * are 1 + log((1 + rows) / (1 + rows with it)), as scikit-learn has them, over the training rows; each
 * row then has length one.
 *
 * @param train Sparse features, counts as the encoder `ngram` gives them.
 * @throws {MicroLmError} Kind `data` if a label has no row.
 */
export function trainTfIdf({ features, labels }: LabeledFeatures): Predictor {
  const idf = inverseFrequencies(features.sparse!);
  const weigh = ({ rows, sparse }: Features): Features => ({ rows, sparse: scale(sparse!, idf) });
  const { classifier } = fitLogisticRegression(weigh(features), labels, { classes: 2, C });
  return (other) =>
    probabilitiesOfTp(softmaxRows(decisionFunction(classifier, weigh(other)), 1).data);
}

function inverseFrequencies({ indices, rows, cols }: CsrMatrix): Float64Array {
  const seen = new Float64Array(cols);
  for (const column of indices) seen[column]!++;
  return seen.map((count) => 1 + Math.log((1 + rows) / (1 + count)));
}

function scale(matrix: CsrMatrix, idf: Float64Array): CsrMatrix {
  const { indptr, indices, rows } = matrix;
  const values = matrix.values.map((value, i) => value * idf[indices[i]!]!);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(indptr[row]!, indptr[row + 1]!);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) { for (let i = 0; i < own.length; i++) own[i]! /= length; }
  }
  return { ...matrix, values };
}
