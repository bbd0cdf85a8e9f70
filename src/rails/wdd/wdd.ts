import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { geodesicParseReport } from "../parse/parser.ts";
import { conformalGate } from "../parse/calibrate.ts";
import { suppress } from "../audit/evidence.ts";
import type { ParsedChannel } from "../parse/result.ts";
import { createSpanReader } from "../spans.ts";
import type { Traces } from "../traces/easy.ts";
import { hashWarp, type Warp } from "../warp/warp.ts";
import {
  createEvidenceReader,
  type EvidenceTrack,
  priorOf,
  type ReadEvidence,
  sumTrack,
} from "./evidence.ts";
import { nullTracks } from "./null.ts";
import { checkWddEncoder, type WddModel } from "./model.ts";
import { leastShare, sharesOf } from "./shares.ts";
import { createTraceMaker, LEAST_LOBE, lobeWidth, type RailsStage, tokenAt } from "./traces.ts";

/** Gates of one action, where they are not those of the policy. */
export interface WddOverride {
  readonly z_abs?: number;
  readonly keep_frac?: number;
  /** Least score; default: the calibrated one. */
  readonly z_min?: number;
}

/** The keys of `policy.audit` that WDD obeys. */
export interface WddPolicy {
  /** Components of the warp of `stage11`, at most as many as it has. Default: 12. */
  readonly K?: number;
  /** Samples of the lobe, at most three tenths of a trace. Default: 64. */
  readonly template_width?: number;
  /** Least height of a lobe, in units of what the mean prompt of a class shows. Default: 0.55. */
  readonly z_abs?: number;
  /**
   * Least height of the lobe of an action that somebody else proposes: below it, the evidence refutes it.
   * Default: 0.05.
   */
  readonly z_refute?: number;
  /**
   * Share of right orders whose actions the evidence may refute because the whole prompt says too little
   * for them, 0 to 0.5. Judged by other authors than those it was fitted on, 0.1 refutes half of a
   * mapper's wrong actions and 6% of its right ones. Default: 0.1.
   */
  readonly refuse_rate?: number;
  /** Least score as a share of the best channel's, 0 to 1. Default: 0.7. */
  readonly keep_frac?: number;
  /** Other gates for some actions. Default: none. */
  readonly overrides?: Readonly<Record<string, WddOverride>>;
  /** A warp for `stage11` instead of the model's own, for its classes. Default: the model's. */
  readonly pca_prior?: Warp;
}

/** Options of {@linkcode openWdd}. */
export interface OpenWddOptions {
  /** What the caller decides. Default: the defaults of {@linkcode WddPolicy}. */
  readonly policy?: WddPolicy;
  /**
   * Share of prompts without an action in which one may be found, those included that another guard
   * refuses anyway. Default: 0.01.
   */
  readonly falseAlarmRate?: number;
  /** How traces are made. Default: `stage10`. */
  readonly stage?: RailsStage;
  /** Samples of a trace, at least 16. Default: 180. */
  readonly T?: number;
}

/** Words of a prompt and how much they speak for an action, in log-odds against the mean class. */
export interface SpeakingSpan {
  readonly text: string;
  readonly score: number;
}

/** What WDD says of one action. */
export interface WddChannel extends ParsedChannel {
  /** Token of the prompt at which the lobe stands. */
  readonly token: number;
  /** Share of background prompts with a score at least as high in any channel, each by its own gate. */
  readonly p_value: number;
  /** The gate of this action. */
  readonly z_min: number;
  readonly kept: boolean;
  /** What the whole prompt says for it, of all that it says for actions: 0 to 1. */
  readonly share: number;
  /** The words that speak for it, the strongest first; none where only a track was judged. */
  readonly spans: readonly SpeakingSpan[];
}

