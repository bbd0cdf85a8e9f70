import type { Encoder } from "../../encoders/encoder.ts";

/** Opens the encoder of an experiment. */
export type OpenStageEncoder = (
  spec: string,
  options: { readonly maxLength: number },
) => Promise<Encoder>;
