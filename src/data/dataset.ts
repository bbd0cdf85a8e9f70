import { createHash } from "node:crypto";
import { MicroLmError } from "../core/errors.ts";
import { readCsv } from "./csv.ts";
import { identifyPrompts } from "./identity.ts";
import { readJsonl, readLines } from "./jsonl.ts";
import { quoteDifference } from "../core/shorten.ts";

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
}

/** Rows that carry less than a prompt and a label, by line. */
export interface SkippedRows {
  readonly emptyPrompts: readonly number[];
  readonly emptyLabels: readonly number[];
}

/** Options of {@linkcode readPrompts}. */
export interface ReadPromptsOptions {
  /** CSV column that says which rows belong together. Default: none. */
  readonly group?: string;
}

/** Options of {@linkcode readLabeledCsv}. */
export interface ReadLabeledCsvOptions extends ReadPromptsOptions {
  /**
   * What happens to a row without prompt or label: `skip` leaves it out (training), `keep` keeps it
   * (evaluation: an empty prompt must abstain). Both list its line. Default: `skip`.
   */
  readonly empty?: "skip" | "keep";
}

interface RawRow {
  readonly line: number;
  readonly prompt: string;
  readonly id?: string | undefined;
  readonly label?: string | undefined;
  readonly group?: string | undefined;
}

/**
 * Reads a CSV file with the columns `prompt` and `label` (and `id`, if it has one).
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
  { empty = "skip", group }: ReadLabeledCsvOptions = {},
): Promise<Dataset> {
  const rows: RawRow[] = [];
  const required = ["prompt", "label", ...(group === undefined ? [] : [group])];
  for await (const { line, fields } of readCsv(path, { required })) {
    rows.push(rawRow(line, fields, group));
  }
  return createDataset(path, rows, empty, true);
}

/**
 * Reads prompts, with labels where the file has them: `.csv` (column `prompt`), `.txt` (one a line),
 * anything else as JSONL; `-` is JSONL on standard input. Empty prompts stay: they must abstain.
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
export async function readPrompts(
  path: string,
  { group }: ReadPromptsOptions = {},
): Promise<Dataset> {
  const rows: RawRow[] = [];
  if (path.endsWith(".csv")) {
    const required = ["prompt", ...(group === undefined ? [] : [group])];
    for await (const { line, fields } of readCsv(path, { required })) {
      rows.push(rawRow(line, fields, group));
    }
  } else if (path.endsWith(".txt")) {
    let line = 0;
    for await (const prompt of readLines(path)) rows.push({ line: ++line, prompt });
  } else {
    for await (const row of readJsonl(path)) rows.push(row);
  }
  return createDataset(path, rows, "keep", rows.some((row) => (row.label ?? "") !== ""));
}

function rawRow(
  line: number,
  fields: Readonly<Record<string, string>>,
  group: string | undefined,
): RawRow {
  const { prompt, label, id } = fields;
  return { line, prompt: prompt!, label, id, group: group && fields[group] };
}

function createDataset(
  source: string,
  raw: readonly RawRow[],
  empty: "skip" | "keep",
  labeled: boolean,
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
  const explicitIds = kept.every((row) => (row.id ?? "") !== "");
  const rows = kept.map(({ line, prompt, label, id, group }, i): Row => ({
    id: explicitIds ? id! : String(i + 1),
    line,
    prompt,
    label: (label ?? "").trim() === "" ? null : label!.trim(),
    ...(group !== undefined && { group: group.trim() }),
  }));
  if (explicitIds) checkIds(source, rows);
  return {
    source,
    rows,
    sha256: hashRows(rows),
    explicitIds,
    skipped: {
      emptyPrompts: noPrompt.map((row) => row.line),
      emptyLabels: noLabel.map((row) => row.line),
    },
  };
}

function checkIds(source: string, rows: readonly Row[]): void {
  const lines = new Map<string, number>();
  for (const { id, line } of rows) {
    const first = lines.get(id);
    if (first !== undefined) {
      throw new MicroLmError("data", `Expected unique ids, found "${id}" on line ${first} too`, {
        at: { file: source, line },
      });
    }
    lines.set(id, line);
  }
}

/** JSON keeps the boundaries of texts unambiguous; sorted, so that the order of the rows is no news. */
function hashRows(rows: readonly Row[]): string {
  const lines = rows.map(({ prompt, label }) => JSON.stringify([canonical(prompt), label])).sort();
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest("hex");
}

