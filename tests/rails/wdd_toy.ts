import { openNgramEncoder } from "../../src/encoders/lite/ngram.ts";
import type { Encoder } from "../../src/encoders/encoder.ts";
import { createRandom } from "../../src/core/random.ts";
import { fitWdd, type LabeledPrompt, type WddModel } from "../../src/rails/wdd/model.ts";

/** A toy domain: three actions, and prompts that ask for nothing. */
export const TOY_ACTIONS: readonly string[] = ["paint", "move", "water"];

const WORDS: Readonly<Record<string, readonly string[]>> = {
  paint: ["paint the", "give colour to the", "brush red over the", "varnish the"],
  move: ["move the", "shift away the", "carry off the", "push aside the"],
  water: ["water the", "pour rain on the", "sprinkle the", "soak the"],
  abstain: ["how old is the", "tell me about the", "who made that", "describe our"],
};
const THINGS = ["chair", "fern", "fence", "table", "rose", "old lamp", "garden gate", "bench"];
const ENDS = ["", " today", " please", " for me", " this evening"];

/** `count` prompts for each label, in turn. */
export function toyPrompts(count: number, seed: number): LabeledPrompt[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Object.entries(WORDS).map(([label, verbs]) => ({
      label,
      prompt: `${random.pick(verbs)} ${random.pick(THINGS)}${random.pick(ENDS)}`,
    }))).flat();
}

/** The same model for all tests. */
let fitted: Promise<{ model: WddModel; encoder: Encoder }> | undefined;

export function toyModel(): Promise<{ model: WddModel; encoder: Encoder }> {
  return fitted ??= (async () => {
    const encoder = await openNgramEncoder({ bits: 12 });
    return {
      encoder,
      model: await fitWdd(toyPrompts(60, 1), encoder, { primitives: TOY_ACTIONS }),
    };
  })();
}
