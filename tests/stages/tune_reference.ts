/**
 * The transformer that is fine-tuned, forward only, in double precision and with arrays of arrays:
 * written from the formulas and sharing nothing with `src/` but the order of the weights.
 */
import { transformerParts, type TransformerShape } from "../../src/stages/transformer/shape.ts";

type Rows = number[][];

/** Vector of one text. */
export function referenceVector(
  shape: TransformerShape,
  weights: ArrayLike<number>,
  positions: ArrayLike<number>,
  ids: ArrayLike<number>,
): number[] {
  const part = new Map(transformerParts(shape).map((p) => [p.name, p]));
  const matrix = (name: string): Rows => {
    const { from, rows, cols } = part.get(name)!;
    return matrixOf(rows, cols, (i, j) => weights[from + i * cols + j]!);
  };
  const dense = (x: Rows, name: string) => {
    const [bias] = matrix(`${name}.bias`);
    return product(x, matrix(`${name}.kernel`)).map((row) => row.map((v, j) => v + bias![j]!));
  };
  const norm = (x: Rows, name: string) => {
    const [[scale], [bias]] = [matrix(`${name}.scale`), matrix(`${name}.bias`)];
    return x.map((row) => {
      const mean = sum(row) / row.length;
      const variance = sum(row.map((v) => (v - mean) ** 2)) / row.length;
      return row.map((v, j) => (v - mean) / Math.sqrt(variance + 1e-6) * scale![j]! + bias![j]!);
    });
  };
  const { embedding } = shape;
  let x: Rows = matrixOf(
    ids.length,
    embedding,
    (i, j) => 2 * weights[ids[i]! * embedding + j]! + positions[i * embedding + j]!,
  );
  for (const layer of [0, 1]) {
    const mixed = attention(dense(norm(x, `${layer}.norm`), `${layer}.qkv`), shape.heads);
    const residual = layer === 0 ? dense(x, "0.residual") : x;
    const y = add(dense(mixed, `${layer}.mix`), residual);
    const inner = dense(norm(y, `${layer}.innerNorm`), `${layer}.inner`);
    x = add(y, dense(inner.map((row) => row.map((v) => Math.max(0, v))), `${layer}.outer`));
  }
  const mean = [x[0]!.map((_, j) => sum(x.map((row) => row[j]!)) / x.length)];
  const [hidden] = dense(mean, "output");
  const values = hidden!.map(Math.tanh);
  const length = Math.sqrt(sum(values.map((v) => v * v)));
  return values.map((v) => v / length);
}

function attention(qkv: Rows, heads: number): Rows {
  const width = qkv[0]!.length / 3;
  const size = width / heads;
  const columns = (from: number) => qkv.map((row) => row.slice(from, from + size));
  const blocks = Array.from({ length: heads }, (_, h) => {
    const [q, k, v] = [0, width, 2 * width].map((at) => columns(at + h * size));
    const weights = q!.map((row) => {
      const scores = k!.map((other) => sum(row.map((a, j) => a * other[j]!)) / Math.sqrt(size));
      const e = scores.map((score) => Math.exp(score - Math.max(...scores)));
      return e.map((value) => value / sum(e));
    });
    return product(weights, v!);
  });
  return qkv.map((_, i) => blocks.flatMap((block) => block[i]!));
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const add = (a: Rows, b: Rows): Rows => a.map((row, i) => row.map((v, j) => v + b[i]![j]!));

const product = (a: Rows, b: Rows): Rows =>
  a.map((row) => {
    const out = new Array<number>(b[0]!.length).fill(0);
    row.forEach((v, k) => b[k]!.forEach((w, j) => out[j]! += v * w));
    return out;
  });

const matrixOf = (rows: number, cols: number, at: (i: number, j: number) => number): Rows =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => at(i, j)));
