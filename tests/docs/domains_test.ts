import { assert, assertEquals } from "@std/assert";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { walkFiles } from "../walk.ts";

const PAGE = Deno.readTextFileSync("docs/guides/domains.md");
const BLOCK =
  /(?:<!-- exits with (?<code>\d+) -->\s+)?```sh\n(?<command>[^`]+)```\n(?:\n```text\n(?<shown>[^`]*)```)?/g;

/** One command a block: two would leave open which of them printed what is shown. */
const COMMANDS = [...PAGE.matchAll(BLOCK)].map(({ groups }) => ({
  line: groups!["command"]!.trim(),
  code: Number(groups!["code"] ?? 0),
  shown: (groups!["shown"] ?? "").split("\n").map(squeeze).filter((line) => line !== ""),
}));

Deno.test("docs/guides/domains.md shows what its commands print", async (t) => {
  assertEquals(COMMANDS.length, PAGE.split("```sh").length - 1);
  assert(COMMANDS.length >= 6);
  for (const { line, code, shown } of COMMANDS) {
    await t.step(line, async () => {
      assert(!line.includes("\n"), `${line} is more than one command`);
      const result = await run(line);
      assertEquals(result.code, code, result.stderr);
      const printed = squeeze(result.stdout);
      for (const text of shown) {
        assert(printed.includes(text), `${line}: expected ${text}, printed ${result.stdout}`);
      }
    });
  }
});

Deno.test("docs/guides/domains.md quotes the files of examples/", () => {
  const files = walkFiles("examples", ".yaml").map((path) => squeeze(Deno.readTextFileSync(path)));
  const quoted = [...PAGE.matchAll(/```yaml\n([^`]+)```/g)].map(([, text]) => text!);
  assert(quoted.length >= 5);
  for (const text of quoted) assert(files.some((file) => file.includes(squeeze(text))), text);
});

Deno.test("examples/home has the fixtures that docs/guides/domains.md counts", async () => {
  const rows = async (name: string) =>
    (await readLabeledCsv(`examples/home/fixtures/${name}.csv`)).rows;
  assertEquals((await rows("train")).length, 247);
  assertEquals((await rows("held_out")).length, 106);
  for (const name of ["must_abstain", "unseen_abstain"]) {
    const given = await rows(name);
    assert(given.length >= 40 && given.every(({ label }) => label === "abstain"));
  }
});

/** Runs a `deno` command, with quotes as a shell reads them. */
async function run(line: string) {
  const [program, ...args] = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, plain]) => (single ?? double ?? plain)!);
  assertEquals(program, "deno");
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
