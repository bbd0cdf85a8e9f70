import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findRepeatedName } from "../../src/core/text/json_fault.ts";

Deno.test("findRepeatedName() finds a name that one object has twice, however it is written", () => {
  const cases: [string, string | undefined][] = [
    ['{"a":1,"a":2}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['[{"a":{"b":1,"c":[],"b":{}}}]', "b"],
    ['{"a":{"a":{"a":1}},"b":["a","a"],"c":"\\"a\\":1"}', undefined],
    ['{"a\\\\":1,"a\\"":2,"":3}', undefined],
    ['{"__proto__":1,"__proto__":1}', "__proto__"],
    [" [ ] ", undefined],
  ];
  for (const [text, name] of cases) assertEquals(findRepeatedName(text)?.name, name, text);
});

Deno.test("findRepeatedName() finds none in what JSON.stringify() writes", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(findRepeatedName(JSON.stringify(value, null, 1)), null);
  }));
});
