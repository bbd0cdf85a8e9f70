import { assertAlmostEquals } from "@std/assert";
import { trainTfIdf } from "../../../src/stages/evaluate/baseline.ts";

/** Rows of single words and counts: scikit-learn 1.9.1 weighs and fits the same. */
Deno.test("trainTfIdf() gives the probabilities of TfidfTransformer with LogisticRegression", () => {
  const sparse = {
    indptr: Uint32Array.of(0, 2, 4, 6, 7),
    indices: Uint32Array.of(0, 1, 0, 2, 1, 2, 1),
    values: Float32Array.of(1, 2, 1, 1, 1, 3, 1),
    rows: 4,
    cols: 3,
  };
  const features = { rows: 4, sparse };
  const p = trainTfIdf({ features, labels: Int32Array.of(1, 0, 0, 1) })(features);
  EXPECTED.forEach((value, i) => assertAlmostEquals(p[i]!, value, 2e-4));
});

const EXPECTED = [0.6092039457665338, 0.37283912932855146, 0.3806913160616385, 0.6372656046865789];
