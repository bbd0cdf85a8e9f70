// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Prompts a second of the offline encoders, on one core and on all, taken in turns: the 5k prompts, eight
 * times over for those that are fast. `deno task bench:encoders`
 *
 * The processor's time of each thread says what a machine with other work on it does not show: `busiest` is
 * how many prompts a second of the thread that worked most. It needs `deno run -A bench/encoders.ts`.
 */
import { openEncoder, readPrompts } from "../mod.ts";
import { textTable } from "../src/report/mod.ts";

const REPEATS = 3;
const CASES = [["static", 40_000], ["ngram", 40_000], ["lite", 40_000], ["use-lite", 128]] as const;
const { rows } = await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl");
const promptsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => rows[i % rows.length]!.prompt);

const isOpen = Deno.permissions.querySync({ name: "read" }).state === "granted";

/** Seconds of the processor that each thread of this process took so far. */
function threadSeconds(): Map<string, number> {
  const seconds = new Map<string, number>();
  if (!isOpen) return seconds;
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    const stat = Deno.readTextFileSync(`/proc/self/task/${name}/stat`);
    const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13);
    seconds.set(name, (Number(user) + Number(system)) / 100);
  }
  return seconds;
}

/** Prompts a second by the clock, and by the thread that worked most. */
async function measure(encode: () => Promise<unknown>, prompts: number) {
  const before = threadSeconds();
  const start = performance.now();
  await encode();
  const wall = (performance.now() - start) / 1000;
  const busy = [...threadSeconds()].map(([name, now]) => now - (before.get(name) ?? 0));
  return { wall: prompts / wall, busiest: isOpen ? prompts / Math.max(...busy, 0.01) : NaN };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

const table: (string | number)[][] = [];
for (const [spec, count] of CASES) {
  const prompts = promptsOf(count);
  const start = performance.now();
  await using one = await openEncoder(spec, { threads: 1, dtype: "int8" });
  const opened = performance.now() - start;
  await using all = await openEncoder(spec, { dtype: "int8" });
  // Code is compiled and workers are ready after some rounds.
  for (let i = 0; i < 3; i++) for (const encoder of [one, all]) await encoder.encode(prompts);
  const times = [one, all].map(() => ({ wall: [] as number[], busiest: [] as number[] }));
  for (let i = 0; i < REPEATS; i++) {
    for (const [k, encoder] of [one, all].entries()) {
      const { wall, busiest } = await measure(() => encoder.encode(prompts), count);
      times[k]!.wall.push(wall);
      times[k]!.busiest.push(busiest);
    }
  }
  const [a, b] = times.map(({ wall, busiest }) => [median(wall), median(busiest)]);
  table.push([
    spec,
    Math.round(opened),
    ...[a![0]!, b![0]!].map(Math.round),
    (b![0]! / a![0]!).toFixed(2),
    ...[a![1]!, b![1]!].map(Math.round),
    (b![1]! / a![1]!).toFixed(2),
  ]);
}
console.log(textTable({
  columns: [
    "encoder",
    "open ms",
    "prompts/s",
    "all cores",
    "ratio",
    "busiest",
    "all cores",
    "ratio",
  ],
  rows: table,
}));
