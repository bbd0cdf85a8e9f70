import type { SlotWords } from "../../data/template.ts";
import type { Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import { ABSTAIN_CLASS } from "../../evaluate/decide.ts";
import { createSpanReader } from "../spans.ts";
import { fitWarp, type Warp } from "../warp/warp.ts";
import { type EvidenceTrack, type SpanEvidence, sumTrack } from "./evidence.ts";
import { fitEvidence, type FitEvidenceOptions } from "./fit_evidence.ts";

/** A prompt and what it asks for. */
export interface LabeledPrompt {
  readonly prompt: string;
  /** An action, or `abstain`. */
  readonly label: string;
}

/** What WDD and the audit know: how spans speak for classes, and how prompts that ask for nothing look. */
export interface WddModel {
  /** The actions, in canonical order: every one is scored, whatever a mapper says. */
  readonly primitives: readonly string[];
  readonly encoder: Pick<Encoder, "spec" | "fingerprint" | "dims">;
  readonly slots: readonly SlotWords[];
  /** Tokens of the longest span. */
  readonly maxTokens: number;
  readonly evidence: SpanEvidence;
  readonly warp: Warp;
  /** Mean evidence of the prompts of each class: classes × classes, row-major. */
  readonly means: Float64Array;
  /** Evidence of prompts that ask for nothing, from weights that never saw them. */
  readonly background: readonly EvidenceTrack[];
}

/** Options of {@linkcode fitWdd}. */
export interface FitWddOptions extends FitEvidenceOptions {
  /** The actions. */
  readonly primitives: readonly string[];
  /** Words that vary without changing what a prompt asks for. Default: none. */
  readonly slots?: readonly SlotWords[];
  /** Tokens of the longest span. Default: 3. */
  readonly maxTokens?: number;
  /**
   * Which prompts labelled `abstain` are background for the null; leave out those that another guard
   * refuses anyway, or gates are stricter than the false-alarm rate asks for. Default: all.
   */
  readonly isBackground?: (prompt: string) => boolean;
}

/**
 * Fits WDD for a domain: span evidence for each action and for `abstain`, its warp, a prototype a class,
 * and the background that gates are calibrated on. All but the span weights comes from held-out folds. No
 * mapper takes part.
 *
 * @param rows Training prompts; those labelled `abstain` are the background.
 * @param encoder Of spans; its vectors should be cheap, there are dozens a prompt.
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
  encoder: Encoder,
  { primitives, slots = [], maxTokens = 3, isBackground = () => true, ...options }: FitWddOptions,
): Promise<WddModel> {
  const read = createSpanReader({ slots, maxTokens });
  const classes = [...primitives, ABSTAIN_CLASS];
  const labels = rows.map(({ label }) => label);
  const prompts = rows.map(({ prompt }) => read(prompt));
  const { evidence, heldOut } = await fitEvidence(prompts, labels, classes, encoder, options);
  const totals = heldOut.map((track) => sumTrack(track).map((x, k) => x + evidence.prior[k]!));
  const points = new Float64Array(totals.length * classes.length);
  totals.forEach((total, i) => points.set(total, i * classes.length));
  const { spec, fingerprint, dims } = encoder;
  return {
    primitives,
    encoder: { spec, fingerprint, dims },
    slots,
    maxTokens,
    evidence,
    warp: fitWarp({ data: points, rows: totals.length, cols: classes.length }, {
      k: classes.length,
    }),
    means: meansOf(totals, labels, classes),
    background: heldOut
      .filter((_, i) => labels[i] === ABSTAIN_CLASS && isBackground(rows[i]!.prompt))
      .map(roundTrack),
  };
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
  return { encoder: encoder.spec, fingerprint: encoder.fingerprint, n_max: maxTokens };
}
