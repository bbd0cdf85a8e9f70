/** Shifts that the published parser draws. */
const COUNT = 120;

// The state of PCG64 (O'Neill, 2014) as NumPy's `default_rng(0)` leaves it before the first draw.
const SEED_STATE = 0x1aa1b5345996452d09585eb7a69561e3n;
const SEED_INCREMENT = 0x418ddadb3af71a82588133bc447873a9n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const MASK_128 = (1n << 128n) - 1n;
const MASK_64 = (1n << 64n) - 1n;

const cache = new Map<number, Int32Array>();

/**
 * The circular right-shifts of the published parser's null for a trace of `length` samples: 120 integers
 * from 1 to `length` − 2, drawn from seed 0 as NumPy 1.24 draws them one at a time (PCG64, XSL-RR
 * output; bounded integers after Lemire, 2019).
 *
 * @throws {RangeError} If the trace has fewer than 3 samples.
 *
 * @example
 * ```ts
 * import { publishedShifts } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...publishedShifts(720).subarray(0, 3)], [611, 458, 367]);
 * ```
 */
export function publishedShifts(length: number): Int32Array {
  if (!(length >= 3)) throw new RangeError(`Expected at least 3 samples, got ${length}`);
  let shifts = cache.get(length);
  if (shifts === undefined) {
    const next = createBoundedDraw(length - 2);
    shifts = Int32Array.from({ length: COUNT }, next);
    cache.set(length, shifts);
  }
  return shifts;
}

/** Integers from 1 to `choices`, by multiplication with rejection of the biased low products. */
function createBoundedDraw(choices: number): () => number {
  const next = pcg64Halves();
  const range = BigInt(choices);
  const rejected = (1n << 32n) % range;
  return () => {
    let product = next() * range;
    while ((product & 0xffffffffn) < rejected) product = next() * range;
    return 1 + Number(product >> 32n);
  };
}

/** 32-bit halves of the 64-bit outputs, the low half first. */
function pcg64Halves(): () => bigint {
  let state = SEED_STATE;
  let held: bigint | undefined;
  return () => {
    if (held !== undefined) {
      const high = held;
      held = undefined;
      return high;
    }
    state = (state * MULTIPLIER + SEED_INCREMENT) & MASK_128;
    const folded = (state >> 64n) ^ (state & MASK_64);
    const rotation = state >> 122n;
    const output = ((folded >> rotation) | (folded << ((64n - rotation) & 63n))) & MASK_64;
    held = output >> 32n;
    return output & 0xffffffffn;
  };
}
