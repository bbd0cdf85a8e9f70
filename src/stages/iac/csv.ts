import { readCsv } from "../../data/csv/csv.ts";
import { explainIoError } from "../../core/io_error.ts";
import { shorten } from "../../core/shorten.ts";
import { MicroLmError } from "../../core/errors.ts";
import {
  type FindingField,
  plainName,
  type RawFinding,
  readFinding,
  type ReadFindingsOptions,
  type ScannerFault,
  type ScannerFinding,
  type ScannerFindings,
  type WrongFinding,
} from "./finding_row.ts";

/** Names of columns, ours first; letter case, spaces and hyphens do not count. */
const COLUMNS = {
  file: ["file", "path", "file_path", "filepath", "filename", "script"],
  line: ["line", "line_number", "lineno", "start_line"],
  smell: ["smell", "rule", "category", "smell_type", "code"],
  label: ["label", "verdict", "ground_truth"],
  tech: ["tech", "tool", "technology", "language"],
  content: ["content", "snippet"],
  id: ["id"],
  reason: ["reason", "comment"],
  source: ["source", "labelled_by", "annotator"],
} as const;

const REQUIRED: readonly FindingField[] = ["file", "line", "smell", "label"];

/**
 * Reads the labelled findings of a scanner: columns `file`, `line`, `smell`, `label` (`TP` or `FP`,
 * also in words), under these or other usual names, and if there are `tech`, `content`, `id`, `reason`, `source`.
 * Without `tech` the file's ending tells it. Rows that are wrong come back as faults.
 *
 * @throws {MicroLmError} Kind `data` if a column is missing or two have one meaning, or for broken
 * CSV; `missing` if there is no file.
 *
 * @example
 * ```ts
 * import { readScannerCsv } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const path = ".artifacts/example_findings.csv";
 * await Deno.writeTextFile(path, "path,line_number,rule,label\na/init.pp,3,use of http,maybe\n");
 * const { findings, faults } = await readScannerCsv(path);
 * assertEquals(findings.length, 0);
 * assertEquals(faults[0]!.message, 'Expected the label "TP" or "FP", found "maybe"');
 * assertEquals([faults[0]!.at.line, faults[0]!.at.column], [2, 25]);
 * await Deno.remove(path);
 * ```
 */
export async function readScannerCsv(
  path: string,
  options: ReadFindingsOptions = {},
): Promise<ScannerFindings> {
  const findings: ScannerFinding[] = [];
  const wrong: (WrongFinding & { readonly line: number })[] = [];
  let unmapped = 0;
  let columns: Columns | undefined;
  for await (const { line, fields } of readCsv(path)) {
    columns ??= findColumns(Object.keys(fields), path, REQUIRED);
    const read = readFinding(rawFinding(fields, columns), options);
    if (read === null) unmapped++;
    else if ("message" in read) wrong.push({ line, ...read });
    else findings.push({ at: line, ...read });
  }
  if (!columns) {
    throw new MicroLmError("data", "Expected findings, found none", { at: { file: path } });
  }
  const known = columns;
  let fields: Promise<Locate> | undefined;
  const locate = async (line: number, column: FindingField) => {
    fields ??= fieldLocator(path);
    const index = known[column]?.index ?? known.file!.index;
    return { file: path, line, ...(await fields)(line, index) };
  };
  const faults: ScannerFault[] = [];
  for (const { line, field, message } of wrong) {
    faults.push({ at: await locate(line, field), message });
  }
  return { findings, faults, unmapped, unit: "line", locate };
}

/** A row of a scanner's CSV, as it stands and as we understand it. */
export interface UnlabelledRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly raw: RawFinding;
}

/**
 * Reads a scanner's CSV as {@linkcode readScannerCsv} does, but without asking for labels.
 *
 * @throws {MicroLmError} As there.
 */
export async function* readUnlabelledCsv(path: string): AsyncGenerator<UnlabelledRow> {
  let columns: Columns | undefined;
  for await (const { line, fields } of readCsv(path)) {
    columns ??= findColumns(Object.keys(fields), path, REQUIRED.filter((name) => name !== "label"));
    yield { line, fields, raw: rawFinding(fields, columns) };
  }
}

type Columns = Readonly<
  Partial<Record<FindingField, { readonly name: string; readonly index: number }>>
>;

function findColumns(
  header: readonly string[],
  file: string,
  required: readonly FindingField[],
): Columns {
  const names = header.map((name) => plainName(name));
  const columns: Partial<Record<FindingField, { name: string; index: number }>> = {};
  for (const [column, aliases] of Object.entries(COLUMNS) as [FindingField, readonly string[]][]) {
    const found = aliases.map((alias) => names.indexOf(alias)).filter((index) => index >= 0);
    if (found.length > 1 && required.includes(column)) {
      const twice = found.map((index) => `"${header[index]}"`).join(" and ");
      throw new MicroLmError("data", `Expected one column for the ${column}, found ${twice}`, {
        at: { file, line: 1, column: 1 },
      });
    }
    const index = found[0];
    if (index !== undefined) columns[column] = { name: header[index]!, index };
  }
  const missing = required.find((column) => !columns[column]);
  if (missing === undefined) return columns;
  const known = header.slice(0, 10).map((name) => `"${shorten(name, 50)}"`).join(", ");
  throw new MicroLmError("data", `Expected a column "${missing}", found ${known}`, {
    at: { file, line: 1, column: 1 },
    hint: `Name it ${COLUMNS[missing].join(", ")}` +
      (missing === "label" ? "; a scanner does not know it: review the findings first" : ""),
  });
}

function rawFinding(fields: Readonly<Record<string, string>>, columns: Columns): RawFinding {
  const text = (column: FindingField) => {
    const named = columns[column];
    return named ? fields[named.name]!.trim() : "";
  };
  const names = Object.keys(COLUMNS) as FindingField[];
  return Object.fromEntries(names.map((name) => [name, text(name)])) as RawFinding;
}

type Locate = (line: number, field: number) => { readonly line?: number; readonly column?: number };

/** Finds where a field starts; standard input cannot be read twice, so only the line is known there. */
async function fieldLocator(path: string): Promise<Locate> {
  if (path === "-") return () => ({});
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
  const rows = text.replace(/^\uFEFF/, "").split("\n");
  return (start, field) => {
    let line = start;
    let column = 1;
    let quoted = false;
    let left = field;
    while (left > 0 && line <= rows.length) {
      const char = rows[line - 1]![column - 1];
      if (char === '"') quoted = !quoted;
      if (char === "," && !quoted) left--;
      if (char === undefined) [line, column] = [line + 1, 1];
      else column++;
    }
    return { line, column };
  };
}
