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

const PROMPT = "tasks/run.ts 'deposit 1 ETH' --backend wordmap";
const SWEEP = "tasks/sweep.ts --backend wordmap --bootstrap 0 " +
  "--prompts_jsonl fixtures/defi/defi_mapper_labeled_mini.csv";
const HELP = "tasks/serve.ts --help";

/** What a shell does with the streams of a task, and the code that it ends with; 2 is a gate not met. */
const STREAMS: readonly (readonly [string, string, readonly number[]])[] = [
  [PROMPT, ">/dev/full", [73]],
  [SWEEP, ">/dev/full", [73]],
  [SWEEP, "--json >/dev/full", [73]],
  [HELP, ">/dev/full", [73]],
  ...[PROMPT, SWEEP, HELP].flatMap((task) =>
    ["2>/dev/full", "| true; exit ${PIPESTATUS[0]}", ">&- 2>&-"]
      .map((streams): [string, string, number[]] => [task, streams, [0, 2]])
  ),
];

for (const [task, streams, codes] of STREAMS) {
  Deno.test({
    name: `${task} ${streams} ends with ${codes.join(" or ")}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const flags = "--no-prompt --no-check --frozen --allow-read=. --allow-write=.artifacts";
      const { code, stderr } = await new Deno.Command("/bin/bash", {
        args: ["-c", `deno run -q ${flags} ${task} ${streams}`],
      }).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals([codes.includes(code), /defect/.test(said)], [true, false], `${code}: ${said}`);
    },
  });
}
