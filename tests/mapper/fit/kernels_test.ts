import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createArena, type Floats } from "../../../src/mapper/fit/kernels.ts";
import { createRandom } from "../../../src/core/random.ts";

const random = createRandom(11);
const fill = (view: Floats) => {
  for (let i = 0; i < view.length; i++) view[i] = random.normal();
};
const PRECISIONS = [["f64", 1e-12], ["f32", 1e-4]] as const;

for (const [type, tolerance] of PRECISIONS) {
  Deno.test(`gemm adds A·B and Aᵀ·B to C for every shape, strides included, ${type}`, () => {
    for (const [m, n, p] of [[4, 8, 1], [8, 16, 5], [4, 80, 33]] as const) {
      const lda = p + 3;
      const ldb = n + 4;
      const ldc = n + 8;
      const arena = createArena({
        a: { type, length: m * lda },
        at: { type, length: p * m },
        b: { type, length: p * ldb },
        c: { type, length: m * ldc },
      }, type);
      const [a, at, b, c] = (["a", "at", "b", "c"] as const).map(arena.floats) as [
        ReturnType<typeof arena.floats>,
        ReturnType<typeof arena.floats>,
        ReturnType<typeof arena.floats>,
        ReturnType<typeof arena.floats>,
      ];
      [a, b, c].forEach(({ view }) => fill(view));
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < p; k++) at.view[k * m + i] = a.view[i * lda + k]!;
      }
      const { gemm, bytes } = arena.kernels;
      for (const [place, row, inner] of [[a.at, lda, 1], [at.at, 1, m]] as const) {
        const before = c.view.slice();
        gemm(place, row * bytes, inner * bytes, b.at, ldb * bytes, c.at, ldc * bytes, m, n, p);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < ldc; j++) {
            let sum = before[i * ldc + j]!;
            for (let k = 0; k < p && j < n; k++) sum += a.view[i * lda + k]! * b.view[k * ldb + j]!;
            assertAlmostEquals(c.view[i * ldc + j]!, sum, tolerance);
          }
        }
      }
    }
  });

  Deno.test(`dot and axpy agree with plain loops, ${type}`, () => {
    const arena = createArena({ x: { type, length: 24 }, y: { type, length: 24 } }, type);
    const x = arena.floats("x");
    const y = arena.floats("y");
    fill(x.view);
    fill(y.view);
    let expected = 0;
    for (let i = 0; i < 20; i++) expected += x.view[i]! * y.view[i]!;
    assertAlmostEquals(arena.kernels.dot(x.at, y.at, 20), expected, 1e-12);
    const before = y.view.slice();
    arena.kernels.axpy(0.5, x.at, y.at, 16);
    for (let i = 0; i < 24; i++) {
      assertAlmostEquals(y.view[i]!, before[i]! + (i < 16 ? 0.5 * x.view[i]! : 0), tolerance);
    }
  });

  Deno.test(`sparse products agree with plain loops, empty rows included, ${type}`, () => {
    const columns = 24;
    const arena = createArena({
      indptr: { type: "u32", length: 4 },
      indices: { type: "u32", length: 4 },
      values: { type: "f32", length: 4 },
      b: { type, length: 5 * columns },
      c: { type, length: 3 * columns },
    }, type);
    const indptr = arena.words("indptr");
    const indices = arena.words("indices");
    const values = arena.singles("values");
    const b = arena.floats("b");
    const c = arena.floats("c");
    indptr.view.set([0, 3, 3, 4]);
    indices.view.set([0, 2, 4, 1]);
    values.view.set([1, -2, 0.5, 3]);
    fill(b.view);
    const { spmm, bytes } = arena.kernels;
    spmm(indptr.at, indices.at, values.at, b.at, c.at, columns * bytes, 3);
    for (let j = 0; j < columns; j++) {
      const row = (r: number) => b.view[r * columns + j]!;
      assertAlmostEquals(c.view[j]!, row(0) - 2 * row(2) + 0.5 * row(4), tolerance);
      assertEquals(c.view[columns + j], 0);
      assertAlmostEquals(c.view[2 * columns + j]!, 3 * row(1), tolerance);
    }
  });
}

Deno.test("softmax32 agrees with plain loops, far logits and padding included", () => {
  const arena = createArena({
    logits: { type: "f32", length: 24 },
    slopes: { type: "f32", length: 24 },
    out: { type: "f32", length: 24 },
    stats: { type: "f32", length: 12 },
    weights: { type: "f32", length: 3 },
  }, "f32");
  const [logits, slopes, out, stats, weights] =
    (["logits", "slopes", "out", "stats", "weights"] as const).map(arena.singles) as [
      ReturnType<typeof arena.singles>,
      ReturnType<typeof arena.singles>,
      ReturnType<typeof arena.singles>,
      ReturnType<typeof arena.singles>,
      ReturnType<typeof arena.singles>,
    ];
  fill(logits.view);
  fill(slopes.view);
  logits.view[9] = 500;
  logits.view[20] = -90;
  weights.view.set([1, 0.5, 2]);
  for (const row of [0, 1, 2]) {
    logits.view.fill(-1e30, row * 8 + 6, row * 8 + 8);
    slopes.view.fill(0, row * 8 + 6, row * 8 + 8);
  }
  arena.kernels.softmax32(
    logits.at,
    slopes.at,
    0.7,
    weights.at,
    out.at,
    stats.at,
    32,
    3,
  );
  for (const row of [0, 1, 2]) {
    const z = Array.from(
      { length: 6 },
      (_, k) => logits.view[row * 8 + k]! + 0.7 * slopes.view[row * 8 + k]!,
    );
    const max = Math.max(...z);
    const sum = z.reduce((s, v) => s + Math.exp(v - max), 0);
    const p = z.map((v) => Math.exp(v - max) / sum);
    p.forEach((value, k) =>
      assertAlmostEquals(out.view[row * 8 + k]!, weights.view[row]! * value, 1e-6)
    );
    assertEquals([...out.view.slice(row * 8 + 6, row * 8 + 8)], [0, 0]);
    assertAlmostEquals(
      stats.view[row * 4]! + Math.log(stats.view[row * 4 + 1]!),
      max + Math.log(sum),
      1e-4,
    );
    const slope = p.reduce((s, value, k) => s + value * slopes.view[row * 8 + k]!, 0);
    assertAlmostEquals(stats.view[row * 4 + 2]!, slope, 1e-5);
  }
});
