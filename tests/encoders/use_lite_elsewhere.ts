// deno-lint-ignore-file no-console -- the output is the result
/** Encodes the varied texts with the options of the command line and prints the vectors. */
import { MicroLmError } from "../../src/core/errors.ts";
import { openUseLiteEncoder } from "../../src/encoders/use_lite/encoder.ts";
import { variedTexts } from "./use_lite_texts.ts";

try {
  const options = JSON.parse(Deno.args[0]!) as object;
  await using encoder = await openUseLiteEncoder({ ...options, cacheDir: ".artifacts/models" });
  const { dense } = await encoder.encode(variedTexts(20));
  console.log(JSON.stringify({ runtime: encoder.runtime, vectors: [...dense!.data] }));
} catch (error) {
  if (!(error instanceof MicroLmError && error.kind === "missing")) throw error;
  console.log(JSON.stringify({ skipped: error.message }));
}
