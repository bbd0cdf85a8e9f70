import { openEncoder } from "../../mod.ts";
import type { OpenStageEncoder } from "../../src/stages/mod.ts";
import { encoderOptions } from "../_encoder_flags.ts";
import type { ENCODER_FLAGS } from "../_encoder_flags.ts";
import type { FlagValues } from "../../src/cli/flags.ts";

/** Opens the encoders of experiments as the flags say. */
export function stageEncoderOpener(flags: FlagValues<typeof ENCODER_FLAGS>): OpenStageEncoder {
  const options = encoderOptions(flags);
  return (spec) => openEncoder(spec, options);
}

/** The flags that make another process open encoders in the same way. */
export function encoderArguments(flags: FlagValues<typeof ENCODER_FLAGS>): string[] {
  const { runtime, dtype, encoder_cache, threads } = flags;
  return [
    "--runtime",
    runtime,
    "--encoder_cache",
    encoder_cache,
    ...(dtype === undefined ? [] : ["--dtype", dtype]),
    ...(threads === undefined ? [] : ["--threads", String(threads)]),
  ];
}
