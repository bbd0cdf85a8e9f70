// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Our encoding of a sentence-transformers folder against the feature-extraction pipeline of
 * `@huggingface/transformers` over the same files, both one prompt at a time and theirs also in batches
 * of 32, in alternating slices. The package is no dependency of this project, so it is named here:
 *
 *     deno run --node-modules-dir=none --no-lock --allow-all bench/transformers_bench.ts FOLDER \
 *       npm:@huggingface/transformers@4
 *
 * FOLDER has `onnx/model_quantized.onnx` and the files of the model.
 */
import { readPrompts } from "../mod.ts";
import { openSentenceTransformer } from "../src/encoders/mod.ts";

const [folder, name] = Deno.args;
if (!folder || !name) throw new Error("Expected the folder of a model and the package");

interface Output {
  readonly data: Float32Array;
}
type Extract = (texts: string[], options: object) => Promise<Output>;

const { pipeline, env } = await import(name) as {
  pipeline: (task: string, model: string, options: object) => Promise<Extract>;
  env: Record<string, unknown>;
};
env["allowRemoteModels"] = false;
env["localModelPath"] = folder.slice(0, folder.lastIndexOf("/"));

const { rows } = await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl");
const texts = rows.slice(0, 640).map((row) => row.prompt);
const theirs = await pipeline("feature-extraction", folder.slice(folder.lastIndexOf("/") + 1), {
  dtype: "q8",
  device: "cpu",
});
const options = { pooling: "mean", normalize: true };
const SLICE = 32;

for (const runtime of ["native", "wasm"] as const) {
  await using ours = await openSentenceTransformer(folder, { dtype: "int8", runtime });
  const contenders: Record<string, (some: string[]) => Promise<unknown>> = {
    "ours": (some) => ours.encode(some),
    "theirs, one at a time": async (some) => {
      for (const text of some) await theirs([text], options);
    },
    "theirs, batches of 32": (some) => theirs(some, options),
  };
  const seconds: Record<string, number> = {};
  for (let from = 0; from < texts.length; from += SLICE) {
    for (const [who, encode] of Object.entries(contenders)) {
      const start = performance.now();
      await encode(texts.slice(from, from + SLICE));
      // The first two slices warm up.
      if (from >= 2 * SLICE) seconds[who] = (seconds[who] ?? 0) + performance.now() - start;
    }
  }
  const count = texts.length - 2 * SLICE;
  for (const [who, ms] of Object.entries(seconds)) {
    const rate = (1000 * count) / ms;
    console.log(`${runtime.padEnd(6)}  ${who.padEnd(22)}  ${rate.toFixed(0)} prompts/s`);
  }
}
const [mine, other] = await Promise.all([
  openSentenceTransformer(folder, { dtype: "int8", runtime: "native" }).then((encoder) =>
    encoder.encode(texts.slice(0, 20)).finally(() => encoder[Symbol.asyncDispose]())
  ),
  Promise.all(texts.slice(0, 20).map((text) => theirs([text], options))),
]);
const dims = mine.dense!.cols;
const cosines = other.map(({ data }, i) =>
  data.reduce((sum, value, j) => sum + value * mine.dense!.data[i * dims + j]!, 0)
);
console.log(`least cosine of ours with theirs over 20 prompts: ${Math.min(...cosines).toFixed(5)}`);
