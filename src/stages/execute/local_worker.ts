import type { Encoder } from "../../encoders/encoder.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { Features } from "../../core/matrix.ts";
import { runBatch, type RunBatchOptions } from "../config/batch.ts";
import type { OpenStageEncoder } from "../config/open_encoder.ts";
import { sendError, sendRun, type WorkerMessage, type WorkerRequest } from "./local_messages.ts";
import type { StageConfig } from "../config/stage_config.ts";

/** Options of {@linkcode serveExperiments}. */
export interface ServeExperimentsOptions
  extends Pick<RunBatchOptions, "jobId" | "checkpointSeconds" | "openEncoder" | "startTorch"> {
  /** Says what happens. */
  readonly send: (message: WorkerMessage) => Promise<void> | void;
}

/**
 * Runs experiments of a config as they are asked for, one at a time, and says what happens.
 * When the requests end while an experiment runs, whoever asked is gone: the run stops at its next
 * evaluation, with a checkpoint.
 *
 * @throws {MicroLmError} What would hit every experiment: as {@linkcode runBatch}, after saying so.
 */
export async function serveExperiments(
  config: StageConfig,
  requests: AsyncIterable<WorkerRequest>,
  { send, openEncoder, ...rest }: ServeExperimentsOptions,
): Promise<void> {
  const stop = new AbortController();
  const open = keepFeatures(openEncoder);
  const asked = requests[Symbol.asyncIterator]();
  let next = asked.next();
  for (;;) {
    const { value: request, done } = await next;
    if (done) return;
    const { name, resume } = request;
    next = asked.next();
    next.then(({ done }) => done && stop.abort(), () => stop.abort());
    try {
      const [run] = await runBatch(config, {
        ...rest,
        openEncoder: open,
        only: [name],
        resume,
        signal: stop.signal,
        onStart: () => void send({ type: "start", name }),
        onEvaluation: (_, evaluation) => void send({ type: "evaluation", name, evaluation }),
      });
      await send({ type: "run", run: sendRun(run!) });
    } catch (error) {
      if (stop.signal.aborted) return;
      await send({ type: "fatal", error: sendError(error) });
      throw error;
    }
  }
}

/** Opens each encoder once and encodes the same texts once, as long as the encoder does not change. */
function keepFeatures(open: OpenStageEncoder): OpenStageEncoder {
  let last: { readonly key: string; readonly encoder: Encoder } | undefined;
  return async (spec, options) => {
    const key = `${options.maxLength} ${spec}`;
    if (last?.key === key) return last.encoder;
    last = { key, encoder: await withKeptFeatures(await open(spec, options)) };
    return last.encoder;
  };
}

function withKeptFeatures(encoder: Encoder): Encoder {
  const { spec, fingerprint, dims, runtime, dtype } = encoder;
  const kept = new Map<string, Features>();
  return {
    spec,
    fingerprint,
    dims,
    ...(runtime === undefined ? {} : { runtime }),
    ...(dtype === undefined ? {} : { dtype }),
    encode: async (texts, options) => {
      const key = sha256Hex(JSON.stringify(texts));
      const features = kept.get(key) ?? await encoder.encode(texts, options);
      kept.set(key, features);
      return features;
    },
    // The engine goes with the process: another experiment may need it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
