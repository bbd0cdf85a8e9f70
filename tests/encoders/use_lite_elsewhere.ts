// deno-lint-ignore-file no-console -- the output is the result
/** Encodes the varied texts with the options of the command line and prints the vectors. */
import { openUseLiteEncoder } from "../../src/encoders/use_lite/encoder.ts";
import { variedTexts } from "./use_lite_texts.ts";

const options = JSON.parse(Deno.args[0]!) as object;
await using encoder = await openUseLiteEncoder({ ...options, cacheDir: ".artifacts/models" });
const { dense } = await encoder.encode(variedTexts(20));
console.log(JSON.stringify({ runtime: encoder.runtime, vectors: [...dense!.data] }));
