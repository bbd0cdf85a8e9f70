import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { DetectionLabel } from "../evaluate/binary_metrics.ts";

/** Kinds of finding of the reference data; a scanner's rules may map to others. */
export const IAC_SMELLS = [
  "hard_coded_secret",
  "suspicious_comment",
  "use_of_http",
  "weak_cryptography_algorithms",
] as const;

/** One of them. */
export type IacSmell = typeof IAC_SMELLS[number];

/** Technologies of the reference data; there may be others. */
export const IAC_TECHS = ["chef", "ansible", "puppet"] as const;

/** One of them. */
export type IacTech = typeof IAC_TECHS[number];

/** A labelled finding of a scanner, without the script's text. */
export interface IacFinding {
  /** Default: {@linkcode detectionId}. */
  readonly id?: string;
  /** Kind of finding, for example one of {@linkcode IAC_SMELLS}. */
  readonly smell: string;
  /** For example one of {@linkcode IAC_TECHS}. */
  readonly tech: string;
  /** Path of the script, `/` between its parts. */
  readonly file: string;
  /** 1-based line of the script. */
  readonly line: number;
  readonly label: DetectionLabel;
  /** Why the label is right, if somebody said so. */
  readonly reason?: string;
  /** Who or what gave the label. */
  readonly source: string;
}

/** A row of the JSONL files that training reads. */
export interface DetectionRecord {
  readonly id: string;
  readonly smell: string;
  readonly tech: string;
  readonly file: string;
  /** The target line without the space around it. */
  readonly content: string;
  readonly line: number;
  /** First and last line of the context, as `[max(1, line - n), line + n]`: the file may end before. */
  readonly detection_span: readonly [number, number];
  /** The lines of the span that exist. */
  readonly with_context: string;
  /** `smell: content`. */
  readonly with_prompt: string;
  readonly label: DetectionLabel;
  readonly reason?: string;
  readonly source: string;
}

/** Options of {@linkcode detectionRecord}. */
export interface DetectionRecordOptions {
  /** Lines of context on each side. Default: 5. */
  readonly context?: number;
}

/**
 * Makes the row of a finding from the lines of its script.
 *
 * @throws {MicroLmError} Kind `data` if the script does not have the line, or nothing stands on it.
 *
 * @example
 * ```ts
 * import { detectionRecord } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const finding = {
 *   smell: "use_of_http",
 *   tech: "puppet",
 *   file: "web/manifests/init.pp",
 *   line: 2,
 *   label: "TP",
 *   source: "review",
 * } as const;
 * const lines = ["class web {", "  $url = 'http://mirror.example'", "}"];
 * const record = detectionRecord(finding, lines, { context: 1 });
 * assertEquals(record.content, "$url = 'http://mirror.example'");
 * assertEquals(record.detection_span, [1, 3]);
 * assertEquals(record.with_context, lines.join("\n"));
 * ```
 */
export function detectionRecord(
  finding: IacFinding,
  lines: readonly string[],
  { context = 5 }: DetectionRecordOptions = {},
): DetectionRecord {
  const { smell, tech, file, line, label, reason, source } = finding;
  const content = lines[line - 1]?.trim();
  if (!content) {
    const found = content === undefined ? `a script of ${lines.length} lines` : "an empty line";
    throw new MicroLmError("data", `Expected code on line ${line} of "${file}", found ${found}`);
  }
  const detection_span = [Math.max(1, line - context), line + context] as const;
  return {
    id: finding.id ?? detectionId(finding),
    smell,
    tech,
    file,
    content,
    line,
    detection_span,
    with_context: lines.slice(detection_span[0] - 1, detection_span[1]).join("\n"),
    with_prompt: `${smell}: ${content}`,
    label,
    ...(reason === undefined ? {} : { reason }),
    source,
  };
}

/**
 * Id of a finding that depends on script, line and smell alone: 16 hex digits of a sha256.
 *
 * @example
 * ```ts
 * import { detectionId } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const finding = { file: "init.pp", line: 2, smell: "use_of_http", tech: "puppet" } as const;
 * assertEquals(detectionId(finding).length, 16);
 * ```
 */
export function detectionId({ file, line, smell }: Omit<IacFinding, "label" | "source">): string {
  return sha256Hex(`${file}\0${line}\0${smell}`).slice(0, 16);
}

/**
 * Rows as the text of a JSONL file.
 *
 * @example
 * ```ts
 * import { stringifyDetections } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stringifyDetections([]), "");
 * ```
 */
export function stringifyDetections(records: readonly DetectionRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/**
 * Lines of a script, whatever they end with; the line feed at the end begins no line.
 *
 * @example
 * ```ts
 * import { scriptLines } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(scriptLines("class web {\r\n}\n"), ["class web {", "}"]);
 * ```
 */
export function scriptLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
