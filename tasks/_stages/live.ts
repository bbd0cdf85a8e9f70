import { MicroLmError } from "../../mod.ts";
import type { BatchRun, Experiment } from "../../src/stages/mod.ts";

/** Options of {@linkcode createLiveTable}. */
export interface LiveTableOptions {
  /** Prints a line of the table. */
  readonly say: (text: string) => void;
  /** Where the bar is drawn. Default: stderr, if it is a terminal; otherwise nowhere. */
  readonly write?: ((text: string) => void) | undefined;
  /** Experiments that run at once. Default: 1. */
  readonly jobs?: number;
  /** The clock, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/** A table that grows while a batch runs, with a bar below it on a terminal. */
export interface LiveTable {
  /** Says that an experiment is at a share of its epochs. */
  advance(experiment: Experiment, epoch: number): void;
  /** Adds the line of an experiment that has an outcome. */
  add(run: BatchRun): void;
  /** Draws the bar again: time goes on. */
  tick(): void;
  /** Wipes the bar. */
  end(): void;
}

const REDRAW_MS = 100;
const CELLS = 24;

/** Makes the table of a batch; what it says about time left counts epochs. */
export function createLiveTable(
  experiments: readonly Experiment[],
  options: LiveTableOptions,
): LiveTable {
  const { say, now = () => performance.now(), jobs = 1 } = options;
  const write = "write" in options ? options.write : stderrWriter();
  const width = Math.max(10, ...experiments.map(({ name }) => name.length));
  const clock = createEstimate(experiments, jobs, now);
  let drawn = -Infinity;
  let shown = false;
  let done = 0;
  const line = (cells: readonly string[]) =>
    say(
      cells.map((cell, i) => i === 0 ? cell.padEnd(width) : cell.padStart(COLUMNS[i]![1]))
        .join("  "),
    );
  const wipe = () => {
    if (shown) write?.("\r\x1b[K");
    shown = false;
  };
  const draw = () => {
    if (!write || done === experiments.length || now() - drawn < REDRAW_MS) return;
    [drawn, shown] = [now(), true];
    const share = clock.share();
    const bar = "█".repeat(Math.round(share * CELLS)).padEnd(CELLS, "·");
    const left = clock.left();
    const rest = left === null ? "" : `, ${formatSeconds(left)} left`;
    write(`\r${bar} ${done}/${experiments.length} runs${rest} ${clock.running()}\x1b[K`);
  };
  return {
    advance(experiment, epoch) {
      clock.advance(experiment, epoch);
      draw();
    },
    add(run) {
      wipe();
      if (done === 0) line(COLUMNS.map(([name]) => name));
      done++;
      clock.finish(run);
      const left = clock.left();
      line([
        ...runCells(run),
        done === experiments.length || left === null ? "–" : formatSeconds(left),
      ]);
      if (run.error) say(`  ${run.error.message}`);
      if (run.error instanceof MicroLmError && run.error.hint) say(`  ${run.error.hint}`);
      drawn = -Infinity;
      draw();
    },
    tick: draw,
    end: wipe,
  };
}

const COLUMNS: readonly (readonly [string, number])[] = [
  ["experiment", 0],
  ["outcome", 8],
  ["val F1", 6],
  ["threshold", 9],
  ["time", 11],
  ["left", 11],
];

function runCells({ experiment, outcome, status }: BatchRun): string[] {
  const { val_f1, threshold, seconds } = status ?? {};
  return [
    experiment.name,
    outcome,
    val_f1?.toFixed(3) ?? "–",
    threshold?.toFixed(2) ?? "–",
    outcome === "finished" && seconds !== undefined ? formatSeconds(seconds) : "–",
  ];
}

/** Seconds for people: `8.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

interface Estimate {
  advance(experiment: Experiment, epoch: number): void;
  finish(run: BatchRun): void;
  share(): number;
  /** Seconds; null while nothing is known. */
  left(): number | null;
  running(): string;
}

/** Counts epochs: runs of one batch take about as long an epoch. Skipped runs took none. */
function createEstimate(
  experiments: readonly Experiment[],
  jobs: number,
  now: () => number,
): Estimate {
  const start = now();
  const open = new Map(experiments.map(({ name, epochs }) => [name, epochs]));
  const total = experiments.reduce((sum, { epochs }) => sum + epochs, 0);
  const current = new Map<string, number>();
  let trained = 0;
  const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
  const remaining = () => sum(open.values()) - sum(current.values());
  return {
    advance({ name, epochs }, epoch) {
      current.set(name, Math.min(epoch, epochs));
    },
    finish({ experiment, outcome }) {
      current.delete(experiment.name);
      open.delete(experiment.name);
      if (outcome !== "skipped") trained += experiment.epochs;
    },
    share: () => total === 0 ? 1 : 1 - remaining() / total,
    left() {
      const worked = trained + sum(current.values());
      if (worked === 0) return null;
      const seconds = (now() - start) / 1000;
      // At the end fewer experiments are left than could run at once.
      const idle = open.size < jobs ? jobs / Math.max(1, open.size) : 1;
      return seconds / worked * remaining() * idle;
    },
    running: () =>
      [...current].map(([name, epoch]) => `${name} (epoch ${epoch.toFixed(1)})`).join(", ")
        .slice(0, 60),
  };
}

function stderrWriter(): ((text: string) => void) | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return (text) => {
    Deno.stderr.writeSync(encoder.encode(text));
  };
}
