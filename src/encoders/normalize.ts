/**
 * Scales a vector to length one in place; a zero vector stays zero. Sums run in order, so equal input
 * gives equal bits.
 */
export function normalizeL2(vector: Float32Array | Float64Array): void {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  if (sum === 0) return;
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
}
