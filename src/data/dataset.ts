import { createHash } from "node:crypto";
import { MicroLmError } from "../core/errors.ts";
import { shorten } from "../core/shorten.ts";
import { readCsv } from "./csv/csv.ts";
import { type ReadOptions, readRecords } from "./records.ts";

/** A prompt, and what it should become. */
export interface Row {
  /** The file's own id, or the 1-based position among the rows as text. */
  readonly id: string;
  /** Line of the file that the row starts on. */
  readonly line: number;
  readonly prompt: string;
  /** Null where the file has no label. */
  readonly label: string | null;
  /** What the file says belongs together, in a column that was named for it; empty for nothing. */
  readonly group?: string;
}

/** Rows of a file, and what was left out. */
export interface Dataset {
  /** The path. */
  readonly source: string;
  readonly rows: readonly Row[];
  /** Hex sha256 over prompts and labels: the same in any order, for CSV and for JSONL. */
  readonly sha256: string;
  /** True if the ids are the file's own. */
  readonly explicitIds: boolean;
  readonly skipped: SkippedRows;
  /** Sentences about what was taken for granted on reading. Absent: nothing. */
  readonly notes?: readonly string[];
}

/** Rows that carry less than a prompt and a label, by line. */
export interface SkippedRows {
  readonly emptyPrompts: readonly number[];
  readonly emptyLabels: readonly number[];
}

/** Options of {@linkcode readLabeledCsv}. */
export interface ReadLabeledCsvOptions extends ReadOptions {
  /**
   * What happens to a row without prompt or label: `skip` leaves it out (training), `keep` keeps it
   * (evaluation: an empty prompt must abstain). Both list its line. Default: `skip`.
   */
  readonly empty?: "skip" | "keep";
  /**
   * What happens to ids that occur twice: `refuse`, or `number` the rows instead, with a note, where nothing
   * looks rows up by id (training). Default: `refuse`.
   */
  readonly repeatedIds?: "refuse" | "number";
  /** A file without the column of `group` is read without groups. Default: it is refused. */
  readonly mayLackGroup?: boolean;
}

/** A row before it is known which are kept. */
export interface RawRow {
  readonly line: number;
  readonly prompt: string;
  readonly id?: string | undefined;
  readonly label?: string | undefined;
  readonly group?: string | undefined;
}

/**
 * Reads a CSV file with the columns `prompt` and `label` (and `id`, if it has one), or their synonyms.
 *
 * @throws {MicroLmError} As {@linkcode readCsv}, and kind `data` if no row is left or an id occurs twice.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
 * assertEquals(data.rows.length, 1000);
 * assertEquals(data.skipped.emptyPrompts, []);
 * ```
 */
export async function readLabeledCsv(
  path: string,
  { empty = "skip", repeatedIds = "refuse", ...options }: ReadLabeledCsvOptions = {},
): Promise<Dataset> {
  const notes: string[] = [];
  const rows: RawRow[] = [];
  const { group, mayLackGroup = false } = options;
  const required = ["prompt", "label", ...(group === undefined || mayLackGroup ? [] : [group])];
  const csv = { ...options, required, onNote: collect(notes) };
  for await (const { line, fields } of readCsv(path, csv)) {
    const { prompt, label, id } = fields;
    rows.push({ line, prompt: prompt!, label, id, group: group && fields[group] });
  }
  return createDataset(path, rows, { empty, repeatedIds, notes, labeled: true });
}

/**
 * Reads prompts, with labels where the file has them: a table, a line of JSON each or a line of plain text
 * each, as {@linkcode readRecords} finds out; `-` is standard input. Empty prompts stay: they must
 * abstain.
 *
 * @throws {MicroLmError} As {@linkcode readLabeledCsv} and {@linkcode readJsonl}.
 *
 * @example
 * ```ts
 * import { readPrompts } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await readPrompts("fixtures/defi/defi_mapper_stress_prompts.jsonl");
 * assertEquals([rows[0]?.id, rows[0]?.line, rows[0]?.label], ["1", 1, null]);
 * ```
 */
export async function readPrompts(path: string, options: ReadOptions = {}): Promise<Dataset> {
  const notes: string[] = [];
  const rows: RawRow[] = [];
  for await (const row of readRecords(path, { ...options, onNote: collect(notes) })) {
    rows.push(row);
  }
  return createDataset(path, rows, {
    empty: "keep",
    repeatedIds: "refuse",
    notes,
    labeled: rows.some((row) => (row.label ?? "") !== ""),
  });
}

