import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inTempFolder } from "../temp.ts";

const ROOT = Deno.cwd();
const TASKS = {
  one: "echo one && echo two",
  spaced: "echo '' && echo '  a' && echo '' && echo b",
  gate: "echo not met && exit 2",
  nothing: "exit 0",
  half: `deno eval "console.log('half'); Deno.kill(Deno.pid, 'SIGKILL')"`,
  slow: "sleep 10 && echo late",
};
const PERMISSIONS = ["--allow-read=.", "--allow-write=README.md,docs", "--allow-run=deno"];

const block = (start: string, shown: string) =>
  `<!-- $ deno task ${start} -->\n\n\`\`\`text\n${shown}\n\`\`\`\n\n<!-- end -->\n`;

/** A document of blocks with text around them. */
const page = (...blocks: string[]) => `# Numbers\n\n${blocks.join("\nText.\n\n")}`;

function spawn(folder: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: ["run", "--no-check", "--no-prompt", "--config", `${ROOT}/deno.json`, ...PERMISSIONS]
      .concat(`${ROOT}/tasks/numbers.ts`, args),
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function write(folder: string, text: string): Promise<void> {
  await Deno.mkdir(`${folder}/docs`);
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ tasks: TASKS }));
  await Deno.writeTextFile(`${folder}/docs/numbers.md`, text);
}

/** What the task says about a document, and what it leaves. */
async function numbers(text: string, ...args: string[]) {
  let found = { code: 0, stdout: "", stderr: "", left: "" };
  await inTempFolder(async (folder) => {
    await write(folder, text);
    const { code, stdout, stderr } = await spawn(folder, args).output();
    const utf8 = new TextDecoder();
    const left = await Deno.readTextFile(`${folder}/docs/numbers.md`);
    found = { code, stdout: utf8.decode(stdout), stderr: utf8.decode(stderr), left };
    assertEquals([...Deno.readDirSync(`${folder}/docs`)].map(({ name }) => name), ["numbers.md"]);
  });
  return found;
}

Deno.test("numbers says that all is current", async () => {
  const text = page(
    block("one", "one\ntwo"),
    block("one | only: tw", "two"),
    block("gate", "not met"),
  );
  const { code, stdout, left } = await numbers(text, "--check");
  assertEquals([code, left], [0, text]);
  assertStringIncludes(stdout, "3 commands in docs/numbers.md, 0 stale, 0 without a result");
});

Deno.test("numbers --check names what is stale and where, and writes nothing", async () => {
  const text = page(
    block("one", "one\ntwo"),
    block("gate", "met"),
    "<!-- $ deno task one -->\n<!-- end -->",
  );
  const { code, stderr, left } = await numbers(text, "--check");
  assertEquals([code, left], [2, text]);
  assertEquals(stderr.trim().split("\n"), [
    "warning: stale: docs/numbers.md:14: deno task gate",
    "warning: stale: docs/numbers.md:24: deno task one",
  ]);
});

Deno.test("numbers writes what its commands print, and says how long each took", async () => {
  const { code, stdout, left } = await numbers(page(block("one", ""), block("gate", "met")));
  assertEquals([code, left], [0, page(block("one", "one\ntwo"), block("gate", "not met"))]);
  assert(/\d\.\d s {2}deno task one\n/.test(stdout), stdout);
});

Deno.test("numbers leaves out the empty lines that the formatter takes from a block's beginning", async () => {
  const { code, left } = await numbers(page(block("spaced", "old")));
  assertEquals([code, left], [0, page(block("spaced", "  a\n\nb"))]);
});

Deno.test("numbers --only runs what contains it", async () => {
  const { code, stdout, left } = await numbers(
    page(block("one", ""), block("gate", "")),
    "--only",
    "gat",
  );
  assertEquals([code, left], [0, page(block("one", ""), block("gate", "not met"))]);
  assertStringIncludes(stdout, "1 commands");
});

const WITHOUT_RESULT: readonly (readonly [what: string, start: string, why: RegExp])[] = [
  ["an unknown command", "unknown", /"deno task unknown" ended with 1/],
  ["a command that prints nothing", "nothing", /"deno task nothing" printed nothing/],
  ["a command that is killed half-way", "half", /"deno task half" ended with 137/],
  ["a line that is not printed", "one | only: one, three", /printed no line with "three"/],
];

for (const [what, start, why] of WITHOUT_RESULT) {
  for (const flags of [[], ["--check"]]) {
    Deno.test(`numbers ${flags.join("")} names ${what} and goes on`, async () => {
      const text = page(block(start, "old"), block("one", "old"));
      const { code, stderr, left } = await numbers(text, ...flags);
      assertEquals(code, 69, stderr);
      assert(why.test(stderr), stderr);
      assertStringIncludes(stderr, "docs/numbers.md:3:");
      const next = block("one", flags.length > 0 ? "old" : "one\ntwo");
      assertEquals(left, page(block(start, "old"), next));
    });
  }
}

const NO_BLOCKS: readonly (readonly [what: string, text: string, line: number])[] = [
  ["a block without an end", page("<!-- $ deno task one -->\n", block("gate", "")), 3],
  ["a last block without an end", page(block("gate", ""), "<!-- $ deno task one -->\n"), 13],
  ["what is no task", page("<!-- $ rm -rf x -->\n<!-- end -->"), 3],
  ["an end of another kind", page("<!-- $ deno task one -->\n<!-- ends -->"), 3],
];

for (const [what, text, line] of NO_BLOCKS) {
  Deno.test(`numbers refuses ${what} before anything runs`, async () => {
    const { code, stdout, stderr, left } = await numbers(text);
    assertEquals([code, stdout, left], [65, "", text]);
    assertStringIncludes(stderr, `docs/numbers.md:${line}: "<!-- $ `);
  });
}

Deno.test("numbers that is killed leaves what was done before", async () => {
  await inTempFolder(async (folder) => {
    await write(folder, page(block("one", "old"), block("slow", "old")));
    const child = spawn(folder, []);
    const reader = child.stdout.getReader();
    // The first command is done when it is said.
    await reader.read();
    const after = page(block("one", "one\ntwo"), block("slow", "old"));
    const path = `${folder}/docs/numbers.md`;
    for (let n = 0; n < 100 && await Deno.readTextFile(path) !== after; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGKILL");
    await Promise.all([reader.cancel(), child.stderr.cancel(), child.status]);
    assertEquals(await Deno.readTextFile(path), after);
  });
});
