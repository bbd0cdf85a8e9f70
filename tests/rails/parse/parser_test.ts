import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import { createRandom } from "../../../src/core/random.ts";
import { replayParity } from "../../../src/rails/ngf/parity.ts";
import {
  geodesicParseReport,
  geodesicParseWithPrior,
  stockParse,
} from "../../../src/rails/parse/parser.ts";
import { calibrateZMin, fitMaxGap, fitMinHeight } from "../../../src/rails/parse/calibrate.ts";
import type { ParserPrior } from "../../../src/rails/parse/prior.ts";
import { channelOf, createTraces, type Traces } from "../../../src/rails/traces/easy.ts";
import { generateHardTraces } from "../../../src/rails/traces/hard.ts";
import { generateSimpleTraces } from "../../../src/rails/traces/simple.ts";

const PARSERS = { stockParse, geodesicParseReport, geodesicParseWithPrior };
const SIMPLE = { sigma: 7, protoWidth: 64 };
/** Traces and answers recorded from ngeodesic 0.1.0 (NumPy 1.24) on the published generator. */
const GOLDEN = Deno.readTextFileSync("tests/golden/stage11_parity_20.json");

/** Lobes of 161 samples, [channel, centre, height], in a little noise. */
function lobes(count: number, placed: readonly [number, number, number][], seed = 1): Traces {
  const random = createRandom(seed);
  return createTraces(
    Array.from({ length: count }, (_, p) =>
      Float64Array.from({ length: 720 }, (_, t) => {
        const sum = placed.filter(([q]) => q === p).reduce((total, [, centre, height]) => {
          const d = Math.abs(t - centre);
          return total + (d <= 80 ? height * Math.cos((Math.PI * d) / 160) : 0);
        }, 0);
        return sum + 0.02 * random.normal();
      })),
  );
}

Deno.test("parity mode equals every recorded answer", () => {
  const report = replayParity(JSON.parse(GOLDEN));
  assertEquals(report.samples, 20);
  assertEquals(report.equal, { stock: 20, report: 20, prior_none: 20, prior_fitted: 20 });
  assertEquals([report.peaks_equal, report.shifts_equal], [true, true]);
  assertLessOrEqual(report.max_difference, 1e-9);
});

Deno.test("replayParity() notices other answers, scores and shifts", () => {
  const file = JSON.parse(GOLDEN);
  file.samples[0].stock.order.reverse();
  file.samples[1].report.channels.flip_h.score += 0.5;
  file.samples[2].report.channels.flip_h.peak_idx++;
  file.null_shifts["160"][7]++;
  const report = replayParity(file);
  assertEquals(report.equal.stock, 19);
  assertAlmostEquals(report.max_difference, 0.5, 1e-9);
  assertEquals([report.peaks_equal, report.shifts_equal], [false, false]);
});

Deno.test("replayParity() refuses another file", () => {
  for (const file of [null, {}, { format: "ngf-stage11-parity-v2" }]) {
    const error = assertThrows(() => replayParity(file), MicroLmError, "Expected a parity file");
    assertEquals(error.kind, "data");
  }
});

for (const [name, parse] of Object.entries(PARSERS)) {
  Deno.test(`${name}() reads the simple traces`, () => {
    for (const seed of [42, 123]) {
      assertEquals(parse(generateSimpleTraces(seed), SIMPLE).order, ["1", "2"]);
    }
  });

  Deno.test(`${name}() keeps nothing where nothing stands out`, () => {
    assertEquals(parse(generateSimpleTraces(321, { which: [] }), SIMPLE).keep, []);
    assertEquals(parse(createTraces([new Float64Array(300).fill(2)])).keep, []);
    const ramp = Float64Array.from({ length: 720 }, (_, t) => t / 720);
    assertEquals(parse(createTraces([ramp, ramp])).keep, []);
  });

  Deno.test(`${name}() keeps the best channel when nothing may not be kept`, () => {
    const silence = generateSimpleTraces(321, { which: [] });
    assertEquals(parse(silence, { ...SIMPLE, allowEmpty: false }).keep.length, 1);
  });

  Deno.test(`${name}() refuses a lobe that is longer than the traces`, () => {
    const error = assertThrows(
      () => parse(generateSimpleTraces(1), { protoWidth: 160 }),
      MicroLmError,
      "lobe of 4 to 159 samples",
    );
    assertEquals(error.kind, "usage");
  });

  Deno.test(`${name}() reads at most 1 % of noise as an action`, () => {
    const silent = generateHardTraces(400, 42, { tasks: [0, 0], distractorProbability: 0 });
    const kept = silent.filter(({ traces }) => parse(traces).keep.length > 0).length;
    assertLessOrEqual(kept, 4);
  });
}

