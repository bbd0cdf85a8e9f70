import { Tokenizer } from "@huggingface/tokenizers";
import { MicroLmError } from "../../core/errors.ts";
import { countWithin, type WordTokens } from "../words.ts";
import type { SentenceTransformerFiles } from "./files.ts";
import { understood, unknownIds, withoutLimits } from "./tokens.ts";
import type { TextTokens } from "./tokens.ts";

/** Token ids of words, and which belong to which. */
export interface TokenizedWords extends WordTokens {
  readonly tokens: TextTokens;
}

/** Words whose ids are remembered: prompts share most of theirs. */
const MOST_WORDS = 20_000;

/** What tells how a tokenizer joins words. */
const PROBE = ["deposit", "some", "funds"] as const;

/**
 * Makes the tokenizer of a model for words: each is cut into tokens by itself, as it would be in a text
 * of words and single spaces, with the model's prompt before them and its special tokens around. Tokens
 * beyond `maxSeqLength` are not read.
 *
 * @throws {MicroLmError} Kind `data` if the tokenizer is not understood, or does not keep words apart.
 */
export function createWordTokenizer(
  files: SentenceTransformerFiles,
): (words: readonly string[]) => TokenizedWords {
  const file = `${files.transformer}/tokenizer.json`;
  const tokenizer = understood(
    file,
    () => new Tokenizer(withoutLimits(files.tokenizer), files.tokenizerSettings),
  );
  const known = unknownIds(files.tokenizer);
  const body = (text: string): readonly number[] =>
    understood(file, () => known(tokenizer.encode(text, { add_special_tokens: false }).ids));
  const [first, ...others] = PROBE;
  const whole = body(PROBE.join(" ")).join();
  const space = ["", " "].find((before) =>
    [...body(first), ...others.flatMap((word) => body(before + word))].join() === whole
  );
  if (space === undefined) {
    throw new MicroLmError("data", "Expected a tokenizer that keeps words apart", {
      at: { file },
      hint: "Its words have no vectors of their own: use static evidence",
    });
  }
  const { head, tail } = specialsOf(tokenizer, known, body(first));
  const memory = new Map<string, readonly number[]>();
  const piecesOf = (word: string, at: number) => {
    const text = (at === 0 ? "" : space) + (files.lowerCase ? word.toLowerCase() : word);
    const found = memory.get(text) ?? body(text);
    if (memory.size >= MOST_WORDS) memory.clear();
    memory.set(text, found);
    return found;
  };
  const prompt = files.prompt.trim() === "" ? [] : files.prompt.trim().split(/\s+/);
  return (words) => {
    const pieces = [...prompt, ...words].map(piecesOf);
    const counts = countWithin(pieces, files.maxSeqLength - head.length - tail.length);
    const kept = pieces.flatMap((own, i) => own.slice(0, counts[i]!));
    const ids = BigInt64Array.from([...head, ...kept, ...tail], BigInt);
    const before = counts.splice(0, prompt.length).reduce((sum, count) => sum + count, 0);
    return {
      tokens: { ids, typeIds: new BigInt64Array(ids.length) },
      start: head.length + before,
      counts,
    };
  };
}

/** The special tokens before and after a text. */
function specialsOf(
  tokenizer: Tokenizer,
  known: (ids: readonly number[]) => number[],
  text: readonly number[],
): { readonly head: readonly number[]; readonly tail: readonly number[] } {
  const all = known(tokenizer.encode(PROBE[0]).ids);
  let start = 0;
  while (start + text.length < all.length && !text.every((id, i) => all[start + i] === id)) start++;
  return { head: all.slice(0, start), tail: all.slice(start + text.length) };
}
