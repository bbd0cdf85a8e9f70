import type { SlotWords } from "../../data/template.ts";
import type { Encoder } from "../../encoders/encoder.ts";
import type { OpenEncoderOptions } from "../../encoders/open.ts";
import type { ModelDtype } from "../../encoders/sentence_transformer/onnx.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { Matrix } from "../../core/matrix.ts";
import { ABSTAIN_CLASS } from "../../evaluate/decide.ts";
import { createSpanReader } from "../spans.ts";
import { limitsOf, sharesOf } from "./shares.ts";
import { fitWarp, type Warp } from "../warp/warp.ts";
import type { WordmapTerms } from "../../mapper/wordmap.ts";
import type { EvidenceTrack, SpanEvidence } from "./evidence.ts";
import { fitEvidence, type FitEvidenceOptions } from "./fit_evidence.ts";
import {
  type EvidenceEncoder,
  type EvidenceWords,
  openEvidenceEncoder,
  specOf,
} from "./open_encoder.ts";

/** A prompt and what it asks for. */
export interface LabeledPrompt {
  readonly prompt: string;
  /** An action, or `abstain`. */
  readonly label: string;
}

/** What tells an encoder of evidence: whoever opens the model opens it again. */
export type ModelEncoder = Pick<
  EvidenceEncoder,
  "spec" | "fingerprint" | "dims" | "dtype" | "context"
>;

/** What WDD and the audit know: how spans speak for classes, and how prompts that ask for nothing look. */
export interface WddModel {
  /** The actions, in canonical order: every one is scored, whatever a mapper says. */
  readonly primitives: readonly string[];
  readonly encoder: ModelEncoder;
  /** Terms by action that the encoder knows beside what it learnt; null for none. */
  readonly lexicon: Readonly<Record<string, WordmapTerms>> | null;
  readonly slots: readonly SlotWords[];
  /** Tokens of the longest span. */
  readonly maxTokens: number;
  readonly evidence: SpanEvidence;
  readonly warp: Warp;
  /** Mean evidence of the prompts of each class: classes × classes, row-major. */
  readonly means: Float64Array;
  /** Evidence of prompts that ask for nothing, from weights that never saw them. */
  readonly background: readonly EvidenceTrack[];
  /** Share of all prompts that ask for nothing which no other guard refuses: it is theirs to refuse. */
  readonly silentShare: number;
  /**
   * Least shares of the right actions of prompts whose words let them pass, from weights that never saw
   * them, by the rate of those that fall below: {@linkcode leastShare}.
   */
  readonly limits: Float64Array;
  /** What it was fitted on. */
  readonly training: { readonly rows: number; readonly data_sha256: string | null };
}

/** Options of {@linkcode fitWdd}. */
export interface FitWddOptions extends FitEvidenceOptions, Partial<EvidenceWords> {
  /** The actions. */
  readonly primitives: readonly string[];
  /** Tokens of the longest span. Default: 3. */
  readonly maxTokens?: number;
  /**
   * Which prompts labelled `abstain` are background for the null, and which orders show what a right
   * action looks like: not those that another guard refuses anyway. Default: all.
   */
  readonly isBackground?: (prompt: string) => boolean;
  /** Hex sha256 of the rows, which binds the evidence to a mapper of the same rows. Default: none. */
  readonly dataSha256?: string;
}

/** Prompts that the null is made of, at most: more would make it finer than any gate asks for. */
const MOST_BACKGROUND = 400;

/** Prompts that other guards are asked about, at most. */
const MOST_ASKED = 1200;

/**
 * Fits WDD for a domain: span evidence for each action and for `abstain`, its warp, a prototype a class,
 * and the background that gates are calibrated on. All but the span weights comes from held-out folds. No
 * mapper takes part.
 *
 * @param rows Training prompts; those labelled `abstain` are the background.
 * @param encoder Of spans; its vectors should be cheap, there are dozens a prompt. Where it has a
 * `context`, words are also judged by what stands around them.
 * @throws {MicroLmError} Kind `data` for an unknown label, or too few prompts of a class.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint the fence number ${i} red`, label: "paint" },
 *   { prompt: `water the rose in row ${i} well`, label: "water" },
 *   { prompt: `how old is tree ${i} there`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint", "water"] });
 * assertEquals(model.evidence.classes, ["paint", "water", "abstain"]);
 * assertEquals(model.background.length, 30);
 * ```
 */
export async function fitWdd(
  rows: readonly LabeledPrompt[],
  encoder: EvidenceEncoder,
  options: FitWddOptions,
): Promise<WddModel> {
  const { primitives, lexicon = null, slots = [], maxTokens = 3, isBackground = () => true } =
    options;
  const read = createSpanReader({ slots, maxTokens });
  const classes = [...primitives, ABSTAIN_CLASS];
  const labels = rows.map(({ label }) => label);
  const prompts = rows.map(({ prompt }) => read(prompt));
  const { evidence, totals, heldOut } = await fitEvidence(
    prompts,
    labels,
    classes,
    encoder,
    options,
  );
  const means = meansOf(totals, labels, classes);
  const { spec, fingerprint, dims, dtype, context } = encoder;
  const silent = labels.keys().filter((i) => labels[i] === ABSTAIN_CLASS).toArray();
  const asked = everyNth(silent, MOST_ASKED);
  const passed = asked.filter((i) => isBackground(rows[i]!.prompt));
  // Where all are refused anyway, they still tell what such prompts look like
  const background = passed.length > 0 ? passed : asked;
  return {
    primitives,
    encoder: {
      ...{ spec, fingerprint, dims },
      ...(dtype !== undefined && { dtype }),
      ...(context !== undefined && { context }),
    },
    lexicon,
    slots,
    maxTokens,
    evidence,
    warp: fitWarp(scatterOf(totals, labels, classes, means), { k: classes.length }),
    means,
    background: (await heldOut(everyNth(background, MOST_BACKGROUND))).map(roundTrack),
    limits: limitsOf(sharesOfRight(totals, labels, primitives, rightOnes(rows, isBackground))),
    silentShare: Math.max(1, passed.length) / asked.length,
    training: { rows: rows.length, data_sha256: options.dataSha256 ?? null },
  };
}

