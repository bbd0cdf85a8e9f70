import { assert, assertEquals, assertThrows } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { parseYaml } from "../../src/core/yaml_document.ts";

/** YAML, and what is wrong with it. */
const REFUSED: readonly (readonly [string, string])[] = [
  [`a: ${"[".repeat(1000)}`, "at most 64 open brackets"],
  [`a: ${"[".repeat(65)}${"]".repeat(65)}`, "at most 64 open brackets"],
  [`a: ${"]".repeat(1000)}`, "at most 64 brackets that close none"],
  ["{a: 1}: b", "Expected a text as a key"],
  ["? [a, b]\n: c", "Expected a text as a key"],
  ["a: &x [1]\nb: {*x : 2}", "Expected a text as a key"],
  ["a: 1\na: 2", "Map keys must be unique"],
  ["a: &x b\nc: {b: 1, *x : 2}", "Map keys must be unique"],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseYaml() refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
    const error = assertThrows(() => parseYaml(text, "x.yaml"), MicroLmError, message);
    assertEquals([error.kind, error.message.startsWith("x.yaml")], ["data", true]);
  });
}

Deno.test("parseYaml() takes brackets that are closed, texts, numbers and aliases of texts as keys", () => {
  const rows = Array.from({ length: 1000 }, () => "- [{a: 1}, '][']").join("\n");
  assertEquals((parseYaml(rows, "x").value as unknown[]).length, 1000);
  const { value } = parseYaml("a: &x b\n1: [[1]]\n*x : {}", "x");
  assertEquals(value, { a: "b", 1: [[1]], b: {} });
});

Deno.test("parseYaml() reads 50,000 keys in a moment", () => {
  const start = performance.now();
  parseYaml(Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join("\n"), "x");
  assert(performance.now() - start < 5000);
});