Deno.test("the published report parser always keeps something, the corrected one need not", () => {
  const silence = generateSimpleTraces(321, { which: [] });
  assertNotEquals(geodesicParseReport(silence, { ...SIMPLE, mode: "parity" }).keep, []);
  assertEquals(geodesicParseReport(silence, SIMPLE).channels.map((c) => c.verdict), [
    "below_z",
    "below_z",
    "below_z",
  ]);
});

Deno.test("the order is that of the peaks, kept sets are in the order of the channels", () => {
  const traces = lobes(3, [[0, 500, 1], [1, 250, 1], [2, 360, 0.3]]);
  const { keep, order, channels } = geodesicParseReport(traces);
  assertEquals(keep, ["0", "1", "2"]);
  assertEquals(order, ["1", "2", "0"]);
  [500, 250, 360].forEach((centre, p) => {
    assertLessOrEqual(Math.abs(channels[p]!.peak - centre), 3);
    assertAlmostEquals(channels[p]!.height!, p === 2 ? 0.3 : 1, 0.02);
  });
});

Deno.test("lobes at the borders are read in place", () => {
  for (const centre of [10, 25, 40, 700, 709]) {
    const { order, channels } = geodesicParseReport(lobes(2, [[1, centre, 1]]));
    assertEquals(order, ["1"]);
    // More of the lobe is seen further inside, which draws the peak a little.
    assertLessOrEqual(Math.abs(channels[1]!.peak - centre), 12);
  }
});

Deno.test("what all channels show is evidence for none", () => {
  const shared = lobes(3, [[0, 300, 1], [1, 300, 1], [2, 300, 1]]);
  assertEquals(geodesicParseReport(shared).keep, []);
  assertEquals(stockParse(shared).keep.length, 3);
});

Deno.test("maxGap drops a lone lobe among three, never one of two", () => {
  const apart: [number, number, number][] = [[0, 200, 1], [1, 300, 1], [2, 600, 1]];
  const { keep, channels } = geodesicParseReport(lobes(3, apart), { maxGap: 150 });
  assertEquals(keep, ["0", "1"]);
  assertEquals(channels[2]!.verdict, "isolated");
  assertEquals(geodesicParseReport(lobes(3, apart.slice(1)), { maxGap: 150 }).keep, ["1", "2"]);
});

Deno.test("gates name what a channel failed", () => {
  const traces = lobes(2, [[0, 300, 1], [1, 450, 0.3]]);
  const verdict = (options: Parameters<typeof geodesicParseReport>[1]) =>
    geodesicParseReport(traces, options).channels[1]!.verdict;
  assertEquals(verdict({}), "kept");
  assertEquals(verdict({ zMin: 1e6 }), "below_z");
  assertEquals(verdict({ minShape: 0.9999 }), "below_shape");
  assertEquals(verdict({ minHeight: 0.5 }), "below_height");
  assertEquals(verdict({ relFloor: 0.9 }), "below_relative");
});

