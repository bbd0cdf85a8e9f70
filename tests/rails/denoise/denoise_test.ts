import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { createRandom } from "../../../src/core/random.ts";
import { DENOISE_STAGES, denoiseTraces } from "../../../src/rails/denoise/denoise.ts";
import {
  emaFilter,
  hybridFilter,
  localClamp,
  medianFilter,
  phantomClamp,
  snrDb,
} from "../../../src/rails/denoise/filters.ts";
import { createStreamingDenoiser } from "../../../src/rails/denoise/stream.ts";
import { runDenoiseBench } from "../../../src/rails/ngf/denoise_bench.ts";
import { channelOf, createTraces } from "../../../src/rails/traces/easy.ts";
import { generateHardTraces } from "../../../src/rails/traces/hard.ts";

const noise = (seed: number, length: number) => {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => random.normal());
};

Deno.test("phantomClamp() limits deviations from the mean", () => {
  const x = noise(1, 500);
  x[100] = 40;
  x[200] = -40;
  const mean = x.reduce((a, b) => a + b) / 500;
  const sd = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / 500);
  const clamped = phantomClamp(x, 2);
  assertAlmostEquals(clamped[100]!, mean + 2 * sd, 1e-6);
  assertAlmostEquals(clamped[200]!, mean - 2 * sd, 1e-6);
  assertAlmostEquals(clamped[0]!, x[0]!, 1e-6);
  assertEquals([...phantomClamp(Float64Array.of(3, 3, 3))], [3, 3, 3]);
});

Deno.test("localClamp() takes phantoms and spares the top of a lobe, phantomClamp() does not", () => {
  const lobe = Float64Array.from(
    { length: 720 },
    (_, t) => Math.exp(-0.5 * ((t - 360) / 30) ** 2) + 0.01 * Math.sin(7.3 * t),
  );
  assertAlmostEquals(localClamp(lobe)[360]!, lobe[360]!, 0.01);
  assert(phantomClamp(lobe)[360]! < 0.9);
  const struck = lobe.slice();
  struck[100] = 5;
  assert(localClamp(struck)[100]! < 0.1);
});

Deno.test("medianFilter() takes the middle of an odd window, the ends mirrored", () => {
  const x = Float64Array.of(5, 1, 4, 2, 3);
  const cases: [number, number[]][] = [
    [1, [5, 1, 4, 2, 3]],
    [3, [1, 4, 2, 3, 2]],
    [2, [1, 4, 2, 3, 2]],
    [5, [4, 2, 3, 2, 3]],
  ];
  for (const [width, expected] of cases) assertEquals([...medianFilter(x, width)], expected);
  assertThrows(() => medianFilter(x, 11), RangeError, "more than 5");
});

Deno.test("emaFilter() follows its definition and keeps constants from the first sample", () => {
  const out = emaFilter(Float64Array.of(1, 2, 4), 0.5);
  assertAlmostEquals(out[0]!, 1, 1e-9);
  assertAlmostEquals(out[1]!, (0.5 * 2 + 0.25 * 1) / 0.75, 1e-9);
  assertAlmostEquals(out[2]!, (0.5 * 4 + 0.25 * 2 + 0.125 * 1) / 0.875, 1e-9);
});

Deno.test("hybridFilter() is clamp, median and average in this order", () => {
  const x = noise(4, 60);
  const expected = emaFilter(medianFilter(phantomClamp(x, 1), 3), 0.4);
  assertEquals(hybridFilter(x, { clampZ: 1, medianWidth: 3, alpha: 0.4 }), expected);
});

Deno.test("filters neither change their input nor leave its range", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 12, maxLength: 60 }),
    (values) => {
      const x = Float64Array.from(values);
      const low = Math.min(...x);
      const high = Math.max(...x);
      const slack = 1e-6 * (1 + Math.max(-low, high));
      for (const filter of [phantomClamp, localClamp, medianFilter, emaFilter, hybridFilter]) {
        const out = (filter as (x: Float64Array) => Float64Array)(x);
        assertEquals(out.length, x.length);
        assert(out.every((v) => v >= low - slack && v <= high + slack));
      }
      assertEquals([...x], values);
    },
  ));
});

Deno.test("createStreamingDenoiser() equals the average and the median of the last samples", () => {
  const x = noise(2, 50);
  const average = emaFilter(x, 1 - 0.85);
  const median = x.map((_, t) => {
    const last = [...x.subarray(Math.max(0, t - 2), t + 1)].sort((a, b) => a - b);
    return last.length === 2 ? (last[0]! + last[1]!) / 2 : last[last.length >> 1]!;
  });
  const push = (kind: "hybrid" | "ema" | "median" | "off") => {
    const denoiser = createStreamingDenoiser({ kind });
    return x.map((v) => denoiser.push(v));
  };
  assertEquals(push("off"), x);
  const expected = {
    ema: average,
    median,
    hybrid: x.map((_, t) => (average[t]! + median[t]!) / 2),
  };
  for (const kind of ["ema", "median", "hybrid"] as const) {
    push(kind).forEach((v, t) => assertAlmostEquals(v, expected[kind][t]!, 1e-9));
  }
});

