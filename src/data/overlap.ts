import { createHash } from "node:crypto";
import type { Dataset } from "./dataset.ts";
import { normalForm } from "./identity.ts";
import { shorten } from "../core/shorten.ts";
import type { Masker } from "./template.ts";

/**
 * What has to be remembered of a training set to find its traces in another set, and to answer by
 * lookup alone. Plain JSON: it is part of the mapper artifact.
 */
export interface OverlapIndex {
  /** First 8 bytes of the sha256 of each distinct prompt in its normal form, sorted; base64. */
  readonly exact: string;
  /** The same of each distinct template. */
  readonly template: string;
  /** The same of each distinct vector key; empty where vectors were not at hand. */
  readonly vectors: string;
  /** Labels that the tables point into. */
  readonly labels: readonly string[];
  /** Most frequent label by the first two words of the template. */
  readonly two_words: Readonly<Record<string, number>>;
  /** Most frequent label by the first word. */
  readonly first_word: Readonly<Record<string, number>>;
  /** Most frequent label of all. */
  readonly majority: number;
}

/** How many evaluation rows have a trace in the training set. */
export interface OverlapCount {
  readonly count: number;
  /** Share of the evaluation rows. */
  readonly rate: number;
  /** Five of them at most. */
  readonly examples: readonly string[];
}

/** Overlap between a training set and an evaluation set. */
export interface Overlap {
  readonly rows: number;
  /** Same prompt: same normal form, or same vector where vectors are at hand. */
  readonly exact: OverlapCount;
  /** Same template: numbers and slot words masked. Copies have the same template, too. */
  readonly template: OverlapCount;
}

/** Accuracy of answering by table over the labelled rows. */
export interface LookupBaseline {
  readonly labeled: number;
  /** Table of the first two words, then of the first, then the most frequent label. */
  readonly two_words: LookupAccuracy;
  /** Table of the first word, then the most frequent label. */
  readonly first_word: LookupAccuracy;
}

/** Right answers of a table; accuracy is null without labelled rows. */
export interface LookupAccuracy {
  readonly correct: number;
  readonly accuracy: number | null;
}

const HASH_BYTES = 8;
const EXAMPLES = 5;
const MAX_KEY = 80;

/**
 * Summarises a training set. Rows without a label take part in the overlap only.
 *
 * @param vectors Key of each row's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, createOverlapIndex } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const index = createOverlapIndex(data, createMasker([]));
 * assertEquals(index.labels[index.first_word["deposit"]!], "deposit_asset");
 * ```
 */
export function createOverlapIndex(
  dataset: Dataset,
  mask: Masker,
  vectors: readonly string[] = [],
): OverlapIndex {
  const templates = dataset.rows.map((row) => mask(row.prompt));
  const labels = [...new Set(dataset.rows.flatMap((row) => row.label ?? []))].sort();
  const two = new Tally(labels.length);
  const first = new Tally(labels.length);
  const all = new Tally(labels.length);
  dataset.rows.forEach((row, i) => {
    if (row.label === null) return;
    const label = labels.indexOf(row.label);
    two.add(firstWords(templates[i]!, 2), label);
    first.add(firstWords(templates[i]!, 1), label);
    all.add("", label);
  });
  return {
    exact: packHashes(dataset.rows.map((row) => normalForm(row.prompt))),
    template: packHashes(templates.map(normalForm)),
    vectors: packHashes(vectors),
    labels,
    two_words: two.winners(),
    first_word: first.winners(),
    majority: all.winners()[""] ?? 0,
  };
}

/** Which rows have a trace in a training set: one flag a row. */
export interface OverlapFlags {
  readonly exact: readonly boolean[];
  /** True also where `exact` is. */
  readonly template: readonly boolean[];
}

/**
 * Tells which prompts the training set holds, literally and as templates.
 *
 * @param vectors Key of each prompt's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, createOverlapIndex, flagOverlap } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const mask = createMasker([]);
 * const prompts = [`${data.rows[0]!.prompt}\u200B!`, "never seen"];
 * const { exact } = flagOverlap(createOverlapIndex(data, mask), prompts, mask);
 * assertEquals(exact, [true, false]);
 * ```
 */
