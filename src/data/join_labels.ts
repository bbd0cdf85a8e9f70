import { MicroLmError } from "../core/errors.ts";
import { quoteDifference } from "../core/shorten.ts";
import { readCsv } from "./csv/csv.ts";
import {
  canonicalText,
  createDataset,
  type Dataset,
  hashRows,
  type RawRow,
  type Row,
} from "./dataset.ts";
import type { ReadOptions } from "./records.ts";

/** Labels of prompts that stand in another file. */
export interface LabelList extends Omit<Dataset, "rows" | "sha256"> {
  readonly rows: readonly LabelRow[];
}

/** A label; the prompt is null where the file has none. */
export interface LabelRow extends Omit<Row, "prompt"> {
  readonly prompt: string | null;
}

/**
 * Reads the labels of prompts: as {@linkcode readLabeledCsv} does with empty rows kept, and also a table
 * without a column for the prompt, whose rows stand in the order of the prompts.
 *
 * @throws {MicroLmError} As {@linkcode readCsv}; kind `data` for an id that occurs twice.
 */
export async function readLabels(path: string, options: ReadOptions = {}): Promise<LabelList> {
  const notes: string[] = [];
  const raw: (Omit<RawRow, "prompt"> & { readonly prompt: string | undefined })[] = [];
  const onNote = (note: string) => notes.push(note);
  const { group } = options;
  for await (const { line, fields } of readCsv(path, { ...options, required: ["label"], onNote })) {
    const { prompt, label, id } = fields;
    raw.push({ line, prompt, label, id, group: group && fields[group] });
  }
  const isAlone = raw.length > 0 && raw[0]!.prompt === undefined;
  const rows = raw.map((row): RawRow => ({ ...row, prompt: row.prompt ?? "" }));
  const labels = createDataset(path, rows, {
    empty: "keep",
    repeatedIds: "refuse",
    notes: isAlone
      ? [...notes, "has labels alone: they are given to the prompts row by row"]
      : notes,
    labeled: true,
  });
  if (!isAlone) return labels;
  return {
    ...labels,
    rows: labels.rows.map((row) => ({ ...row, prompt: null })),
    skipped: { ...labels.skipped, emptyPrompts: [] },
  };
}

/**
 * Gives prompts the labels of another file: by id where both files have ids of their own, else by
 * position. Texts are compared where both files have them, never used as keys, so duplicates are safe.
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
export function joinLabels(prompts: Dataset, labels: LabelList): Dataset {
  if (prompts.rows.length !== labels.rows.length) {
    throw new MicroLmError(
      "data",
      `Expected ${prompts.rows.length} labels as in "${prompts.source}", found ${labels.rows.length}`,
      {
        at: { file: labels.source },
        hint: 'The two files must list the same rows; write "" for a row without a label',
      },
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
    const group = row.group ?? other.group;
    const joined = { ...row, label: other.label, ...(group !== undefined && { group }) };
    if (other.prompt === null) return joined;
    const mine = canonicalText(row.prompt).trim();
    const theirs = canonicalText(other.prompt).trim();
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
    return joined;
  });
  return {
    ...prompts,
    rows,
    sha256: hashRows(rows),
    skipped: { ...prompts.skipped, emptyLabels: labels.skipped.emptyLabels },
    notes: [...new Set([...prompts.notes ?? [], ...labels.notes ?? []])],
  };
}
