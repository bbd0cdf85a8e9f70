// deno-lint-ignore-file no-console -- a benchmark prints
/** Prompts a second of the offline encoders, on the 5k prompts: `deno task bench:encoders`. */
import { openEncoder, readPrompts } from "../mod.ts";
import { textTable } from "../src/report/mod.ts";

const REPEATS = 7;
const { rows } = await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl");
const prompts = rows.map((row) => row.prompt);
const table: (string | number)[][] = [];
for (const spec of ["static", "ngram", "lite"]) {
  const start = performance.now();
  await using encoder = await openEncoder(spec);
  const opened = performance.now() - start;
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const before = performance.now();
    await encoder.encode(prompts);
    times.push(performance.now() - before);
  }
  const median = times.sort((a, b) => a - b)[REPEATS >> 1]!;
  table.push([spec, Math.round(opened), Math.round(1000 * prompts.length / median)]);
}
console.log(textTable({ columns: ["encoder", "open ms", "prompts/s"], rows: table }));
