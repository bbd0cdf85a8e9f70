import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createRandom } from "../../src/core/random.ts";
import { halfSine } from "../../src/rails/parse/matched_filter.ts";
import { createLobeFilter } from "../../src/rails/parse/matched_filter_curve.ts";
import { publishedNullZ } from "../../src/rails/parse/null_circular.ts";
import { nullZ, shiftNull } from "../../src/rails/parse/null_robust.ts";
import { publishedShifts } from "../../src/rails/parse/null_shifts.ts";

const noise = (seed: number, length: number) => {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => random.normal());
};
const rotate = (x: Float64Array, shift: number) =>
  x.map((_, t) => x[(t - shift + x.length) % x.length]!);

Deno.test("publishedShifts() draws what NumPy draws from seed 0", () => {
  // numpy 1.24: g = default_rng(0); [int(g.integers(1, T - 1)) for _ in range(6)]
  const cases: [number, number[]][] = [
    [720, [611, 458, 367, 194, 222, 30]],
    [719, [610, 457, 367, 194, 221, 30]],
  ];
  for (const [length, expected] of cases) {
    const shifts = publishedShifts(length);
    assertEquals([...shifts.subarray(0, 6)], expected);
    assertEquals(shifts.length, 120);
    assertEquals(shifts.every((s) => s >= 1 && s <= length - 2), true);
  }
  assertEquals([...publishedShifts(3)], new Array(120).fill(1));
  assertThrows(() => publishedShifts(2), RangeError, "at least 3");
});

/** Upstream's definition, on rotated copies of the trace. */
function directZ(x: Float64Array, index: number, template: Float64Array, shifts: Int32Array) {
  const correlationAt = (y: Float64Array) => {
    const half = template.length >> 1;
    const window = [...y.subarray(Math.max(0, index - half), index + half)];
    if (window.length < 3) return 0;
    const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;
    const lobe = [...template.subarray(0, window.length)];
    const mw = mean(window);
    const ml = mean(lobe);
    const dot = window.reduce((sum, v, k) => sum + (v - mw) * (lobe[k]! - ml), 0);
    const norm = (v: readonly number[], m: number) => Math.hypot(...v.map((a) => a - m));
    return dot / (norm(window, mw) * norm(lobe, ml) + 1e-8);
  };
  const shifted = [...shifts].map((s) => correlationAt(rotate(x, s)));
  const mean = shifted.reduce((a, b) => a + b) / shifted.length;
  const variance = shifted.reduce((a, b) => a + (b - mean) ** 2, 0) / shifted.length;
  return (correlationAt(x) - mean) / (Math.sqrt(variance) + 1e-8);
}

Deno.test("publishedNullZ() agrees with its definition on rotated copies", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 60 }),
      fc.integer({ min: 3, max: 20 }),
      fc.nat(),
      fc.integer(),
      (length, width, place, seed) => {
        const x = noise(seed, length);
        const template = halfSine(width);
        const index = place % length;
        const shifts = publishedShifts(length);
        assertAlmostEquals(
          publishedNullZ(x, index, template, shifts),
          directZ(x, index, template, shifts),
          1e-7,
        );
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("shiftNull() looks up what the curve of a rotated trace shows, away from the borders", () => {
  const length = 120;
  const width = 15;
  const index = 60;
  const x = noise(3, length);
  const filter = createLobeFilter(length, width);
  const { strength } = filter(x);
  let compared = 0;
  for (let shift = 0; shift < length; shift++) {
    const at = (index - shift + length) % length;
    if (at < 7 || at >= length - 7) continue;
    assertAlmostEquals(filter(rotate(x, shift)).strength[index]!, strength[at]!, 1e-9);
    compared++;
  }
  assertEquals(compared, 106);
});

Deno.test("shiftNull() is median and median absolute deviation over all allowed shifts", () => {
  fc.assert(fc.property(
    fc.integer({ min: 5, max: 80 }),
    fc.integer({ min: 1, max: 9 }),
    fc.nat(),
    fc.integer(),
    (length, width, place, seed) => {
      const curve = noise(seed, length);
      const index = place % length;
      const half = width >> 1;
      const far = [...curve].filter((_, t) => {
        const apart = Math.abs(t - index);
        return Math.min(apart, length - apart) > half;
      });
      const middle = (v: number[]) => v.sort((a, b) => a - b)[v.length >> 1]!;
      const got = shiftNull(curve, index, width);
      if (far.length < 3) return assertEquals(got.scale, Infinity);
      const median = middle(far);
      assertEquals(got.median, median);
      const scale = 1.4826 * middle(far.map((v) => Math.abs(v - median)));
      assertAlmostEquals(got.scale, scale, 1e-12);
    },
  ));
});

Deno.test("nullZ() is 0 where nothing varies and finite where only the null does not", () => {
  assertEquals(nullZ(2, { median: 2, scale: 0 }), 0);
  assertEquals(nullZ(2, { median: 0, scale: Infinity }), 0);
  assertAlmostEquals(nullZ(5, { median: 1, scale: 2 }), 2, 1e-6);
  assertEquals(Number.isFinite(nullZ(5, { median: 0, scale: 0 })), true);
});
