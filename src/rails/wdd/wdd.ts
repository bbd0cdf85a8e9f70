import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { geodesicParseReport, type GeodesicParseReportOptions } from "../parse/parser.ts";
import { calibrateZMin } from "../parse/calibrate.ts";
import type { ParsedChannel } from "../parse/result.ts";
import { createSpanReader } from "../spans.ts";
import type { Traces } from "../traces/easy.ts";
import { hashWarp, type Warp } from "../warp/warp.ts";
import { createEvidenceReader, type EvidenceTrack } from "./evidence.ts";
import { nullTracks } from "./null.ts";
import { checkWddEncoder, type WddModel } from "./model.ts";
import { createTraceMaker, PADS, SAMPLES_PER_BIN } from "./traces.ts";

/** Gates of one action, where they are not those of the policy. */
export interface WddOverride {
  readonly z_abs?: number;
  readonly keep_frac?: number;
  /** Least score; default: the calibrated one. */
  readonly z_min?: number;
}

/** The keys of `policy.audit` that WDD obeys. */
export interface WddPolicy {
  /** Components of the warp, at most as many as it has. Default: 12. */
  readonly K?: number;
  /** Samples of the lobe, four a token. Default: 64. */
  readonly template_width?: number;
  /** Least height of a lobe, in units of what the mean prompt of a class shows. Default: 0.55. */
  readonly z_abs?: number;
  /** Least score as a share of the best channel's, 0 to 1. Default: 0.7. */
  readonly keep_frac?: number;
  /** Other gates for some actions. Default: none. */
  readonly overrides?: Readonly<Record<string, WddOverride>>;
  /** A warp instead of the model's own, for its classes. Default: the model's. */
  readonly pca_prior?: Warp;
}

/** Options of {@linkcode openWdd}. */
export interface OpenWddOptions {
  /** What the caller decides. Default: the defaults of {@linkcode WddPolicy}. */
  readonly policy?: WddPolicy;
  /** Share of prompts without an action in which one may be found. Default: 0.01. */
  readonly falseAlarmRate?: number;
}

/** What WDD says of one action. */
export interface WddChannel extends ParsedChannel {
  /** Token of the prompt at which the lobe stands. */
  readonly token: number;
  /** Share of background prompts with a score at least as high in any channel. */
  readonly p_value: number;
  readonly kept: boolean;
}

