import { sha256Hex } from "../../src/core/hash.ts";
import { createRandom } from "../../src/core/random.ts";
import { TARGETS } from "./targets.ts";

/** Milliseconds after which a file of a few kilobytes counts as one that hangs its reader. */
export const HANG_MS = 5000;

/** A file that a reader has a defect with. */
export interface FuzzDefect {
  readonly target: string;
  readonly bytes: Uint8Array;
  readonly error: string;
}

/** What {@linkcode fuzz} found. */
export interface FuzzResult {
  readonly tries: number;
  /** Of the slowest file, and the file. */
  readonly slowestMs: number;
  readonly slowest: Uint8Array;
  readonly defect: FuzzDefect | null;
}

/** Options of {@linkcode fuzz}. */
export interface FuzzOptions {
  /** Any number; the same one makes the same files. */
  readonly seed: number;
  readonly tries: number;
  /** A folder of its own. */
  readonly folder: string;
  /** Is told of each file before it is read, so that one that hangs is known. */
  readonly onTry?: (bytes: Uint8Array) => void;
}

/** Gives wrong files of a kind to its readers until one has a defect: any error but the user's, or a hang. */
export async function fuzz(
  target: string,
  { seed, tries, folder, onTry }: FuzzOptions,
): Promise<FuzzResult> {
  const { mutate, read } = await TARGETS[target]!.open(folder);
  let slowestMs = 0;
  let slowest: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < tries; i++) {
    // Every file can be made again by itself
    const bytes = mutate(
      createRandom(parseInt(sha256Hex(`${target} ${seed} ${i}`).slice(0, 8), 16)),
    );
    onTry?.(bytes);
    const start = performance.now();
    const error = await faultOf(read, bytes);
    const ms = performance.now() - start;
    if (ms > slowestMs) [slowestMs, slowest] = [ms, bytes];
    const found = error ?? (ms > HANG_MS ? `took ${ms.toFixed(0)} ms` : null);
    if (found !== null) {
      return { tries: i + 1, slowestMs, slowest, defect: { target, bytes, error: found } };
    }
  }
  return { tries, slowestMs, slowest, defect: null };
}

/** What a reader threw that is no error for the user; null for nothing. */
export async function faultOf(
  read: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  try {
    await read(bytes);
    return null;
  } catch (error) {
    return error instanceof Error ? error.stack ?? error.message : String(error);
  }
}
