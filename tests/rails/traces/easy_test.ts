import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { argMax } from "../../../src/rails/parse/matched_filter.ts";
import { channelOf } from "../../../src/rails/traces/easy.ts";
import { generateDefiTraces, generateHardTraces } from "../../../src/rails/traces/hard.ts";
import { generateSimpleTraces } from "../../../src/rails/traces/simple.ts";

Deno.test("generateHardTraces() repeats itself for a seed and differs between seeds", () => {
  assertEquals(generateHardTraces(3, 8), generateHardTraces(3, 8));
  assertNotEquals(generateHardTraces(3, 8), generateHardTraces(3, 9));
  assertEquals(generateHardTraces(2, 8), generateHardTraces(5, 8).slice(0, 2));
});

Deno.test("generateHardTraces() has the published distribution", () => {
  const count = 3000;
  const samples = generateHardTraces(count, 42, { length: 120 });
  const lengths = [1, 2, 3].map((k) => samples.filter(({ truth }) => truth.length === k).length);
  // Four standard deviations around a third.
  lengths.forEach((n) => assertLessOrEqual(Math.abs(n - count / 3), 104));
  const absent = samples.reduce((sum, { truth }) => sum + 3 - truth.length, 0);
  const distractors = samples.reduce((sum, s) => sum + s.present.length - s.truth.length, 0);
  assertLessOrEqual(Math.abs(distractors / absent - 0.4), 0.04);
  for (const name of ["flip_h", "flip_v", "rotate"]) {
    const first = samples.filter(({ truth }) => truth[0] === name).length;
    assertLessOrEqual(Math.abs(first - count / 3), 104);
  }
});

Deno.test("generateHardTraces() puts actions around their slots, in order, and nothing below 0", () => {
  let least = Infinity;
  for (const { traces, clean, truth, present } of generateHardTraces(200, 3)) {
    assert(traces.data.data.every((v) => v >= 0));
    const peaks = truth.map((name) => argMax(channelOf(clean, clean.names.indexOf(name))));
    peaks.forEach((peak, slot) => assertLessOrEqual(Math.abs(peak - [252, 360, 468][slot]!), 18));
    clean.names.forEach((name, p) => {
      const top = Math.max(...channelOf(clean, p));
      assertEquals(top > 0.1, present.includes(name));
      if (truth.includes(name)) least = Math.min(least, top);
    });
  }
  assert(least > 0.25 && least < 0.3, `got ${least}`);
});

Deno.test("generateHardTraces() follows its options", () => {
  const quiet = generateHardTraces(5, 1, { noise: 0, names: ["a", "b"], tasks: [2, 2] });
  for (const { traces, clean, truth } of quiet) {
    assertEquals(traces.data.data, clean.data.data);
    assertEquals([...truth].sort(), ["a", "b"]);
  }
  const silent = generateHardTraces(20, 1, { tasks: [0, 0], distractorProbability: 0 });
  assert(silent.every(({ truth, present }) => truth.length + present.length === 0));
  for (const tasks of [[1, 4], [2, 1], [-1, 1]] as const) {
    assertThrows(() => generateHardTraces(1, 1, { tasks }), RangeError, "0 to 3 tasks");
  }
});

Deno.test("generateDefiTraces() puts narrower bumps around wider slots", () => {
  const quiet = { noise: 0, commonAmplitude: 0, couplingProbability: 0, distractorProbability: 0 };
  for (const { clean, truth, present } of generateDefiTraces(200, 3, quiet)) {
    assertEquals(clean.names.length, 8);
    assertEquals([...truth].sort(), [...present].sort());
    truth.forEach((name, slot) => {
      const trace = channelOf(clean, clean.names.indexOf(name));
      const peak = argMax(trace);
      assertLessOrEqual(Math.abs(peak - [234, 360, 486][slot]!), 16);
      const wide = trace.filter((v) => v > trace[peak]! / 2).length;
      assertLessOrEqual(Math.abs(wide - 0.08 * 720), 2);
    });
  }
});

Deno.test("generateDefiTraces() couples actions at the stated rate, outside of the truth", () => {
  const options = { noise: 0, commonAmplitude: 0, distractorProbability: 0 };
  const samples = generateDefiTraces(2000, 7, options);
  for (const [from, to] of [["borrow", "swap"], ["add_liquidity", "claim_rewards"]] as const) {
    const open = samples.filter(({ truth }) => truth.includes(from) && !truth.includes(to));
    const coupled = open.filter(({ present }) => present.includes(to));
    // Four standard deviations around a half.
    assertLessOrEqual(Math.abs(coupled.length / open.length - 0.5), 2 / Math.sqrt(open.length));
    for (const { clean } of coupled) {
      const [cause, effect] = [from, to].map((name) => channelOf(clean, clean.names.indexOf(name)));
      const lag = argMax(effect!) - argMax(cause!);
      assert(lag >= 9 && lag <= 20, `got ${lag}`);
      assertLessOrEqual(Math.abs(effect![argMax(effect!)]! - 0.6), 0.001);
    }
    const uncalled = samples.filter(({ truth }) => !truth.includes(from) && !truth.includes(to));
    assert(uncalled.every(({ present }) => !present.includes(to)));
  }
});

Deno.test("generateDefiTraces() draws distractors at the stated rate and refuses too many tasks", () => {
  const samples = generateDefiTraces(1000, 5, { length: 120, couplingProbability: 0 });
  const absent = samples.reduce((sum, { truth }) => sum + 8 - truth.length, 0);
  const distractors = samples.reduce((sum, s) => sum + s.present.length - s.truth.length, 0);
  assertLessOrEqual(Math.abs(distractors / absent - 0.25), 0.025);
  assertEquals(samples, generateDefiTraces(1000, 5, { length: 120, couplingProbability: 0 }));
  assertThrows(() => generateDefiTraces(1, 1, { tasks: [1, 4] }), RangeError, "0 to 3 tasks");
});

Deno.test("generateSimpleTraces() puts lobes where they are said to be", () => {
  const traces = generateSimpleTraces(5, { which: [0, 1, 2], noise: 0 });
  const peaks = [0, 1, 2].map((p) => argMax(channelOf(traces, p)));
  [88, 64, 112].forEach((centre, p) => assertLessOrEqual(Math.abs(peaks[p]! - centre), 1));
  const silence = generateSimpleTraces(5, { which: [], noise: 0 });
  assert(silence.data.data.every((v) => v === 0));
});
