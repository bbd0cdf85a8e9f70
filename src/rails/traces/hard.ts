import { createRandom, type Random } from "../../core/random.ts";
import { channelOf, type Traces } from "./easy.ts";

/** Options of {@linkcode generateHardTraces}. */
export interface GenerateHardTracesOptions {
  /** Names of the actions. Default: flip_h, flip_v, rotate. */
  readonly names?: readonly string[];
  /** Samples a trace. Default: 720. */
  readonly length?: number;
  /** Standard deviation of the noise. Default: 0.02. */
  readonly noise?: number;
  /** Height of the swell that all channels share. Default: 0.02. */
  readonly commonAmplitude?: number;
  /** How far the actions crowd towards the middle, 0 to 1. Default: 0.5. */
  readonly overlap?: number;
  /** Standard deviation of the heights. Default: 0.4. */
  readonly amplitudeJitter?: number;
  /** Chance that an action that is not asked for leaves a bump of its own. Default: 0.4. */
  readonly distractorProbability?: number;
  /** Least and greatest number of actions asked for. Default: 1 to 3. */
  readonly tasks?: readonly [number, number];
}

/** Options of {@linkcode generateDefiTraces}; the chance of a distractor is 0.25 unless given. */
export interface GenerateDefiTracesOptions extends Omit<GenerateHardTracesOptions, "names"> {
  /** Chance that an action asked for sets off the one that it is coupled to. Default: 0.5. */
  readonly couplingProbability?: number;
}

/** One generated sample and what is known about it; a parser may look at `traces` only. */
export interface HardSample {
  readonly traces: Traces;
  /** Actions asked for, in the order of their slots. */
  readonly truth: readonly string[];
  /** Actions that left a bump, asked for or not, by channel. */
  readonly present: readonly string[];
  /** The bumps and the common swell before noise. */
  readonly clean: Traces;
}

/** What tells the generators apart. */
interface Mode {
  /** Slots as shares of the length, before they crowd. */
  readonly slots: readonly [number, number, number];
  /** Full width of a bump at half its height, as a share of the length. */
  readonly width: number;
  readonly distractorHeight: (random: Random, jitter: number) => number;
  /** Actions that set off another, and which. */
  readonly couplings: ReadonlyMap<string, string>;
}

type Settings = Required<GenerateHardTracesOptions & GenerateDefiTracesOptions>;

const DEFAULTS = {
  length: 720,
  noise: 0.02,
  commonAmplitude: 0.02,
  overlap: 0.5,
  amplitudeJitter: 0.4,
  tasks: [1, 3] as const,
};

const HARD: Mode = {
  slots: [0.2, 0.5, 0.8],
  width: 0.1,
  distractorHeight: (random, jitter) => 0.9 * heightOf(random, jitter),
  couplings: new Map(),
};

const DEFI: Mode = {
  slots: [0.15, 0.5, 0.85],
  width: 0.08,
  distractorHeight: (random) => Math.max(0.2, 0.8 + 0.25 * random.normal()),
  couplings: new Map([["borrow", "swap"], ["add_liquidity", "claim_rewards"]]),
};
const DEFI_NAMES = [
  "deposit",
  "withdraw",
  "borrow",
  "repay",
  "swap",
  "add_liquidity",
  "remove_liquidity",
  "claim_rewards",
];
const COUPLED_HEIGHT = 0.6;

/** Full width at half maximum over standard deviation, rounded as published. */
const FWHM = 2.355;

/**
 * Draws traces of the hard mode of the Stage-11 benchmark: one to three overlapping bumps of uneven
 * height, bumps of actions that nobody asked for, a swell that all channels share, and noise. Same
 * distribution as the published generator, from this project's own stream.
 *
 * @param samples How many.
 * @throws {RangeError} If more actions are asked for than there are names or slots.
 *
 * @example
 * ```ts
 * import { generateHardTraces } from "micro-lm/rails";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const [first] = generateHardTraces(1, 42);
 * assertEquals(first!.traces.data.cols, 720);
 * assert(first!.truth.every((name) => first!.present.includes(name)));
 * ```
 */
export function generateHardTraces(
  samples: number,
  seed: number,
  options: GenerateHardTracesOptions = {},
): HardSample[] {
  return generate(HARD, samples, seed, {
    ...DEFAULTS,
    names: ["flip_h", "flip_v", "rotate"],
    distractorProbability: 0.4,
    couplingProbability: 0,
    ...options,
  });
}

