import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { canonicalJson } from "../../src/core/canonical_json.ts";
import { sha256Hex } from "../../src/core/hash.ts";
import { openSealed, seal, sealOf } from "../../src/core/sealed_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Bodies of every form, with odd keys and strings of more than a line. */
const BODY = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("sha", "10", "9", "é", 'a"b')),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: "binary", maxLength: 90 }),
    fc.string({ maxLength: 200 }),
  ),
).map((body) => ({ ...body, schema: "s", point: { at: 0.5, "é": "“”" }, sha: "sha256" }));

Deno.test("openSealed() gives back what was sealed, and what its hash is without a key", () => {
  fc.assert(
    fc.property(BODY, (given) => {
      const body = JSON.parse(JSON.stringify(given));
      const { text, sha256 } = seal(body);
      const sealed = openSealed(encode(text), "s");
      assertEquals([canonicalJson(sealed.body), sealed.sha256], [canonicalJson(body), sha256]);
      for (const key of [...Object.keys(body), "none"]) {
        const { [key]: _, ...rest } = body;
        assertEquals(sealed.sealWithout(key), sealOf(rest), key);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("openSealed() takes the same content however it is laid out", () => {
  const body = { schema: "s", a: [1, { c: "é", b: "x".repeat(99) }], z: "y" };
  const { sha256 } = seal(body);
  for (
    const text of [
      JSON.stringify({ ...body, sha256 }, null, 2),
      JSON.stringify({ sha256, ...body }),
      seal(body).text.trimEnd(),
      seal(body).text.replace("é", "\\u00e9"),
      seal(body).text.replace('"y"', '"\\u0079"'),
    ]
  ) {
    const sealed = openSealed(encode(text), "s");
    assertEquals([sealed.body, sealed.sha256], [body, sha256]);
    assertEquals(sealed.sealWithout("a"), sealOf({ schema: "s", z: "y" }));
  }
});

Deno.test("a key that stands deeper, too, is the upper one", () => {
  const point = { threshold: 0.5 };
  const body = { schema: "s", point, before: { point }, list: [{ point }], sha256s: "sha256" };
  const sealed = openSealed(encode(seal(body).text), "s");
  const { point: _, ...rest } = body;
  assertEquals(sealed.sealWithout("point"), sealOf(rest));
});

/** A text with the hash of its own bytes, which need not be canonical. */
function hashed(before: string, after: string): string {
  return `${before},"sha256":"${sha256Hex(before + after)}"${after}\n`;
}

Deno.test("openSealed() refuses what was changed, and text that two readers read in two ways", () => {
  const { text, sha256 } = seal({ schema: "s", a: 1, b: "x".repeat(99) });
  const refused: readonly (readonly [string, string])[] = [
    [text.replace("x", "y"), "does not match its hash"],
    [text.replace('"a":1', '"a":2'), "does not match its hash"],
    [text.replace(sha256, "0".repeat(64)), "does not match its hash"],
    [text.replace(`"sha256":"${sha256}",`, "").replace(`,"sha256":"${sha256}"`, ""), "hash"],
    [text.replace(`"${sha256}"`, "1"), "does not match its hash"],
    [hashed('{"a":1,"a":2,"schema":"s"', "}"), "does not match its hash"],
    [hashed('{"schema":"s","a":1', "}"), "does not match its hash"],
    [hashed('{"a": 1,"schema":"s"', "}"), "does not match its hash"],
    [hashed('{"a":1.0,"schema":"s"', "}"), "does not match its hash"],
    [hashed('{"a":"\\u0061","schema":"s"', "}"), "does not match its hash"],
    [text.slice(0, -9), "no complete JSON"],
    [text.replace('"s"', '"t"'), 'expected schema "s", found "t"'],
    ["null", 'expected schema "s", found none'],
  ];
  for (const [wrong, message] of refused) {
    assertThrows(() => openSealed(encode(wrong), "s"), Error, message, wrong);
  }
});
