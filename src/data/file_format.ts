import { type ColumnOptions, looksLikeHeader } from "./columns.ts";
import { findDialect, splitHeader } from "./csv/csv_dialect.ts";

/** How a file holds prompts: a table, a line of JSON each, or a line of plain text each. */
export type FileFormat = "csv" | "jsonl" | "text";

const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  tsv: "csv",
  txt: "text",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

/**
 * Tells the format of a file by its content: the extension, in whatever case, decides only where the first
 * line could be either.
 *
 * @param head The text up to the end of its first line.
 */
export function findFormat(
  path: string,
  head: string,
  columns: ColumnOptions & { readonly delimiter?: string } = {},
): FileFormat {
  const [, extension = ""] = /\.([a-z]+)$/i.exec(path) ?? [];
  const expected = BY_EXTENSION[extension.toLowerCase()];
  const line = firstLine(head);
  const json = jsonKind(line);
  if (json === "object") return "jsonl";
  const isTable = isHeaderLine(head, columns);
  if (expected === "csv" || (isTable.both && json === "none")) return "csv";
  if (expected !== undefined) return isTable.any && expected === "jsonl" ? "csv" : expected;
  if (json === "string" || /^\s*[[{"]/.test(line)) return isTable.any ? "csv" : "jsonl";
  return isTable.any ? "csv" : "text";
}

function firstLine(head: string): string {
  return /^\s*([^\n]*)/.exec(head)?.[1]?.trim() ?? "";
}

function jsonKind(line: string): "object" | "string" | "none" {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "string") return "string";
    return typeof value === "object" && value !== null ? "object" : "none";
  } catch {
    return "none";
  }
}

function isHeaderLine(
  head: string,
  columns: ColumnOptions & { readonly delimiter?: string },
): { readonly any: boolean; readonly both: boolean } {
  const isHeader = (names: readonly string[]) => looksLikeHeader(names, columns);
  const { delimiter, skip } = findDialect(head, columns.delimiter, isHeader);
  const names = splitHeader(head.slice(skip), delimiter);
  const any = isHeader(names);
  return { any, both: any && names.length > 1 };
}