/**
 * Draws traces of the DeFi variant of the hard mode: eight narrower channels, wider slots, and couplings,
 * in which borrowing leaves a lower, later bump at swapping, and adding liquidity one at claiming
 * rewards. Nobody asked for those: they are in `present`, not in `truth`.
 *
 * @param samples How many.
 * @throws {RangeError} If more than three actions are asked for.
 *
 * @example
 * ```ts
 * import { generateDefiTraces } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const options = { couplingProbability: 1, distractorProbability: 0, tasks: [1, 1] } as const;
 * const samples = generateDefiTraces(50, 42, options);
 * const borrowed = samples.find(({ truth }) => truth[0] === "borrow")!;
 * assertEquals(borrowed.present, ["borrow", "swap"]);
 * ```
 */
export function generateDefiTraces(
  samples: number,
  seed: number,
  options: GenerateDefiTracesOptions = {},
): HardSample[] {
  return generate(DEFI, samples, seed, {
    ...DEFAULTS,
    distractorProbability: 0.25,
    couplingProbability: 0.5,
    ...options,
    names: DEFI_NAMES,
  });
}

function generate(mode: Mode, samples: number, seed: number, settings: Settings): HardSample[] {
  const most = Math.min(settings.names.length, mode.slots.length);
  const [low, high] = settings.tasks;
  if (!(low >= 0 && low <= high && high <= most)) {
    throw new RangeError(`Expected 0 to ${most} tasks a sample, got ${low} to ${high}`);
  }
  const random = createRandom(seed);
  return Array.from({ length: samples }, () => generateOne(mode, random, settings));
}

function generateOne(mode: Mode, random: Random, settings: Settings): HardSample {
  const { names, length, overlap, amplitudeJitter, tasks } = settings;
  const count = tasks[0] + random.integer(tasks[1] - tasks[0] + 1);
  const asked = random.shuffle(names.map((_, p) => p)).slice(0, count);
  const width = Math.max(12, mode.width * length);
  const sd = width / FWHM;
  const clean = emptyTraces(names, length);
  const coupled = new Set<number>();
  asked.forEach((p, slot) => {
    const middle = (1 - overlap) * mode.slots[slot]! * length + overlap * length / 2;
    const centre = middle + random.integer(30) - 15;
    addBump(channelOf(clean, p), centre, sd, heightOf(random, amplitudeJitter));
    const other = mode.couplings.get(names[p]!);
    if (other === undefined || random.uniform() >= settings.couplingProbability) return;
    const q = names.indexOf(other);
    const lag = width * (1 + random.uniform()) / 6;
    addBump(channelOf(clean, q), centre + lag, sd, COUPLED_HEIGHT);
    coupled.add(q);
  });
  const present = names.filter((_, p) => {
    if (asked.includes(p)) return true;
    if (random.uniform() >= settings.distractorProbability) return coupled.has(p);
    const middle = (0.15 + 0.7 * random.uniform()) * length;
    addBump(channelOf(clean, p), middle, sd, mode.distractorHeight(random, amplitudeJitter));
    return true;
  });
  addCommonSwell(clean, settings.commonAmplitude);
  const noisy = clean.data.data.map((x) => Math.max(0, x + settings.noise * random.normal()));
  return {
    traces: { names, data: { ...clean.data, data: noisy } },
    truth: asked.map((p) => names[p]!),
    present,
    clean,
  };
}

function heightOf(random: Random, jitter: number): number {
  return Math.max(0.25, 1 + jitter * random.normal());
}

function emptyTraces(names: readonly string[], length: number): Traces {
  const data = new Float64Array(names.length * length);
  return { names, data: { data, rows: names.length, cols: length } };
}

function addBump(x: Float64Array, centre: number, sd: number, height: number): void {
  for (let t = 0; t < x.length; t++) x[t]! += height * Math.exp(-0.5 * ((t - centre) / sd) ** 2);
}

function addCommonSwell({ data: { data, cols } }: Traces, amplitude: number): void {
  const period = Math.max(30, cols / 6);
  for (let i = 0; i < data.length; i++) {
    const swell = amplitude * (1 + 0.2 * Math.sin((2 * Math.PI * (i % cols)) / period));
    data[i] = Math.max(0, data[i]! + swell);
  }
}
