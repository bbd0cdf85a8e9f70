import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import {
  decisionFunction,
  indexColumns,
  type LinearClassifier,
} from "../../mapper/fit/linear_classifier.ts";
import type { Features, Matrix } from "../../core/matrix.ts";
import { binOf, binsOf, type PromptSpans, type TokenSpan } from "../spans.ts";

/** What spans say about classes: the span-level weights, and the scale of one span. */
export interface SpanEvidence {
  /** The channels: actions in order, then `abstain` where the training had it. */
  readonly classes: readonly string[];
  readonly classifier: LinearClassifier;
  /** Weight of one span's vector: one over the root of the mean number of spans a prompt. */
  readonly scale: number;
  /** What an average span says of each class: evidence of nothing, so it is subtracted from each. */
  readonly baseline: Float64Array;
  /** What an average prompt says of each class before its words are looked at; sums to zero. */
  readonly prior: Float64Array;
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
 * Makes a function that reads the evidence of prompts. It encodes each distinct span once; a span's
 * evidence depends on its words alone, never on the rest of the prompt or on a mapper.
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
  { classes, classifier, scale, baseline }: SpanEvidence,
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
      for (let k = 0; k < count; k++) {
        row[k] = scale * (row[k]! - classifier.intercepts[k]!) - baseline[k]!;
      }
      known.set(text, centre(row));
    });
  };
  return async (prompts, options = {}) => {
    await learn(prompts, options);
    return prompts.map(({ tokens, spans }) => {
      const scored = spans.map((span) => ({ ...span, evidence: known.get(span.text)! }));
      return { spans: scored, track: toTrack(tokens.length, scored, count) };
    });
  };
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

/** Prompts as sums over spans. */
export interface SpanSums {
  readonly features: Features;
  readonly scale: number;
}

/**
 * The vectors of prompts as scaled sums over their spans' vectors: what the weights are fitted on.
 *
 * @throws {MicroLmError} Kind `data` if no prompt has a token.
 */
export async function encodeSpanSums(
  prompts: readonly PromptSpans[],
  encoder: Encoder,
): Promise<SpanSums> {
  const total = prompts.reduce((sum, { spans }) => sum + spans.length, 0);
  if (total === 0) throw new MicroLmError("data", "Expected prompts with words, found none");
  const scale = 1 / Math.sqrt(total / prompts.length);
  const places = new Map<string, number>();
  for (const { spans } of prompts) {
    for (const { text } of spans) if (!places.has(text)) places.set(text, places.size);
  }
  const encoded = await encoder.encode([...places.keys()]);
  const rows = prompts.map(({ spans }) => spans.map(({ text }) => places.get(text)!));
  return {
    scale,
    features: {
      rows: rows.length,
      ...(encoded.dense && { dense: sumDense(encoded.dense, rows, scale) }),
      ...(encoded.sparse && { sparse: sumSparse(encoded.sparse, rows, scale) }),
    },
  };
}

type Rows = readonly (readonly number[])[];

function sumDense({ data, cols }: Matrix, rows: Rows, scale: number): Matrix {
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, i) => {
    for (const place of row) {
      for (let j = 0; j < cols; j++) out[i * cols + j]! += scale * data[place * cols + j]!;
    }
  });
  return { data: out, rows: rows.length, cols };
}

function sumSparse(
  { indptr, indices, values, cols }: NonNullable<Features["sparse"]>,
  rows: Rows,
  scale: number,
): NonNullable<Features["sparse"]> {
  const ends = new Uint32Array(rows.length + 1);
  const columns = [] as number[];
  const sums = [] as number[];
  rows.forEach((row, i) => {
    const merged = new Map<number, number>();
    for (const place of row) {
      for (let k = indptr[place]!; k < indptr[place + 1]!; k++) {
        merged.set(indices[k]!, (merged.get(indices[k]!) ?? 0) + scale * values[k]!);
      }
    }
    for (const [column, sum] of [...merged].sort(([a], [b]) => a - b)) {
      columns.push(column);
      sums.push(sum);
    }
    ends[i + 1] = columns.length;
  });
  return {
    indptr: ends,
    indices: Uint32Array.from(columns),
    values: Float32Array.from(sums),
    rows: rows.length,
    cols,
  };
}
