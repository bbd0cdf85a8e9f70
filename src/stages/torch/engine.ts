import { MicroLmError } from "../../core/errors.ts";

/** Starts the worker `engines/torch_worker.py` with piped input, output and error output. */
export type StartTorchEngine = () => Deno.ChildProcess;

/** What the worker is asked, and what it answers; the names are those of `engines/torch_worker.py`. */
export interface TorchRequests {
  readonly describe: {
    readonly ask: { readonly model: string; readonly pooling: string; readonly max_length: number };
    readonly answer: { readonly fingerprint: string; readonly dims: number };
  };
  readonly export: {
    readonly ask: TorchRequests["describe"]["ask"] & { readonly folder: string };
    readonly answer: {
      readonly dims: number;
      readonly pooling: string;
      readonly max_length: number;
    };
  };
  readonly open: { readonly ask: TorchTraining; readonly answer: TorchFacts };
  readonly update: {
    readonly ask: {
      readonly batches: readonly (readonly number[])[];
      readonly rate: number;
      readonly seed: number;
    };
    /** Null: not finite. */
    readonly answer: { readonly loss: number | null };
  };
  readonly evaluate: {
    readonly ask: Record<never, never>;
    readonly answer: { readonly logits: readonly (readonly [number, number])[] };
  };
  readonly keep: { readonly ask: Record<never, never>; readonly answer: Record<never, never> };
  readonly save: { readonly ask: { readonly path: string }; readonly answer: Record<never, never> };
  readonly load: TorchRequests["save"];
  readonly finish: {
    readonly ask: { readonly best: boolean; readonly folder: string };
    readonly answer: { readonly head: readonly number[]; readonly peak_bytes: number | null };
  };
}

/** A training as the worker begins it. */
export interface TorchTraining {
  /** A folder, or the id of a model that the worker's own cache holds. */
  readonly model: string;
  readonly pooling: string;
  readonly max_length: number;
  readonly precision: "no" | "fp16" | "bf16";
  readonly checkpointing: boolean;
  /** Only the head is trained. */
  readonly frozen: boolean;
  readonly hidden: number;
  readonly activation: "relu" | "tanh";
  readonly dropout: number;
  /** Initial weights of the head. */
  readonly head: readonly number[];
  readonly weight_decay: number;
  readonly max_grad_norm: number;
  readonly class_weights: readonly number[];
  readonly train: readonly string[];
  readonly labels: readonly number[];
  readonly validation: readonly string[];
}

/** What the worker made of a training. */
export interface TorchFacts {
  readonly dims: number;
  /** Numbers that are trained. */
  readonly parameters: number;
  readonly pooling: string;
  readonly max_length: number;
  readonly device: string;
  readonly precision: "fp32" | "fp16" | "bf16";
  /** Versions. */
  readonly torch: string;
  readonly transformers: string;
}

/** A worker that answers one request after the other. */
export interface TorchEngine extends AsyncDisposable {
  /**
   * @throws {MicroLmError} Kind `unavailable` if the worker dies, `data` if it says what is wrong.
   */
  ask<K extends keyof TorchRequests>(
    what: K,
    request: TorchRequests[K]["ask"],
  ): Promise<TorchRequests[K]["answer"]>;
}

/** Lines of a dead worker's error output that are shown. */
const LAST_WORDS = 4;

/** Talks to a worker, which is killed at the end. */
export function openTorchEngine(start: StartTorchEngine): TorchEngine {
  const process = start();
  const input = process.stdin.getWriter();
  const answers = readLines(process.stdout);
  const words: string[] = [];
  const said = keepLast(process.stderr, words);
  return {
    async ask(what, request) {
      const line = `${JSON.stringify({ ...request, do: what })}\n`;
      // A dead process gives no answer, which is seen below.
      await input.write(new TextEncoder().encode(line)).catch(() => {});
      const { value, done } = await answers.next();
      if (done) throw await diedOf(what, process, said, words);
      const answer = JSON.parse(value) as { readonly error?: string };
      if (answer.error === undefined) return answer as TorchRequests[typeof what]["answer"];
      const isMemory = /out of memory/i.test(answer.error);
      throw new MicroLmError(
        "data",
        `The torch engine cannot ${what}: ${firstLine(answer.error)}`,
        {
          hint: isMemory
            ? "Use smaller batches with gradient_accumulation_steps, or gradient_checkpointing"
            : "The model has to be a folder that transformers can load, an id in its cache, or one " +
              "that was pulled: deno task model pull ID --format torch",
        },
      );
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await input.close().catch(() => {});
      await process.status;
      await said;
      await answers.return(undefined);
    },
  };
}

async function diedOf(
  what: string,
  process: Deno.ChildProcess,
  said: Promise<void>,
  words: readonly string[],
): Promise<MicroLmError> {
  const { code, signal } = await process.status;
  await said;
  const how = signal ?? `exit code ${code}`;
  const last = words.join(" ").trim();
  return new MicroLmError(
    "unavailable",
    `The torch engine ended with ${how} when asked to ${what}${last && `: ${last}`}`,
    {
      hint: "deno task engine status says whether its environment is whole; killed processes are " +
        "mostly short of memory",
    },
  );
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.slice(0, 300);
}

async function* readLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

async function keepLast(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  words: string[],
): Promise<void> {
  for await (const line of readLines(stream)) {
    if (line.trim() === "") continue;
    words.push(line.trim());
    if (words.length > LAST_WORDS) words.shift();
  }
}
