import { fitText, terminalColumns } from "./terminal.ts";

/** Options of {@linkcode createProgress}. */
export interface ProgressOptions {
  /** Where the bar is drawn. Default: stderr, if it is a terminal; otherwise nowhere. */
  readonly write?: (text: string) => void;
  /** Milliseconds of work before the first drawing. Default: 2000. */
  readonly delayMs?: number;
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
  /** Columns of the terminal. Default: those that it has at each drawing. */
  readonly columns?: () => number;
}

/** A progress bar. */
export interface Progress {
  /** Says that `done` of `total` units are finished; of a total of 1 it is a share. */
  update(done: number, total: number): void;
  /** Begins another part of the work, whose time left is counted from here. */
  begin(part: string): void;
  /** Wipes the bar. */
  end(): void;
}

const REDRAW_MS = 100;
const MOST_CELLS = 30;
/** Fewer cells say nothing: then the numbers stand alone. */
const LEAST_CELLS = 5;
/** The time left follows from the speed of this long: what came before, like loading, has no part in it. */
const WINDOW_MS = 10_000;

/**
 * Makes a progress bar that stays silent for the first two seconds and off a terminal. It fits into a line
 * of the terminal, however narrow that is.
 */
export function createProgress(label: string, options: ProgressOptions = {}): Progress {
  const { delayMs = 2000, now = () => performance.now(), columns = terminalColumns } = options;
  const write = options.write ?? stderrWriter();
  const start = now();
  let speed = createSpeed(start);
  let name = label;
  let drawn = -Infinity;
  return {
    begin(part) {
      const next = `${label}: ${part}`;
      if (next === name) return;
      name = next;
      const time = now();
      speed = createSpeed(time);
      drawn = Math.min(drawn, time - REDRAW_MS);
    },
    update(done, total) {
      const time = now();
      if (!write) return;
      speed.add(time, done);
      if (time - start < delayMs || time - drawn < REDRAW_MS) return;
      drawn = time;
      const left = speed.left(total - done);
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const count = total === 1 ? `${Math.floor(100 * share)}%` : `${done}/${total}`;
      const numbers = left === null ? count : `${count}, ${durationText(left)} left`;
      write(`\r${line(name, share, numbers, columns())}\x1b[K`);
    },
    end() {
      if (write && drawn > -Infinity) write("\r\x1b[K");
    },
  };
}

/** A terminal wraps what reaches its last column. */
function line(label: string, share: number, numbers: string, columns: number): string {
  const room = columns - 1;
  const forLabel = Math.max(0, room - numbers.length - 2 - LEAST_CELLS);
  const name = fitText(label, Math.min(label.length, forLabel));
  const cells = Math.min(MOST_CELLS, room - name.length - numbers.length - 2);
  if (cells < LEAST_CELLS) return fitText(numbers, room);
  return `${name} ${"█".repeat(Math.round(share * cells)).padEnd(cells, "·")} ${numbers}`;
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Units a millisecond, of late. */
function createSpeed(start: number) {
  const seen: [time: number, done: number][] = [[start, 0]];
  return {
    add(time: number, done: number) {
      // The start counts until something is done: it may be long before the first unit
      if (seen.length === 1 && seen[0]![1] === 0 && done > 0) seen.push([time, done]);
      else if (time - seen.at(-1)![0] >= REDRAW_MS) seen.push([time, done]);
      while (seen.length > 2 && time - seen[1]![0] > WINDOW_MS) seen.shift();
    },
    /** Milliseconds for so many more units; null where no speed is known. */
    left(units: number): number | null {
      const [[t0, d0], [t1, d1]] = [seen[0]!, seen.at(-1)!];
      return d1 > d0 ? units * (t1 - t0) / (d1 - d0) : null;
    },
  };
}

function stderrWriter(): ((text: string) => void) | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return (text) => {
    Deno.stderr.writeSync(encoder.encode(text));
  };
}
