import type { BulkRow } from "./input.ts";

/** Rows that are mapped at a time, unless they have more than 1 Mi characters together. */
const BLOCK_ROWS = 512;
const BLOCK_CHARS = 1 << 20;

/**
 * Gathers rows into blocks. A block ends when it is full, with the input, and when its next row has not come
 * within `waitMs`: the writer of a pipe may wait for the answers.
 */
export async function* inBlocks(
  rows: AsyncGenerator<BulkRow>,
  waitMs: number,
): AsyncGenerator<BulkRow[]> {
  let block: BulkRow[] = [];
  let chars = 0;
  let isWaiting = false;
  try {
    for (;;) {
      const next = rows.next();
      isWaiting = true;
      if (block.length > 0 && !await isWithin(next, waitMs)) {
        yield block;
        [block, chars] = [[], 0];
      }
      const { done, value: row } = await next;
      isWaiting = false;
      if (done) break;
      block.push(row);
      chars += row.prompt.length;
      if (block.length < BLOCK_ROWS && chars < BLOCK_CHARS) continue;
      yield block;
      [block, chars] = [[], 0];
    }
    if (block.length > 0) yield block;
  } finally {
    // A generator that waits for its pipe returns only when the pipe says something.
    if (!isWaiting) await rows.return(undefined);
  }
}

/** True if a promise settles in time; what it settles to is for who awaits it. */
async function isWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  if (ms === Infinity) return true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(() => true, () => true);
  return await Promise.race([settled, late]).finally(() => clearTimeout(timer));
}
