import { join } from "node:path";
import { explainIoError } from "../../core/io_error.ts";
import { shorten } from "../../core/shorten.ts";
import { MicroLmError } from "../../core/errors.ts";
import { splitGroups } from "../../evaluate/certify/split_groups.ts";
import { sha256Hex } from "../../core/hash.ts";
import {
  readScannerCsv,
  type ReadScannerCsvOptions,
  type ScannerColumn,
  type ScannerFault,
  type ScannerFinding,
} from "./csv.ts";
import {
  detectionId,
  type DetectionRecord,
  detectionRecord,
  type DetectionRecordOptions,
  scriptLines,
} from "./record.ts";

/** Options of {@linkcode buildIacData}. */
export interface BuildIacDataOptions extends ReadScannerCsvOptions, DetectionRecordOptions {
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
}

/** Largest script in bytes: nobody writes longer ones, and a device has no end. */
const MAX_SCRIPT = 1 << 24;

/**
 * Joins the labelled findings of a scanner with the scripts that it scanned.
 *
 * A row becomes a fault if its script is missing, lies outside of the folder (also by way of a link),
 * is no text or does not have the line; if the line is not what the scanner saw; or if another row
 * gives the same finding the other label.
 *
 * @param detections CSV file; see {@linkcode readScannerCsv}.
 * @param scripts Folder that its paths start from.
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
  const { findings, faults: unread, locate } = await readScannerCsv(detections, options);
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
      const fault = findContradiction(earlier, finding) ?? findRepeatedId(ids, finding) ??
        findMismatch(finding, script);
      if (fault) {
        faults.push({ at: await locate(finding.at, fault.column), message: fault.message });
        continue;
      }
      const { lines, sha256 } = script as Script;
      records.push(detectionRecord(finding, lines, options));
      groups.push(sha256);
      seen.set(key, finding);
      if (finding.id !== undefined) ids.add(finding.id);
    }
  }
  faults.sort((a, b) => a.at.line! - b.at.line!);
  return { records, groups, faults, repeated, excluded };
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

interface Script {
  readonly lines: readonly string[];
  readonly sha256: string;
}

/** Reads scripts of a folder, each once; what is wrong with one comes back as an error. */
async function openFolder(
  folder: string,
): Promise<(file: string) => Promise<Script | MicroLmError>> {
  const root = await realPath(folder, folder);
  const scripts = new Map<string, Script | MicroLmError>();
  return async (file) => {
    let script = scripts.get(file);
    if (!script) {
      script = await readScript(root, file).catch((error) => {
        if (error instanceof MicroLmError && error.kind !== "permission") return error;
        throw error;
      });
      scripts.set(file, script);
    }
    return script;
  };
}

async function readScript(root: string, file: string): Promise<Script> {
  const path = await realPath(join(root, file), file);
  if (!path.startsWith(`${root.replace(/\/$/, "")}/`)) {
    throw new MicroLmError("data", `Expected a script within the folder, found the link "${file}"`);
  }
  let bytes: Uint8Array;
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || size > MAX_SCRIPT) {
      const found = isFile ? `${size} bytes` : "none";
      throw new MicroLmError("data", `Expected a script in "${file}", found ${found}`);
    }
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw explainIoError(error, file, "read");
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { lines: scriptLines(text), sha256: sha256Hex(bytes) };
  } catch (cause) {
    throw new MicroLmError("data", `Expected UTF-8 in "${file}", found other bytes`, { cause });
  }
}

async function realPath(path: string, name: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    throw explainIoError(error, name, "read");
  }
}

/** What is wrong with a row, and the column that says so. */
interface Fault {
  readonly column: ScannerColumn;
  readonly message: string;
}

function findContradiction(
  earlier: ScannerFinding | undefined,
  { file, line, smell, label }: ScannerFinding,
): Fault | undefined {
  return earlier && {
    column: "label",
    message: `Expected one label for ${smell} in "${file}" line ${line}, found ${label} here and ` +
      `${earlier.label} in line ${earlier.at}`,
  };
}

function findRepeatedId(ids: ReadonlySet<string>, { id }: ScannerFinding): Fault | undefined {
  if (id === undefined || !ids.has(id)) return undefined;
  return { column: "id", message: `Expected different ids, found a second "${id}"` };
}

/** What keeps a finding from its line. */
function findMismatch(
  { file, line, content = "" }: ScannerFinding,
  script: Script | MicroLmError,
): Fault | undefined {
  if (script instanceof MicroLmError) return { column: "file", message: script.message };
  const found = script.lines[line - 1]?.trim();
  if (!found) {
    const what = found === undefined ? `${script.lines.length} lines` : "an empty one";
    return { column: "line", message: `Expected code on line ${line} of "${file}", found ${what}` };
  }
  // Scanners cut and re-indent what they show.
  const bare = (text: string) => text.replace(/\s+|(?:\.\.\.|…)$/g, "");
  if (bare(found).includes(bare(content))) return undefined;
  const [said, stands] = [content, found].map((text) => JSON.stringify(shorten(text)));
  return {
    column: "content",
    message: `Expected ${said} on line ${line} of "${file}", found ${stands}`,
  };
}
