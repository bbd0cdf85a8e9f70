/** A window of a trace around `index`, clipped by its ends: [from, to). */
const windowAt = (index: number, width: number, length: number): [number, number] => [
  Math.max(0, index - (width >> 1)),
  Math.min(length, index + (width >> 1)),
];

/** What a null needs besides the trace; see {@linkcode publishedNullZ}. */
export interface NullScratch {
  /** The trace twice in a row, so that no circular shift wraps. */
  readonly doubled: Float64Array;
  /** The template less its mean. */
  readonly centred: Float64Array;
}

/** Room for nulls of traces of one length. */
export function createNullScratch(length: number, width: number): NullScratch {
  return { doubled: new Float64Array(2 * length), centred: new Float64Array(width) };
}

/**
 * How far the correlation of a trace with the template at one sample stands above that of circularly
 * shifted traces at the same sample, in standard deviations, as the published parser has it.
 *
 * Windows that the ends of the trace clip meet the first samples of the template, which is wrong at
 * the left end; {@linkcode shiftNull} aligns them.
 *
 * @param shifts To the right, 0 to the length.
 */
export function publishedNullZ(
  x: Float64Array,
  index: number,
  template: Float64Array,
  shifts: Int32Array,
  scratch: NullScratch = createNullScratch(x.length, template.length),
): number {
  const length = x.length;
  const [from, to] = windowAt(index, template.length, length);
  const count = to - from;
  // Fewer than 3 samples correlate to 0, shifted or not.
  if (count < 3) return 0;
  const { doubled, centred } = scratch;
  doubled.set(x, 0);
  doubled.set(x, length);
  const norm = centre(template, count, centred);
  const observed = cosine(doubled, from, centred, count, norm);
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < shifts.length; k++) {
    const at = from - shifts[k]!;
    const c = cosine(doubled, at < 0 ? at + length : at, centred, count, norm);
    // Around the observed value, so that the squares do not cancel.
    sum += c - observed;
    squares += (c - observed) ** 2;
  }
  const mean = sum / shifts.length;
  const sd = Math.sqrt(Math.max(0, squares / shifts.length - mean * mean));
  return -mean / (sd + 1e-8);
}

/** Subtracts the mean of the first `count` samples; returns the norm of the result. */
function centre(template: Float64Array, count: number, out: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += template[j]!;
  const mean = sum / count;
  let squares = 0;
  for (let j = 0; j < count; j++) {
    const d = template[j]! - mean;
    out[j] = d;
    squares += d * d;
  }
  return Math.sqrt(squares);
}

function cosine(
  x: Float64Array,
  from: number,
  centred: Float64Array,
  count: number,
  norm: number,
): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += x[from + j]!;
  const mean = sum / count;
  let dot = 0;
  let squares = 0;
  for (let j = 0; j < count; j++) {
    const d = x[from + j]! - mean;
    dot += d * centred[j]!;
    squares += d * d;
  }
  return dot / (Math.sqrt(squares) * norm + 1e-8);
}
