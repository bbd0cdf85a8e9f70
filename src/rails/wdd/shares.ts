/** What a plan is judged by. */
export interface ShownActions {
  /** Actions whose lobes are not refuted. */
  readonly supported: readonly string[];
  readonly channels: readonly { readonly name: string; readonly share: number }[];
  /** Least share of the actions of a plan together. */
  readonly least_share: number;
}

/** Steps of the rates that limits are known for: half a percent each, up to one half. */
const STEPS = { count: 100, size: 0.005 } as const;

/**
 * Greatest limit at a rate, 0.7 at a tenth: where all prompts of a training look alike, right ones in other
 * words have smaller shares than most of those in the same.
 */
const mostAt = (rate: number) => Math.min(1, 0.5 + 2 * rate);

/** Numbers of a model's limits. */
export const LIMITS = STEPS.count + 1;

/**
 * What each action has of all that a whole prompt says for actions, 0 to 1: they sum to 1. Whether it asks
 * for any is not theirs to say.
 *
 * @param total Log-odds of each class, summed over the prompt.
 * @param channels Which classes are actions.
 */
export function sharesOf(total: ArrayLike<number>, channels: readonly number[]): number[] {
  const top = Math.max(...channels.map((c) => total[c]!));
  const weights = channels.map((c) => Math.exp(total[c]! - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Limits of the share of a right action, by the rate of right ones that fall below: what
 * {@linkcode leastShare} reads.
 *
 * @param shares Of right actions of prompts that the evidence was not fitted on.
 */
export function limitsOf(shares: readonly number[]): Float64Array {
  const sorted = shares.toSorted((a, b) => a - b);
  return Float64Array.from(
    { length: LIMITS },
    (_, i) => Math.min(mostAt(i * STEPS.size), sorted[Math.floor(i * STEPS.size * sorted.length)]!),
  );
}

/**
 * The least share at which a plan is not refuted, so that about `rate` of the right ones would be: of
 * orders that the words let pass, by people whose prompts the evidence was not fitted on. At most 0.5 and
 * twice the rate: what has more is not refuted.
 *
 * @param rate 0 to 0.5, in steps of half a percent; 0 refutes nothing.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, leastShare } from "micro-lm/rails";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint the fence number ${i} red`, label: "paint" },
 *   { prompt: `water the rose in row ${i} well`, label: "water" },
 *   { prompt: `how old is tree ${i} there`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint", "water"] });
 * assertEquals(leastShare(model, 0), 0);
 * assert(leastShare(model, 0.1) > 0 && leastShare(model, 0.1) <= leastShare(model, 0.3));
 * ```
 */
export function leastShare({ limits }: { readonly limits: Float64Array }, rate: number): number {
  return rate > 0 ? limits[Math.min(STEPS.count, Math.round(rate / STEPS.size))]! : 0;
}

/**
 * Whether the evidence lets a plan pass: each of its actions has a lobe that is not refuted, and together
 * they have enough of what the whole prompt says for actions.
 *
 * @param planned The actions of the plan; a plan without any has nothing to be refuted.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, openWdd, supports } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint the fence number ${i} red`, label: "paint" },
 *   { prompt: `water the rose in row ${i} well`, label: "water" },
 *   { prompt: `how old is tree ${i} there`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint", "water"] });
 * const [found] = await openWdd(model, encoder).detect(["paint the old fence red"]);
 * assertEquals([supports(found!, ["paint"]), supports(found!, ["water"])], [true, false]);
 * ```
 */
export function supports(
  { supported, channels, least_share }: ShownActions,
  planned: readonly string[],
): boolean {
  if (planned.length === 0) return true;
  const once = new Set(planned);
  const together = channels.reduce((sum, { name, share }) => sum + (once.has(name) ? share : 0), 0);
  // Shares of all actions may sum to a little less than one
  return planned.every((action) => supported.includes(action)) && together >= least_share - 1e-9;
}
