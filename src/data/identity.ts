import { sha256Hex } from "../core/hash.ts";
import type { Features } from "../core/matrix.ts";
import { foldText } from "./fold_text.ts";

/** Apostrophes within words vanish; a comma or point between digits and a sign before one stay. */
const QUOTES = /(?<=\p{L})['’‘`´](?=\p{L})/gu;
const PUNCTUATION = /(?:(?!%)[\p{P}•◦▪‣`´^~|<>])+/gu;
const KEPT = /^[.,]$/;
const DIGIT = /\d/;

/**
 * The normal form of a prompt: equal for texts that differ only by Unicode form, invisible characters,
 * case, punctuation, bullets, quotes and spacing. Empty for a prompt of nothing else.
 *
 * @example
 * ```ts
 * import { normalForm } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(normalForm("- “Deposit”  1,000.5 ETH now!\u200B"), "deposit 1,000.5 eth now");
 * assertEquals(normalForm("???"), "");
 * ```
 */
export function normalForm(prompt: string): string {
  return foldText(prompt).replace(QUOTES, "").replace(
    PUNCTUATION,
    (run, at: number, text: string) => {
      const before = text[at - 1] ?? " ";
      const after = text[at + run.length] ?? " ";
      if (KEPT.test(run) && DIGIT.test(before) && DIGIT.test(after)) return run;
      return run === "-" && before === " " && DIGIT.test(after) ? run : " ";
    },
  ).replace(/ +/g, " ").trim();
}

/**
 * A key of each row's vector: equal keys, equal vectors bit for bit.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { vectorKeys } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openEncoder("ngram");
 * const [a, b, c] = vectorKeys(await encoder.encode(["swap 2 ETH", "swap 2 eth", "stake"]));
 * assertEquals([a === b, a === c], [true, false]);
 * ```
 */
export function vectorKeys({ rows, dense, sparse }: Features): string[] {
  return Array.from({ length: rows }, (_, row) => {
    const parts: Uint8Array[] = [];
    if (dense) parts.push(bytesOf(dense.data, row * dense.cols, (row + 1) * dense.cols));
    if (sparse) {
      const from = sparse.indptr[row]!;
      const to = sparse.indptr[row + 1]!;
      parts.push(bytesOf(sparse.indices, from, to), bytesOf(sparse.values, from, to));
    }
    return sha256Hex(...parts).slice(0, 16);
  });
}

function bytesOf(data: Float32Array | Uint32Array, from: number, to: number): Uint8Array {
  const part = data.subarray(from, to);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

/**
 * Joins rows that share a key of any kind, and rows that share one with those.
 *
 * @param kinds Lists of keys, one key a row each; the empty key joins nothing beyond the first list.
 * @returns The name of each row's set: the least key of the first list in it, whatever the order.
 *
 * @example
 * ```ts
 * import { joinRows } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const [forms, vectors] = [["a", "b", "c", "a"], ["1", "2", "2", ""]];
 * assertEquals(joinRows([forms, vectors]), ["a", "b", "b", "a"]);
 * ```
 */
export function joinRows(kinds: readonly (readonly string[])[]): string[] {
  const [first = []] = kinds;
  const parent = Uint32Array.from(first.keys());
  const find = (row: number) => {
    while (parent[row] !== row) row = parent[row] = parent[parent[row]!]!;
    return row;
  };
  kinds.forEach((keys, kind) => {
    const seen = new Map<string, number>();
    keys.forEach((key, row) => {
      if (key === "" && kind > 0) return;
      const other = seen.get(key);
      if (other === undefined) seen.set(key, row);
      else parent[find(row)] = find(other);
    });
  });
  const names = new Map<number, string>();
  first.forEach((key, row) => {
    const root = find(row);
    const name = names.get(root);
    if (name === undefined || key < name) names.set(root, key);
  });
  return Array.from(first, (_, row) => names.get(find(row))!);
}

/**
 * The identity of each prompt: rows with the same normal form, or with the same vector where vectors are
 * at hand, are one prompt. The one answer of this project to "is this row a copy?".
 *
 * @param vectors Of each prompt, as {@linkcode vectorKeys} gives them.
 *
 * @example
 * ```ts
 * import { identifyPrompts } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(identifyPrompts(["Hello!", "hello\u00AD", "bye"]), ["hello", "hello", "bye"]);
 * ```
 */
export function identifyPrompts(
  prompts: readonly string[],
  vectors?: readonly string[],
): string[] {
  const forms = prompts.map(normalForm);
  return joinRows(vectors ? [forms, vectors] : [forms]);
}

/** What makes rows depend on each other. */
export interface GroupBy {
  /** Reduces a prompt to its template. */
  readonly mask: (prompt: string) => string;
  /** Of each prompt, as {@linkcode vectorKeys} gives them. */
  readonly vectors?: readonly string[];
  /** A group that the file names for each row, instead of the template; empty for none. */
  readonly column?: readonly string[];
}

/**
 * The group of each prompt: what shares a template, or the group that the file names, belongs together,
 * and so do copies of one prompt.
 *
 * @example
 * ```ts
 * import { createMasker, groupPrompts } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b, c] = groupPrompts(["pay 3 ETH", "Pay 40 eth!", "stop"], { mask: createMasker([]) });
 * assertEquals([a === b, a === c], [true, false]);
 * ```
 */
export function groupPrompts(
  prompts: readonly string[],
  { mask, vectors, column }: GroupBy,
): string[] {
  const forms = prompts.map(normalForm);
  const above = prompts.map((prompt, row) => {
    const named = column?.[row] ?? "";
    return named === "" ? `template ${normalForm(mask(prompt))}` : `group ${named}`;
  });
  return joinRows([forms, ...(vectors ? [vectors] : []), above]);
}
