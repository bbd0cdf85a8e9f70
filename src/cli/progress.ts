/** Options of {@linkcode createProgress}. */
export interface ProgressOptions {
  /** Where the bar is drawn. Default: stderr, if it is a terminal; otherwise nowhere. */
  readonly write?: (text: string) => void;
  /** Milliseconds of work before the first drawing. Default: 2000. */
  readonly delayMs?: number;
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
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
const CELLS = 30;

/** Makes a progress bar that stays silent for the first two seconds and off a terminal. */
export function createProgress(label: string, options: ProgressOptions = {}): Progress {
  const { delayMs = 2000, now = () => performance.now() } = options;
  const write = options.write ?? stderrWriter();
  const start = now();
  let partStart = start;
  let name = label;
  let drawn = -Infinity;
  return {
    begin(part) {
      const next = `${label}: ${part}`;
      if (next === name) return;
      name = next;
      partStart = now();
      drawn = Math.min(drawn, partStart - REDRAW_MS);
    },
    update(done, total) {
      const time = now();
      if (!write || time - start < delayMs || time - drawn < REDRAW_MS) return;
      drawn = time;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const bar = "█".repeat(Math.round(share * CELLS)).padEnd(CELLS, "·");
      const left = share > 0 ? ((time - partStart) / share) * (1 - share) : 0;
      const count = total === 1 ? `${Math.floor(100 * share)}%` : `${done}/${total}`;
      write(`\r${name} ${bar} ${count}, ${Math.ceil(left / 1000)} s left \x1b[K`);
    },
    end() {
      if (write && drawn > -Infinity) write("\r\x1b[K");
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
