import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { openRuntime } from "../../../src/run/runtime.ts";
import { terminalCells } from "../../../src/report/decision/cells.ts";
import { decisionText, whyText } from "../../../src/report/decision/text.ts";
import { underlined } from "../../../src/report/decision/underlined.ts";
import { createPaint } from "../../../src/report/paint.ts";

const widthOf = (line: string) => terminalCells(line).reduce((sum, { width }) => sum + width, 0);

Deno.test("underlined() marks steps where they stand, also behind wide characters", () => {
  const text = "你好 stake é 5 SOL";
  const start = text.indexOf("stake");
  assertEquals(underlined(text, [{ span: [start, text.length], mark: "─", head: "1" }], 80), [
    text,
    "     1────────────",
  ]);
});

Deno.test("underlined() keeps to its width and loses no character, whatever the text", () => {
  fc.assert(fc.property(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.nat(200),
    fc.nat(200),
    fc.integer({ min: 2, max: 80 }),
    (text, a, b, width) => {
      const lines = underlined(
        text,
        [{ span: [Math.min(a, b), Math.max(a, b)], mark: "^" }],
        width,
      );
      for (const line of lines) assert(widthOf(line) <= width, JSON.stringify(line));
      const shown = lines.filter((line) => !/^[ ^]+$/.test(line)).join("");
      const expected = terminalCells(text).map((cell) => cell.shown).join("");
      if (!/[ ^]/.test(text)) assertEquals(shown, expected);
    },
  ));
});

Deno.test("what steers a terminal is shown as a dot", () => {
  const [shown] = underlined("a\x1b[31mb\u202ec\u200bd\ne", [], 80);
  assertEquals(shown, "a·[31mb·c·d·e");
});

Deno.test("decisionText() shows steps, verdict, bars and why each step was refused", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const prompt = "swap 2 ETH for USDC then deposit it into aave";
  const record = await runtime.run({ prompt });
  const [mapped] = await runtime.map([prompt]);
  const text = decisionText(record, { ...mapped!, novelty: 0.25 });
  const lines = text.split("\n");
  assertEquals(lines[0], `  ${prompt}`);
  assertEquals(lines[1], `  1${"─".repeat(18)}      2${"─".repeat(19)}`);
  assertEquals(lines[2], "  refused: oracle_unknown (guards)");
  assert(/swap_asset +█+·+ +\d+\.\d%/.test(text), text);
  assert(text.includes("novelty 25.0%"), text);
  assertEquals(lines.at(-1), "  step 1: swap_asset oracle_unknown");
  assert(lines.every((line) => line.length <= 80), text);
});

Deno.test("decisionText() shows the slots of each step of a plan", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const record = await runtime.run({
    prompt: "swap 2 ETH for USDC",
    context: { oracle: { age_sec: 5 } },
  });
  assertEquals(decisionText(record, null, { isEchoed: true }).split("\n"), [
    `  1${"─".repeat(18)}`,
    "  ok",
    "  plan 1: swap_asset · amount 2 · asset ETH · to_asset USDC",
  ]);
});

Deno.test("colours are those of the verdict, and none unless asked for", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const record = await runtime.run({ prompt: "please don't stake 5 SOL" });
  const painted = decisionText(record, null, { paint: createPaint(true) });
  assert(painted.includes("\x1b[31mrefused: abstain_non_exec\x1b[39m (negation)"), painted);
  assert(!decisionText(record, null).includes("\x1b"));
  assert(whyText(record).includes("non_exec  abstain_non_exec"));
});
