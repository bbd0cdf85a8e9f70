import { Tokenizer } from "@huggingface/tokenizers";
import { MicroLmError } from "../../core/errors.ts";
import type { SentenceTransformerFiles } from "./files.ts";

/** Token ids of one text, and the segment that each belongs to. */
export interface TextTokens {
  readonly ids: BigInt64Array;
  readonly typeIds: BigInt64Array;
}

/**
 * Makes the tokenizer of a model: text to token ids, special tokens included, at most `maxSeqLength`.
 *
 * A longer text loses its end; the special tokens stay around what is left. The limits and the padding
 * that `tokenizer.json` may contain are those of one training run and are ignored, as the reference
 * does. Blank texts have no tokens.
 *
 * @throws {MicroLmError} Kind `data` if `tokenizer.json` is not understood or leaves no room for text.
 */
export function createTextTokenizer(
  files: SentenceTransformerFiles,
): (text: string) => TextTokens | undefined {
  const file = `${files.transformer}/tokenizer.json`;
  const tokenizer = understood(
    file,
    () => new Tokenizer(withoutLimits(files.tokenizer), files.tokenizerSettings),
  );
  const special = understood(file, () => tokenizer.encode("").ids.length);
  if (special >= files.maxSeqLength) {
    throw new MicroLmError(
      "data",
      `Expected a sequence length above its ${special} special tokens, found ${files.maxSeqLength}`,
      { at: { file: files.transformer } },
    );
  }
  const known = unknownIds(files.tokenizer);
  const tokensOf = (text: string) => {
    const trimmed = text.trim();
    if (trimmed === "") return undefined;
    const whole = files.prompt + (files.lowerCase ? trimmed.toLowerCase() : trimmed);
    const { ids: found, token_type_ids } = tokenizer.encode(whole, {
      return_token_type_ids: true,
    });
    const ids = known(found);
    if (ids.length === 0) return undefined;
    const body = () => known(tokenizer.encode(whole, { add_special_tokens: false }).ids);
    const kept = keptPositions(ids, body, files.maxSeqLength);
    if (ids.some((id) => !Number.isInteger(id))) {
      throw new MicroLmError("data", "Expected an id for every token, or an unknown token", {
        at: { file },
      });
    }
    return {
      ids: BigInt64Array.from(kept, (i) => BigInt(ids[i]!)),
      typeIds: BigInt64Array.from(kept, (i) => BigInt(token_type_ids?.[i] ?? 0)),
    };
  };
  return (text) => understood(file, () => tokensOf(text));
}

/** The library meets what it does not expect in a file when it gets there: at the start, or at a text. */
export function understood<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof MicroLmError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Cannot use the tokenizer: ${reason}`, { at: { file }, cause });
  }
}

/** The library knows no unknown words of a `WordLevel` model: they have no id. */
export function unknownIds(
  { model }: Record<string, unknown>,
): (ids: readonly number[]) => number[] {
  const { type, vocab, unk_token } = model as {
    readonly type?: unknown;
    readonly vocab?: Readonly<Record<string, number>>;
    readonly unk_token?: string;
  };
  const unknown = type === "WordLevel" && unk_token !== undefined ? vocab?.[unk_token] : undefined;
  return (ids) => unknown === undefined ? [...ids] : ids.map((id) => id ?? unknown);
}

export function withoutLimits(tokenizer: Record<string, unknown>): Record<string, unknown> {
  return { ...tokenizer, truncation: null, padding: null };
}

/** Positions of the special tokens and of as much text as fits between them. */
function keptPositions(
  ids: readonly number[],
  body: () => readonly number[],
  limit: number,
): number[] {
  const all = [...ids.keys()];
  if (ids.length <= limit) return all;
  const text = body();
  const startsAt = (start: number) => text.every((id, i) => ids[start + i] === id);
  let prefix = 0;
  while (prefix < ids.length - text.length && !startsAt(prefix)) prefix++;
  const suffix = ids.length - text.length - prefix;
  return [...all.slice(0, limit - suffix), ...all.slice(ids.length - suffix)];
}
