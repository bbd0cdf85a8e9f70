import type { EncodeOptions } from "./encoder.ts";

/** Rows between two looks at the clock and the signal: some ten milliseconds of work. */
const BATCH = 2048;

/**
 * Calls `encodeRow` for each row in order, in batches: after each one it reports progress and lets other
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
  for (let start = 0; start < rows; start += BATCH) {
    if (start > 0) {
      // A timer of zero takes one to two milliseconds, a tenth of the work of a batch.
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    const end = Math.min(start + BATCH, rows);
    for (let row = start; row < end; row++) encodeRow(row);
    onProgress?.(end, rows);
  }
}
