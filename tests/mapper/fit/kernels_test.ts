import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createArena } from "../../../src/mapper/fit/kernels.ts";
import { createRandom } from "../../../src/core/random.ts";

const random = createRandom(11);
const fill = (view: Float64Array) => view.forEach((_, i) => view[i] = random.normal());

Deno.test("gemm adds A·B to C for every shape, strides included", () => {
  for (const [m, n, p] of [[4, 4, 1], [8, 12, 5], [4, 80, 33]] as const) {
    const lda = p + 3;
    const ldb = n + 4;
    const ldc = n + 8;
    const arena = createArena({
      a: { type: "f64", length: m * lda },
      b: { type: "f64", length: p * ldb },
      c: { type: "f64", length: m * ldc },
    });
    const a = arena.floats("a");
    const b = arena.floats("b");
    const c = arena.floats("c");
    [a, b, c].forEach(({ view }) => fill(view));
    const before = c.view.slice();
    arena.kernels.gemm(a.at, lda * 8, b.at, ldb * 8, c.at, ldc * 8, m, n, p);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < ldc; j++) {
        let sum = before[i * ldc + j]!;
        for (let k = 0; k < p && j < n; k++) sum += a.view[i * lda + k]! * b.view[k * ldb + j]!;
        assertAlmostEquals(c.view[i * ldc + j]!, sum, 1e-12);
      }
    }
  }
});

Deno.test("dot and axpy agree with plain loops", () => {
  const arena = createArena({ x: { type: "f64", length: 20 }, y: { type: "f64", length: 20 } });
  const x = arena.floats("x");
  const y = arena.floats("y");
  fill(x.view);
  fill(y.view);
  const expected = x.view.reduce((sum, value, i) => sum + value * y.view[i]!, 0);
  assertAlmostEquals(arena.kernels.dot(x.at, y.at, 20), expected, 1e-12);
  const before = y.view.slice();
  arena.kernels.axpy(0.5, x.at, y.at, 16);
  y.view.forEach((value, i) =>
    assertAlmostEquals(value, before[i]! + (i < 16 ? 0.5 * x.view[i]! : 0), 1e-15)
  );
});

Deno.test("sparse products agree with plain loops, empty rows included", () => {
  const arena = createArena({
    indptr: { type: "u32", length: 4 },
    indices: { type: "u32", length: 4 },
    values: { type: "f32", length: 4 },
    b: { type: "f64", length: 5 * 4 },
    c: { type: "f64", length: 3 * 4 },
    g: { type: "f64", length: 5 * 4 },
  });
  const indptr = arena.words("indptr");
  const indices = arena.words("indices");
  const values = arena.singles("values");
  const b = arena.floats("b");
  const c = arena.floats("c");
  const g = arena.floats("g");
  indptr.view.set([0, 3, 3, 4]);
  indices.view.set([0, 2, 4, 1]);
  values.view.set([1, -2, 0.5, 3]);
  fill(b.view);
  arena.kernels.csrForward(indptr.at, indices.at, values.at, b.at, c.at, 4, 0, 3);
  for (let j = 0; j < 4; j++) {
    const row = (r: number) => b.view[r * 4 + j]!;
    assertAlmostEquals(c.view[j]!, row(0) - 2 * row(2) + 0.5 * row(4), 1e-12);
    assertEquals(c.view[4 + j], 0);
    assertAlmostEquals(c.view[8 + j]!, 3 * row(1), 1e-12);
  }
  arena.kernels.csrBackward(indptr.at, indices.at, values.at, c.at, g.at, 4, 0, 3);
  for (let j = 0; j < 4; j++) {
    assertAlmostEquals(g.view[4 + j]!, 3 * c.view[8 + j]!, 1e-12);
    assertAlmostEquals(g.view[8 + j]!, -2 * c.view[j]!, 1e-12);
    assertEquals(g.view[12 + j], 0);
  }
});
