/**
 * Why an operation failed, in the terms of the exit codes: what kind of mistake it is decides what
 * the user has to do about it.
 *
 * - `usage`: a flag or an argument is wrong (exit code 64)
 * - `data`: a file's content is wrong (65)
 * - `missing`: an input is not there (66)
 * - `unavailable`: a server or another process did not do its part, or refused (69)
 * - `write`: an output cannot be written (73)
 * - `permission`: Deno denied access; the message names the flag that grants it (77)
 */
export type ErrorKind = "usage" | "data" | "missing" | "unavailable" | "write" | "permission";

/** Where in an input something was found. Lines and columns are 1-based. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Options of {@linkcode MicroLmError}. */
export interface MicroLmErrorOptions {
  /** Where it was found. Shown as `file:line:column` in front of the message. */
  readonly at?: SourceLocation;
  /** What the user can do. Shown on a line of its own. */
  readonly hint?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * An error that the user can do something about. Everything else that is thrown is a defect of ours.
 *
 * The message says what was found and what was expected, without a trailing period.
 *
 * @example
 * ```ts
 * import { MicroLmError } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new MicroLmError("data", 'Expected a column "label", found "lable"', {
 *   at: { file: "train.csv", line: 1, column: 8 },
 *   hint: "Rename the column",
 * });
 * assertEquals(error.message, 'train.csv:1:8: Expected a column "label", found "lable"');
 * assertEquals(error.kind, "data");
 * ```
 */
export class MicroLmError extends Error {
  override readonly name = "MicroLmError";
  /** What kind of mistake this is. */
  readonly kind: ErrorKind;
  /** What the user can do about it, if there is something to say. */
  readonly hint: string | undefined;

  /** Creates an error of one kind; `options.at` is put in front of the message. */
  constructor(kind: ErrorKind, message: string, options: MicroLmErrorOptions = {}) {
    super(options.at ? `${formatLocation(options.at)}: ${message}` : message, {
      cause: options.cause,
    });
    this.kind = kind;
    this.hint = options.hint;
  }
}

function formatLocation(at: SourceLocation): string {
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(":");
}
