import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  packArray,
  packAscending,
  packCounts,
  packGroups,
  packIntegers,
  packRepeated,
  unpackArray,
  unpackAscending,
  unpackCounts,
  unpackGroups,
  unpackIntegers,
  unpackRepeated,
} from "../../src/core/packed_arrays.ts";

Deno.test("unpackArray() inverts packArray() and refuses broken elements", () => {
  const values = Float32Array.of(1.5, -0, 3e38);
  assertEquals(unpackArray(packArray(values), Float32Array), values);
  assert(assertThrows(() => unpackArray("AAA=", Float32Array), RangeError));
});

Deno.test("packIntegers() is inverted, whatever the numbers", () => {
  const number = fc.oneof(
    fc.integer({ min: -32767, max: 32767 }),
    fc.integer({ min: -2, max: 2 }),
    fc.constant(0),
  );
  fc.assert(fc.property(
    fc.array(number, { maxLength: 200 }),
    fc.integer({ min: 1, max: 9 }),
    (numbers, cols) => {
      const values = Int16Array.from(numbers.slice(0, numbers.length - numbers.length % cols));
      const rows = values.length / cols;
      const text = packIntegers(values, cols);
      // No integer is a negative zero.
      const expected = Float32Array.from(values, (value) => value + 0);
      assertEquals(unpackIntegers(text, rows, cols), expected);
      const exponents = Int8Array.from({ length: rows }, (_, row) => row % 5 - 3);
      assertEquals(
        unpackIntegers(text, rows, cols, exponents),
        expected.map((value, i) => value * 2 ** exponents[Math.floor(i / cols)]!),
      );
      assertThrows(() => unpackIntegers(text, rows + 2, cols), RangeError);
    },
  ));
});

Deno.test("packIntegers() writes the files of before as they were, and new ones in less room", () => {
  const row = [0, 1, -1, 2, -40, 7, 0, 0, 900, -3, 12, -2047];
  const values = Int16Array.from([...row, ...row.map((value) => -value)]);
  const old = "QZza4wBgIVwBYKD+B6Y1qAHAOjgDuED+Bw==";
  assertEquals(packIntegers(values, 4, { isQuick: true }), old);
  assert(packIntegers(values, 4).length < old.length);
  assertEquals(unpackIntegers(old, 6, 4), Float32Array.from(values, (value) => value + 0));
});

Deno.test("packCounts(), packAscending(), packGroups() and packRepeated() are inverted", () => {
  const count = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 31 }));
  fc.assert(fc.property(fc.array(count, { maxLength: 300 }), (counts) => {
    const values = Uint32Array.from(counts);
    assertEquals(unpackCounts(packCounts(values)), values);
    const ascending = Uint32Array.from(new Set(counts)).sort();
    assertEquals(unpackAscending(packAscending(ascending)), ascending);
    const first = new Map<number, number>();
    for (const value of counts) if (!first.has(value)) first.set(value, first.size);
    const groups = values.map((value) => first.get(value)!);
    assertEquals(unpackGroups(packGroups(groups)), { groups, count: first.size });
    const floats = Float32Array.from(counts, (value) => value / 7);
    assertEquals(unpackRepeated(packRepeated(floats)), floats);
  }));
});

Deno.test("what packs few numbers packs them well", () => {
  const ascending = Uint32Array.from({ length: 50_000 }, (_, i) => 5 * i + (i * 7) % 5);
  assert(packAscending(ascending).length < 50_000 * 0.7);
  const steps = Int16Array.from({ length: 50_000 }, (_, i) => i % 1000 === 0 ? 300 : i % 3 - 1);
  assert(packIntegers(steps, 1000).length < 50_000 * 0.5);
});

const BYTES = fc.uint8Array({ maxLength: 60 }).map((bytes) => bytes.toBase64());

Deno.test("unpacking any bytes gives numbers or says what is wrong, at once", () => {
  fc.assert(
    fc.property(BYTES, BYTES, (text, other) => {
      for (
        const unpack of [
          () => unpackCounts(text),
          () => unpackAscending(text),
          () => unpackGroups(text),
          () => unpackIntegers(text, 3, 7),
          () => unpackRepeated({ values: other, which: text }),
        ]
      ) {
        try {
          unpack();
        } catch (error) {
          assert(error instanceof RangeError, String(error));
          assert(/^Expected/.test(error.message), error.message);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("numbers that begin well and end early, late or too high are refused", () => {
  const text = packCounts(Uint32Array.of(5, 300, 7));
  const bytes = Uint8Array.fromBase64(text);
  for (const wrong of [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0), Uint8Array.of(3)]) {
    assertThrows(() => unpackCounts(wrong.toBase64()), RangeError, "found another number");
  }
  const far = Uint32Array.of(2 ** 31, 2 ** 31, 2 ** 31);
  assertThrows(() => unpackAscending(packCounts(far)), RangeError, "below 2^32");
  const { values } = packRepeated(Float32Array.of(1));
  const which = packCounts(Uint32Array.of(0, 1));
  assertThrows(() => unpackRepeated({ values, which }), RangeError, "one of 1 numbers");
});
