import type { Matrix } from "../../core/matrix.ts";

/** softmax(logits / temperature) of each row: rows × classes. */
export function softmaxRows(
  { data, rows, cols }: Matrix<Float64Array>,
  temperature: number,
): Matrix<Float64Array> {
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += cols) {
    let max = -Infinity;
    for (let k = at; k < at + cols; k++) if (data[k]! > max) max = data[k]!;
    let sum = 0;
    for (let k = at; k < at + cols; k++) {
      out[k] = Math.exp((data[k]! - max) / temperature);
      sum += out[k]!;
    }
    for (let k = at; k < at + cols; k++) out[k]! /= sum;
  }
  return { data: out, rows, cols };
}
