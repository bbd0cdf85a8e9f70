import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { fitText, wrapText } from "../../src/cli/terminal.ts";

Deno.test("wrapText() breaks between words and moves in what goes on", () => {
  assertEquals(wrapText("one two three four", 9), "one two\n  three\n  four");
  assertEquals(wrapText("  a b c d e", 6), "  a b\n    c\n    d\n    e");
  assertEquals(wrapText("short\nlines stay", 20), "short\nlines stay");
});

Deno.test("wrapText() keeps a path whole, and does not count colours", () => {
  const path = ".artifacts/a/very/long/path/to/a/file.json";
  assertEquals(wrapText(`Wrote ${path} now`, 20), `Wrote\n  ${path}\n  now`);
  assertEquals(wrapText("\x1b[32mone two\x1b[39m", 7), "\x1b[32mone two\x1b[39m");
});

Deno.test("wrapText() loses no word, and no line is wider that need not be", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 40 });
  fc.assert(fc.property(words, fc.integer({ min: 16, max: 90 }), (given, columns) => {
    const lines = wrapText(given.join(" "), columns).split("\n");
    assertEquals(lines.join(" ").split(/ +/).filter(Boolean), given);
    for (const line of lines) assertLessOrEqual(line.length, columns);
  }));
});

Deno.test("fitText() cuts the end off", () => {
  assertEquals(["abc", "abcd", "abcde"].map((text) => fitText(text, 4)), ["abc", "abcd", "abc…"]);
  assertEquals([fitText("abc", 1), fitText("abc", 0)], ["", ""]);
});
