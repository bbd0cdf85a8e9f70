import type { ErrorKind } from "../core/errors.ts";

/** What a task's exit code says. The numbers from 64 follow BSD's sysexits. */
export const EXIT = {
  /** Done, and every gate met. */
  ok: 0,
  /** Done, a gate not met. */
  gate: 2,
  /** Done, no certificate possible. */
  uncertified: 3,
  /** Training and evaluation data overlap, and the caller asked for that to fail. */
  overlap: 4,
  usage: 64,
  data: 65,
  missing: 66,
  /** A server or a worker did not do its part. */
  unavailable: 69,
  /** A defect of this program. */
  defect: 70,
  write: 73,
  permission: 77,
} as const;

/** One of the exit codes. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** The exit code for an error of a kind. */
export function exitCodeOf(kind: ErrorKind): ExitCode {
  return EXIT[kind];
}
