import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { findConflicts } from "../../src/data/conflicts.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import {
  groupPrompts,
  identifyPrompts,
  joinRows,
  normalForm,
  vectorKeys,
} from "../../src/data/identity.ts";
import { createMasker } from "../../src/data/template.ts";
import { openEncoder } from "../../src/encoders/open.ts";

const PLAIN = "deposit 10 ETH into aave";
const COPIES: readonly (readonly [string, string])[] = [
  ["a zero-width space at the end", `${PLAIN}\u200B`],
  ["a zero-width non-joiner within a word", "depo\u200Csit 10 ETH into aave"],
  ["a soft hyphen", "depo\u00ADsit 10 ETH into aave"],
  ["a right-to-left mark", `\u200F${PLAIN}`],
  ["a word joiner", "deposit\u2060 10 ETH into aave"],
  ["a NUL", `${PLAIN}\u0000`],
  ["a variation selector", `${PLAIN}\uFE0F`],
  ["a combining grapheme joiner", "d\u034Feposit 10 ETH into aave"],
  ["other case", PLAIN.toUpperCase()],
  ["full width", "ｄｅｐｏｓｉｔ １０ ETH into aave"],
  ["quotes", `“${PLAIN}”`],
  ["a bullet", `- ${PLAIN}`],
  ["another bullet", `• ${PLAIN}`],
  ["a comma", "deposit 10 ETH, into aave"],
  ["spacing", "  deposit\t10\u00A0ETH  into aave\n"],
  ["an end", `${PLAIN}?!…`],
];
for (const [what, copy] of COPIES) {
  Deno.test(`normalForm() does not see ${what}`, () => {
    assertEquals(normalForm(copy), normalForm(PLAIN));
    assertEquals(normalForm(normalForm(copy)), normalForm(copy));
  });
}

const OTHERS: readonly (readonly [string, string])[] = [
  ["deposit 1.5 eth", "deposit 15 eth"],
  ["deposit 1,5 eth", "deposit 1.5 eth"],
  ["move it by -5", "move it by 5"],
  ["sell 5%", "sell 5"],
  ["sell $5", "sell 5"],
  ["yes 👍", "yes 👎"],
];
for (const [a, b] of OTHERS) {
  Deno.test(`normalForm() tells ${a} from ${b}`, () => {
    assertNotEquals(normalForm(a), normalForm(b));
  });
}

Deno.test("normalForm() takes linear time on hostile text", () => {
  const start = performance.now();
  for (const unit of ["-", "'a", "1.", "\u0301", "\u200B", "a\u00AD", " - 5"]) {
    normalForm(unit.repeat(200_000));
  }
  assert(performance.now() - start < 5000);
});

Deno.test("identifyPrompts() joins what the encoder cannot tell apart", async () => {
  await using encoder = await openEncoder("ngram");
  const prompts = ["stake 2 eth", "stake 7 eth", "unstake 2 eth"];
  const vectors = vectorKeys(await encoder.encode(prompts));
  const [a, b, c] = identifyPrompts(prompts, vectors);
  assertEquals([a === b, a === c], [true, false]);
  assertNotEquals(identifyPrompts(prompts)[0], identifyPrompts(prompts)[1]);
});

Deno.test("joinRows() gives the same sets and names in any order", () => {
  const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "");
  const rows = fc.array(fc.tuple(key, key), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(rows, fc.integer(), (pairs, turn) => {
    const by = Math.abs(turn) % pairs.length;
    const turned = [...pairs.slice(by), ...pairs.slice(0, by)];
    const join = (list: typeof pairs) => joinRows([list.map(([x]) => x), list.map(([, y]) => y)]);
    const names = join(pairs);
    assertEquals(join(turned), [...names.slice(by), ...names.slice(0, by)]);
  }));
});

Deno.test("groupPrompts() prefers the column to the template and keeps copies together", () => {
  const prompts = ["pay 3 eth", "pay 4 eth", "pay 4 ETH!", "stop"];
  const mask = createMasker([]);
  const size = (groups: readonly string[]) => new Set(groups).size;
  assertEquals(size(groupPrompts(prompts, { mask })), 2);
  const groups = groupPrompts(prompts, { mask, column: ["x", "y", "z", "z"] });
  assertEquals(size(groups), 2);
  assertEquals([groups[1] === groups[2], groups[2] === groups[3]], [true, true]);
});

Deno.test("findConflicts() finds prompts that no encoder could tell apart", async () => {
  const path = await Deno.makeTempFile({ dir: ".artifacts", suffix: ".csv" });
  await Deno.writeTextFile(path, "prompt,label\nHello,greet\nhello\u200B,bye\nmine,order\n");
  const conflicts = findConflicts(await readLabeledCsv(path));
  await Deno.remove(path);
  assertEquals(conflicts, [{ prompt: "Hello", lines: [2, 3], labels: ["greet", "bye"] }]);
});
