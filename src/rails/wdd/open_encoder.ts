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

/**
 * The encoder that evidence reads spans with, and the terms of the field beside it.
 *
 * @param spec `lite` has a way of its own with spans, which takes microseconds; any other encoder reads
 * each span as a text, dozens a prompt.
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
  { lexicon, slots }: EvidenceWords,
  spec = "lite",
  options: OpenEncoderOptions = {},
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

/** The spec that an encoder of spans was opened with. */
export function specOf({ spec }: Pick<Encoder, "spec">): string {
  return spec.endsWith(TERMS) ? spec.slice(0, -TERMS.length) : spec;
}