/** What WDD finds in a prompt; every action is scored. */
export interface WddResult {
  /** PASS if at least one action is kept. */
  readonly decision: "PASS" | "ABSTAIN";
  /** Kept actions in canonical order: what explains a PASS. */
  readonly keep: readonly string[];
  /** The same in the order of their peaks. */
  readonly order: readonly string[];
  /**
   * Actions whose lobes are not refuted, where somebody else proposes them; in the order of their peaks.
   * {@linkcode supports} judges plans.
   */
  readonly supported: readonly string[];
  readonly channels: readonly WddChannel[];
  /** Least share of the actions of a plan together. */
  readonly least_share: number;
  readonly stage: RailsStage;
  /** Samples of a trace. */
  readonly T: number;
  /** Samples of the moving average. */
  readonly sigma: number;
  /** Samples of the lobe. */
  readonly proto_w: number;
  /** Names the warp: `model` or `pca_prior`, and the head of its hash; `none` for `stage10`. */
  readonly which_prior: string;
  /** What the latents are of. */
  readonly layer: "span";
  /** The calibrated least score, before it is fitted to each action. */
  readonly z_min: number;
  /** Score of the strongest channel. */
  readonly mf_peak: number;
  /** Of the strongest channel. */
  readonly p_value: number;
}

/** Finds actions in prompts by their evidence. */
export interface Wdd {
  readonly primitives: readonly string[];
  /** The gate that the false-alarm rate gave. */
  readonly zMin: number;
  /** One result a prompt. */
  detect(prompts: readonly string[], options?: EncodeOptions): Promise<WddResult[]>;
  /** One result a track of evidence, however it came about. */
  judge(tracks: readonly EvidenceTrack[]): WddResult[];
  /** The traces that a decision is made on. */
  trace(prompts: readonly string[], options?: EncodeOptions): Promise<Traces[]>;
}

/** Samples of the moving average, where a trace has as many. */
const SIGMA = 9;
/** Samples of a trace for one more of the moving average. */
const SAMPLES_PER_SIGMA = 20;
/** Spans named for each action, and the least that they say. */
const SPANS = { kept: 3, least: 0.05 } as const;
/** Gates of single actions are at most this many times stricter or looser than the common one. */
const MOST_SCALE = 2;
/** Greatest rate that a gate is calibrated for: beyond it, it would be none. */
const MOST_RATE = 0.5;
/** Quantile of the null that says how far the traces of an action reach by themselves. */
const SCALE_QUANTILE = 0.9;
/** Evidence is less round than a half-sine; the gate only refuses spikes and steps. */
const MIN_SHAPE = 0.3;
/** Samples of the shortest trace. */
const LEAST_SAMPLES = 16;
type Settings = Required<Omit<WddPolicy, "pca_prior">>;

const DEFAULTS: Settings = {
  K: 12,
  template_width: 64,
  z_abs: 0.55,
  z_refute: 0.05,
  refuse_rate: 0.1,
  keep_frac: 0.7,
  overrides: {},
};

/**
 * Opens WDD (warp, detect, denoise) for the prompts of a domain.
 *
 * Spans of a prompt become one trace an action; a lobe that stands out of its trace is an action that the
 * prompt asks for. Two gates: absolute (a score that background prompts exceed at the false-alarm rate at
 * most, and the height `z_abs`), and relative to the best channel (`keep_frac`). Equal prompts give equal
 * results; no mapper is asked.
 *
 * @throws {MicroLmError} Kind `data` if the encoder or the warp is not of the model, or there is too little
 * background for the false-alarm rate; kind `usage` for a policy that cannot be obeyed.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, openWdd } from "micro-lm/rails";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint the fence number ${i} red`, label: "paint" },
 *   { prompt: `water the rose in row ${i} well`, label: "water" },
 *   { prompt: `how old is tree ${i} there`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint", "water"] });
 * const [result] = await openWdd(model, encoder).detect(["paint the old fence red"]);
 * assertEquals(result!.channels.map(({ name }) => name), ["paint", "water"]);
 * assert(result!.channels[0]!.score > result!.channels[1]!.score);
 * ```
 */
