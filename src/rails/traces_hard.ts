import { createRandom, type Random } from "../random.ts";
import { channelOf, type Traces } from "./traces.ts";

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

/** Slots as shares of the length, before they crowd. */
const SLOTS = [0.2, 0.5, 0.8];
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
 * import { generateHardTraces } from "micro-lm";
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
  const settings = {
    names: ["flip_h", "flip_v", "rotate"],
    length: 720,
    noise: 0.02,
    commonAmplitude: 0.02,
    overlap: 0.5,
    amplitudeJitter: 0.4,
    distractorProbability: 0.4,
    tasks: [1, 3] as const,
    ...options,
  };
  const most = Math.min(settings.names.length, SLOTS.length);
  const [low, high] = settings.tasks;
  if (!(low >= 0 && low <= high && high <= most)) {
    throw new RangeError(`Expected 0 to ${most} tasks a sample, got ${low} to ${high}`);
  }
  const random = createRandom(seed);
  return Array.from({ length: samples }, () => generateOne(random, settings));
}

function generateOne(random: Random, settings: Required<GenerateHardTracesOptions>): HardSample {
  const { names, length, overlap, amplitudeJitter, tasks } = settings;
  const count = tasks[0] + random.integer(tasks[1] - tasks[0] + 1);
  const asked = random.shuffle(names.map((_, p) => p)).slice(0, count);
  const sd = Math.max(12, 0.1 * length) / FWHM;
  const height = () => Math.max(0.25, 1 + amplitudeJitter * random.normal());
  const clean = emptyTraces(names, length);
  asked.forEach((p, slot) => {
    const middle = (1 - overlap) * SLOTS[slot]! * length + overlap * length / 2;
    addBump(channelOf(clean, p), middle + random.integer(30) - 15, sd, height());
  });
  const present = names.filter((_, p) => {
    if (asked.includes(p)) return true;
    if (random.uniform() >= settings.distractorProbability) return false;
    const middle = (0.15 + 0.7 * random.uniform()) * length;
    addBump(channelOf(clean, p), middle, sd, 0.9 * height());
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
