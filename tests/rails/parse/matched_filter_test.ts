import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createRandom } from "../../../src/core/random.ts";
import {
  argMax,
  correlateSame,
  halfSine,
  movingAverage,
} from "../../../src/rails/parse/matched_filter.ts";
import { createLobeFilter } from "../../../src/rails/parse/matched_filter_curve.ts";

const noise = (seed: number, length: number) => {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => random.normal());
};

Deno.test("movingAverage() mirrors the ends without repeating the end sample", () => {
  const x = Float64Array.of(1, 5, 9, 2);
  const cases: [number, number[]][] = [
    [1, [1, 5, 9, 2]],
    [3, [11 / 3, 5, 16 / 3, 20 / 3]],
    [2, [11 / 3, 5, 16 / 3, 20 / 3]],
  ];
  for (const [width, expected] of cases) {
    const got = movingAverage(x, width);
    expected.forEach((value, i) => assertAlmostEquals(got[i]!, value, 1e-12));
  }
  assertThrows(() => movingAverage(x, 9), RangeError, "more than 4");
});

Deno.test("correlateSame() sums the template over the trace and zeros outside", () => {
  const x = Float64Array.of(1, 2, 3, 4);
  assertEquals([...correlateSame(x, Float64Array.of(1, 10, 100))], [210, 321, 432, 43]);
  assertEquals([...correlateSame(x, Float64Array.of(1, 10))], [10, 21, 32, 43]);
  assertThrows(() => correlateSame(x, new Float64Array(5)), RangeError, "at most 4");
});

Deno.test("halfSine() is symmetric, of unit length and at least 3 samples", () => {
  for (const width of [1, 3, 4, 64, 160]) {
    const lobe = halfSine(width);
    assertEquals(lobe.length, Math.max(3, width));
    assertAlmostEquals(lobe.reduce((sum, v) => sum + v * v, 0), 1, 1e-6);
    lobe.forEach((v, i) => assertAlmostEquals(v, lobe[lobe.length - 1 - i]!, 1e-12));
  }
});

Deno.test("argMax() takes the first among equals", () => {
  assertEquals(argMax(Float64Array.of(1, 3, 3, 2)), 1);
});

/** The definition: least squares of lobe and line over the window that lies on the trace. */
function fitDirectly(x: Float64Array, half: number, i: number) {
  const from = Math.max(0, i - half);
  const to = Math.min(x.length, i + half + 1);
  const places = Array.from({ length: to - from }, (_, k) => from + k - i);
  const window = withoutLine(places.map((d) => x[i + d]!), places);
  const lobe = withoutLine(places.map((d) => Math.cos((Math.PI * d) / (2 * half))), places);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  const covariance = dot(window, lobe);
  const lobeEnergy = dot(lobe, lobe);
  return {
    height: covariance / lobeEnergy,
    strength: covariance / Math.sqrt(lobeEnergy),
    shape: covariance / Math.sqrt(lobeEnergy * dot(window, window)),
  };
}

function withoutLine(values: number[], places: number[]): number[] {
  const mean = (v: number[]) => v.reduce((sum, value) => sum + value, 0) / v.length;
  const mv = mean(values);
  const mp = mean(places);
  const slope = values.reduce((sum, v, k) => sum + (v - mv) * (places[k]! - mp), 0) /
    places.reduce((sum, p) => sum + (p - mp) ** 2, 0);
  return values.map((v, k) => v - mv - slope * (places[k]! - mp));
}

Deno.test("createLobeFilter() agrees with least squares at every sample, borders included", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 12, max: 90 }),
      fc.integer({ min: 6, max: 30 }),
      fc.integer(),
      fc.integer({ min: -1000, max: 1000 }),
      (length, width, seed, offset) => {
        const half = width >> 1;
        fc.pre(2 * half + 1 <= length);
        const x = noise(seed, length).map((v) => v + offset);
        const curves = createLobeFilter(length, width)(x);
        for (let i = 0; i < length; i++) {
          const direct = fitDirectly(x, half, i);
          assertAlmostEquals(curves.height[i]!, direct.height, 1e-8);
          assertAlmostEquals(curves.strength[i]!, direct.strength, 1e-8);
          assertAlmostEquals(curves.shape[i]!, direct.shape, 1e-7);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("createLobeFilter() finds the same lobe at the border as in the middle", () => {
  const filter = createLobeFilter(200, 41);
  for (const centre of [0, 3, 20, 100, 199]) {
    const x = Float64Array.from({ length: 200 }, (_, t) => {
      const d = Math.abs(t - centre);
      return d <= 20 ? 3 * Math.cos((Math.PI * d) / 40) : 0;
    });
    const { height, shape } = filter(x);
    assertAlmostEquals(height[centre]!, 3, 1e-9);
    assertAlmostEquals(shape[centre]!, 1, 1e-9);
  }
});

Deno.test("createLobeFilter() finds no lobe in a constant or a drift", () => {
  for (const slope of [0, 0.1]) {
    const x = Float64Array.from({ length: 50 }, (_, t) => 7.3 + slope * t);
    const { shape, strength } = createLobeFilter(50, 11)(x);
    assertEquals(shape.every((v) => v === 0), true);
    assertEquals(strength.every((v) => Math.abs(v) < 1e-9), true);
  }
});

Deno.test("createLobeFilter() refuses lobes that do not fit and traces of another length", () => {
  assertThrows(() => createLobeFilter(10, 12), RangeError, "4 to 10");
  assertThrows(() => createLobeFilter(10, 1), RangeError, "got 1");
  assertThrows(() => createLobeFilter(10, 5)(new Float64Array(9)), RangeError, "Expected 10");
});
