import { closest } from "../../core/text/edits.ts";
import { readCsv } from "../../data/csv/csv.ts";
import { explainIoError } from "../../core/io_error.ts";
import { findJsonFault } from "../../core/text/json_fault.ts";
import { readLines } from "../../data/jsonl.ts";
import { shorten } from "../../core/shorten.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { dirname } from "node:path";
import { DETECTION_LABELS, type DetectionLabel } from "../evaluate/binary_metrics.ts";

/** A scanner's finding in a script, and whether it is right. */
export interface Detection {
  /** The row's own id, or its line in the file. */
  readonly id: string;
  /** What is classified. */
  readonly text: string;
  readonly label: DetectionLabel;
  /** Kind of finding, for example `use_of_http`. */
  readonly smell: string;
  /** `chef`, `ansible` or `puppet`; empty if the row does not say. */
  readonly tech: string;
  /** The script; empty if the row does not say. */
  readonly file: string;
}

/** Detections of one file. */
export interface DetectionSet {
  readonly path: string;
  /** Hex sha256 of the file. */
  readonly sha256: string;
  readonly rows: readonly Detection[];
}

/** Options of {@linkcode readDetections}. */
export interface ReadDetectionsOptions {
  /**
   * Field that is classified, or several with `+` between them, joined by a colon and a space.
   * `content` is the field of that name, or where there is none `text` or `prompt`. Default: `content`.
   */
  readonly textField?: string;
  /** Keeps rows of one technology. Default: all. */
  readonly tech?: string;
}

/** Names under which files have the target line. */
const CONTENT = ["content", "text", "prompt"];
const HINT = 'Write a line as {"content": "…", "label": "TP" or "FP", "smell": "…", "file": "…"}';

/**
 * Reads labelled detections from JSONL, or from CSV if the name ends in `.csv`: the text, `label`
 * (`TP` or `FP`, nothing else), `smell`, and where known `id`, `tech` (or `tool`) and `file`.
 *
 * @throws {MicroLmError} Kind `data`, naming file and line, for a row without text or with another
 * label, or if no row is left; `missing` if there is no file.
 *
 * @example
 * ```ts
 * import { readDetections } from "micro-lm/stages";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await readDetections("fixtures/iac/val.jsonl", { tech: "chef" });
 * assert(rows.length > 0 && rows.every(({ tech }) => tech === "chef"));
 * ```
 */
export async function readDetections(
  path: string,
  { textField = "content", tech }: ReadDetectionsOptions = {},
): Promise<DetectionSet> {
  const sha256 = sha256Hex(await readBytes(path));
  const rows: Detection[] = [];
  for await (const { line, record } of readRecords(path)) {
    const row = readRow(record, textField, { file: path, line });
    if (tech === undefined || row.tech === tech) rows.push(row);
  }
  if (rows.length === 0) {
    const what = tech === undefined ? "detections" : `detections of ${tech}`;
    throw new MicroLmError("data", `Expected ${what}, found none`, { at: { file: path } });
  }
  return { path, sha256, rows };
}

/**
 * Class numbers of detections: 0 is FP, 1 is TP.
 *
 * @example
 * ```ts
 * import { detectionLabels } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const row = { id: "1", text: "http://mirror.example", smell: "use_of_http", tech: "", file: "" };
 * assertEquals([...detectionLabels([{ ...row, label: "TP" }, { ...row, label: "FP" }])], [1, 0]);
 * ```
 */
export function detectionLabels(rows: readonly Detection[]): Int32Array {
  return Int32Array.from(rows, ({ label }) => DETECTION_LABELS.indexOf(label));
}

interface NumberedRecord {
  readonly line: number;
  readonly record: Readonly<Record<string, unknown>>;
}

async function* readRecords(path: string): AsyncGenerator<NumberedRecord> {
  if (path.endsWith(".csv")) {
    for await (const { line, fields } of readCsv(path)) yield { line, record: fields };
    return;
  }
  let line = 0;
  for await (const text of readLines(path)) {
    line++;
    if (text.trim() !== "") yield { line, record: parseRecord(text, path, line) };
  }
}

function parseRecord(text: string, file: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const fault = findJsonFault(text);
    const found = fault < text.length ? shorten(text.slice(fault)) : "the end of the line";
    throw new MicroLmError("data", `Expected JSON, found ${found}`, {
      at: { file, line, column: fault + 1 },
      hint: HINT,
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  const found = shorten(JSON.stringify(value));
  throw new MicroLmError("data", `Expected an object, found ${found}`, {
    at: { file, line },
    hint: HINT,
  });
}

function readRow(
  record: Readonly<Record<string, unknown>>,
  textField: string,
  at: { readonly file: string; readonly line: number },
): Detection {
  const label = DETECTION_LABELS.find((name) => name === record["label"]);
  if (label === undefined) {
    const found = JSON.stringify(record["label"]) ?? "none";
    throw new MicroLmError("data", `Expected the label "TP" or "FP", found ${shorten(found)}`, {
      at,
    });
  }
  const text = (name: string) => {
    const value = record[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  return {
    id: text("id") || String(at.line),
    text: detectionText(record, textField, at),
    label,
    smell: text("smell") || "unknown",
    tech: text("tech") || text("tool"),
    file: text("file"),
  };
}

/**
 * What is classified of a record.
 *
 * @param textField As {@linkcode ReadDetectionsOptions.textField}.
 * @throws {MicroLmError} Kind `data` if the record has no such text.
 */
export function detectionText(
  record: Readonly<Record<string, unknown>>,
  textField: string,
  at: { readonly file: string; readonly line: number },
): string {
  return textField.split("+").map((name) => readField(record, name.trim(), at)).join(": ");
}

function readField(
  record: Readonly<Record<string, unknown>>,
  field: string,
  at: { readonly file: string; readonly line: number },
): string {
  const names = field === "content" ? CONTENT : [field];
  const name = names.find((candidate) => typeof record[candidate] === "string");
  if (name !== undefined) return record[name] as string;
  const known = Object.keys(record);
  const near = known.length > 0 ? `, did you mean "${closest(field, known)}"?` : "";
  throw new MicroLmError("data", `Expected a text "${field}"${near}`, { at, hint: HINT });
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const known = explainIoError(error, path, "read");
    if (!(error instanceof Deno.errors.NotFound)) throw known;
    throw new MicroLmError("missing", known.message, {
      hint: `Make it: deno task iac-data --detections FINDINGS --scripts DIR --split 8/1/1 --out ` +
        `${dirname(path)}, or of the committed rows with --from fixtures/iac --out ${
          dirname(path)
        }`,
      cause: error,
    });
  }
}
