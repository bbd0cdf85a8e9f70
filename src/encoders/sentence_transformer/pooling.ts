/** How token vectors become one vector: their mean, that of the first or last token, or the maximum. */
export type PoolingMode = "mean" | "cls" | "max" | "lasttoken";

/**
 * Makes one vector of a text's token vectors, special tokens included (Reimers and Gurevych, 2019).
 *
 * Sums run in float64 and in order, so equal input gives equal bits.
 *
 * @param hidden Token vectors, row-major: tokens × dims. There is no padding to leave out.
 */
export function poolTokens(
  hidden: Float32Array,
  dims: number,
  mode: PoolingMode,
): Float64Array {
  const tokens = hidden.length / dims;
  const first = mode === "lasttoken" ? hidden.length - dims : 0;
  const vector = Float64Array.from(hidden.subarray(first, first + dims));
  if (mode === "mean" || mode === "max") {
    for (let at = dims; at < hidden.length; at += dims) {
      for (let j = 0; j < dims; j++) {
        const value = hidden[at + j]!;
        vector[j] = mode === "max" ? Math.max(vector[j]!, value) : vector[j]! + value;
      }
    }
  }
  if (mode === "mean") { for (let j = 0; j < dims; j++) vector[j]! /= tokens; }
  return vector;
}
