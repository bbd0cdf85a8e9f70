import { normalize } from "node:path/posix";
import { closest } from "fastest-levenshtein";
import { readCsv } from "../../data/csv.ts";
import { explainIoError } from "../../core/io_error.ts";
import { shorten } from "../../core/shorten.ts";
import { MicroLmError, type SourceLocation } from "../../core/errors.ts";
import { DETECTION_LABELS } from "../evaluate/binary_metrics.ts";
import { IAC_SMELLS, IAC_TECHS, type IacFinding, type IacTech } from "./record.ts";

/** A finding as it stands in the CSV of a scanner. */
export interface ScannerFinding extends IacFinding {
  /** Line of the CSV. */
  readonly at: number;
  /** What the scanner says stands on the line, if it does. */
  readonly content?: string;
}

/** Something wrong with a row. */
export interface ScannerFault {
  /** Line and column of the CSV. */
  readonly at: SourceLocation;
  readonly message: string;
}

/** What a scanner's CSV has. */
export interface ScannerFindings {
  readonly findings: readonly ScannerFinding[];
  readonly faults: readonly ScannerFault[];
  /** Where a field of the row that begins on a line stands. */
  locate(line: number, column: ScannerColumn): Promise<SourceLocation>;
}

/** Options of {@linkcode readScannerCsv}. */
export interface ReadScannerCsvOptions {
  /** Who gave the labels, for rows without a `source`. Default: `unstated`. */
  readonly source?: string;
}

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

/** What a column holds. */
export type ScannerColumn = keyof typeof COLUMNS;

const REQUIRED: readonly ScannerColumn[] = ["file", "line", "smell", "label"];

/** Other names of smells. */
const SMELL_ALIASES: Readonly<Record<string, typeof IAC_SMELLS[number]>> = {
  hardcoded_secret: "hard_coded_secret",
  hard_coded_secrets: "hard_coded_secret",
  suspicious_comments: "suspicious_comment",
  http_without_tls: "use_of_http",
  use_of_http_without_tls: "use_of_http",
  weak_cryptography_algorithm: "weak_cryptography_algorithms",
  use_of_weak_cryptography_algorithms: "weak_cryptography_algorithms",
};

const TECH_OF: readonly (readonly [RegExp, IacTech])[] = [
  [/\.pp$/i, "puppet"],
  [/\.rb$/i, "chef"],
  [/\.ya?ml$/i, "ansible"],
];

/**
 * Reads the labelled findings of a scanner: columns `file`, `line`, `smell`, `label` (`TP` or `FP`),
 * under these or other usual names, and if there are `tech`, `content`, `id`, `reason`, `source`.
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
 * await Deno.writeTextFile(path, "path,line_number,rule,label\na/init.pp,3,use of http,tp\n");
 * const { findings, faults } = await readScannerCsv(path);
 * assertEquals(findings.length, 0);
 * assertEquals(faults[0]!.message, 'Expected the label "TP" or "FP", found "tp"');
 * assertEquals([faults[0]!.at.line, faults[0]!.at.column], [2, 25]);
 * await Deno.remove(path);
 * ```
 */
export async function readScannerCsv(
  path: string,
  { source = "unstated" }: ReadScannerCsvOptions = {},
): Promise<ScannerFindings> {
  const findings: ScannerFinding[] = [];
  const wrong: (Wrong & { readonly line: number })[] = [];
  let columns: Columns | undefined;
  for await (const { line, fields } of readCsv(path)) {
    columns ??= findColumns(Object.keys(fields), path);
    const read = readRow(fields, columns, source);
    if ("message" in read) wrong.push({ line, ...read });
    else findings.push({ at: line, ...read });
  }
  if (!columns) {
    throw new MicroLmError("data", "Expected findings, found none", { at: { file: path } });
  }
  const known = columns;
  let fields: Promise<Locate> | undefined;
  const locate = async (line: number, column: ScannerColumn) => {
    fields ??= fieldLocator(path);
    const index = known[column]?.index ?? known.file!.index;
    return { file: path, line, ...(await fields)(line, index) };
  };
  const faults: ScannerFault[] = [];
  for (const { line, column, message } of wrong) {
    faults.push({ at: await locate(line, column), message });
  }
  return { findings, faults, locate };
}

