import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatEncoderSpec, hasWeights, parseEncoderSpec } from "../../src/encoders/spec.ts";
import { MicroLmError } from "../../src/core/errors.ts";

const NAMES: readonly (readonly [spec: string, name: string, kind: string, weight: number])[] = [
  ["static", "static", "name", 1],
  ["./models/x", "./models/x", "folder", 1],
  ["../x", "../x", "folder", 1],
  ["/models/x*.5", "/models/x", "folder", 0.5],
  ["C:\\models\\x", "C:\\models\\x", "folder", 1],
  ["models/a/b", "models/a/b", "folder", 1],
  ["org/name-v1.5*1e-2", "org/name-v1.5", "hub", 0.01],
  ["http://host/v1#model", "http://host/v1#model", "url", 1],
  ["http://[::1]:8080/v1#m*3", "http://[::1]:8080/v1#m", "url", 3],
  ["[http://[::1]:8080/v1#a*b+c]*3", "http://[::1]:8080/v1#a*b+c", "url", 3],
  ["[ ./a+b ]", "./a+b", "folder", 1],
];

for (const [spec, name, kind, weight] of NAMES) {
  Deno.test(`parseEncoderSpec() reads the ${kind} in "${spec}"`, () => {
    assertEquals(parseEncoderSpec(spec) as unknown, [{ name, kind, weight }]);
  });
}

const WRONG = ["static*0x10", "static*1e999", "static*Infinity", "static*+2", "[]", "[ ]"];
for (const spec of [...WRONG, "[a]b", "[a][b]", "a]", "][", "*2", "a++b"]) {
  Deno.test(`parseEncoderSpec() refuses "${spec}"`, () => {
    assertEquals(assertThrows(() => parseEncoderSpec(spec), MicroLmError).kind, "usage");
  });
}

Deno.test("parseEncoderSpec() reads any name back from brackets, or refuses it", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
    text === text.trim() && !/[[\]]/.test(text) && text !== "lite"
  );
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
    const spec = names.map((text, i) => `[${text}]*${i + 1}`).join("+");
    const parts = parseEncoderSpec(spec);
    assertEquals(parts.map((part) => part.name), names);
    assertEquals(parts.map((part) => part.weight), names.map((_, i) => i + 1));
  }));
});

Deno.test("parseEncoderSpec() throws nothing but usage errors", () => {
  const alphabet = fc.constantFrom(..."[]+*/.:2e- alite");
  fc.assert(
    fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (spec) => {
      try {
        for (const { name, weight } of parseEncoderSpec(spec)) {
          assertEquals(name !== "" && weight > 0 && Number.isFinite(weight), true, spec);
        }
      } catch (error) {
        if (!(error instanceof MicroLmError && error.kind === "usage")) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("formatEncoderSpec() writes what parseEncoderSpec() reads", () => {
  const parts = [
    { name: "http://host/v1#a+b*2", kind: "url", weight: 0.25 },
    { name: "static", kind: "name", weight: 1 },
  ] as const;
  assertEquals(formatEncoderSpec(parts), "[http://host/v1#a+b*2]*0.25+static");
  assertEquals(parseEncoderSpec(formatEncoderSpec(parts)), [...parts]);
});

Deno.test("hasWeights() sees a written weight, and no star within brackets", () => {
  assertEquals(["a+b", "[a*2]+b", "a+b*1"].map(hasWeights), [false, false, true]);
});
