// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * What the use-lite encoder costs on top of ONNX Runtime: our whole path, texts in and vectors out,
 * against a bare loop over the same graph and the same piece ids, for each number type and each engine
 * that may load. They take turns in slices of a few prompts, and the medians over slices of the ratios
 * are printed, so that a busy machine disturbs all alike.
 */
import {
  type EngineName,
  loadEngine,
  loadUnigram,
  loadUseLiteModel,
  openUseLiteEncoder,
  type UseLiteDtype,
} from "../src/encoders/mod.ts";
import { readPrompts } from "../mod.ts";

const SLICES = 40;
const WARM_UP = 10;
const SLICE = 10;
const CACHE = ".artifacts/models";
const DTYPES: readonly UseLiteDtype[] = ["fp32", "int8"];

const { rows } = await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl");
const texts = rows.slice(0, SLICES * SLICE).map((row) => row.prompt);
const unigram = await loadUnigram();
const ids = texts.map((text) => Int32Array.from(unigram.encode(text).subarray(0, 128)));

/** Runs the prompts of one slice. */
type Contender = (from: number, to: number) => Promise<unknown>;

async function openContenders(runtime: EngineName, dtype: UseLiteDtype) {
  const start = performance.now();
  const encoder = await openUseLiteEncoder({ dtype, runtime, cacheDir: CACHE });
  await encoder.encode([texts[0]!]);
  const cold = performance.now() - start;
  const { engine, threads } = await loadEngine({ runtime });
  const session = await engine.InferenceSession.create(
    (await loadUseLiteModel(dtype, CACHE)).bytes,
    {
      graphOptimizationLevel: "all",
      ...(runtime === "native" ? { intraOpNumThreads: threads } : {}),
    },
  );
  const ours: Contender = (from, to) => encoder.encode(texts.slice(from, to));
  const bare: Contender = async (from, to) => {
    for (const row of ids.slice(from, to)) {
      await session.run({ ids: new engine.Tensor("int32", row, [row.length]) });
    }
  };
  return { cold, contenders: [ours, bare] };
}

async function compare(runtime: EngineName): Promise<void> {
  const opened: Awaited<ReturnType<typeof openContenders>>[] = [];
  for (const dtype of DTYPES) opened.push(await openContenders(runtime, dtype));
  const contenders = opened.flatMap((one) => one.contenders);
  const times: number[][] = contenders.map(() => []);
  // The first slices also pay for the compilation of the engine.
  for (let slice = -WARM_UP; slice < SLICES; slice++) {
    const from = Math.max(0, slice) * SLICE;
    // Who comes first finds the caches cold, so the two of a number type change places.
    for (const place of contenders.keys()) {
      const i = slice % 2 === 0 ? place : place ^ 1;
      const start = performance.now();
      await contenders[i]!(from, from + SLICE);
      if (slice >= 0) times[i]!.push((performance.now() - start) / SLICE);
    }
  }
  DTYPES.forEach((dtype, i) => {
    const ours = times[2 * i]!;
    const bare = times[2 * i + 1]!;
    console.log([
      `${runtime} ${dtype}`.padEnd(12),
      `${(1000 / median(ours)).toFixed(0)} prompts/s`,
      `bare loop ${(1000 / median(bare)).toFixed(0)}`,
      `ratio ${median(bare.map((value, s) => value / ours[s]!)).toFixed(3)}`,
      `one prompt ${median(ours).toFixed(2)} ms`,
      `open and first prompt ${opened[i]!.cold.toFixed(0)} ms`,
    ].join("  "));
  });
  const gain = times[0]!.map((value, slice) => value / times[2]![slice]!);
  console.log(`${runtime} int8 is ${median(gain).toFixed(2)} times as fast as fp32`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

// Built beforehand: the time to open is that of later runs.
for (const dtype of DTYPES) await loadUseLiteModel(dtype, CACHE);
const pieces = ids.reduce((sum, row) => sum + row.length, 0) / ids.length;
console.log(`${texts.length} prompts of ${pieces.toFixed(1)} pieces on average`);
for (const runtime of ["wasm", "native"] as const) {
  const failure = await loadEngine({ runtime }).then(() => undefined, (error: Error) => error);
  if (failure) console.log(`${runtime}: skipped: ${failure.message}`);
  else await compare(runtime);
}
