import { createRandom } from "../../core/random.ts";
import type { EvidenceTrack } from "./evidence.ts";

/** Real prompts that make a null by themselves. */
const ENOUGH = 200;

/** Shuffled prompts in the null, where there are too few real ones. */
const SHUFFLED = 200;

/** Of the shuffles that gates are calibrated on; measure on another one. */
const NULL_SEED = 11;

/**
 * What gates are calibrated on: prompts that ask for nothing; where they are few also noise made of their
 * bins in random order, as long as they are.
 */
export function nullTracks(background: readonly EvidenceTrack[]): readonly EvidenceTrack[] {
  if (background.length >= ENOUGH) return background;
  return [...background, ...shuffleTracks(background, SHUFFLED, NULL_SEED)];
}

/**
 * Tracks whose bins are drawn from all bins of the given tracks: words without order or sense.
 *
 * @example
 * ```ts
 * import { shuffleTracks } from "micro-lm/rails";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const track = { tokens: 2, bins: 3, classes: 2, data: Float64Array.of(1, -1, 2, -2, 3, -3) };
 * const shuffled = shuffleTracks([track], 4, 1);
 * assertEquals(shuffled.map(({ bins }) => bins), [3, 3, 3, 3]);
 * assert(shuffled.every(({ data }) => data[0]! > 0 && data[0] === -data[1]!));
 * ```
 */
export function shuffleTracks(
  tracks: readonly EvidenceTrack[],
  count: number,
  seed: number,
): EvidenceTrack[] {
  const random = createRandom(seed);
  const some = tracks.filter(({ bins }) => bins > 0);
  if (some.length === 0) return [];
  return Array.from({ length: count }, () => {
    const model = random.pick(some);
    const data = new Float64Array(model.data.length);
    for (let b = 0; b < model.bins; b++) {
      const from = random.pick(some);
      const at = random.integer(from.bins) * from.classes;
      data.set(from.data.subarray(at, at + from.classes), b * model.classes);
    }
    return { ...model, data };
  });
}
