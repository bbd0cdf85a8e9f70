import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { findJsonFault } from "../../src/core/text/json_fault.ts";
import { type JsonlPrompt, parseJsonl, readLines } from "../../src/data/jsonl.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { inTempFolder, write } from "../temp.ts";

async function read(text: string): Promise<JsonlPrompt[]> {
  let rows: JsonlPrompt[] = [];
  await inTempFolder(async (folder) => {
    const path = await write(folder, "p.jsonl", text);
    const records = await Array.fromAsync(parseJsonl(readLines(path), path));
    rows = records.map(({ fields: _, ...prompt }) => prompt);
  });
  return rows;
}

const UNDERSTOOD: readonly (readonly [string, string, readonly JsonlPrompt[]])[] = [
  ["objects and bare strings", '{"prompt":"a"}\n"b"\n', [
    { line: 1, prompt: "a" },
    { line: 2, prompt: "b" },
  ]],
  ["ids and labels", '{"prompt":"a","id":7,"label":"x"}\n{"prompt":"b","id":"k","label":null}', [
    { line: 1, prompt: "a", id: "7", label: "x" },
    { line: 2, prompt: "b", id: "k" },
  ]],
  ["blank lines, CRLF and a byte-order mark", '\uFEFF"a"\r\n\r\n  \n"b"\r\n', [
    { line: 1, prompt: "a" },
    { line: 4, prompt: "b" },
  ]],
  ["empty prompts", '""\n{"prompt":""}\n', [{ line: 1, prompt: "" }, { line: 2, prompt: "" }]],
  ["an empty file", "", []],
];

for (const [what, text, rows] of UNDERSTOOD) {
  Deno.test(`parseJsonl() understands ${what}`, async () => assertEquals(await read(text), rows));
}

const REFUSED: readonly (readonly [string, string, string])[] = [
  ["plain text", '"a"\ndeposit eth\n', ":2:1: Expected JSON, found deposit eth"],
  ["a bare word as value", '{"prompt": hello}', ":1:12: Expected JSON, found hello}"],
  ["words that look like a position", '{"column 99": x}', ":1:15: Expected JSON, found x}"],
  ["a truncated line", '{"prompt": "a', ":1:14: Expected JSON, found the end of the line"],
  ["a comma too many", '{"prompt": "a",}', ":1:16: Expected JSON, found }"],
  ["a tab within a string", '"a\tb"', ":1:3: Expected JSON"],
  ["an array", '["a"]', ':1:1: Expected a "prompt" text, found ["a"]'],
  ["a number", "42", ':1:1: Expected a "prompt" text, found 42'],
  ["null", "null", ':1:1: Expected a "prompt" text, found null'],
  ["another key", '{"text":"a"}', ':1:1: Expected a "prompt" text'],
  ["a prompt that is no text", '{"prompt":1}', ':1:1: Expected a "prompt" text'],
  [
    "a label that is no text",
    '{"prompt":"a","label":{}}',
    ':1:1: Expected "label" to be a text, found {}',
  ],
  ["a NUL character", '"a"\n"\0"', ":2:2: Expected text, found a NUL character"],
];

for (const [what, text, message] of REFUSED) {
  Deno.test(`parseJsonl() refuses ${what}, saying where`, async () => {
    const error = await assertRejects(() => read(text), MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, `p.jsonl${message}`);
  });
}

Deno.test("parseJsonl() reads back any prompts", async () => {
  const prompts = fc.array(fc.string({ unit: "binary" }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(prompts, async (written) => {
      const lines = written.map((prompt, i) => JSON.stringify(i % 2 ? prompt : { prompt }));
      assertEquals((await read(lines.join("\n"))).map(({ prompt }) => prompt), written);
    }),
    { numRuns: 60 },
  );
});

Deno.test("parseJsonl() reads a prompt of a megabyte", async () => {
  const prompt = "ä ".repeat(500_000);
  assertEquals((await read(JSON.stringify({ prompt })))[0]!.prompt, prompt);
});

Deno.test("readLines() refuses a line without end", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "long.txt", "a\n" + "x".repeat(200_000));
    await assertRejects(
      () => Array.fromAsync(readLines(path, { maxLength: 1e5 })),
      MicroLmError,
      "long.txt:2:1: Expected a line of at most 100000 characters",
    );
  });
});

Deno.test("findJsonFault() finds the changed character, or JSON still parses", () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom("", "x", "}", '"', ",", "1"),
      (json, n, by) => {
        const at = n % json.length;
        const text = json.slice(0, at) + by + json.slice(at + 1);
        const fault = findJsonFault(text);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) return assertEquals(fault, text.length);
        // A broken literal or escape is reported at its start.
        assert(fault >= Math.min(at, text.length) - 5, `${text}: ${fault} is before ${at}`);
        // What stands before the fault can be completed.
        assertEquals(findJsonFault(text.slice(0, fault)), fault);
      },
    ),
    { numRuns: 2000 },
  );
});