/** What WDD finds in a prompt; every action is scored. */
export interface WddResult {
  /** PASS if at least one action is kept. */
  readonly decision: "PASS" | "ABSTAIN";
  /** Kept actions in canonical order: what explains a PASS. */
  readonly keep: readonly string[];
  /** The same in the order of their peaks. */
  readonly order: readonly string[];
  readonly channels: readonly WddChannel[];
  /** Samples of the moving average. */
  readonly sigma: number;
  /** Samples of the lobe. */
  readonly proto_w: number;
  /** Names the warp: `model` or `pca_prior`, and the head of its hash. */
  readonly which_prior: string;
  /** What the latents are of. */
  readonly layer: "span";
  /** The calibrated least score. */
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

const SIGMA = 9;
/** Evidence is less round than a half-sine; the gate only refuses spikes and steps. */
const MIN_SHAPE = 0.3;
type Settings = Required<Omit<WddPolicy, "pca_prior">>;

const DEFAULTS: Settings = {
  K: 12,
  template_width: 64,
  z_abs: 0.55,
  keep_frac: 0.7,
  overrides: {},
};

/** A token has two bins. */
const SAMPLES_PER_TOKEN = 2 * SAMPLES_PER_BIN;

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
  { policy = {}, falseAlarmRate = 0.01 }: OpenWddOptions = {},
): Wdd {
  checkWddEncoder(model, encoder);
  const settings = { ...DEFAULTS, ...policy };
  checkPolicy(settings, model);
  const warp = policy.pca_prior ?? model.warp;
  const { primitives, evidence, means } = model;
  const { classes, prior } = evidence;
  const { K, template_width, overrides } = settings;
  const toTraces = createTraceMaker({
    classes,
    primitives,
    warp,
    means,
    prior,
    k: K,
    templateWidth: template_width,
  });
  const gates: GeodesicParseReportOptions = {
    sigma: SIGMA,
    protoWidth: template_width,
    minShape: MIN_SHAPE,
  };
  const noise = nullTracks(model.background).map((track, i) => toTraces(track, i));
  const zMin = calibrateZMin(noise, { ...gates, minHeight: settings.z_abs, falseAlarmRate });
  const null_ = noise.map((traces) => bestScore(traces, gates)).sort((a, b) => a - b);
  const which_prior = `${policy.pca_prior ? "pca_prior" : "model"}:${hashWarp(warp).slice(0, 12)}`;
  const gate = (name: string) => ({ z_min: zMin, ...settings, ...overrides[name] });
  const judge = (traces: Traces): WddResult => {
    const { channels } = geodesicParseReport(traces, { ...gates, zMin: -Infinity });
    const best = channels.reduce((a, b) => b.score > a.score ? b : a);
    const judged = channels.map((channel): WddChannel => {
      const verdict = verdictOf(channel, best.score, gate(channel.name));
      const place = Math.round((channel.peak - PADS * template_width) / SAMPLES_PER_TOKEN);
      const last = (traces.data.cols - 2 * PADS * template_width) / SAMPLES_PER_TOKEN - 1;
      const token = Math.max(0, Math.min(place, Math.floor(last)));
      const p_value = pValue(channel.score, null_);
      return { ...channel, verdict, token, p_value, kept: verdict === "kept" };
    });
    const kept = judged.filter((channel) => channel.kept);
    return {
      decision: kept.length > 0 ? "PASS" : "ABSTAIN",
      keep: kept.map(({ name }) => name),
      order: [...kept].sort((a, b) => a.peak - b.peak).map(({ name }) => name),
      channels: judged,
      ...{
        sigma: SIGMA,
        proto_w: template_width,
        which_prior,
        layer: "span" as const,
        z_min: zMin,
      },
      mf_peak: best.score,
      p_value: pValue(best.score, null_),
    };
  };
  const tracesOf = (track: EvidenceTrack) => toTraces(track, seedOf(track));
  const readSpans = createSpanReader({ slots: model.slots, maxTokens: model.maxTokens });
  const readEvidence = createEvidenceReader(evidence, encoder);
  const trace = async (prompts: readonly string[], options: EncodeOptions = {}) => {
    const read = await readEvidence(prompts.map(readSpans), options);
    return read.map(({ track }) => tracesOf(track));
  };
  return {
    primitives,
    zMin,
    trace,
    judge: (tracks) => tracks.map((track) => judge(tracesOf(track))),
    detect: async (prompts, options) => (await trace(prompts, options)).map(judge),
  };
}

function checkPolicy({ K, template_width, overrides }: Settings, model: WddModel): void {
  const fail = (message: string, hint: string) => {
    throw new MicroLmError("usage", message, { hint });
  };
  if (!Number.isInteger(K) || K < 1) fail(`Expected K of at least 1, got ${K}`, "Default: 12");
  if (!Number.isInteger(template_width) || template_width < 8) {
    fail(`Expected a template_width of at least 8 samples, got ${template_width}`, "Default: 64");
  }
  for (const name of Object.keys(overrides)) {
    if (!model.primitives.includes(name)) {
      fail(`Unknown action "${name}" in overrides`, `Known: ${model.primitives.join(", ")}`);
    }
  }
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

function bestScore(traces: Traces, gates: GeodesicParseReportOptions): number {
  const { channels } = geodesicParseReport(traces, { ...gates, zMin: -Infinity });
  return Math.max(...channels.map(({ score }) => score));
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
