import { createRandom, type Random } from "../core/random.ts";

/** What a mapper said of one prompt: numbers that shift when the prompts do. */
export interface MonitoredScores {
  readonly confidence: number;
  /** Whether it acted. */
  readonly fired: boolean;
  /** Score as an order, if the mapper has one. */
  readonly order?: number;
}

/** Options of {@linkcode openMonitor}. */
export interface MonitorOptions {
  /** Largest probability of an alarm, ever, while nothing changes. Default: 0.05. */
  readonly alpha?: number;
  /** Of how ties are broken. Default: 0. */
  readonly seed?: number;
}

/** A test that goes on for as long as prompts come. */
export interface Monitor {
  /** Takes the next prompt, and returns the evidence against "nothing has changed": 1 is none. */
  add(scores: MonitoredScores): number;
  /** The largest evidence so far. */
  readonly peak: number;
  /** Prompts until the evidence reached 1 / alpha; null for no alarm. */
  readonly alarm: number | null;
}

/** Bets: the p-values are small, as they should be, or large. */
const BETS = [-1, 0, 1];
/** Share of the capital that moves between the bets each step. */
const JUMP = 0.01;

/**
 * Tests while prompts come in whether they still come from where the reference came from.
 *
 * Each score gets a conformal p-value among all before it; a simple jumper bets against their
 * uniformity (Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman, 2021), and the capitals of
 * confidence, action and order score are averaged. While prompts are exchangeable the capital is a
 * martingale that starts at 1, so that it ever reaches 1 / alpha with probability alpha at most (Ville).
 *
 * @param reference Scores of prompts from the time when the mapper was calibrated.
 *
 * @example
 * ```ts
 * import { openMonitor } from "micro-lm/trust";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const sure = Array.from({ length: 200 }, (_, i) => ({ confidence: 0.9 + i / 2000, fired: true }));
 * const monitor = openMonitor(sure);
 * for (let i = 0; i < 50; i++) monitor.add({ confidence: 0.3, fired: false });
 * assert(monitor.peak > 20);
 * assertEquals(openMonitor(sure).alarm, null);
 * ```
 */
export function openMonitor(
  reference: readonly MonitoredScores[],
  { alpha = 0.05, seed = 0 }: MonitorOptions = {},
): Monitor {
  const random = createRandom(seed);
  const channels = [
    openChannel((row) => row.confidence, random),
    openChannel((row) => row.fired ? 1 : 0, random),
    ...(reference[0]?.order === undefined ? [] : [openChannel((row) => row.order ?? 0, random)]),
  ];
  for (const row of reference) for (const channel of channels) channel.remember(row);
  let peak = 1;
  let alarm: number | null = null;
  let seen = 0;
  return {
    add(row) {
      seen++;
      const sum = channels.reduce((total, channel) => total + channel.bet(row), 0);
      const capital = sum / channels.length;
      peak = Math.max(peak, capital);
      if (alarm === null && capital >= 1 / alpha) alarm = seen;
      return capital;
    },
    get peak() {
      return peak;
    },
    get alarm() {
      return alarm;
    },
  };
}

function openChannel(scoreOf: (row: MonitoredScores) => number, random: Random) {
  /** Ascending. */
  const past: number[] = [];
  let capitals = BETS.map(() => 1 / BETS.length);
  const remember = (row: MonitoredScores) => {
    const score = scoreOf(row);
    past.splice(countBelow(past, score), 0, score);
  };
  return {
    remember,
    bet(row: MonitoredScores): number {
      const score = scoreOf(row);
      const below = countBelow(past, score);
      let ties = 1;
      while (past[below + ties - 1] === score) ties++;
      const p = (below + random.uniform() * ties) / (past.length + 1);
      remember(row);
      const total = capitals.reduce((sum, capital) => sum + capital, 0);
      capitals = capitals.map((capital, i) =>
        ((1 - JUMP) * capital + (JUMP / BETS.length) * total) * (1 + BETS[i]! * (p - 0.5))
      );
      return capitals.reduce((sum, capital) => sum + capital, 0);
    },
  };
}

/** How many of ascending values are less than a value. */
function countBelow(values: readonly number[], value: number): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (values[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A rate with bounds that hold at all times at once. */
export interface TimeUniformRate {
  /** Null without observations. */
  readonly value: number | null;
  readonly ci_low: number;
  readonly ci_high: number;
  readonly n: number;
  readonly k: number;
  readonly method: "beta-binomial mixture";
}

/**
 * The rate k / n with bounds that hold for all n at once with probability 1 − alpha, however often one
 * looks (Robbins, 1970: a uniform mixture of likelihood ratios, and Ville's inequality).
 *
 * @throws {RangeError} Unless 0 ≤ k ≤ n.
 *
 * @example
 * ```ts
 * import { timeUniformRate } from "micro-lm/trust";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { ci_low, ci_high } = timeUniformRate(50, 1000);
 * assert(ci_low > 0.02 && ci_low < 0.05 && ci_high > 0.05 && ci_high < 0.09);
 * assertEquals(timeUniformRate(0, 0).ci_high, 1);
 * ```
 */
export function timeUniformRate(k: number, n: number, alpha = 0.05): TimeUniformRate {
  if (!(k >= 0 && k <= n)) throw new RangeError(`Expected 0 <= k <= n, got k = ${k}, n = ${n}`);
  const facts = { n, k, method: "beta-binomial mixture" } as const;
  if (n === 0) return { value: null, ci_low: 0, ci_high: 1, ...facts };
  let logMixture = -Math.log(n + 1);
  for (let i = 1; i <= Math.min(k, n - k); i++) logMixture -= Math.log(n - i + 1) - Math.log(i);
  const limit = logMixture + Math.log(alpha);
  const holds = (p: number) => power(k, p) + power(n - k, 1 - p) > limit;
  const edge = (outside: number) => {
    if (holds(outside)) return outside;
    let [out, inside] = [outside, k / n];
    for (let i = 0; i < 60; i++) {
      const middle = (out + inside) / 2;
      if (holds(middle)) inside = middle;
      else out = middle;
    }
    return out;
  };
  return { value: k / n, ci_low: edge(0), ci_high: edge(1), ...facts };
}

/** log of p to the power of a count; 0 to the power of 0 is 1. */
function power(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p);
}
