import { MicroLmError } from "../../core/errors.ts";
import type { BatchRun } from "../config/batch.ts";
import type { Experiment } from "../config/expand.ts";
import type { HeadEvaluation } from "../head/training.ts";
import {
  receiveError,
  receiveRun,
  type WorkerMessage,
  type WorkerRequest,
} from "./local_messages.ts";

/** What happens while a batch runs, whoever runs it. */
export interface ExecutorEvents {
  /** Called when an experiment begins. */
  readonly onStart?: (experiment: Experiment) => void;
  /** Called after each evaluation on the validation set. */
  readonly onEvaluation?: (experiment: Experiment, evaluation: HeadEvaluation) => void;
  /** Called when the outcome of an experiment is known. */
  readonly onRun?: (run: BatchRun) => void;
}

/** Options of {@linkcode runLocalBatch}. */
export interface RunLocalBatchOptions extends ExecutorEvents {
  /** Worker processes. */
  readonly jobs: number;
  /** Starts a worker with piped input and output; see {@linkcode serveExperiments}. */
  readonly startWorker: () => Deno.ChildProcess;
  /** Go on with earlier runs of an experiment. Default: true. */
  readonly resume?: boolean;
  /** How often an experiment is begun again after its worker died. Default: 1. */
  readonly retries?: number;
}

/**
 * Runs experiments on worker processes of this machine. A worker that dies loses at most what its
 * experiment did since the last checkpoint: another one goes on with it.
 *
 * @returns One entry an experiment, in order.
 * @throws {MicroLmError} What would hit every experiment, such as data that cannot be read or a disk
 * that is full; the other workers finish the experiment that they are at.
 */
export async function runLocalBatch(
  experiments: readonly Experiment[],
  options: RunLocalBatchOptions,
): Promise<BatchRun[]> {
  const runs = new Map<string, BatchRun>();
  const queue = new AffineQueue(experiments);
  const faults: Error[] = [];
  const serve = async (slot: number): Promise<void> => {
    await using worker = new WorkerSlot(options);
    for (let experiment; faults.length === 0 && (experiment = queue.take(slot));) {
      try {
        const run = await worker.run(experiment);
        runs.set(experiment.name, run);
        options.onRun?.(run);
      } catch (error) {
        faults.push(error as Error);
      }
    }
  };
  const slots = Math.min(options.jobs, experiments.length);
  await Promise.all(Array.from({ length: slots }, (_, slot) => serve(slot)));
  if (faults.length > 0) throw faults[0]!;
  return experiments.map(({ name }) => runs.get(name)!);
}

/** Gives each worker experiments of one encoder, so that few texts are encoded twice. */
class AffineQueue {
  readonly #waiting: Experiment[];
  readonly #models = new Map<number, string>();

  constructor(experiments: readonly Experiment[]) {
    this.#waiting = [...experiments];
  }

  take(slot: number): Experiment | undefined {
    const own = this.#models.get(slot);
    const held = new Set(this.#models.values());
    const find = (fits: (model: string) => boolean) =>
      this.#waiting.findIndex(({ model }) => fits(model));
    const choices = [find((model) => model === own), find((model) => !held.has(model)), 0];
    const [experiment] = this.#waiting.splice(choices.find((at) => at >= 0)!, 1);
    if (experiment) this.#models.set(slot, experiment.model);
    return experiment;
  }
}

/** A worker process, replaced when it dies. */
class WorkerSlot implements AsyncDisposable {
  readonly #options: RunLocalBatchOptions;
  #worker: WorkerProcess | undefined;

  constructor(options: RunLocalBatchOptions) {
    this.#options = options;
  }

  async run(experiment: Experiment): Promise<BatchRun> {
    const { retries = 1, resume = true } = this.#options;
    for (let attempt = 0; attempt <= retries; attempt++) {
      this.#worker ??= new WorkerProcess(this.#options.startWorker());
      // What was begun is never thrown away.
      const request = { name: experiment.name, resume: resume || attempt > 0 };
      const run = await this.#worker.run(request, experiment, this.#options);
      if (run) return run;
      this.#worker = undefined;
    }
    const times = retries > 0 ? ` ${retries + 1} times` : "";
    const error = new MicroLmError(
      "unavailable",
      `The worker of "${experiment.name}" died${times}`,
      {
        hint: "Too little memory is a likely reason: use fewer --jobs",
      },
    );
    return { experiment, outcome: "failed", error };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.end();
  }
}

class WorkerProcess {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #messages: AsyncGenerator<WorkerMessage>;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#messages = readMessages(process.stdout);
  }

  /** Null if the process dies before the experiment has an outcome. */
  async run(
    request: WorkerRequest,
    experiment: Experiment,
    events: ExecutorEvents,
  ): Promise<BatchRun | null> {
    const line = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    // A dead process has no outcome, which is seen below.
    await this.#input.write(line).catch(() => {});
    for (;;) {
      const { value: message, done } = await this.#messages.next();
      if (done) {
        await this.#process.status;
        return null;
      }
      if (message.type === "start") events.onStart?.(experiment);
      if (message.type === "evaluation") events.onEvaluation?.(experiment, message.evaluation);
      if (message.type === "run") return receiveRun(experiment, message.run);
      if (message.type === "fatal") throw receiveError(message.error);
    }
  }

  /** The end of its input is the end of a worker. */
  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    for await (const _ of this.#messages);
    await this.#process.status;
  }
}

async function* readMessages(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<WorkerMessage> {
  let rest = "";
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as WorkerMessage;
  }
}