/** JSONL keeps CRLF within a prompt, CSV reads it as a line feed: the text is the same. */
function canonical(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/**
 * Gives prompts the labels of another file: by id where both files have ids of their own, else by
 * position. Texts are compared, never used as keys, so duplicates are safe.
 *
 * @throws {MicroLmError} Kind `data` if the files differ in length, ids or texts.
 *
 * @example
 * ```ts
 * import { joinLabels, readLabeledCsv, readPrompts } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = await readPrompts("fixtures/defi/defi_mapper_stress_prompts.jsonl");
 * const labels = await readLabeledCsv("fixtures/defi/defi_mapper_stress_labeled.csv");
 * assertEquals(joinLabels(prompts, labels).rows[0]?.label, "deposit_asset");
 * ```
 */
export function joinLabels(prompts: Dataset, labels: Dataset): Dataset {
  if (prompts.rows.length !== labels.rows.length) {
    throw new MicroLmError(
      "data",
      `Expected ${prompts.rows.length} labels as in "${prompts.source}", found ${labels.rows.length}`,
      { at: { file: labels.source }, hint: "The two files must list the same rows" },
    );
  }
  const byId = prompts.explicitIds && labels.explicitIds
    ? new Map(labels.rows.map((row) => [row.id, row]))
    : undefined;
  const rows = prompts.rows.map((row, i) => {
    const other = byId ? byId.get(row.id) : labels.rows[i]!;
    if (!other) {
      throw new MicroLmError("data", `Found no label for id "${row.id}"`, {
        at: { file: labels.source },
      });
    }
    const mine = canonical(row.prompt).trim();
    const theirs = canonical(other.prompt).trim();
    if (mine !== theirs) {
      throw new MicroLmError(
        "data",
        `Expected the prompt of ${prompts.source}:${row.line}, ${quoteDifference(mine, theirs)}, ` +
          `found ${quoteDifference(theirs, mine)}`,
        {
          at: { file: labels.source, line: other.line },
          hint: "The two files must list the same rows in the same order, or have ids",
        },
      );
    }
    const group = row.group ?? other.group;
    return { ...row, label: other.label, ...(group !== undefined && { group }) };
  });
  return {
    ...prompts,
    rows,
    sha256: hashRows(rows),
    skipped: { ...prompts.skipped, emptyLabels: labels.skipped.emptyLabels },
  };
}

/** A prompt that occurs with different labels. */
export interface LabelConflict {
  readonly prompt: string;
  readonly lines: readonly number[];
  readonly labels: readonly string[];
}

/**
 * Lists prompts that occur more than once with different labels; copies in the sense of
 * `identifyPrompts` are one prompt. Each is shown as it first stands.
 *
 * @param vectors Key of each row's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { findConflicts } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const again = { ...data.rows[0]!, line: 99, label: "swap_asset" };
 * const [conflict] = findConflicts({ ...data, rows: [...data.rows, again] });
 * assertEquals(conflict?.lines, [2, 99]);
 * assertEquals(conflict?.labels, ["deposit_asset", "swap_asset"]);
 * ```
 */
export function findConflicts(dataset: Dataset, vectors?: readonly string[]): LabelConflict[] {
  const identities = identify(dataset, vectors);
  const numbers = dataset.rows.keys().filter((i) => dataset.rows[i]!.label !== null);
  return [...Map.groupBy(numbers, (i) => identities[i]!).values()].flatMap((members) => {
    const rows = members.map((i) => dataset.rows[i]!);
    const labels = [...new Set(rows.map((row) => row.label!))];
    if (labels.length < 2) return [];
    return [{ prompt: rows[0]!.prompt.trim(), lines: rows.map((row) => row.line), labels }];
  });
}

/**
 * Number of rows whose prompt stood on an earlier row; copies in the sense of `identifyPrompts` count.
 *
 * @param vectors Key of each row's vector, as `vectorKeys` gives them.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { countDuplicates } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * assertEquals(countDuplicates({ ...data, rows: [...data.rows, ...data.rows] }), data.rows.length);
 * ```
 */
export function countDuplicates(dataset: Dataset, vectors?: readonly string[]): number {
  return dataset.rows.length - new Set(identify(dataset, vectors)).size;
}

function identify({ rows }: Dataset, vectors?: readonly string[]): string[] {
  return identifyPrompts(rows.map((row) => row.prompt), vectors);
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
