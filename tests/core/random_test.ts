import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../src/core/random.ts";

Deno.test("createRandom() repeats itself for a seed and differs between seeds", () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  assertEquals(draw(3), draw(3));
  assert(draw(3)[0] !== draw(4)[0]);
});

Deno.test("createRandom() has the moments of its distributions", () => {
  const random = createRandom(1);
  const n = 20000;
  const uniform = Array.from({ length: n }, () => random.uniform());
  const normal = Array.from({ length: n }, () => random.normal());
  const mean = (xs: number[]) => xs.reduce((a, b) => a + b) / xs.length;
  assert(uniform.every((x) => x >= 0 && x < 1));
  assertAlmostEquals(mean(uniform), 0.5, 0.01);
  assertAlmostEquals(mean(normal), 0, 0.03);
  assertAlmostEquals(mean(normal.map((x) => x * x)), 1, 0.05);
});

Deno.test("createRandom() shuffles to a permutation and picks members", () => {
  const random = createRandom(9);
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = random.shuffle([...items]);
  assert(shuffled.some((x, i) => x !== i));
  assertEquals(shuffled.toSorted((a, b) => a - b), items);
  assert(items.includes(random.pick(items)));
  assertThrows(() => random.pick([]), RangeError);
});
