import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { SlotWords } from "../../data/template.ts";
import { composeEncoders } from "../../encoders/compose.ts";
import type { Encoder } from "../../encoders/encoder.ts";
import { openStaticEncoder } from "../../encoders/lite/static.ts";
import { openEncoder, type OpenEncoderOptions } from "../../encoders/open.ts";
import type { WordmapTerms } from "../../mapper/wordmap.ts";
import { openSpanEncoder } from "./span_encoder.ts";
import { openTermEncoder } from "./terms.ts";

/** What people who know a field wrote down of it. */
export interface EvidenceWords {
  /** Terms by action, or null. No mapper sees them. */
  readonly lexicon: Readonly<Record<string, WordmapTerms>> | null;
  readonly slots: readonly SlotWords[];
}

/** Weight of the lexicon beside vectors of length one. */
const TERM_WEIGHT = 4;

/** What a spec ends in where there is a lexicon. */
const TERMS = `+terms*${TERM_WEIGHT}`;

/** What evidence reads. */
export interface EvidenceSpec {
  /**
   * Encoder of the spans. Default: `lite`, which has a way of its own with spans that takes microseconds;
   * any other reads each span as a text, dozens a prompt.
   */
  readonly spec?: string;
  /** Encoder that also sees each word in its prompt, one run a prompt. Default: none does. */
  readonly context?: string;
}

/** An encoder of spans and, for contextual evidence, of words in their prompt ({@linkcode Encoder.words}). */
export interface EvidenceEncoder extends Encoder {
  /** Spec of the encoder of the words; absent where evidence is static. */
  readonly context?: string;
}

/**
 * The encoder that evidence reads spans with, and the terms of the field beside it.
 *
 * @throws {MicroLmError} Kind `usage` if the encoder of the context gives no vectors of words; what opening
 * an encoder throws.
 *
 * @example
 * ```ts
 * import { openEvidenceEncoder } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openEvidenceEncoder({ lexicon: null, slots: [] });
 * const { sparse } = await encoder.encode(["pay back", "pay"]);
 * assertEquals(sparse!.indptr[1], 1); // the span as a whole
 * ```
 */
export async function openEvidenceEncoder(
  words: EvidenceWords,
  { spec = "lite", context }: EvidenceSpec = {},
  options: OpenEncoderOptions = {},
): Promise<EvidenceEncoder> {
  const spans = await openSpans(words, spec, options);
  if (context === undefined) return spans;
  try {
    return withContext(spans, await openWords(context, options), context);
  } catch (error) {
    await spans[Symbol.asyncDispose]();
    throw error;
  }
}

async function openSpans(
  { lexicon, slots }: EvidenceWords,
  spec: string,
  options: OpenEncoderOptions,
): Promise<Encoder> {
  const encoder = spec === "lite"
    ? openSpanEncoder(await openStaticEncoder())
    : await openEncoder(spec, options);
  if (lexicon === null) return { ...encoder, spec };
  const terms = openTermEncoder(lexicon, { slots });
  return composeEncoders([
    { encoder, weight: 1 },
    { encoder: terms, weight: TERM_WEIGHT },
  ], `${spec}${TERMS}`);
}

async function openWords(spec: string, options: OpenEncoderOptions): Promise<Encoder> {
  const encoder = await openEncoder(spec, options);
  try {
    requireWords(encoder);
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
  return encoder;
}

/**
 * Refuses an encoder that contextual evidence can do nothing with.
 *
 * @throws {MicroLmError} Kind `usage` if it gives no vectors of words.
 *
 * @example
 * ```ts
 * import { MicroLmError, openEncoder } from "micro-lm";
 * import { requireWords } from "micro-lm/rails";
 * import { assertThrows } from "@std/assert";
 *
 * await using encoder = await openEncoder("lite");
 * assertThrows(() => requireWords(encoder), MicroLmError, "no vectors of words");
 * ```
 */
export function requireWords({ spec, words }: Pick<Encoder, "spec" | "words">): void {
  if (words) return;
  throw new MicroLmError("usage", `Encoder "${spec}" gives no vectors of words in their prompt`, {
    hint: "use-lite does, and models in a folder or from the hub; or take --evidence static",
  });
}

/** One fingerprint for both: evidence is bound to all that it reads. */
function withContext(spans: Encoder, context: Encoder, spec: string): EvidenceEncoder {
  const { words, runtime, dtype } = context;
  return {
    ...spans,
    fingerprint: sha256Hex(`context 1 ${spans.fingerprint} ${context.fingerprint}`),
    ...(runtime && { runtime }),
    ...(dtype && { dtype }),
    ...(words && { words }),
    context: spec,
    [Symbol.asyncDispose]: async () => {
      await spans[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}

/** The spec that an encoder of spans was opened with. */
export function specOf({ spec }: Pick<Encoder, "spec">): string {
  return spec.endsWith(TERMS) ? spec.slice(0, -TERMS.length) : spec;
}
