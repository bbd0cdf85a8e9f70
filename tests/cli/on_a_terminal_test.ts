import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { BASH, whyNoProgram } from "../programs.ts";

const SWEEP = "deno run -q --no-check --frozen --no-prompt --allow-read=. tasks/sweep.ts " +
  "--backend wordmap --bootstrap 0 --prompts_jsonl fixtures/defi/defi_mapper_labeled_mini.csv";
// deno-lint-ignore no-control-regex -- colours begin with one
const COLOUR = /\x1b\[[0-9;]*m/g;

async function bash(script: string): Promise<{ code: number; text: string }> {
  const { code, stdout } = await new Deno.Command(BASH, { args: ["-c", script] }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

const why = whyNoProgram(BASH) ??
  ((await bash("script --version")).code === 0 ? null : "skipped: no script, which is a terminal");
// deno-lint-ignore no-console -- tests that did not run must say so
if (why) console.log(`tests/cli/on_a_terminal_test.ts ${why}`);

/** What a task shows on a terminal of so many columns. */
async function shownOn(columns: number, set: string): Promise<string> {
  const { code, text } = await bash(
    `${set}; script -qec "stty cols ${columns}; ${SWEEP}" /dev/null </dev/null`,
  );
  // The gate is not met
  assertEquals(code, 2, text);
  return text;
}

Deno.test({
  name: "on a terminal no line of a sweep is broken within a word, and the verdict has a colour",
  ignore: why !== null,
  fn: async () => {
    const text = await shownOn(80, "unset NO_COLOR");
    for (const line of text.split("\r\n")) assertLessOrEqual(line.replace(COLOUR, "").length, 80);
    assert(text.includes("sweep: \x1b[31mfail\x1b[39m"), text);
  },
});

Deno.test({
  name: "NO_COLOR takes the colours away, and a pipe the broken lines",
  ignore: why !== null,
  fn: async () => {
    assertEquals((await shownOn(80, "export NO_COLOR=1")).match(COLOUR), null);
    const { text } = await bash(`unset NO_COLOR; ${SWEEP} | cat`);
    assertEquals(text.match(COLOUR), null);
    assert(text.split("\n").some((line) => line.length > 80), text);
  },
});
