import type { CsrMatrix, Features } from "../../src/core/matrix.ts";
import { createRandom } from "../../src/core/random.ts";
import type { LabeledFeatures } from "../../src/stages/head/training.ts";

/** Two overlapping clouds: `dense` dense columns, then `sparse` mostly empty ones. */
export function makeRows(
  seed: number,
  rows: number,
  { dense = 4, sparse = 0, gap = 1.5 }: {
    readonly dense?: number;
    readonly sparse?: number;
    readonly gap?: number;
  } = {},
): LabeledFeatures {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: rows }, (_, i) => Number(i % 3 === 0));
  const values = Array.from(labels, (label) =>
    Array.from({ length: dense + sparse }, (_, j) => {
      if (j >= dense && random.uniform() < 0.7) return 0;
      return random.normal() + gap * label * (j % 2 === 0 ? 1 : -1);
    }));
  return { features: featuresFrom(values, dense), labels };
}

/** Splits rows of numbers into a dense block and a sparse one. */
export function featuresFrom(values: readonly (readonly number[])[], dense: number): Features {
  const rows = values.length;
  const columns = values[0]!.length;
  const left = Float32Array.from(values.flatMap((row) => row.slice(0, dense)));
  return {
    rows,
    ...(dense > 0 ? { dense: { data: left, rows, cols: dense } } : {}),
    ...(columns > dense ? { sparse: toCsr(values.map((row) => row.slice(dense))) } : {}),
  };
}

function toCsr(values: readonly (readonly number[])[]): CsrMatrix {
  const indptr = [0];
  const indices: number[] = [];
  const entries: number[] = [];
  for (const row of values) {
    row.forEach((value, column) => {
      if (value === 0) return;
      indices.push(column);
      entries.push(value);
    });
    indptr.push(indices.length);
  }
  return {
    indptr: Uint32Array.from(indptr),
    indices: Uint32Array.from(indices),
    values: Float32Array.from(entries),
    rows: values.length,
    cols: values[0]!.length,
  };
}
