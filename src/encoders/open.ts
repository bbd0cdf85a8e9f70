import { closest } from "fastest-levenshtein";
import { MicroLmError } from "../errors.ts";
import { composeEncoders, type WeightedEncoder } from "./compose.ts";
import type { Encoder } from "./encoder.ts";
import { type EncoderPart, parseEncoderSpec } from "./spec.ts";

/** Opens an encoder of one kind. Modules load when they are asked for. */
type Opener = () => Promise<Encoder>;

/** Encoders by name: adding one takes a file and a line here. */
const ENCODERS: Readonly<Record<string, Opener>> = {
  static: async () => (await import("./static.ts")).openStaticEncoder(),
  ngram: async () => (await import("./ngram.ts")).openNgramEncoder(),
  "use-lite": async () => (await import("./use_lite.ts")).openUseLiteEncoder(),
};

/** The encoder that tasks use unless told otherwise. */
export const DEFAULT_ENCODER = "lite";

/**
 * Opens the encoder that a spec describes; see {@linkcode parseEncoderSpec}.
 *
 * @throws {MicroLmError} Kind `usage` for an unknown name, with the closest known one; what the encoder
 * itself throws.
 *
 * @example
 * ```ts
 * import { openEncoder } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * await using encoder = await openEncoder("ngram");
 * const { sparse } = await encoder.encode(["deposit 10 ETH into aave"]);
 * assertEquals(sparse!.cols, encoder.dims);
 * ```
 */
export async function openEncoder(spec: string): Promise<Encoder> {
  const parts = parseEncoderSpec(spec);
  for (const { name } of parts) checkName(name);
  const opened: WeightedEncoder[] = [];
  for (const part of parts) opened.push(await openPart(part));
  const [only] = opened;
  if (opened.length === 1 && only!.weight === 1) return only!.encoder;
  return composeEncoders(opened, spec);
}

function checkName(name: string): void {
  if (Object.hasOwn(ENCODERS, name)) return;
  const names = [...Object.keys(ENCODERS), "lite"];
  throw new MicroLmError("usage", `Unknown encoder "${name}"`, {
    hint: `Did you mean "${closest(name, names)}"? Known: ${names.join(", ")}`,
  });
}

async function openPart({ name, weight }: EncoderPart): Promise<WeightedEncoder> {
  return { encoder: await ENCODERS[name]!(), weight };
}
