import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic_write.ts";
import { explainIoError } from "../core/io_error.ts";
import type { RunRecord } from "./record/record.ts";

/** A part of a run. */
export interface ProfilePhase {
  /** `parse`, `map` or `rails`. */
  readonly phase: string;
  /** When it began, in milliseconds from the start of the clock. */
  readonly t: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** Measures the phases of a run, one after the other. */
export interface PhaseClock {
  /** Ends the phase before and begins one; the same name may come again. */
  start(phase: string): void;
  /** Ends the last phase and returns all. */
  stop(): ProfilePhase[];
}

/**
 * Starts a clock for the phases of a run.
 *
 * @param now The time in milliseconds. Default: `performance.now`.
 *
 * @example
 * ```ts
 * import { createPhaseClock } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * let time = 100;
 * const clock = createPhaseClock(() => time);
 * clock.start("parse");
 * time = 102;
 * clock.start("map");
 * time = 107;
 * assertEquals(clock.stop(), [{ phase: "parse", t: 0, ms: 2 }, { phase: "map", t: 2, ms: 5 }]);
 * ```
 */
export function createPhaseClock(now: () => number = () => performance.now()): PhaseClock {
  const zero = now();
  const phases: ProfilePhase[] = [];
  let open: { readonly phase: string; readonly t: number } | null = null;
  const close = (t: number) => {
    if (open) phases.push({ ...open, ms: t - open.t });
    open = null;
  };
  return {
    start: (phase) => {
      const t = now() - zero;
      close(t);
      open = { phase, t };
    },
    stop: () => {
      close(now() - zero);
      return [...phases];
    },
  };
}

/** Options of {@linkcode writeProfile}. */
export interface WriteProfileOptions {
  /** The folder that has one folder a domain. Default: `.artifacts`. */
  readonly dir?: string;
  /** When the run was. Default: now. */
  readonly now?: Date;
}

/** The short summary of a profile: the content of `topline.json`. */
export interface ProfileTopline {
  /** Milliseconds from the start of the first phase to the end of the last, rounded up. */
  readonly latency_ms: number;
  /** Channels that the rails kept; 0 if they did not run. */
  readonly n_keep: number;
  readonly label: string | null;
  readonly score: number;
  readonly ok: boolean;
  readonly reason: string;
}

/**
 * Writes the timings of a run to a new folder `DIR/DOMAIN/profile/YYYYMMDD-HHMMSS-ID/`, the time in
 * UTC: `profile.json`, the phases, and `topline.json`.
 *
 * @returns The folder.
 * @throws {MicroLmError} Kind `write` or `permission`.
 *
 * @example
 * ```ts
 * import { runMicro } from "micro-lm";
 * import { createPhaseClock, writeProfile } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createPhaseClock();
 * clock.start("map");
 * const record = await runMicro({ prompt: "claim my rewards", backend: "wordmap" });
 * const folder = await writeProfile(record, clock.stop());
 * const topline = JSON.parse(await Deno.readTextFile(`${folder}/topline.json`));
 * assertEquals([topline.label, topline.n_keep], ["claim_rewards", 0]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeProfile(
  record: RunRecord,
  phases: readonly ProfilePhase[],
  { dir = ".artifacts", now = new Date() }: WriteProfileOptions = {},
): Promise<string> {
  const folder = await makeFolder(join(dir, record.domain, "profile"), now);
  const { label, score, ok, reason, wdd_summary } = record;
  const first = phases[0];
  const last = phases.at(-1);
  const topline: ProfileTopline = {
    latency_ms: first && last ? Math.ceil(last.t + last.ms - first.t) : 0,
    n_keep: wdd_summary?.keep.length ?? 0,
    label,
    score,
    ok,
    reason,
  };
  await writeFileAtomic(join(folder, "profile.json"), `${JSON.stringify(phases, null, 2)}\n`);
  await writeFileAtomic(join(folder, "topline.json"), `${JSON.stringify(topline, null, 2)}\n`);
  return folder;
}

/** Two runs in one second get a folder each. */
async function makeFolder(parent: string, now: Date): Promise<string> {
  const [date, time] = now.toISOString().slice(0, 19).split("T");
  const stamp = `${date!.replaceAll("-", "")}-${time!.replaceAll(":", "")}`;
  try {
    await Deno.mkdir(parent, { recursive: true });
    for (;;) {
      const folder = join(parent, `${stamp}-${crypto.randomUUID().slice(0, 8)}`);
      try {
        await Deno.mkdir(folder);
        return folder;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  } catch (error) {
    throw explainIoError(error, parent, "write");
  }
}
