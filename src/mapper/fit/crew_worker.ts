import { parentPort } from "node:worker_threads";
import { runChunk } from "./chunks.ts";
import { CELL, type CrewMessage, takeChunks } from "./crew_control.ts";
import { openProblem } from "./softmax_problem.ts";

/** Helps with a problem until another one is at work: then that comes as the next message. */
parentPort?.on("message", ({ control, setup, problem }: CrewMessage) => {
  const { cells } = control;
  const space = openProblem(setup);
  let turn = 0;
  while (Atomics.load(cells, CELL.problem) === problem) {
    Atomics.wait(cells, CELL.turn, turn);
    turn = Atomics.load(cells, CELL.turn);
    Atomics.add(cells, CELL.inside, 1);
    // In this order: what is open now is of the problem that is looked at next.
    const isOpen = Atomics.load(cells, CELL.open) === 1;
    if (isOpen && Atomics.load(cells, CELL.problem) === problem) {
      const taken = takeChunks(control, (...chunk) => runChunk(space, ...chunk));
      Atomics.add(cells, CELL.helped, taken);
    }
    Atomics.sub(cells, CELL.inside, 1);
    Atomics.notify(cells, CELL.inside);
  }
});
