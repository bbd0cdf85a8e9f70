import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { closest, distance } from "../../src/core/text/edits.ts";

/** The whole table, as the definition has it. */
function byDefinition(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j++) table[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
  }
  return table[a.length]![b.length]!;
}

Deno.test("distance() counts edits as the definition does, above and below a word's 32 letters", () => {
  const text = (length: number) =>
    fc.array(fc.constantFrom("a", "b", "c", "é"), { maxLength: length })
      .map((letters) => letters.join(""));
  for (const length of [8, 31, 34, 70]) {
    fc.assert(fc.property(text(length), text(length), (a, b) => {
      assertEquals(distance(a, b), byDefinition(a, b));
    }));
  }
  const words = [32, 33].map((length) => "x".repeat(length));
  for (const word of words) assertEquals(distance(word, `${word.slice(1)}y`), 1);
});

Deno.test("distance() of a short name is quick for a text of a million letters", () => {
  const long = "ab".repeat(500_000);
  const started = performance.now();
  assertEquals(distance("mapper.confidence_threshold", long), 999_999);
  assertEquals(performance.now() - started < 2000, true);
});

Deno.test("closest() takes the first of equally close texts", () => {
  assertEquals(closest("bat", ["cow", "cat", "rat"]), "cat");
});