export function openWdd(
  model: WddModel,
  encoder: Encoder,
  { policy = {}, falseAlarmRate = 0.01, stage = "stage10", T = 180 }: OpenWddOptions = {},
): Wdd {
  checkWddEncoder(model, encoder);
  const settings = { ...DEFAULTS, ...policy };
  checkPolicy(settings, model, T);
  if (policy.pca_prior && stage === "stage10") {
    throw new MicroLmError("usage", "A pca_prior is a warp, and stage10 has none", {
      hint: "Use it with stage11: --rails stage11",
    });
  }
  const warp = policy.pca_prior ?? model.warp;
  const { primitives, evidence, means } = model;
  const { classes } = evidence;
  const width = lobeWidth(settings.template_width, T);
  const prior = priorOf(evidence);
  const places = primitives.map((name) => classes.indexOf(name));
  const least = leastShare(model, settings.refuse_rate);
  const { K: k } = settings;
  const toTraces = createTraceMaker({
    ...{ stage, T, classes, primitives, warp, means, prior, k, width },
  });
  const sigma = Math.max(3, Math.min(SIGMA, 2 * Math.floor(T / SAMPLES_PER_SIGMA / 2) + 1));
  const parse = (traces: Traces) =>
    geodesicParseReport(traces, {
      ...{ sigma, protoWidth: width, minShape: MIN_SHAPE, zMin: -Infinity },
    }).channels;
  const tracesOf = (track: EvidenceTrack) => toTraces(track, seedOf(track));
  const noise = nullOf(
    model,
    [stage, T, k, width, hashWarp(warp)].join(),
    () => nullTracks(model.background).map((track) => parse(tracesOf(track))),
  );
  const scales = scalesOf(noise, primitives.length);
  const scaled = (channels: readonly ParsedChannel[]) =>
    channels.map(({ score }, p) => score / scales[p]!);
  const zMin = conformalGate(
    noise.map((channels) =>
      Math.max(
        ...scaled(channels).map((z, p) => isLobe(channels[p]!, settings.z_abs) ? z : -Infinity),
      )
    ),
    Math.min(MOST_RATE, falseAlarmRate / model.silentShare),
  );
  const null_ = noise.map((channels) => Math.max(...scaled(channels))).sort((a, b) => a - b);
  const which_prior = stage === "stage10"
    ? "none"
    : `${policy.pca_prior ? "pca_prior" : "model"}:${hashWarp(warp).slice(0, 12)}`;
  const judge = (track: EvidenceTrack, spans: ReadEvidence["spans"]): WddResult => {
    const channels = parse(tracesOf(track));
    const zs = scaled(channels);
    const best = Math.max(...zs);
    const shares = sharesOf(sumTrack(track).map((x, k) => x + prior[k]!), places);
    const judged = channels.map((channel, p): WddChannel => {
      const z_min = zMin * scales[p]!;
      const gate = { z_min, ...settings, ...settings.overrides[channel.name] };
      const verdict = verdictOf(channel, best * scales[p]!, gate);
      return {
        ...channel,
        verdict,
        token: tokenAt(channel.peak, track.tokens, T),
        p_value: pValue(zs[p]!, null_),
        z_min: gate.z_min,
        kept: verdict === "kept",
        share: shares[p]!,
        spans: suppress(spans, classes.indexOf(channel.name), SPANS.least, SPANS.kept),
      };
    });
    const kept = judged.filter((channel) => channel.kept);
    const { z_refute } = settings;
    const byPlace = judged.toSorted((a, b) => a.peak - b.peak);
    const isSupported = ({ height }: WddChannel) => height! >= z_refute;
    return {
      decision: kept.length > 0 ? "PASS" : "ABSTAIN",
      keep: kept.map(({ name }) => name),
      order: byPlace.filter(({ kept }) => kept).map(({ name }) => name),
      supported: byPlace.filter(isSupported).map(({ name }) => name),
      channels: judged,
      least_share: least,
      ...{ stage, T, sigma, proto_w: width, which_prior, layer: "span", z_min: zMin },
      mf_peak: Math.max(...channels.map(({ score }) => score)),
      p_value: pValue(best, null_),
    };
  };
  const readSpans = createSpanReader({ slots: model.slots, maxTokens: model.maxTokens });
  const readEvidence = createEvidenceReader(evidence, encoder);
  const read = (prompts: readonly string[], options: EncodeOptions = {}) =>
    readEvidence(prompts.map(readSpans), options);
  return {
    primitives,
    zMin,
    trace: async (prompts, options) =>
      (await read(prompts, options)).map(({ track }) => tracesOf(track)),
    judge: (tracks) => tracks.map((track) => judge(track, [])),
    detect: async (prompts, options) =>
      (await read(prompts, options)).map(({ track, spans }) => judge(track, spans)),
  };
}