export function flagOverlap(
  index: OverlapIndex,
  prompts: readonly string[],
  mask: Masker,
  vectors: readonly string[] = [],
): OverlapFlags {
  const forms = unpackHashes(index.exact);
  const templates = unpackHashes(index.template);
  const known = unpackHashes(index.vectors);
  const exact = prompts.map((prompt, row) => {
    const vector = vectors[row];
    return forms.has(hash(normalForm(prompt))) || (vector !== undefined && known.has(hash(vector)));
  });
  const template = prompts.map((prompt, row) =>
    exact[row]! || templates.has(hash(normalForm(mask(prompt))))
  );
  return { exact, template };
}

/**
 * Counts the evaluation rows that the training set holds, literally and as templates.
 *
 * @param vectors Key of each row's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, createOverlapIndex, measureOverlap } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const mask = createMasker([]);
 * const index = createOverlapIndex({ ...data, rows: data.rows.slice(1) }, mask);
 * const { rows, exact } = measureOverlap(index, data, mask);
 * assertEquals(rows - exact.count, 1);
 * ```
 */
export function measureOverlap(
  index: OverlapIndex,
  dataset: Dataset,
  mask: Masker,
  vectors: readonly string[] = [],
): Overlap {
  const rows = dataset.rows.length;
  const flags = flagOverlap(index, dataset.rows.map((row) => row.prompt), mask, vectors);
  const count = (flagged: readonly boolean[]): OverlapCount => {
    const found = dataset.rows.filter((_, row) => flagged[row]);
    return {
      count: found.length,
      rate: rows === 0 ? 0 : found.length / rows,
      examples: found.slice(0, EXAMPLES).map((row) => shorten(row.prompt, 200)),
    };
  };
  return { rows, exact: count(flags.exact), template: count(flags.template) };
}

/**
 * What a table of first words learnt from the training set would score: the baseline that a mapper has
 * to beat before its accuracy means anything.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { createMasker, createOverlapIndex, lookupBaseline } from "micro-lm/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const mask = createMasker([]);
 * const { labeled, two_words } = lookupBaseline(createOverlapIndex(data, mask), data, mask);
 * assertEquals(labeled, data.rows.length);
 * assert(two_words.accuracy! > 0.5);
 * ```
 */
export function lookupBaseline(
  index: OverlapIndex,
  dataset: Dataset,
  mask: Masker,
): LookupBaseline {
  const labeled = dataset.rows.filter((row) => row.label !== null);
  const score = (words: 1 | 2): LookupAccuracy => {
    const correct = labeled.filter((row) => lookUp(index, mask(row.prompt), words) === row.label);
    return {
      correct: correct.length,
      accuracy: labeled.length === 0 ? null : correct.length / labeled.length,
    };
  };
  return { labeled: labeled.length, two_words: score(2), first_word: score(1) };
}

function lookUp(index: OverlapIndex, template: string, words: 1 | 2): string | undefined {
  const find = (table: Readonly<Record<string, number>>, key: string) =>
    Object.hasOwn(table, key) ? table[key] : undefined;
  const label = (words === 2 ? find(index.two_words, firstWords(template, 2)) : undefined) ??
    find(index.first_word, firstWords(template, 1)) ?? index.majority;
  return index.labels[label];
}

/** Cut off, so that a prompt without spaces does not become part of the artifact. */
function firstWords(template: string, words: number): string {
  return template.slice(0, MAX_KEY).split(" ", words).join(" ").toWellFormed();
}

/** Counts labels by key. */
class Tally {
  readonly #counts = new Map<string, Uint32Array>();
  readonly #labels: number;

  constructor(labels: number) {
    this.#labels = labels;
  }

  add(key: string, label: number): void {
    const counts = this.#counts.get(key) ?? new Uint32Array(this.#labels);
    counts[label]!++;
    this.#counts.set(key, counts);
  }

  /** The most frequent label of each key, ties to the first; keys sorted. */
  winners(): Record<string, number> {
    const keys = [...this.#counts.keys()].sort();
    // No prototype: a prompt may begin with "__proto__".
    const winners: Record<string, number> = Object.create(null);
    for (const key of keys) {
      const counts = this.#counts.get(key)!;
      winners[key] = counts.indexOf(Math.max(...counts));
    }
    return winners;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest().subarray(0, HASH_BYTES).toString("hex");
}

function packHashes(texts: readonly string[]): string {
  const distinct = [...new Set(texts.map(hash))].sort();
  return Uint8Array.fromHex(distinct.join("")).toBase64();
}

function unpackHashes(packed: string): Set<string> {
  const hex = Uint8Array.fromBase64(packed).toHex();
  return new Set(hex.match(/.{16}/g) ?? []);
}
