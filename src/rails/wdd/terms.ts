import type { Encoder } from "../../encoders/encoder.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { WordmapTerms } from "../../mapper/wordmap.ts";
import { createSpanReader, type CreateSpanReaderOptions } from "../spans.ts";

/**
 * An encoder that knows the terms of a lexicon and nothing else: a text that is a term has a one in the
 * column of its class and strength. Put beside another encoder it lets spans say what people who know the
 * field wrote down, beside what training prompts show. Two dense columns a class; most texts are zero.
 *
 * @param lexicon Terms by class; columns are in the order of their names.
 * @param options As for the spans that will be encoded, so that terms are read the same way.
 *
 * @example
 * ```ts
 * import { openTermEncoder } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const lexicon = { swap: { strong: ["trade"], weak: ["for"] } };
 * await using encoder = openTermEncoder(lexicon);
 * const { dense } = await encoder.encode(["trade", "for", "moon"]);
 * assertEquals([...dense!.data], [1, 0, 0, 1, 0, 0]);
 * ```
 */
export function openTermEncoder(
  lexicon: Readonly<Record<string, WordmapTerms>>,
  options: CreateSpanReaderOptions = {},
): Encoder {
  const read = createSpanReader({ ...options, maxTokens: 1 });
  const columns = new Map<string, Set<number>>();
  const labels = Object.keys(lexicon).sort();
  labels.map((label) => lexicon[label]!).forEach(({ strong, weak }, label) => {
    for (const [offset, terms] of [strong, weak].entries()) {
      for (const term of terms) {
        const text = read(term).tokens.join(" ");
        columns.set(text, (columns.get(text) ?? new Set()).add(2 * label + offset));
      }
    }
  });
  const cols = 2 * labels.length;
  return {
    spec: "terms",
    fingerprint: sha256Hex("terms 2 ", canonicalJson({ lexicon, options })),
    dims: cols,
    encode: (texts) => {
      const data = new Float32Array(texts.length * cols);
      texts.forEach((text, i) => {
        for (const column of columns.get(text) ?? []) data[i * cols + column] = 1;
      });
      return Promise.resolve({ rows: texts.length, dense: { data, rows: texts.length, cols } });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