type Null = readonly (readonly ParsedChannel[])[];

/** What traces of prompts that ask for nothing look like: a second of work, whatever the gates are. */
const NULLS = new WeakMap<WddModel, Map<string, Null>>();

/** Nulls that are kept of a model. */
const MOST_NULLS = 16;

function nullOf(model: WddModel, key: string, make: () => Null): Null {
  const known = NULLS.get(model) ?? new Map<string, Null>();
  NULLS.set(model, known);
  const found = known.get(key) ?? make();
  if (known.size >= MOST_NULLS) known.delete(known.keys().next().value!);
  known.set(key, found);
  return found;
}

function checkPolicy(
  { K, template_width, refuse_rate, overrides }: Settings,
  model: WddModel,
  T: number,
): void {
  const fail = (message: string, hint: string) => {
    throw new MicroLmError("usage", message, { hint });
  };
  if (!Number.isInteger(T) || T < LEAST_SAMPLES) {
    fail(`Expected traces of at least ${LEAST_SAMPLES} samples, got T = ${T}`, "Default: 180");
  }
  if (!Number.isInteger(K) || K < 1) fail(`Expected K of at least 1, got ${K}`, "Default: 12");
  if (!Number.isInteger(template_width) || template_width < LEAST_LOBE) {
    fail(
      `Expected a template_width of at least ${LEAST_LOBE} samples, got ${template_width}`,
      "Default: 64",
    );
  }
  if (!(refuse_rate >= 0 && refuse_rate <= 0.5)) {
    fail(`Expected a refuse_rate from 0 to 0.5, got ${refuse_rate}`, "Default: 0.1");
  }
  for (const name of Object.keys(overrides)) {
    if (!model.primitives.includes(name)) {
      fail(`Unknown action "${name}" in overrides`, `Known: ${model.primitives.join(", ")}`);
    }
  }
}

/**
 * How far the traces of each action reach where nothing is asked for, against all actions: some have
 * words that many prompts use.
 */
function scalesOf(noise: Null, count: number): number[] {
  const reached = Array.from({ length: count }, (_, p) => {
    const scores = noise.map((channels) => channels[p]!.score).sort((a, b) => a - b);
    return scores[Math.floor(SCALE_QUANTILE * scores.length)] ?? 0;
  });
  const mean = reached.reduce((a, b) => a + b, 0) / count;
  if (!(mean > 0)) return reached.map(() => 1);
  return reached.map((z) => Math.max(1 / MOST_SCALE, Math.min(MOST_SCALE, z / mean)));
}

function isLobe({ verdict, height }: ParsedChannel, least: number): boolean {
  return verdict === "kept" && height! >= least;
}

function verdictOf(
  channel: ParsedChannel,
  best: number,
  gate: { readonly z_min: number; readonly z_abs: number; readonly keep_frac: number },
): WddChannel["verdict"] {
  if (channel.verdict !== "kept") return channel.verdict;
  if (channel.score < gate.z_min) return "below_z";
  if (channel.height! < gate.z_abs) return "below_height";
  return channel.score < gate.keep_frac * best ? "below_relative" : "kept";
}

/** Never 0: the null has a finite number of prompts. */
function pValue(score: number, sorted: readonly number[]): number {
  const above = sorted.length - sorted.findLastIndex((x) => x < score) - 1;
  return (1 + above) / (1 + sorted.length);
}

/** The same evidence gets the same noise, on every machine. */
function seedOf({ data }: EvidenceTrack): number {
  const bytes = new Uint8Array(Float32Array.from(data).buffer);
  return parseInt(sha256Hex(bytes).slice(0, 8), 16);
}
