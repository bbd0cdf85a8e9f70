import { join, resolve } from "node:path";
import { explainIoError } from "../../core/io_error.ts";
import { sha256Hex } from "../../core/hash.ts";
import { shorten } from "../../core/shorten.ts";
import { MicroLmError } from "../../core/errors.ts";
import type { ScannerFinding, WrongFinding } from "./finding_row.ts";
import { scriptLines } from "./record.ts";

/** Largest script in bytes: nobody writes longer ones, and a device has no end. */
const MAX_SCRIPT = 1 << 24;

/** A script that findings are in. */
export interface Script {
  readonly lines: readonly string[];
  readonly sha256: string;
}

/** Prepares to read scripts of a folder, each once; what is wrong with one comes back as an error. */
export async function openFolder(
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

/** The absolute paths under which scanners may know a folder. */
export async function placesOf(folder: string): Promise<string[]> {
  return [...new Set([resolve(folder), await realPath(folder, folder)])];
}

/** What keeps a finding from its line. */
export function findMismatch(
  { file, line, content = "" }: Pick<ScannerFinding, "file" | "line" | "content">,
  script: Script | MicroLmError,
): WrongFinding | undefined {
  if (script instanceof MicroLmError) return { field: "file", message: script.message };
  const found = script.lines[line - 1]?.trim();
  if (!found) {
    const what = found === undefined ? `${script.lines.length} lines` : "an empty one";
    return { field: "line", message: `Expected code on line ${line} of "${file}", found ${what}` };
  }
  // Scanners cut and re-indent what they show.
  const bare = (text: string) => text.replace(/\s+|(?:\.\.\.|…)$/g, "");
  if (bare(found).includes(bare(content))) return undefined;
  const [said, stands] = [content, found].map((text) => JSON.stringify(shorten(text)));
  return {
    field: "content",
    message: `Expected ${said} on line ${line} of "${file}", found ${stands}`,
  };
}
