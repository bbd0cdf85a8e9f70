import { normalize } from "node:path/posix";
import { closest } from "../../core/text/edits.ts";
import { shorten } from "../../core/shorten.ts";
import type { SourceLocation } from "../../core/errors.ts";
import type { DetectionLabel } from "../evaluate/binary_metrics.ts";
import { IAC_SMELLS, type IacFinding } from "./record.ts";

/** A finding as it stands in the file of a scanner. */
export interface ScannerFinding extends IacFinding {
  /** Line of the CSV, or number of the SARIF result. */
  readonly at: number;
  /** What the scanner says stands on the line, if it does. */
  readonly content?: string;
}

/** Something wrong with a row. */
export interface ScannerFault {
  /** Line and column of the CSV, or the SARIF result. */
  readonly at: SourceLocation;
  readonly message: string;
}

/** What a scanner's file has. */
export interface ScannerFindings {
  readonly findings: readonly ScannerFinding[];
  readonly faults: readonly ScannerFault[];
  /** Findings of rules that the mapping leaves out. */
  readonly unmapped: number;
  /** What `at` of a finding counts. */
  readonly unit: "line" | "result";
  /** Where a field of a finding stands. */
  locate(at: number, field: FindingField): Promise<SourceLocation>;
}

/** Options of reading findings. */
export interface ReadFindingsOptions {
  /** Who gave the labels, for findings without a `source`. Default: `unstated`. */
  readonly source?: string;
  /**
   * Kind of finding by name of a rule, `*` for all others; null leaves a rule out. Default: the four
   * kinds under their usual names, nothing else.
   */
  readonly rules?: Readonly<Record<string, string | null>>;
  /** Technology of findings that do not say theirs. Default: the file's ending tells it. */
  readonly tech?: string;
  /** Absolute folders that paths may begin with: the places of the scripts. Default: none. */
  readonly roots?: readonly string[];
}

/** What a field of a finding is. */
export type FindingField =
  | "file"
  | "line"
  | "smell"
  | "label"
  | "tech"
  | "content"
  | "id"
  | "reason"
  | "source";

/** A finding as text, field by field; empty where the scanner does not say. */
export type RawFinding = Readonly<Record<FindingField, string>>;

/** A finding that cannot be used, and the field that is to blame. */
export interface WrongFinding {
  readonly field: FindingField;
  readonly message: string;
}

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

const LABELS: Readonly<Record<string, DetectionLabel>> = {
  tp: "TP",
  true_positive: "TP",
  true_alarm: "TP",
  true: "TP",
  fp: "FP",
  false_positive: "FP",
  false_alarm: "FP",
  false: "FP",
};

const TECH_OF: readonly (readonly [RegExp, string])[] = [
  [/\.pp$/i, "puppet"],
  [/\.rb$/i, "chef"],
  [/\.ya?ml$/i, "ansible"],
  [/\.(?:tf|tfvars|hcl)$/i, "terraform"],
  [/(?:^|\/|\.)dockerfile$/i, "docker"],
];

/** A label in one of the words that reviewers use; undefined for another one. */
export function readLabel(text: string): DetectionLabel | undefined {
  const name = plainName(text);
  return Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
}

/** Where a finding is and of which kind. */
export type FindingPlace = Pick<
  ScannerFinding,
  "id" | "smell" | "tech" | "file" | "line" | "content"
>;

/** Reads a finding; null if its rule is to be left out. */
export function readFinding(
  raw: RawFinding,
  options: ReadFindingsOptions,
): Omit<ScannerFinding, "at"> | WrongFinding | null {
  const place = readPlace(raw, options);
  if (place === null) return null;
  const label = readLabel(raw.label);
  if (!label) {
    const found = JSON.stringify(shorten(raw.label));
    return { field: "label", message: `Expected the label "TP" or "FP", found ${found}` };
  }
  if ("message" in place) return place;
  const source = raw.source || (options.source ?? "unstated");
  return { ...place, label, ...given("reason", raw.reason), source };
}

/** Reads a finding without its label; null if its rule is to be left out. */
export function readPlace(
  raw: RawFinding,
  { rules = {}, tech, roots = [] }: Pick<ReadFindingsOptions, "rules" | "tech" | "roots">,
): FindingPlace | WrongFinding | null {
  const wrong = (field: FindingField, expected: string): WrongFinding => ({
    field,
    message: `Expected ${expected}, found ${JSON.stringify(shorten(raw[field]))}`,
  });
  const smell = smellOf(raw.smell, rules);
  if (smell === null) return null;
  if (!smell) {
    const near = closest(plainName(raw.smell).slice(0, 50), [...IAC_SMELLS]);
    return wrong(
      "smell",
      `one of ${IAC_SMELLS.join(", ")}, or a rule that --rules names (is it ${near}?)`,
    );
  }
  const line = readLineNumber(raw.line);
  if (line === undefined) return wrong("line", "a line number from 1");
  const file = pathInside(raw.file, roots);
  if (file === undefined) return wrong("file", "a path within the folder of scripts");
  const said = plainName(raw.tech) || tech;
  const technology = said ?? TECH_OF.find(([ending]) => ending.test(file))?.[1];
  if (!technology) {
    return wrong(
      "file",
      'a name that ends in .rb, .pp, .yml, .yaml or .tf, a column "tech" or --tech',
    );
  }
  if (!/^[a-z0-9_-]+$/.test(technology)) return wrong("tech", "one word for the technology");
  return {
    ...given("id", raw.id),
    smell,
    tech: technology,
    file,
    line,
    ...given("content", raw.content),
  };
}

/** Kind of finding of a rule: null to leave it out, undefined if nobody knows it. */
function smellOf(
  rule: string,
  rules: NonNullable<ReadFindingsOptions["rules"]>,
): string | null | undefined {
  if (Object.hasOwn(rules, rule)) return rules[rule];
  const name = plainName(rule);
  const known = IAC_SMELLS.find((smell) => smell === name) ??
    (Object.hasOwn(SMELL_ALIASES, name) ? SMELL_ALIASES[name] : undefined);
  return known ?? rules["*"];
}

/** A line number; tables of spreadsheets have `3.0`. */
function readLineNumber(text: string): number | undefined {
  const [, digits] = /^([1-9]\d{0,8})(?:\.0+)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A path below the folder of scripts, as far as its text tells: absolute ones may begin with one of the
 * folder's own places.
 */
function pathInside(path: string, roots: readonly string[]): string | undefined {
  const root = roots.map((folder) => `${folder.replace(/\/+$/, "")}/`)
    .find((folder) => path.startsWith(folder));
  const inner = root === undefined ? path : path.slice(root.length).replace(/^\/+/, "");
  const rooted = /^[/\\]|^[a-z]:/i.test(inner);
  const isInside = inner !== "" && !rooted && !/[\\\0]/.test(inner) &&
    !inner.split("/").includes("..");
  return isInside ? normalize(inner) : undefined;
}

/** Names of people and scanners as ours: letter case, spaces and hyphens do not count. */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/[\s-]+/g, "_");
}

function given<K extends string>(key: K, value: string): { readonly [P in K]?: string } {
  return (value === "" ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
