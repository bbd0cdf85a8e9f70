import { type Job, JOBS } from "./chunks.ts";
import type { ProblemSetup } from "./softmax_problem.ts";

/** What a crew's threads share beside the memory of a problem. */
export interface CrewControl {
  readonly cells: Int32Array<SharedArrayBuffer>;
  /** The numbers of the job. */
  readonly numbers: Float64Array<SharedArrayBuffer>;
}

/** Opens a problem in a worker. */
export interface CrewMessage {
  readonly control: CrewControl;
  readonly setup: ProblemSetup;
  /** Which problem that is. */
  readonly problem: number;
}

/** Numbers that a job may have. */
export const MOST_NUMBERS = 1024;

/** Places among the cells. */
export const CELL = {
  /** Counts jobs: a worker sleeps until it changes. */
  turn: 0,
  /** 1 while chunks may be taken. */
  open: 1,
  /** Workers that look at the job, or work on it. */
  inside: 2,
  next: 3,
  chunks: 4,
  job: 5,
  count: 6,
  /** The problem at work: another one sends a worker back to its messages. */
  problem: 7,
  /** Chunks that workers did. */
  helped: 8,
} as const;

/** Makes the memory that a crew is led by. */
export function createControl(): CrewControl {
  return {
    cells: new Int32Array(new SharedArrayBuffer(64)),
    numbers: new Float64Array(new SharedArrayBuffer(8 * MOST_NUMBERS)),
  };
}

/** Takes chunks of the job until none is left; says how many. */
export function takeChunks(
  { cells, numbers }: CrewControl,
  work: (job: Job, chunk: number, numbers: Float64Array) => void,
): number {
  const job = JOBS[cells[CELL.job]!]!;
  const chunks = cells[CELL.chunks]!;
  const own = numbers.subarray(0, cells[CELL.count]!);
  for (let taken = 0;; taken++) {
    const chunk = Atomics.add(cells, CELL.next, 1);
    if (chunk >= chunks) return taken;
    work(job, chunk, own);
  }
}