Deno.test("units, offsets and the order of channels do not change what is kept", () => {
  const samples = generateHardTraces(30, 5);
  fc.assert(
    fc.property(
      fc.nat(29),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: -10, max: 10, noNaN: true }),
      (which, scale, offset) => {
        const { traces } = samples[which]!;
        const expected = geodesicParseReport(traces).order;
        const reversed = [...traces.names.keys()].reverse();
        const changed = createTraces(Object.fromEntries(reversed.map((p) => [
          traces.names[p]!,
          channelOf(traces, p).map((x) => scale * (x + offset)),
        ])));
        assertEquals(geodesicParseReport(changed).order, expected);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("parsers give equal answers to equal traces and leave them as they are", () => {
  const [{ traces }] = generateHardTraces(1, 3) as [ReturnType<typeof generateHardTraces>[number]];
  const before = traces.data.data.slice();
  for (const mode of ["corrected", "parity"] as const) {
    for (const parse of Object.values(PARSERS)) {
      assertEquals(parse(traces, { mode }), parse(traces, { mode }));
    }
  }
  assertEquals(traces.data.data, before);
});

const PRIOR: ParserPrior = {
  radii: [0, 0.1, 0.2],
  values: [1, 1, 0],
  centre: [0.5, 0],
  components: [[1, 0, 0], [0, 0, 0], [0, 0, 1]],
  scales: [1, 1, 1],
  mean: [0, 0, 0],
};

Deno.test("a prior lowers the score of what it finds implausible, in both modes", () => {
  const traces = lobes(2, [[0, 360, 1], [1, 100, 1]]);
  for (const mode of ["corrected", "parity"] as const) {
    const score = (prior?: ParserPrior) =>
      geodesicParseWithPrior(traces, { mode, alpha: 0.5, ...(prior ? { prior } : {}) }).channels
        .map((c) => c.score);
    const free = score();
    const weighed = score(PRIOR);
    assertAlmostEquals(weighed[0]!, free[0]!, 1e-9);
    assert(weighed[1]! < free[1]!);
  }
  const strict = { prior: PRIOR, alpha: 1 };
  assertEquals(geodesicParseWithPrior(traces, strict).keep, ["0"]);
});

Deno.test("a prior fitted with other windows is refused", () => {
  const error = assertThrows(
    () => geodesicParseWithPrior(lobes(1, []), { prior: { ...PRIOR, window: 61 } }),
    MicroLmError,
    "windows of 160 samples, got 61",
  );
  assertEquals(error.kind, "data");
});

Deno.test("calibrateZMin() holds its false-alarm rate on new noise, for short traces too", () => {
  const silent = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, s) => generateSimpleTraces(from + s, { which: [], length: 64, noise: 1 }),
    );
  const options = { protoWidth: 24, falseAlarmRate: 0.05 };
  const zMin = calibrateZMin(silent(5000, 399), options);
  const alarms =
    silent(9000, 400).filter((traces) =>
      geodesicParseReport(traces, { ...options, zMin }).keep.length > 0
    ).length;
  // 20 expected; 36 is beyond 3.5 standard deviations.
  assertLessOrEqual(alarms, 36);
  assert(alarms > 4, `Expected a gate that is no stricter than asked for, got ${alarms} alarms`);
});

Deno.test("calibrateZMin() says how many traces a rate needs", () => {
  const error = assertThrows(
    () => calibrateZMin([generateSimpleTraces(1)], { ...SIMPLE, falseAlarmRate: 0.01 }),
    MicroLmError,
    "on 1 traces",
  );
  assertEquals(error.hint, "Give at least 99 traces without an action");
});

Deno.test("fitted gates are those of the generator, and need samples", () => {
  const samples = generateHardTraces(300, 1000);
  const minHeight = fitMinHeight(samples);
  assert(minHeight > 0.2 && minHeight < 0.3, `got ${minHeight}`);
  const maxGap = fitMaxGap(samples, { minHeight });
  assert(maxGap > 110 && maxGap < 180, `got ${maxGap}`);
  assertThrows(() => fitMinHeight([]), MicroLmError, "found none");
  assertThrows(() => fitMaxGap([]), MicroLmError, "found none");
});

Deno.test("createTraces() says what is wrong with traces", () => {
  const cases: [Record<string, number[]>, string][] = [
    [{}, "at least one trace"],
    [{ a: [] }, "at least one trace"],
    [{ a: [1, 2], b: [1] }, 'Expected 2 samples in trace "b", got 1'],
    [{ a: [1, NaN] }, 'finite samples in trace "a", got NaN'],
    [{ a: [1, Infinity] }, "got Infinity"],
  ];
  for (const [channels, message] of cases) {
    const error = assertThrows(() => createTraces(channels), MicroLmError, message);
    assertEquals(error.kind, "data");
  }
});
