// deno-lint-ignore-file no-console -- a benchmark prints
/** Peak memory of mapping 100,000 prompts that come from a stream, with the default encoder. */
import { openEncoder, readLabeledCsv, trainMapper } from "../mod.ts";
import { createMasker } from "../src/data/mod.ts";
import { createPredictor } from "../src/mapper/mod.ts";

const BATCH = 512;
const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
await using encoder = await openEncoder("lite");
const { model } = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
const predict = createPredictor(model);

/** Prompts that are all different. */
function* prompts(count: number): Generator<string> {
  for (let i = 0; i < count; i++) {
    yield `${data.rows[i % data.rows.length]!.prompt} number ${i} please`;
  }
}

let batch: string[] = [];
let done = 0;
let peak = 0;
const start = performance.now();
for (const prompt of prompts(100_000)) {
  batch.push(prompt);
  if (batch.length < BATCH && done + batch.length < 100_000) continue;
  predict(await encoder.encode(batch));
  const before = done;
  done += batch.length;
  batch = [];
  peak = Math.max(peak, Deno.memoryUsage().rss);
  if (Math.floor(done / 20_000) > Math.floor(before / 20_000)) {
    const rate = done / ((performance.now() - start) / 1000);
    console.log(
      `${done} prompts: peak ${(peak / 1e6).toFixed(0)} MB, ${rate.toFixed(0)} prompts/s`,
    );
  }
}
