import { PassThrough } from "node:stream";
import { assert, assertEquals } from "@std/assert";
import { permissionFlags, readTaskConfig } from "../../src/cli/permission_flags.ts";
import { complete, openPipedLines, openTerminalLines } from "../../tasks/_shell_lines.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

const permissions = permissionFlags(readTaskConfig().permissions["decide"]!);

const shell = (stdin: string, args: readonly string[] = []) =>
  runTask("shell", ["--backend", "wordmap", ...args], { stdin, permissions });

Deno.test("shell reads a pipe: prompts are decided, commands change what follows", async () => {
  const { code, stdout, stderr } = await shell([
    "swap 2 ETH for USDC",
    ':context {"oracle": {"age_sec": 5}}',
    "swap 2 ETH for USDC",
    ":why",
    ":threshold 1",
    "swap 2 ETH for USDC",
    ":threshold off",
    "swap 2 ETH for USDC",
    ":quit",
    "never seen",
  ].join("\r\n"));
  assertEquals(code, 0, stderr);
  const verdicts = stdout.split("\n").filter((line) => /^ {2}(ok|refused)/.test(line));
  assertEquals(verdicts, [
    "  refused: oracle_unknown (guards)",
    "  ok",
    "  refused: low_confidence (mapper)",
    "  ok",
  ]);
  assert(/asset +ETH +7–10/.test(stdout), stdout);
  assert(!stdout.includes("never seen"));
  assert(!stdout.includes("\x1b"));
});

Deno.test("what shell cannot do is said, and it goes on", async () => {
  const { code, stdout } = await shell([
    ":why",
    ":threshold 3",
    ":context {",
    ':context {"oracel": 1}',
    ":label swap",
    ":nonsense",
    "borrow 1000 USDC",
    ":label nonsense",
  ].join("\n"));
  assertEquals(code, 0);
  const errors = stdout.split("\n").filter((line) => line.startsWith("  error: "));
  assertEquals(errors.map((line) => line.slice(9, 36)), [
    "There is no last prompt",
    ":threshold takes a number f",
    'Flag "--context" takes JSON',
    'Unknown key "context.oracel',
    "There is no last prompt",
    'Unknown command ":nonsense"',
    'Unknown label "nonsense"',
  ]);
});

Deno.test("shell :label makes rows that train reads, and spoils no other file", async () => {
  await inTempFolder(async (folder) => {
    const path = `${folder}/labels.csv`;
    const session = ['deposit 1 ETH, "now"', ":label deposit", "=1+1", ":label abstain"].join("\n");
    for (const rows of [2, 4]) {
      const { code, stderr } = await shell(session, ["--labels_csv", path]);
      assertEquals(code, 0, stderr);
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
      assertEquals(lines.length, 1 + rows);
      assertEquals(lines.slice(0, 3), [
        "prompt,label",
        '"deposit 1 ETH, ""now""",deposit_asset',
        "=1+1,abstain",
      ]);
    }
    const other = await write(folder, "other.csv", "a,b\n1,2\n");
    const { stdout } = await shell(session, ["--labels_csv", other]);
    assert(stdout.includes('Expected the header "prompt,label"'), stdout);
    assertEquals(await Deno.readTextFile(other), "a,b\n1,2\n");
  });
});

Deno.test("shell --json prints a record a line, and talks on stderr", async () => {
  const { stdout, stderr } = await shell("stake 5 SOL\n\nborrow 1 ETH", ["--json"]);
  const records = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(records.map(({ prompt }) => prompt), ["stake 5 SOL", "borrow 1 ETH"]);
  assert(stderr.includes("stake_asset"));
});

Deno.test("complete() goes on from the last word, whatever its case", () => {
  const words = ["USDC", "usdt", "aave", ":why", "rocket pool", "USDC"];
  assertEquals(complete("swap 1 ETH for us", words), [["USDC", "usdt"], "us"]);
  assertEquals(complete("stake ETH in ROCK", words), [["rocket pool"], "ROCK"]);
  assertEquals(complete(":w", words), [[":why"], ":w"]);
  assertEquals(complete("swap ", words), [[], ""]);
});

Deno.test("a terminal completes by tabulator and brings earlier lines back", async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  output.resume();
  const history = ["borrow 1000 USDC"];
  using lines = openTerminalLines({ history, words: ["aave"], input, output });
  const iterator = lines[Symbol.asyncIterator]();
  const type = async (keys: readonly string[]) => {
    const next = iterator.next();
    for (const key of keys) {
      // A key is taken when the one before it has been dealt with
      await new Promise((resolve) => setTimeout(resolve, 20));
      input.write(key);
    }
    return (await next).value;
  };
  assertEquals(await type(["deposit into aa", "\t", "\r"]), "deposit into aave");
  assertEquals(await type(["\x1b[A", "\x1b[A", "\r"]), "borrow 1000 USDC");
});

Deno.test("lines of a pipe are whole, wherever its chunks end", async () => {
  const bytes = new TextEncoder().encode("swap é\r\nborrow\n\nlast");
  for (const size of [1, 2, 5, 100]) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    const lines = await Array.fromAsync(openPipedLines(ReadableStream.from(chunks)));
    assertEquals(lines, ["swap é", "borrow", "", "last"]);
  }
});
