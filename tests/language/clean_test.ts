import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cleanPrompt } from "../../src/language/clean.ts";

const CASES: readonly (readonly [string, string])[] = [
  ["Deposit 10 ETH", "deposit 10 eth"],
  ["ｄｅｐｏｓｉｔ", "deposit"],
  ["de\u200Dpo\u0007sit", "deposit"],
  ["don’t “stop” – now", 'don\'t "stop" - now'],
  ["dépösit", "deposit"],
  ["2½ eth", "2 1/2 eth"],
  ["a\u00A0b\tc\nd", "a b c\nd"],
  ["swap ➔ ⇒", "swap → →"],
  ["\uD800x", " x"],
];

for (const [prompt, text] of CASES) {
  Deno.test(`cleanPrompt() reads ${JSON.stringify(prompt)} as ${JSON.stringify(text)}`, () => {
    assertEquals(cleanPrompt(prompt).text, text);
  });
}

Deno.test("cleanPrompt() maps its whole text into the prompt, in order", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (prompt) => {
      const { text, toOriginal } = cleanPrompt(prompt);
      let last = 0;
      for (let i = 0; i < text.length; i++) {
        const [start, end] = toOriginal(i, i + 1);
        assertEquals(start >= last && start < end && end <= prompt.length, true);
        last = start;
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});
