// The engine of models puts another class in the place of the global one.
import { Worker } from "node:worker_threads";
import { JOBS, runChunk, type RunJob, type Workspace } from "./chunks.ts";
import {
  CELL,
  createControl,
  type CrewControl,
  type CrewMessage,
  MOST_NUMBERS,
  takeChunks,
} from "./crew_control.ts";
import type { Crew, ProblemSetup } from "./softmax_problem.ts";

/** A crew that can be sent home. */
export interface OpenedCrew extends Crew, Disposable {
  /** Threads with this one. */
  readonly threads: number;
  /** Chunks that the others did so far. */
  helped(): number;
}

/**
 * Starts workers that help this thread with the chunks of a training; undefined where there are none to
 * start: one thread is asked for, or the permission to read the worker's file is lacking.
 *
 * What a worker that never comes leaves undone this thread does, too, and which of them does a chunk changes
 * no bit.
 *
 * @param threads Default: as many as there are cores, at most 8.
 */
export function openCrew(threads: number = defaultThreads()): OpenedCrew | undefined {
  const url = new URL("./crew_worker.ts", import.meta.url);
  if (threads < 2 || !mayStart(url)) return undefined;
  const workers = Array.from({ length: threads - 1 }, () => {
    const worker = new Worker(url);
    // Its chunks are done here.
    worker.on("error", () => {});
    worker.unref();
    return worker;
  });
  const control = createControl();
  const patience = createPatience();
  let problems = 0;
  return {
    threads,
    helped: () => Atomics.load(control.cells, CELL.helped),
    attach: (setup, space) => {
      let own = 0;
      return (job, chunks, numbers) => {
        if (own === 0 || own !== control.cells[CELL.problem]) {
          own = ++problems;
          begin(control, workers, setup, own);
        }
        runTogether(control, space, patience, [job, chunks, numbers]);
      };
    },
    [Symbol.dispose]: () => {
      // A worker that sleeps would not hear that it is to end.
      lead(control.cells, NONE);
      for (const worker of workers) void worker.terminate();
    },
  };
}

function defaultThreads(): number {
  return Math.min(8, navigator.hardwareConcurrency);
}

/** Asking would stop the work for a question; a module from elsewhere is not worth a download. */
function mayStart(url: URL): boolean {
  if (url.protocol !== "file:") return false;
  return Deno.permissions.querySync({ name: "read", path: url }).state === "granted";
}

/** No problem. */
const NONE = -1;

/** Says which problem is at work, and wakes all that wait. */
function lead(cells: CrewControl["cells"], problem: number): void {
  Atomics.store(cells, CELL.problem, problem);
  Atomics.add(cells, CELL.turn, 1);
  Atomics.notify(cells, CELL.turn);
}

/** Sends a problem to all, those that wait for another one's next turn included. */
function begin(
  control: CrewControl,
  workers: readonly Worker[],
  setup: ProblemSetup,
  problem: number,
): void {
  lead(control.cells, problem);
  const message: CrewMessage = { control, setup, problem };
  for (const worker of workers) worker.postMessage(message);
}

/** Jobs after which it is asked whether the others are a help, and those without them if not. */
const TRIAL = 50;
const ALONE = 1000;
/** Share of its own work that this thread waits for the others at most. */
const MOST_WAITING = 0.2;

/**
 * On a busy machine a worker may sleep in the middle of a chunk, and all wait for it: then this thread goes on
 * alone for a while.
 */
interface Patience {
  isOver(): boolean;
  note(worked: number, waited: number): void;
}

function createPatience(): Patience {
  let [worked, waited, jobs, alone] = [0, 0, 0, 0];
  return {
    isOver: () => alone > 0 && alone-- > 0,
    note: (work, wait) => {
      worked += work;
      waited += wait;
      if (++jobs < TRIAL) return;
      if (waited > MOST_WAITING * worked) alone = ALONE;
      worked = waited = jobs = 0;
    },
  };
}

function runTogether(
  control: CrewControl,
  space: Workspace,
  patience: Patience,
  [job, chunks, numbers]: Parameters<RunJob>,
): void {
  if (chunks < 2 || numbers.length > MOST_NUMBERS || patience.isOver()) {
    for (let chunk = 0; chunk < chunks; chunk++) runChunk(space, job, chunk, numbers);
    return;
  }
  const start = performance.now();
  const { cells } = control;
  control.numbers.set(numbers);
  cells[CELL.count] = numbers.length;
  cells[CELL.job] = JOBS.indexOf(job);
  cells[CELL.chunks] = chunks;
  Atomics.store(cells, CELL.next, 0);
  Atomics.store(cells, CELL.open, 1);
  Atomics.add(cells, CELL.turn, 1);
  Atomics.notify(cells, CELL.turn);
  takeChunks(control, (...chunk) => runChunk(space, ...chunk));
  const done = performance.now();
  // None enters any more, and what was begun is ended: then the numbers are free for the next job.
  Atomics.store(cells, CELL.open, 0);
  for (let inside; (inside = Atomics.load(cells, CELL.inside)) > 0;) {
    Atomics.wait(cells, CELL.inside, inside, 100);
  }
  patience.note(done - start, performance.now() - done);
}
