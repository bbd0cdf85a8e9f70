import { createRandom, type Random } from "../../core/random.ts";

/** What can be varied of a run. */
export interface Perturbable {
  readonly prompt: string;
  readonly context?: unknown;
}

/** Options of {@linkcode perturb}. */
export interface PerturbOptions {
  /** Variants of each run. Default: 3. */
  readonly k?: number;
  /** Default: 20259. */
  readonly seed?: number;
}

/** Words that ask for the same. */
const SYNONYMS: Readonly<Record<string, string>> = {
  deposit: "add",
  swap: "exchange",
  into: "to",
  for: "into",
};
const WORD = /\b(?:deposit|swap|into|for)\b/gi;
const NUMBER = /(?<![\w.,])\d+(?:\.\d+)?(?![\w,]|\.\d)/g;

/**
 * Varies a run in ways that change nothing that matters: words for the same ("deposit" and "add"),
 * numbers of the prompt by up to 1 %, the ages of the oracle by up to 5 %.
 *
 * @returns `k` variants. Equal seeds give equal variants.
 *
 * @example
 * ```ts
 * import { perturb } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const variants = perturb({ prompt: "deposit 10 ETH into aave" });
 * assertEquals(variants.length, 3);
 * assertEquals(variants, perturb({ prompt: "deposit 10 ETH into aave" }));
 * ```
 */
export function perturb<T extends Perturbable>(
  run: T,
  { k = 3, seed = 20259 }: PerturbOptions = {},
): T[] {
  const random = createRandom(seed);
  return Array.from({ length: k }, () => ({
    ...run,
    prompt: perturbPrompt(run.prompt, random),
    ...(run.context !== undefined && { context: perturbOracle(run.context, random) }),
  }));
}

function perturbPrompt(prompt: string, random: Random): string {
  return prompt
    .replace(WORD, (word) => random.uniform() < 0.5 ? word : SYNONYMS[word.toLowerCase()]!)
    .replace(NUMBER, (number) => String(scale(Number(number), 0.01, random)));
}

function perturbOracle(context: unknown, random: Random): unknown {
  const { oracle } = context as { readonly oracle?: Readonly<Record<string, number>> };
  if (oracle === undefined) return context;
  const varied = Object.entries(oracle).map(([key, value]) => [key, scale(value, 0.05, random)]);
  return { ...(context as object), oracle: Object.fromEntries(varied) };
}

/** A number within a share of another, to 6 digits. */
function scale(value: number, share: number, random: Random): number {
  return Number((value * (1 + share * (2 * random.uniform() - 1))).toPrecision(6));
}
