import { MicroLmError } from "../core/errors.ts";
import { closest } from "../core/text/edits.ts";
import { shorten } from "../core/shorten.ts";

/** Which columns hold what. */
export interface ColumnOptions {
  /** Column, or key of a JSON line, with the prompt. Default: `prompt`, or a known synonym. */
  readonly promptColumn?: string;
  /** Column, or key of a JSON line, with the label. Default: `label`, or a known synonym. */
  readonly labelColumn?: string;
}

type Role = "prompt" | "label";

/** What people call the columns, the usual name first. */
const SYNONYMS: Readonly<Record<Role, readonly string[]>> = {
  prompt: ["prompt", "text", "utterance", "query", "sentence", "message"],
  label: ["label", "intent", "category", "class"],
};

/** A header with the names that the reader asks for. */
export interface NamedColumns {
  /** One name a column; empty for a column that nobody reads. */
  readonly names: readonly string[];
  /** Sentences about columns that were taken for another. */
  readonly notes: readonly string[];
}

/**
 * Finds the columns with prompt and label, whatever they are called.
 *
 * @throws {MicroLmError} Kind `data` if a column that the user names is not there, or if a required one
 * could be one of several. Without place: the caller knows it.
 */
export function nameColumns(
  header: readonly string[],
  options: ColumnOptions,
  required: readonly string[],
): NamedColumns {
  const names = header.map((name) => name.trim());
  const notes: string[] = [];
  const given = { prompt: options.promptColumn, label: options.labelColumn };
  const found = { prompt: -1, label: -1 };
  for (const role of ["prompt", "label"] as const) {
    found[role] = findColumn(names, role, given[role], required.includes(role));
  }
  for (const role of ["prompt", "label"] as const) {
    const at = found[role];
    if (at < 0 || names[at] === role) continue;
    if (given[role] === undefined && !isSame(names[at]!, role)) {
      notes.push(`the column "${names[at]}" is read as the ${role}`);
    }
    names.forEach((name, i) => {
      if (name === role) names[i] = "";
    });
    names[at] = role;
  }
  names.forEach((name, i) => {
    if (name.toLowerCase() === "id" && !names.includes("id")) names[i] = "id";
  });
  return { names, notes };
}

function findColumn(
  names: readonly string[],
  role: Role,
  given: string | undefined,
  isRequired: boolean,
): number {
  if (given !== undefined) {
    const exact = names.indexOf(given.trim());
    const at = exact >= 0 ? exact : names.findIndex((name) => isSame(name, given));
    if (at < 0 && (isRequired || role === "label")) {
      throw new MicroLmError("data", `Expected a column "${given}", found ${listColumns(names)}`);
    }
    return at;
  }
  if (names.includes(role)) return names.indexOf(role);
  const usual = names.findIndex((name) => isSame(name, role));
  if (usual >= 0) return usual;
  const known = names.flatMap((name, i) => SYNONYMS[role].some((s) => isSame(name, s)) ? [i] : []);
  if (known.length > 1 && isRequired) {
    throw new MicroLmError(
      "data",
      `Expected one column for the ${role}, found ${listColumns(known.map((i) => names[i]!))}`,
      { hint: `Say which one it is: --${role}_column NAME` },
    );
  }
  return known.length === 1 ? known[0]! : -1;
}

const isSame = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** True if a header names a column for the prompt and, unless it says `prompt`, one for the label. */
export function looksLikeHeader(
  names: readonly string[],
  { promptColumn }: ColumnOptions,
): boolean {
  const has = (known: readonly string[]) =>
    names.some((name) => known.some((other) => isSame(name, other)));
  return has(["prompt"]) || (promptColumn !== undefined && has([promptColumn])) ||
    (has(SYNONYMS.prompt) && has(SYNONYMS.label));
}

/** What the user can do about a header without the column that is asked for. */
export function missingColumnHint(names: readonly string[], missing: string): string {
  if (names[0]?.startsWith("#")) return "The first line looks like a comment: remove it";
  if (names.some((name) => /\s\S+\s|[.!?]$/.test(name) || /\S\s+\S/.test(name))) {
    return "The first line looks like data: put a header line above it, for example prompt,label";
  }
  const near = closest(missing, names.map((name) => name.slice(0, 50)));
  const flag = missing in SYNONYMS ? `, or give --${missing}_column "${near}"` : "";
  return `Is "${near}" the column "${missing}"? Rename it${flag}`;
}

/** A file without a header has a prompt there, which may be long. */
export function listColumns(columns: readonly string[]): string {
  const names = columns.slice(0, 10).map((name) => JSON.stringify(shorten(name, 50)));
  return names.join(", ") + (columns.length > 10 ? `, … (${columns.length} columns)` : "");
}
