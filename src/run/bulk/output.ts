import { dirname } from "node:path";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { readByteLines, writeAllSync } from "./lines.ts";
import type { LineRange } from "./input.ts";

/** Bytes that a crash of the machine may cost. */
const SYNC_BYTES = 8 << 20;

/** Where rows go. */
export interface RowSink extends Disposable {
  /** Writes whole lines. */
  write(text: string): void;
  /** Writes whole lines that are encoded already. */
  writeBytes(bytes: Uint8Array): void;
  /** Puts the output in its place. */
  finish(): Promise<void>;
}

/**
 * Rows on standard output.
 *
 * @throws {MicroLmError} On writing: kind `write`. A reader that has gone away is none of ours, and
 * `Deno.errors.BrokenPipe` passes through.
 */
export function stdoutSink(): RowSink {
  const encoder = new TextEncoder();
  const writeBytes = (bytes: Uint8Array) => {
    try {
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw error;
      throw explainIoError(error, "standard output", "write");
    }
  };
  return {
    write: (text) => writeBytes(encoder.encode(text)),
    writeBytes,
    finish: async () => {},
    [Symbol.dispose]: () => {},
  };
}

/** Options of {@linkcode openPart}. */
export interface OpenPartOptions {
  /** Go on with what a killed process left. Default: false, begin anew. */
  readonly resume?: boolean;
  /** What the rows depend on; only rows of an equal job are gone on with. */
  readonly job: unknown;
  /** The input lines that the rows stand for. */
  readonly range: LineRange;
  /** Called for each row that is there already. */
  readonly onRow: (row: { readonly row: number }) => void;
}

/** The output so far, and where it has to go on. */
export interface PartFile {
  readonly sink: RowSink;
  /** The last input line that is done. */
  readonly last: number;
}

/**
 * Opens the unfinished output, `OUT.part`, beside which `OUT.part.json` says what it depends on. The
 * file is locked: a second process on the same output is refused. A torn tail is cut off.
 *
 * @throws {MicroLmError} Kind `write` or `permission`; `write` if another process writes it; `data` if
 * the unfinished rows are those of another job.
 */
export async function openPart(path: string, options: OpenPartOptions): Promise<PartFile> {
  const part = `${path}.part`;
  const file = lockPart(part);
  try {
    const { resume = false, job, range } = options;
    const isNew = !resume || file.statSync().size === 0;
    if (isNew) {
      file.truncateSync(0);
      await writeFileAtomic(`${part}.json`, `${canonicalJson(job)}\n`);
    } else await checkJob(`${part}.json`, job);
    const { end, last } = isNew ? { end: 0, last: range.from } : await readRows(part, options);
    file.truncateSync(end);
    file.seekSync(end, Deno.SeekMode.Start);
    return { sink: partSink(file, path), last };
  } catch (error) {
    file.close();
    throw error instanceof MicroLmError ? error : explainIoError(error, part, "write");
  }
}

function partSink(file: Deno.FsFile, path: string): RowSink {
  const encoder = new TextEncoder();
  let unsynced = 0;
  const io = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw explainIoError(error, path, "write");
    }
  };
  const writeBytes = (bytes: Uint8Array) =>
    io(() => {
      writeAllSync(file, bytes);
      unsynced += bytes.length;
      if (unsynced < SYNC_BYTES) return;
      file.syncDataSync();
      unsynced = 0;
    });
  return {
    write: (text) => writeBytes(encoder.encode(text)),
    writeBytes,
    finish: async () => {
      io(() => file.syncSync());
      io(() => Deno.renameSync(`${path}.part`, path));
      await Deno.remove(`${path}.part.json`).catch(() => {});
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/** The process that finishes renames the file under its lock: what was locked has to be at its path. */
function lockPart(part: string): Deno.FsFile {
  try {
    Deno.mkdirSync(dirname(part), { recursive: true });
    for (;;) {
      const file = Deno.openSync(part, { read: true, write: true, create: true });
      if (!file.tryLockSync(true)) {
        file.close();
        throw new MicroLmError("write", `Cannot write "${part}": another process is writing it`);
      }
      if (isAt(file, part)) return file;
      file.close();
    }
  } catch (error) {
    throw explainIoError(error, part, "write");
  }
}

function isAt(file: Deno.FsFile, path: string): boolean {
  try {
    const opened = file.statSync();
    const there = Deno.statSync(path);
    return opened.ino === there.ino && opened.dev === there.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function checkJob(path: string, job: unknown): Promise<void> {
  const text = await Deno.readTextFile(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return "{}";
    throw explainIoError(error, path, "read");
  });
  if (text.trimEnd() === canonicalJson(job)) return;
  throw new MicroLmError("data", `Cannot resume: ${changedParts(text, job)} changed since`, {
    at: { file: path },
    hint: "Begin anew without --resume",
  });
}

function changedParts(text: string, job: unknown): string {
  try {
    const before = JSON.parse(text) as Record<string, unknown>;
    const now = JSON.parse(canonicalJson(job)) as Record<string, unknown>;
    const changed = Object.keys(now).filter((key) =>
      canonicalJson(before[key] ?? null) !== canonicalJson(now[key] ?? null)
    );
    return changed.join(", ");
  } catch {
    return "the job";
  }
}

/** Whole rows of the range in ascending order; what follows the last of them is cut off. */
async function readRows(
  part: string,
  { range, onRow }: OpenPartOptions,
): Promise<{ end: number; last: number }> {
  let end = 0;
  let last = range.from;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const { bytes, isWhole } of readByteLines(part)) {
    const row = isWhole ? parseRow(decoder, bytes) : null;
    if (!row || !(row.row > last && row.row <= range.to)) break;
    end += bytes.length + 1;
    last = row.row;
    onRow(row);
  }
  return { end, last };
}

function parseRow(decoder: TextDecoder, bytes: Uint8Array): { readonly row: number } | null {
  try {
    const row = JSON.parse(decoder.decode(bytes));
    return Number.isInteger(row?.row) ? row : null;
  } catch {
    return null;
  }
}
