import type { Matrix } from "../../core/matrix.ts";
import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";
import {
  decisionFunction,
  indexColumns,
  type LinearClassifier,
} from "../../mapper/fit/linear_classifier.ts";
import { binOf, binsOf, type PromptSpans, type TokenSpan } from "../spans.ts";

/** What spans say about classes. */
export interface SpanEvidence {
  /** The channels: actions in order, then `abstain` where the training had it. */
  readonly classes: readonly string[];
  /** Its logits, summed over the spans of a prompt, are what the prompt says; intercepts once. */
  readonly classifier: LinearClassifier;
  /**
   * What a word says by what stands around it: weights of its contextual vector, columns × classes,
   * row-major. Absent where evidence is static.
   */
  readonly context?: Float32Array;
}

/**
 * What a prompt says about each class, and where: log-odds at each bin (two bins a token), from the spans
 * centred there. Summed over the bins, it is what the whole prompt says.
 */
export interface EvidenceTrack {
  readonly tokens: number;
  /** Bins × classes, row-major; each row sums to zero. */
  readonly data: Float64Array;
  readonly bins: number;
  readonly classes: number;
}

/** A span and its evidence. */
export interface ScoredSpan extends TokenSpan {
  /** One number a class. */
  readonly evidence: Float64Array;
}

/** A prompt's spans, scored, and the track that they make. */
export interface ReadEvidence {
  readonly spans: readonly ScoredSpan[];
  readonly track: EvidenceTrack;
}

/** Reads the evidence of prompts. */
export type EvidenceReader = (
  prompts: readonly PromptSpans[],
  options?: EncodeOptions,
) => Promise<ReadEvidence[]>;

/** Spans of which the evidence is kept: prompts share most of theirs. */
const MAX_KNOWN_SPANS = 200_000;

/**
 * Makes a function that reads the evidence of prompts. It encodes each distinct span once: a span's
 * evidence depends on its words alone, never on a mapper; where evidence is contextual, that of a single
 * word on the rest of the prompt, too.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { createEvidenceReader, createSpanReader, fitWdd } from "micro-lm/rails";
 * import { assert } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * const [read] = await createEvidenceReader(model.evidence, encoder)([createSpanReader()("paint")]);
 * assert(read!.track.data[0]! > 0 && read!.spans[0]!.text === "paint");
 * ```
 */
export function createEvidenceReader(
  { classes, classifier, context }: SpanEvidence,
  encoder: Encoder,
): EvidenceReader {
  const known = new Map<string, Float64Array>();
  const index = indexColumns(classifier);
  const count = classes.length;
  const learn = async (prompts: readonly PromptSpans[], options: EncodeOptions) => {
    if (known.size > MAX_KNOWN_SPANS) known.clear();
    const fresh = [...new Set(prompts.flatMap(({ spans }) => spans.map(({ text }) => text)))]
      .filter((text) => !known.has(text));
    if (fresh.length === 0) return;
    const { data } = decisionFunction(classifier, await encoder.encode(fresh, options), index);
    fresh.forEach((text, i) => {
      const row = data.slice(i * count, (i + 1) * count);
      for (let k = 0; k < count; k++) row[k]! -= classifier.intercepts[k]!;
      known.set(text, centre(row));
    });
  };
  return async (prompts, options = {}) => {
    await learn(prompts, options);
    const vectors = context &&
      await encoder.words!.encode(prompts.map(({ tokens }) => tokens), options);
    return prompts.map(({ tokens, spans }, i) => {
      const around = vectors && contextOf(vectors[i]!, context!, count);
      const scored = spans.map((span) => {
        const own = known.get(span.text)!;
        const more = span.size === 1 ? around?.[span.first] : undefined;
        return { ...span, evidence: more ? own.map((x, k) => x + more[k]!) : own };
      });
      return { spans: scored, track: toTrack(tokens.length, scored, count) };
    });
  };
}

/** What each word says by its vector, against the mean class. */
function contextOf({ data, rows, cols }: Matrix, weights: Float32Array, count: number) {
  return Array.from({ length: rows }, (_, word) => {
    const row = new Float64Array(count);
    for (let j = 0; j < cols; j++) {
      const x = data[word * cols + j]!;
      for (let k = 0; k < count; k++) row[k]! += x * weights[j * count + k]!;
    }
    return centre(row);
  });
}

/** What a prompt says of each class before its words are looked at; sums to zero. */
export function priorOf({ classifier }: SpanEvidence): Float64Array {
  return centre(classifier.intercepts);
}

/** Log-odds against the mean class. */
export function centre(row: Float64Array): Float64Array {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  return row.map((x) => x - mean);
}

/** Puts the evidence of spans on the bins that they are centred on. */
export function toTrack(
  tokens: number,
  spans: readonly ScoredSpan[],
  classes: number,
): EvidenceTrack {
  const bins = binsOf(tokens);
  const data = new Float64Array(bins * classes);
  for (const span of spans) {
    const at = binOf(span) * classes;
    for (let k = 0; k < classes; k++) data[at + k]! += span.evidence[k]!;
  }
  return { tokens, data, bins, classes };
}

/**
 * What a whole prompt says: the sum over its bins.
 *
 * @example
 * ```ts
 * import { sumTrack } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const track = { tokens: 2, bins: 3, classes: 2, data: Float64Array.of(1, -1, 0, 0, 2, -2) };
 * assertEquals([...sumTrack(track)], [3, -3]);
 * ```
 */
export function sumTrack({ data, bins, classes }: EvidenceTrack): Float64Array {
  const sum = new Float64Array(classes);
  for (let b = 0; b < bins; b++) {
    for (let k = 0; k < classes; k++) sum[k]! += data[b * classes + k]!;
  }
  return sum;
}
