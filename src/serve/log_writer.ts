/** One line of the log. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** Writes entries without making anybody wait. */
export interface LogWriter {
  write(entry: LogEntry): void;
  /** Writes what is left, as far as somebody reads it within a moment. */
  close(): Promise<void>;
}

/** Milliseconds that closing waits for a reader. */
const CLOSE_MS = 1000;

/** Options of {@linkcode createLogWriter}. */
export interface CreateLogWriterOptions {
  /** Milliseconds for which lines are gathered. Default: 50. */
  readonly intervalMs?: number;
  /** Characters that may wait; lines beyond are counted and left out. Default: 1 Mi. */
  readonly maxWaiting?: number;
  /** The time of an entry. Default: the clock. */
  readonly now?: () => Date;
}

/**
 * Writes entries as lines of JSON, each with its time, many with one write. A reader that is too slow
 * costs lines, not memory: an entry `dropped` says how many.
 *
 * @param writeBytes Writes the first of some bytes and says how many, as `Deno.stderr.write` does.
 *
 * @example
 * ```ts
 * import { createLogWriter } from "micro-lm/serve";
 * import { assertEquals } from "@std/assert";
 *
 * let written = "";
 * const log = createLogWriter((bytes) => {
 *   written += new TextDecoder().decode(bytes);
 *   return Promise.resolve(bytes.length);
 * }, { now: () => new Date(0) });
 * log.write({ event: "listening" });
 * await log.close();
 * assertEquals(written, '{"time":"1970-01-01T00:00:00.000Z","event":"listening"}\n');
 * ```
 */
export function createLogWriter(
  writeBytes: (bytes: Uint8Array) => Promise<number>,
  options: CreateLogWriterOptions = {},
): LogWriter {
  const { intervalMs = 50, maxWaiting = 1 << 20, now = () => new Date() } = options;
  const encoder = new TextEncoder();
  let text = "";
  let dropped = 0;
  let writing: Promise<void> | null = null;

  const line = (entry: LogEntry) => `${JSON.stringify({ time: now().toISOString(), ...entry })}\n`;
  const drain = async () => {
    while (text !== "" || dropped > 0) {
      const batch = encoder.encode(text + (dropped > 0 ? line({ event: "dropped", dropped }) : ""));
      [text, dropped] = ["", 0];
      // A log that nobody can read any more is no reason to stop serving
      await writeAll(writeBytes, batch).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
    writing = null;
  };

  return {
    write: (entry) => {
      if (text.length > maxWaiting) dropped++;
      else text += line(entry);
      writing ??= Promise.resolve().then(drain);
    },
    close: async () => {
      const { promise: late, resolve } = Promise.withResolvers<"late">();
      const timer = setTimeout(() => resolve("late"), CLOSE_MS);
      while (writing && await Promise.race([writing, late]) !== "late");
      clearTimeout(timer);
    },
  };
}

async function writeAll(
  write: (bytes: Uint8Array) => Promise<number>,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await write(bytes.subarray(at));
}
