// deno-lint-ignore-file no-console -- the output is the result
/** Measures one encoder in this process: seconds to the first vector, then prompts a second, then memory. */
import { openEncoder, type OpenEncoderOptions, readPrompts } from "../mod.ts";

const [spec = "lite", options = "{}"] = Deno.args;
const { rows } = await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl");
const prompts = rows.map(({ prompt }) => prompt);
const start = performance.now();
await using encoder = await openEncoder(spec, JSON.parse(options) as OpenEncoderOptions);
await encoder.encode(prompts.slice(0, 1));
const cold_start_ms = performance.now() - start;

const BATCH = 100;
const BUDGET_MS = 3000;
let peak_rss_bytes = 0;
let done = 0;
const warm = performance.now();
for (; done === 0 || performance.now() - warm < BUDGET_MS; done += BATCH) {
  await encoder.encode(prompts.slice(done % 4900, (done % 4900) + BATCH));
  peak_rss_bytes = Math.max(peak_rss_bytes, Deno.memoryUsage().rss);
}
const prompts_per_second = done / ((performance.now() - warm) / 1000);
console.log(JSON.stringify({ cold_start_ms, prompts_per_second, peak_rss_bytes }));
