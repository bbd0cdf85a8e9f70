import type { Features } from "../../core/matrix.ts";
import type { Answer, EncodeMessage, OpenMessage } from "./messages.ts";

/** Workers that encode with one encoder. */
export interface WorkerPool extends Disposable {
  /** Those that have opened the encoder, and no other. */
  readonly ready: readonly EncodingWorker[];
}

/** A worker. */
export interface EncodingWorker {
  /**
   * The blocks of a part; null if another thread had claimed it.
   *
   * @throws {Error} If the worker could not encode it, or has ended.
   */
  encode(message: EncodeMessage): Promise<readonly Features[] | null>;
}

/** A class of workers of the web: libraries put others in its place. */
export type WorkerClass = typeof Worker;

/**
 * Starts workers; each is ready once it has opened the encoder and that has the right fingerprint. What
 * cannot start is never ready: without the permission to read modules, say, or within a compiled program.
 */
export function startWorkers(
  WorkerClass: WorkerClass,
  count: number,
  message: OpenMessage,
  fingerprint: string,
): WorkerPool {
  const ready: EncodingWorker[] = [];
  const started = Array.from({ length: count }, () => startWorker(WorkerClass));
  for (const worker of started) {
    worker?.ask(message).then((answer) => {
      if (!("fingerprint" in answer) || answer.fingerprint !== fingerprint) return worker.end();
      ready.push({
        encode: async (texts) => {
          const reply = await worker.ask(texts);
          if ("blocks" in reply) return reply.blocks;
          throw new Error(
            "error" in reply ? reply.error : "Expected vectors, found another answer",
          );
        },
      });
    }).catch(() => {});
  }
  return {
    ready,
    [Symbol.dispose]: () => {
      ready.length = 0;
      for (const worker of started) worker?.end();
    },
  };
}

interface StartedWorker {
  ask(message: OpenMessage | EncodeMessage): Promise<Answer>;
  end(): void;
}

function startWorker(WorkerClass: WorkerClass): StartedWorker | undefined {
  let worker: Worker;
  try {
    worker = new WorkerClass(new URL("./worker.ts", import.meta.url), { type: "module" });
  } catch {
    return undefined;
  }
  const waiting: PromiseWithResolvers<Answer>[] = [];
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
    worker.terminate();
    for (const { reject } of waiting.splice(0)) reject(new Error("The worker has ended"));
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => waiting.shift()?.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    end();
  };
  worker.onmessageerror = end;
  return {
    ask: (message) => {
      const answer = Promise.withResolvers<Answer>();
      if (hasEnded) answer.reject(new Error("The worker has ended"));
      else {
        waiting.push(answer);
        worker.postMessage(message);
      }
      return answer.promise;
    },
    end,
  };
}