/** A quotation of the same sentence twice helps nobody. */
function collect(notes: string[]): (note: string) => void {
  return (note) => {
    if (!notes.includes(note)) notes.push(note);
  };
}

/** What {@linkcode createDataset} is told beside the rows. */
export interface CreateDatasetOptions {
  readonly empty: "skip" | "keep";
  readonly repeatedIds: "refuse" | "number";
  readonly notes: readonly string[];
  readonly labeled: boolean;
}

/** Makes a data set of the rows of a file. */
export function createDataset(
  source: string,
  raw: readonly RawRow[],
  { empty, repeatedIds, notes, labeled }: CreateDatasetOptions,
): Dataset {
  const noPrompt = raw.filter((row) => row.prompt.trim() === "");
  const noLabel = labeled ? raw.filter((row) => (row.label ?? "").trim() === "") : [];
  const left = new Set(empty === "skip" ? [...noPrompt, ...noLabel] : []);
  const kept = raw.filter((row) => !left.has(row));
  if (kept.length === 0) {
    throw new MicroLmError("data", "Expected at least one row, found none", {
      at: { file: source },
      hint: raw.length > 0 ? `All ${raw.length} rows lack a prompt or a label` : "Add rows",
    });
  }
  const hasIds = kept.every((row) => (row.id ?? "") !== "");
  const twice = hasIds ? findRepeatedId(kept) : undefined;
  if (twice && repeatedIds === "refuse") throw repeatedId(source, twice);
  const explicitIds = hasIds && !twice;
  const rows = kept.map(({ line, prompt, label, id, group }, i): Row => ({
    id: explicitIds ? id! : String(i + 1),
    line,
    prompt,
    label: (label ?? "").trim() === "" ? null : label!.trim(),
    ...(group !== undefined && { group: group.trim() }),
  }));
  return {
    source,
    rows,
    sha256: hashRows(rows),
    explicitIds,
    skipped: {
      emptyPrompts: noPrompt.map((row) => row.line),
      emptyLabels: noLabel.map((row) => row.line),
    },
    notes: twice ? [...notes, `ids occur twice and are not used: ${describeRepeat(twice)}`] : notes,
  };
}

interface RepeatedId {
  readonly id: string;
  readonly first: number;
  readonly line: number;
}

function findRepeatedId(rows: readonly RawRow[]): RepeatedId | undefined {
  const lines = new Map<string, number>();
  for (const { id = "", line } of rows) {
    const first = lines.get(id);
    if (first !== undefined) return { id, first, line };
    lines.set(id, line);
  }
  return undefined;
}

function describeRepeat({ id, first, line }: RepeatedId): string {
  return `"${shorten(id)}" stands on lines ${first} and ${line}`;
}

function repeatedId(source: string, { id, first, line }: RepeatedId): MicroLmError {
  return new MicroLmError("data", `Expected unique ids, found "${id}" on line ${first} too`, {
    at: { file: source, line },
  });
}

/**
 * Hex sha256 over prompts and labels, the same for CSV and JSONL. JSON keeps the boundaries of texts
 * unambiguous; sorted, so that the order of the rows is no news.
 */
export function hashRows(rows: readonly Row[]): string {
  const lines = rows.map(({ prompt, label }) => JSON.stringify([canonicalText(prompt), label]));
  const hash = createHash("sha256");
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest("hex");
}

/** JSONL keeps CRLF within a prompt, CSV reads it as a line feed: the text is the same. */
export function canonicalText(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/**
 * Rewrites all labels.
 *
 * @throws {MicroLmError} What `rewrite` throws, with file and line in front.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { mapLabels } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const { rows } = mapLabels(data, (label) => label.replace("_asset", ""));
 * assertEquals(rows[0]?.label, "deposit");
 * ```
 */
export function mapLabels(dataset: Dataset, rewrite: (label: string) => string): Dataset {
  const rows = dataset.rows.map((row) => {
    if (row.label === null) return row;
    try {
      return { ...row, label: rewrite(row.label) };
    } catch (error) {
      if (!(error instanceof MicroLmError)) throw error;
      throw new MicroLmError(error.kind, error.message, {
        at: { file: dataset.source, line: row.line },
        ...(error.hint ? { hint: error.hint } : {}),
      });
    }
  });
  return { ...dataset, rows, sha256: hashRows(rows) };
}
