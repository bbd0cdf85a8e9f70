import { encoderArguments } from "./_stages_encoder.ts";
import type { ENCODER_FLAGS } from "./_encoder_flags.ts";
import type { FlagValues } from "../src/cli/flags.ts";

/** Folders that the tasks of the pipeline write to: the documented ones, and scratch space. */
const WRITES = ".artifacts,.cache,models,results,artifacts,logs";

/**
 * The arguments of the deno program that start a worker, with no more permissions than it needs.
 *
 * @param models Encoder specs of the experiments.
 */
export function workerArguments(
  flags: FlagValues<typeof ENCODER_FLAGS>,
  models: readonly string[],
  more: readonly string[],
): string[] {
  const isNative = flags.runtime !== "wasm";
  const usesNetwork = models.some((model) => /https?:/.test(model));
  return [
    ...["run", "--quiet", "--no-prompt", "--frozen", "--ignore-env=LOG_TOKENS,LOG_STREAM"],
    ...[isNative ? "--allow-read" : "--allow-read=.", `--allow-write=${WRITES}`],
    ...(isNative ? ["--allow-ffi"] : []),
    ...(usesNetwork ? ["--allow-net", "--allow-env=MICRO_LM_API_KEY"] : []),
    ...["tasks/stage_worker.ts", ...more, ...encoderArguments(flags)],
  ];
}
