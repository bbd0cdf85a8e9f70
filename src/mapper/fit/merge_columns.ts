import type { CsrMatrix } from "../../core/matrix.ts";

/**
 * Sparse columns that are multiples of one another, taken together.
 *
 * Under an L2 penalty columns x_c = a_c·x have the optimum weights w_c = a_c·w/|a| of one column |a|·x:
 * what points across adds to the penalty and to no logit. Most n-grams of a rare word stand in the same
 * rows, so that half of the columns are such copies. Columns that never occur have weight zero.
 */
export interface MergedColumns {
  /** Numbers of the columns that occur, ascending. */
  readonly columns: Uint32Array;
  /** Merged column of each of them; those with most entries come first. */
  readonly merged: Uint32Array;
  /** a_c/|a| of each of them: what its weight is of the merged column's. */
  readonly shares: Float64Array;
  /** Number of merged columns. */
  readonly count: number;
  /** Entries of merged column m: rows, and values to be scaled, stand from `from[m]` to `to[m]`. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly rows: Uint32Array;
  readonly values: Float32Array;
  readonly scales: Float64Array;
}

/** Two values in float32 and their ratio are off by this much where the columns are multiples. */
const ROUNDING = 5e-7;

/** Merges the columns of a sparse matrix, of which the rows of `order` count; −1 is none. */
export function mergeColumns(sparse: CsrMatrix, order: Int32Array): MergedColumns {
  const all = transpose(sparse, order);
  const { columns } = all;
  const firsts: number[] = [];
  const chosen = new Uint32Array(columns.length);
  const ratios = new Float64Array(columns.length);
  const byRows = new Map<number, number[]>();
  for (let c = 0; c < columns.length; c++) {
    const key = hashRows(all, c);
    const candidates = byRows.get(key) ?? [];
    const m = candidates.find((m) => isMultiple(all, firsts[m]!, c));
    chosen[c] = m ?? firsts.length;
    ratios[c] = all.values[all.starts[c]!]! / all.values[all.starts[firsts[m ?? -1] ?? c]!]!;
    if (m !== undefined) continue;
    byRows.set(key, [...candidates, firsts.length]);
    firsts.push(c);
  }
  const squares = new Float64Array(firsts.length);
  for (let c = 0; c < columns.length; c++) squares[chosen[c]!]! += ratios[c]! ** 2;
  const size = (m: number) => all.starts[firsts[m]! + 1]! - all.starts[firsts[m]!]!;
  const ranked = Uint32Array.from(firsts.keys()).sort((a, b) => size(b) - size(a) || a - b);
  const rank = new Uint32Array(firsts.length);
  ranked.forEach((m, i) => rank[m] = i);
  return {
    columns,
    merged: chosen.map((m) => rank[m]!),
    shares: ratios.map((ratio, c) => ratio / Math.sqrt(squares[chosen[c]!]!)),
    count: firsts.length,
    // Not copied: they may be as large as all features.
    rows: all.rows,
    values: all.values,
    from: ranked.map((m) => all.starts[firsts[m]!]!),
    to: ranked.map((m) => all.starts[firsts[m]! + 1]!),
    scales: Float64Array.from(ranked, (m) => Math.sqrt(squares[m]!)),
  };
}

/** The columns as they are. */
interface Transposed {
  readonly columns: Uint32Array;
  /** Where the entries of each column start, and the end. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  readonly values: Float32Array;
}

/** The entries by column, and within one by place in `order`; zeros are none. */
function transpose({ indptr, indices, values, cols }: CsrMatrix, order: Int32Array): Transposed {
  const counts = new Uint32Array(cols);
  const eachEntry = (visit: (place: number, entry: number) => void) => {
    for (let i = 0; i < order.length; i++) {
      const row = order[i]!;
      if (row < 0) continue;
      for (let k = indptr[row]!; k < indptr[row + 1]!; k++) if (values[k] !== 0) visit(i, k);
    }
  };
  eachEntry((_, k) => counts[indices[k]!]!++);
  const columns = Uint32Array.from(counts.keys()).filter((c) => counts[c]! > 0);
  const starts = new Uint32Array(columns.length + 1);
  const next = new Uint32Array(cols);
  columns.forEach((column, c) => {
    next[column] = starts[c]!;
    starts[c + 1] = starts[c]! + counts[column]!;
  });
  const rows = new Uint32Array(starts.at(-1)!);
  const sorted = new Float32Array(rows.length);
  eachEntry((i, k) => {
    const at = next[indices[k]!]!++;
    rows[at] = i;
    sorted[at] = values[k]!;
  });
  return { columns, starts, rows, values: sorted };
}

function hashRows({ starts, rows }: Transposed, c: number): number {
  let hash = starts[c + 1]! - starts[c]!;
  for (let k = starts[c]!; k < starts[c + 1]!; k++) {
    hash = Math.imul(hash ^ rows[k]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isMultiple({ starts, rows, values }: Transposed, a: number, b: number): boolean {
  const from = starts[a]!;
  const shift = starts[b]! - from;
  const length = starts[a + 1]! - from;
  if (length !== starts[b + 1]! - starts[b]!) return false;
  const ratio = values[from + shift]! / values[from]!;
  for (let k = from; k < from + length; k++) {
    const expected = ratio * values[k]!;
    if (rows[k] !== rows[k + shift]) return false;
    if (Math.abs(values[k + shift]! - expected) > ROUNDING * Math.abs(expected)) return false;
  }
  return true;
}
