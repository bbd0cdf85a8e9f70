import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import {
  applyWarp,
  fitWarp,
  hashWarp,
  loadWarp,
  saveWarp,
  truncateWarp,
} from "../../../src/rails/warp/warp.ts";
import { createRandom } from "../../../src/core/random.ts";
import { inTempFolder } from "../../temp.ts";

function cloud(rows: number, cols: number, seed: number) {
  const random = createRandom(seed);
  const data = Float64Array.from(
    { length: rows * cols },
    (_, i) => random.normal() * (1 + i % cols),
  );
  return { data, rows, cols };
}

Deno.test("fitWarp() whitens: mean 0, variance 1 and no correlation", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const points = cloud(60, 4, seed);
      const warp = fitWarp(points, { k: 4 });
      const projected = Array.from(
        { length: 60 },
        (_, i) => applyWarp(warp, points.data.subarray(4 * i, 4 * i + 4)),
      );
      for (let a = 0; a < 4; a++) {
        for (let b = 0; b < 4; b++) {
          const moment = projected.reduce((sum, y) => sum + y[a]! * y[b]!, 0) / 59;
          assertAlmostEquals(moment, a === b ? 1 : 0, 1e-8);
        }
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("fitWarp() has components of length one, by spread, with a sign of their own", () => {
  const points = cloud(50, 3, 5);
  const { components: { data }, scales } = fitWarp(points, { k: 3 });
  assert(scales[0]! >= scales[1]! && scales[1]! >= scales[2]!);
  for (let i = 0; i < 3; i++) {
    const row = [...data.subarray(3 * i, 3 * i + 3)];
    assertAlmostEquals(Math.hypot(...row), 1, 1e-12);
    const leader = row.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0]!;
    assert(leader > 0);
  }
  const mirrored = { ...points, data: points.data.map((x) => -x) };
  assertEquals(
    fitWarp(mirrored, { k: 3 }).components.data.map((x) => Math.round(x * 1e9)),
    data.map((x) => Math.round(x * 1e9)),
  );
});

Deno.test("fitWarp() leaves out directions in which nothing varies", () => {
  const points = { data: Float64Array.of(1, 2, 2, 4, 3, 6), rows: 3, cols: 2 };
  assertEquals(fitWarp(points, { k: 2 }).scales.length, 1);
  assertThrows(() => fitWarp({ ...points, data: points.data.map(() => 7) }), MicroLmError);
  assertThrows(() => fitWarp({ data: new Float64Array(2), rows: 1, cols: 2 }), MicroLmError);
  assertThrows(() => fitWarp(points, { k: 0 }), RangeError);
  assertThrows(() => applyWarp(fitWarp(points), [1]), RangeError);
});

Deno.test("truncateWarp() keeps the leading coordinates", () => {
  const points = cloud(30, 3, 6);
  const warp = fitWarp(points, { k: 3 });
  const x = points.data.subarray(0, 3);
  assertEquals([...applyWarp(truncateWarp(warp, 2), x)], [...applyWarp(warp, x)].slice(0, 2));
});

Deno.test("saveWarp() and loadWarp() keep every bit; a changed file is refused", async () => {
  await inTempFolder(async (dir) => {
    const path = `${dir}/warp.json`;
    const warp = fitWarp(cloud(40, 5, 7), { k: 3 });
    await saveWarp(path, warp);
    const loaded = await loadWarp(path);
    assertEquals(loaded, warp);
    assertEquals(hashWarp(loaded), hashWarp(warp));
    const text = await Deno.readTextFile(path);
    assertEquals(JSON.parse(text).sha256, hashWarp(warp));
    await Deno.writeTextFile(path, text.replace(/"scales":"./, '"scales":"B'));
    await assertRejects(() => loadWarp(path), MicroLmError, "hash");
    await Deno.writeTextFile(path, text.replace("warp@1", "warp@9"));
    await assertRejects(() => loadWarp(path), MicroLmError, "schema");
  });
});
