import { MicroLmError } from "../../core/errors.ts";
import { splitGroups } from "../../evaluate/certify/split_groups.ts";
import { readScannerCsv } from "./csv.ts";
import type {
  ReadFindingsOptions,
  ScannerFault,
  ScannerFinding,
  ScannerFindings,
  WrongFinding,
} from "./finding_row.ts";
import { readSarifFindings } from "./sarif_findings.ts";
import { findMismatch, openFolder, placesOf, type Script } from "./scripts_folder.ts";
import {
  detectionId,
  type DetectionRecord,
  detectionRecord,
  type DetectionRecordOptions,
} from "./record.ts";

/** Options of {@linkcode buildIacData}. */
export interface BuildIacDataOptions extends ReadFindingsOptions, DetectionRecordOptions {
  /** Scripts whose findings are left out, for example those of an existing test set. Default: none. */
  readonly excludeFiles?: ReadonlySet<string>;
}

/** Rows for training, and what stood in their way. */
export interface IacData {
  /** In the order of the CSV. */
  readonly records: readonly DetectionRecord[];
  /** The group of each row: scripts with the same text are one. */
  readonly groups: readonly string[];
  /** Rows that could not be used, in the order of the CSV. */
  readonly faults: readonly ScannerFault[];
  /** Rows that only repeat another. */
  readonly repeated: number;
  /** Rows of files that were to be left out. */
  readonly excluded: number;
  /** Rows of rules that were to be left out. */
  readonly unmapped: number;
}

/**
 * Joins the labelled findings of a scanner with the scripts that it scanned.
 *
 * A row becomes a fault if its script is missing, lies outside of the folder (also by way of a link),
 * is no text or does not have the line; if the line is not what the scanner saw; or if another row
 * gives the same finding the other label.
 *
 * @param detections CSV file, see {@linkcode readScannerCsv}, or a log whose name ends in `.sarif` or
 * `.sarif.json`, see {@linkcode readSarifFindings}.
 * @param scripts Folder that its paths start from; absolute ones may name it.
 * @throws {MicroLmError} As {@linkcode readScannerCsv}, and kind `missing` if there is no folder.
 *
 * @example
 * ```ts
 * import { buildIacData } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const scripts = "fixtures/iac/sample/scripts";
 * const { records, faults } = await buildIacData("fixtures/iac/sample/detections.csv", scripts);
 * assertEquals(faults, []);
 * assertEquals(Object.keys(records[0]!).slice(0, 5), ["id", "smell", "tech", "file", "content"]);
 * ```
 */
export async function buildIacData(
  detections: string,
  scripts: string,
  options: BuildIacDataOptions = {},
): Promise<IacData> {
  const roots = [...(options.roots ?? []), ...await placesOf(scripts)];
  const readFile = isSarif(detections) ? readSarifFindings : readScannerCsv;
  const file = await readFile(detections, { ...options, roots });
  const { findings, faults: unread, unmapped, unit, locate } = file;
  const read = await openFolder(scripts);
  const seen = new Map<string, ScannerFinding>();
  const ids = new Set<string>();
  const faults: ScannerFault[] = [...unread];
  const records: DetectionRecord[] = [];
  const groups: string[] = [];
  let repeated = 0;
  let excluded = 0;
  for (const finding of findings) {
    const key = detectionId(finding);
    const earlier = seen.get(key);
    if (options.excludeFiles?.has(finding.file)) excluded++;
    else if (earlier?.label === finding.label) repeated++;
    else {
      const script = await read(finding.file);
      const fault = findContradiction(earlier, finding, unit) ?? findRepeatedId(ids, finding) ??
        findMismatch(finding, script);
      if (fault) {
        faults.push({ at: await locate(finding.at, fault.field), message: fault.message });
        continue;
      }
      const { lines, sha256 } = script as Script;
      records.push(detectionRecord(finding, lines, options));
      groups.push(sha256);
      seen.set(key, finding);
      if (finding.id !== undefined) ids.add(finding.id);
    }
  }
  faults.sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0));
  return { records, groups, faults, repeated, excluded, unmapped };
}

/** Whether a file is a SARIF log, by its name. */
export function isSarif(path: string): boolean {
  return /\.sarif(?:\.json)?$/i.test(path);
}

/**
 * Splits rows so that neither a script nor its copies stand in two parts.
 *
 * @param shares Relative sizes of the parts, for example `[8, 1, 1]`.
 * @throws {MicroLmError} Kind `usage` if a share is not positive, `data` if a part would be empty.
 *
 * @example
 * ```ts
 * import { buildIacData, splitIacData } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const scripts = "fixtures/iac/sample/scripts";
 * const data = await buildIacData("fixtures/iac/sample/detections.csv", scripts);
 * const [train, held] = splitIacData(data, [2, 1], 7);
 * const files = new Set(train!.map(({ file }) => file));
 * assertEquals(held!.some(({ file }) => files.has(file)), false);
 * ```
 */
export function splitIacData(
  { records, groups }: Pick<IacData, "records" | "groups">,
  shares: readonly number[],
  seed: number,
): DetectionRecord[][] {
  const parts = splitGroups(groups, shares, seed);
  if (parts.some((rows) => rows.length === 0)) {
    const scripts = new Set(groups).size;
    throw new MicroLmError(
      "data",
      `Expected scripts for ${shares.length} parts, found ${scripts} with different texts`,
    );
  }
  return parts.map((rows) => Array.from(rows, (row) => records[row]!));
}

function findContradiction(
  earlier: ScannerFinding | undefined,
  { file, line, smell, label }: ScannerFinding,
  unit: ScannerFindings["unit"],
): WrongFinding | undefined {
  return earlier && {
    field: "label",
    message: `Expected one label for ${smell} in "${file}" line ${line}, found ${label} here and ` +
      `${earlier.label} in ${unit} ${earlier.at}`,
  };
}

function findRepeatedId(
  ids: ReadonlySet<string>,
  { id }: ScannerFinding,
): WrongFinding | undefined {
  if (id === undefined || !ids.has(id)) return undefined;
  return { field: "id", message: `Expected different ids, found a second "${id}"` };
}
