import { assertEquals, assertStringIncludes } from "@std/assert";
import { explain } from "../../src/cli/run_command.ts";
import { MicroLmError } from "../../src/core/errors.ts";

const CASES = [
  ["usage", 64],
  ["data", 65],
  ["missing", 66],
  ["write", 73],
  ["permission", 77],
] as const;

for (const [kind, code] of CASES) {
  Deno.test(`explain() gives an error of kind "${kind}" exit code ${code} and its hint`, () => {
    const error = new MicroLmError(kind, "Found this", { hint: "Do that" });
    assertEquals(explain(error, "none"), { text: "error: Found this\n  Do that", code });
  });
}

Deno.test("explain() calls anything unexpected a defect of ours", () => {
  const { text, code } = explain(new TypeError("boom"), "none");
  assertEquals(code, 70);
  assertStringIncludes(text, "mistake in micro-lm");
  assertEquals(explain("boom", "none").code, 70);
});

Deno.test("explain() tells a missing permission from a defect", () => {
  assertEquals(explain(new Deno.errors.NotCapable("Requires net access"), "none").code, 77);
});
