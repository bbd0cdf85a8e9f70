/** Eigenvalues of a symmetric matrix, descending, with their vectors as rows. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** n × n, row-major: row i belongs to value i. */
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 64;

/**
 * Eigenvalues and vectors of a symmetric matrix by cyclic rotations (Jacobi, 1846): slow for large
 * matrices, exact to rounding for small ones, and the same on every machine.
 *
 * @param matrix n × n, row-major; it is overwritten.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  let total = 0;
  for (const x of matrix) total += x * x;
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(matrix, n) > 1e-26 * total; sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(matrix, vectors, n, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, i) => i)
    .sort((a, b) => matrix[b * n + b]! - matrix[a * n + a]!);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => matrix[i * n + i]!), vectors: sorted };
}

function offDiagonal(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let p = 0; p < n; p++) {
    for (let q = 0; q < n; q++) if (p !== q) sum += matrix[p * n + q]! ** 2;
  }
  return sum;
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cos = 1 / Math.sqrt(tangent * tangent + 1);
  const sin = tangent * cos;
  for (let i = 0; i < n; i++) turn(a, i * n + p, i * n + q, cos, sin);
  for (let i = 0; i < n; i++) turn(a, p * n + i, q * n + i, cos, sin);
  for (let i = 0; i < n; i++) turn(v, p * n + i, q * n + i, cos, sin);
}

function turn(x: Float64Array, i: number, j: number, cos: number, sin: number): void {
  const a = x[i]!;
  const b = x[j]!;
  x[i] = cos * a - sin * b;
  x[j] = sin * a + cos * b;
}
