import { MicroLmError } from "../src/core/errors.ts";
import type { FileFormat, ReadOptions } from "../src/data/mod.ts";
import type { FlagValues } from "../src/cli/flags.ts";

/** Flags of every command that reads a table of prompts. */
export const TABLE_FLAGS = {
  delimiter: {
    type: "string",
    value: "CHAR",
    help: "Between the fields of a CSV: a character, or tab. Default: , ; or tab, as the header " +
      "or a sep= line has it.",
  },
  prompt_column: {
    type: "string",
    value: "NAME",
    help: "Column with the prompts. Default: prompt, text, utterance, query, sentence or message.",
  },
  label_column: {
    type: "string",
    value: "NAME",
    help: "Column with the labels. Default: label, intent, category or class.",
  },
} as const;

/** Flags of every command whose labels are looked at. */
export const INPUT_FLAGS = {
  ...TABLE_FLAGS,
  abstain_label: {
    type: "string",
    value: "A,B,…",
    help: "Labels of rows for none of the classes, for example none,oos: they become abstain.",
  },
} as const;

/** The flag of every command that reads labels as actions of a domain. */
export const TAXONOMY_FLAG = {
  taxonomy: {
    type: "string",
    value: "FILE",
    help:
      "YAML or JSON that says which actions your own labels ask for: extends, the domain, and " +
      "labels, an action each, or null for none.",
  },
} as const;

/** The flag for files that may be anything; `what` says which. */
export function formatFlag(what: string) {
  return {
    type: "string",
    choices: ["csv", "jsonl", "text"],
    help:
      `Format of ${what}. Default: what its content says; the extension where it could be both.`,
  } as const;
}

type TableFlags = Partial<FlagValues<typeof TABLE_FLAGS>> & {
  readonly format?: string | undefined;
};

/**
 * How the flags want files to be read.
 *
 * @throws {MicroLmError} Kind `usage` for a delimiter that is none.
 */
export function readOptions(flags: TableFlags): ReadOptions {
  return {
    ...(flags.format !== undefined && { format: flags.format as FileFormat }),
    ...(flags.delimiter !== undefined && { delimiter: readDelimiter(flags.delimiter) }),
    ...(flags.prompt_column !== undefined && { promptColumn: flags.prompt_column }),
    ...(flags.label_column !== undefined && { labelColumn: flags.label_column }),
  };
}

const NAMED: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t" };

function readDelimiter(text: string): string {
  const delimiter = NAMED[text.toLowerCase()] ?? text;
  if (delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  throw new MicroLmError("usage", `Flag "--delimiter" takes one character or tab, got "${text}"`);
}
