import type { EncodeOptions } from "./encoder.ts";

/** Rows between two looks at the clock and the signal: some ten milliseconds of work. */
const BATCH = 2048;

/**
 * Calls `encodeRow` for each row in order, in batches: after each one it reports progress and may let other
 * tasks run, so that a signal can arrive.
 *
 * @throws What `signal` was aborted with, before the first batch or between two.
 */
export async function forEachRow(
  rows: number,
  { onProgress, signal }: EncodeOptions,
  encodeRow: (row: number) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const pause = createPause();
  for (let start = 0; start < rows; start += BATCH) {
    if (start > 0) {
      await pause();
      signal?.throwIfAborted();
    }
    const end = Math.min(start + BATCH, rows);
    for (let row = start; row < end; row++) encodeRow(row);
    onProgress?.(end, rows);
  }
}

/** Milliseconds of work after which others have their turn. */
const TURN_MS = 40;

/**
 * Makes a function that lets others run where this task had its turn. A timer takes one to two milliseconds,
 * a tenth of the work of a batch; but what is faster keeps messages and signals waiting for many turns.
 */
export function createPause(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}