/** Orders that other guards let pass; all, where none does. */
function rightOnes(
  rows: readonly LabeledPrompt[],
  isOpen: (prompt: string) => boolean,
): readonly number[] {
  const orders = rows.keys().filter((i) => rows[i]!.label !== ABSTAIN_CLASS).toArray();
  const asked = everyNth(orders, MOST_ASKED);
  const passed = asked.filter((i) => isOpen(rows[i]!.prompt));
  return passed.length > 0 ? passed : asked;
}

function sharesOfRight(
  totals: readonly Float64Array[],
  labels: readonly string[],
  primitives: readonly string[],
  rows: readonly number[],
): number[] {
  const channels = [...primitives.keys()];
  return rows.map((i) => sharesOf(totals[i]!, channels)[primitives.indexOf(labels[i]!)]!);
}

/** At most so many, spread evenly. */
function everyNth(rows: readonly number[], most: number): number[] {
  const step = Math.max(1, rows.length / most);
  return Array.from(
    { length: Math.min(most, rows.length) },
    (_, i) => rows[Math.floor(i * step)]!,
  );
}

/**
 * How prompts scatter within their class, around the mean of all: whitened by it, the nearest prototype
 * is the best linear guess (Fisher, 1936).
 */
function scatterOf(
  totals: readonly Float64Array[],
  labels: readonly string[],
  classes: readonly string[],
  means: Float64Array,
): Matrix<Float64Array> {
  const cols = classes.length;
  const data = new Float64Array(totals.length * cols);
  const overall = new Float64Array(cols);
  for (const total of totals) total.forEach((x, k) => overall[k]! += x / totals.length);
  totals.forEach((total, i) => {
    const c = classes.indexOf(labels[i]!);
    total.forEach((x, k) => data[i * cols + k] = x - means[c * cols + k]! + overall[k]!);
  });
  return { data, rows: totals.length, cols };
}

/** As a file keeps it, so that gates are the same before and after saving. */
function roundTrack(track: EvidenceTrack): EvidenceTrack {
  return { ...track, data: track.data.map(Math.fround) };
}

function meansOf(
  totals: readonly Float64Array[],
  labels: readonly string[],
  classes: readonly string[],
): Float64Array {
  const count = classes.length;
  const out = new Float64Array(count * count);
  classes.forEach((name, c) => {
    const own = totals.filter((_, i) => labels[i] === name);
    for (const total of own) total.forEach((x, k) => out[c * count + k]! += x / own.length);
  });
  return out;
}

/**
 * Refuses an encoder other than that of the fit.
 *
 * @throws {MicroLmError} Kind `data`.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { checkWddEncoder, fitWdd } from "micro-lm/rails";
 * import { assertThrows } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * checkWddEncoder(model, encoder);
 * await using other = await openNgramEncoder({ bits: 10 });
 * assertThrows(() => checkWddEncoder(model, other), MicroLmError);
 * ```
 */
export function checkWddEncoder(model: WddModel, encoder: Encoder): void {
  if (model.encoder.fingerprint === encoder.fingerprint) return;
  throw new MicroLmError(
    "data",
    `Expected the encoder "${model.encoder.spec}" that the evidence was fitted with, got ` +
      `"${encoder.spec}" with other weights or parameters`,
  );
}

/**
 * What a model is made of, for records.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { describeWdd, fitWdd } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * assertEquals(describeWdd(model), {
 *   ...{ encoder: encoder.spec, fingerprint: encoder.fingerprint, n_max: 3 },
 * });
 * ```
 */
export function describeWdd(
  { encoder, maxTokens }: WddModel,
): Readonly<Record<string, number | string>> {
  return {
    encoder: encoder.spec,
    ...(encoder.context !== undefined && { context: encoder.context }),
    ...{ fingerprint: encoder.fingerprint, n_max: maxTokens },
  };
}

/**
 * Opens the encoder that a model was fitted with.
 *
 * @throws {MicroLmError} Kind `data` if another version of it is installed; what opening it throws.
 *
 * @example
 * ```ts
 * import { fitWdd, openEvidenceEncoder, openModelEncoder } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openEvidenceEncoder({ lexicon: null, slots: [] });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * await using again = await openModelEncoder(model);
 * assertEquals(again.fingerprint, encoder.fingerprint);
 * ```
 */
export async function openModelEncoder(
  model: WddModel,
  options: OpenEncoderOptions = {},
): Promise<Encoder> {
  const { dtype, context } = model.encoder;
  const encoder = await openEvidenceEncoder(
    model,
    { spec: specOf(model.encoder), ...(context !== undefined && { context }) },
    // Its own weights, whatever those of a mapper beside it are
    { ...options, ...(dtype !== undefined && { dtype: dtype as ModelDtype }) },
  );
  try {
    checkWddEncoder(model, encoder);
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
  return encoder;
}