Deno.test("createStreamingDenoiser() forgets all on reset and refuses bad settings", () => {
  const denoiser = createStreamingDenoiser();
  const first = [3, 1, 2].map((v) => denoiser.push(v));
  denoiser.reset();
  assertEquals([3, 1, 2].map((v) => denoiser.push(v)), first);
  assertThrows(() => createStreamingDenoiser({ decay: 1 }), RangeError, "decay");
  assertThrows(() => createStreamingDenoiser({ medianWidth: 0 }), RangeError, "median");
});

const [sample] = generateHardTraces(1, 11, { noise: 0.3 }) as [
  ReturnType<typeof generateHardTraces>[number],
];

Deno.test("denoiseTraces() without stages gives the traces back", () => {
  assertEquals(denoiseTraces(sample.traces, { stages: [] }).data.data, sample.traces.data.data);
});

Deno.test("denoiseTraces() is a function of its input: no state outlives a call", () => {
  const before = sample.traces.data.data.slice();
  const first = denoiseTraces(sample.traces);
  denoiseTraces(generateHardTraces(1, 12)[0]!.traces);
  assertEquals(denoiseTraces(sample.traces), first);
  assertEquals(sample.traces.data.data, before);
  assertNotEquals(denoiseTraces(sample.traces, { seed: 100 }), first);
});

Deno.test("jittered copies are independent runs that are averaged", () => {
  const with2 = denoiseTraces(sample.traces, { copies: 2 }).data.data;
  const with1 = denoiseTraces(sample.traces, { copies: 1 }).data.data;
  const with0 = denoiseTraces(sample.traces, { copies: 0 }).data.data;
  const without = denoiseTraces(sample.traces, {
    stages: DENOISE_STAGES.filter((stage) => stage !== "jitter"),
  }).data.data;
  assertEquals(with0, without);
  // The second copy is what remains of three runs; it must lie as near to the first as jitter allows.
  const second = with2.map((v, i) => 3 * v - 2 * with1[i]!);
  assertLessOrEqual(Math.max(...second.map((v, i) => Math.abs(v - with0[i]!))), 0.3);
});

Deno.test("the tracker never looks ahead", () => {
  const cut = 400;
  const traces = createTraces([0, 1].map((p) => channelOf(sample.traces, p)));
  const later = createTraces(
    [0, 1].map((p) => channelOf(sample.traces, p).map((v, t) => t < cut ? v : v + 1)),
  );
  // The gate's noise level is that of the whole trace; the guard has none.
  const options = { stages: ["ema", "guard"] as const };
  const a = denoiseTraces(traces, options);
  const b = denoiseTraces(later, options);
  assertEquals(channelOf(a, 1).subarray(0, cut), channelOf(b, 1).subarray(0, cut));
  assertNotEquals(channelOf(a, 1).subarray(cut), channelOf(b, 1).subarray(cut));
});

Deno.test("the guard holds back steps towards a phantom", () => {
  const x = Float64Array.from({ length: 60 }, (_, t) => t === 40 ? 10 : 1);
  const out = (stages: readonly ("guard")[]) =>
    channelOf(denoiseTraces(createTraces([x]), { stages }), 0)[40]!;
  assertEquals(out([]), 10);
  assertAlmostEquals(out(["guard"]), 1 + 0.3 * 9, 1e-9);
});

Deno.test("the gate halves steps below the noise floor", () => {
  const x = Float64Array.from({ length: 40 }, (_, t) => t < 20 ? 0 : 0.02);
  const out = channelOf(denoiseTraces(createTraces([x]), { stages: ["gate"] }), 0);
  assertAlmostEquals(out[20]!, 0.01, 1e-12);
  assertAlmostEquals(out[21]!, 0.015, 1e-12);
  const open = { stages: ["gate"] as const, noiseFloor: 0 };
  assertAlmostEquals(channelOf(denoiseTraces(createTraces([x]), open), 0)[20]!, 0.02, 1e-12);
});

Deno.test("snrDb() is 0 where noise and signal are equally strong", () => {
  assertAlmostEquals(snrDb([1, 1], [2, 0]), 0, 1e-9);
  assertAlmostEquals(snrDb([1, 1], [1.1, 0.9]), 20, 1e-9);
  assertThrows(() => snrDb([1], []), RangeError, "Expected 1");
});

Deno.test("denoising gains 6 dB at 0 dB on hidden clean traces, and phantoms make the clamp pay", () => {
  const rows = runDenoiseBench(6, 42);
  const gain = (noise: string, variant: string) =>
    rows.find((row) => row.noise === noise && row.variant === variant)!.gain_db!;
  for (const kind of ["gaussian", "gaussian+phantoms"]) {
    assertAlmostEquals(gain(kind, "raw"), 0, 1e-12);
    assertGreaterOrEqual(gain(kind, "all"), 6);
    assertGreaterOrEqual(gain(kind, "streaming hybrid"), 6);
    for (const stage of ["median", "ema", "gate", "guard"]) {
      assert(gain(kind, `only ${stage}`) > 0.2, `${stage} on ${kind}`);
    }
  }
  assertGreaterOrEqual(gain("gaussian+phantoms", "only clamp"), 2);
  const raw = rows.filter((row) => row.noise === "gaussian" && row.variant === "raw");
  assertAlmostEquals(raw[0]!.snr_db!, 0, 1e-9);
});