type Columns = Readonly<
  Partial<Record<ScannerColumn, { readonly name: string; readonly index: number }>>
>;

/** A row that cannot be used, and the column that is to blame. */
interface Wrong {
  readonly column: ScannerColumn;
  readonly message: string;
}

function findColumns(header: readonly string[], file: string): Columns {
  const names = header.map((name) => plain(name));
  const columns: Partial<Record<ScannerColumn, { name: string; index: number }>> = {};
  for (const [column, aliases] of Object.entries(COLUMNS) as [ScannerColumn, readonly string[]][]) {
    const found = aliases.map((alias) => names.indexOf(alias)).filter((index) => index >= 0);
    if (found.length > 1 && REQUIRED.includes(column)) {
      const twice = found.map((index) => `"${header[index]}"`).join(" and ");
      throw new MicroLmError("data", `Expected one column for the ${column}, found ${twice}`, {
        at: { file, line: 1, column: 1 },
      });
    }
    const index = found[0];
    if (index !== undefined) columns[column] = { name: header[index]!, index };
  }
  const missing = REQUIRED.find((column) => !columns[column]);
  if (missing === undefined) return columns;
  const known = header.slice(0, 10).map((name) => `"${shorten(name, 50)}"`).join(", ");
  throw new MicroLmError("data", `Expected a column "${missing}", found ${known}`, {
    at: { file, line: 1, column: 1 },
    hint: `Name it ${COLUMNS[missing].join(", ")}` +
      (missing === "label" ? "; a scanner does not know it: review the findings first" : ""),
  });
}

function readRow(
  fields: Readonly<Record<string, string>>,
  columns: Columns,
  source: string,
): Omit<ScannerFinding, "at"> | Wrong {
  const text = (column: ScannerColumn) => {
    const named = columns[column];
    return named ? fields[named.name]!.trim() : "";
  };
  const wrong = (column: ScannerColumn, expected: string): Wrong => ({
    column,
    message: `Expected ${expected}, found ${JSON.stringify(shorten(text(column)))}`,
  });
  const label = DETECTION_LABELS.find((name) => name === text("label"));
  if (!label) return wrong("label", 'the label "TP" or "FP"');
  const smellName = plain(text("smell"));
  const smell = IAC_SMELLS.find((name) => name === smellName) ?? SMELL_ALIASES[smellName];
  if (!smell) {
    const near = closest(smellName.slice(0, 50), [...IAC_SMELLS]);
    return wrong("smell", `one of ${IAC_SMELLS.join(", ")} (is it ${near}?)`);
  }
  const line = /^[1-9]\d{0,8}$/.test(text("line")) ? Number(text("line")) : undefined;
  if (line === undefined) return wrong("line", "a line number from 1");
  const file = text("file");
  if (!isInside(file)) return wrong("file", "a path within the folder of scripts");
  const tech = columns.tech
    ? IAC_TECHS.find((name) => name === text("tech").toLowerCase())
    : TECH_OF.find(([ending]) => ending.test(file))?.[1];
  if (!tech) {
    return columns.tech
      ? wrong("tech", `one of ${IAC_TECHS.join(", ")}`)
      : wrong("file", 'a name that ends in .rb, .pp, .yml or .yaml, or a column "tech"');
  }
  return {
    ...optional("id", text("id")),
    smell,
    tech,
    file: normalize(file),
    line,
    label,
    ...optional("reason", text("reason")),
    ...optional("content", text("content")),
    source: text("source") || source,
  };
}

/** Whether a path stays below the folder that it is taken from, as far as its text tells. */
function isInside(path: string): boolean {
  const rooted = /^[/\\]|^[a-z]:/i.test(path);
  return path !== "" && !rooted && !/[\\\0]/.test(path) && !path.split("/").includes("..");
}

function plain(name: string): string {
  return name.trim().toLowerCase().replace(/[\s-]+/g, "_");
}

function optional<K extends string>(key: K, value: string): { readonly [P in K]?: string } {
  return (value === "" ? {} : { [key]: value }) as { readonly [P in K]?: string };
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
