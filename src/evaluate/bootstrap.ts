import { createRandom, type Random } from "../core/random.ts";
import { type Answers, type ProbabilityQuality, qualityOf } from "./quality.ts";

/** Options of {@linkcode bootstrapQuality}. */
export interface BootstrapOptions {
  /** Default: 1,000. */
  readonly draws?: number;
  /** Default: 0. */
  readonly seed?: number;
}

/** A measure with its bootstrap interval. */
export interface Measured {
  readonly value: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly n: number;
  /** A mean, not a count: null. */
  readonly k: null;
  readonly method: string;
}

/** Measures that get intervals. */
export type QualityName = Exclude<keyof ProbabilityQuality, "n">;

const NAMES: readonly QualityName[] = [
  ...["ece", "brier", "log_loss", "auroc_correct", "aurc", "excess_aurc"] as const,
];

/**
 * The measures of {@linkcode measureQuality} with 95% percentile intervals (Efron, 1979): rows are drawn
 * again with replacement within each label, so that every draw has the same labels.
 *
 * A draw in which a measure has no value does not count for it.
 *
 * @example
 * ```ts
 * import { bootstrapQuality, collectAnswers, encodeGold, scoreRows } from "micro-lm/evaluate";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const matrix = { data: Float64Array.of(0.9, 0.1, 0.6, 0.4, 0.8, 0.2), rows: 3, cols: 2 };
 * const gold = encodeGold(["a", "b", "a"], ["a", "b"]);
 * const answers = collectAnswers(matrix, scoreRows(matrix), gold, ["a", "b"]);
 * const { brier } = bootstrapQuality(answers, { draws: 100 });
 * assertEquals(brier.n, 3);
 * assert(brier.ci_low! <= brier.value! && brier.value! <= brier.ci_high!);
 * ```
 */
export function bootstrapQuality(
  answers: Answers,
  { draws = 1000, seed = 0 }: BootstrapOptions = {},
): Record<QualityName, Measured> {
  const found = qualityOf(answers);
  const random = createRandom(seed);
  const groups = [...Map.groupBy(answers.label.keys(), (i) => answers.label[i]!).values()];
  const weights = new Uint16Array(answers.label.length);
  const samples = new Map(NAMES.map((name) => [name, [] as number[]]));
  for (let draw = 0; draw < draws && found.n > 0; draw++) {
    resample(weights, groups, random);
    const drawn = qualityOf(answers, weights);
    for (const name of NAMES) {
      const value = drawn[name];
      if (value !== null) samples.get(name)!.push(value);
    }
  }
  const method = `stratified bootstrap, ${draws} draws, seed ${seed}`;
  return Object.fromEntries(NAMES.map((name): [QualityName, Measured] => {
    const [low, high] = interval(samples.get(name)!, found[name]);
    return [name, { value: found[name], ci_low: low, ci_high: high, n: found.n, k: null, method }];
  })) as Record<QualityName, Measured>;
}

function resample(weights: Uint16Array, groups: readonly number[][], random: Random): void {
  weights.fill(0);
  for (const rows of groups) {
    for (let i = 0; i < rows.length; i++) weights[rows[random.integer(rows.length)]!]!++;
  }
}

function interval(
  sample: number[],
  value: number | null,
): readonly [number | null, number | null] {
  if (sample.length === 0 || value === null) return [null, null];
  sample.sort((a, b) => a - b);
  const at = (share: number) => sample[Math.floor(share * (sample.length - 1))]!;
  // A skewed measure can lie outside of its own percentiles, as calibration error does.
  return [Math.min(value, at(0.025)), Math.max(value, at(0.975))];
}
