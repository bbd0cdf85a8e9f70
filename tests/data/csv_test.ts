import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type CsvRow, readCsv } from "../../src/data/csv/csv.ts";
import { stringifyCsv } from "../../src/data/csv/write_csv.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { inTempFolder, write } from "../temp.ts";

const REQUIRED = { required: ["prompt", "label"] };

const read = (path: string): Promise<CsvRow[]> => Array.fromAsync(readCsv(path, REQUIRED));

async function readText(content: string | Uint8Array): Promise<CsvRow[]> {
  let rows: CsvRow[] = [];
  await inTempFolder(async (folder) => {
    rows = await read(await write(folder, "rows.csv", content));
  });
  return rows;
}

const row = (line: number, prompt: string, label: string): CsvRow => ({
  line,
  fields: { prompt, label },
});

const UNDERSTOOD: readonly (readonly [string, string, readonly CsvRow[]])[] = [
  ["line feeds", "prompt,label\na,b\nc,d\n", [row(2, "a", "b"), row(3, "c", "d")]],
  ["CRLF", "prompt,label\r\na,b\r\nc,d\r\n", [row(2, "a", "b"), row(3, "c", "d")]],
  ["mixed line ends", "prompt,label\r\na,b\nc,d\r\n", [row(2, "a", "b"), row(3, "c", "d")]],
  ["a last line without end", "prompt,label\na,b", [row(2, "a", "b")]],
  ["a byte-order mark", "\uFEFFprompt,label\na,b\n", [row(2, "a", "b")]],
  ["a quoted header", '\uFEFF"prompt","label"\na,b\n', [row(2, "a", "b")]],
  ["quoted commas and quotes", 'prompt,label\n"a, ""b""",c\n', [row(2, 'a, "b"', "c")]],
  ["lines after a quoted break", 'prompt,label\n"a\nb",c\nd,e\n', [
    row(2, "a\nb", "c"),
    row(4, "d", "e"),
  ]],
  ["CRLF in quotes as a line feed", 'prompt,label\r\n"a\r\nb",c\r\nd,e\r\n', [
    row(2, "a\nb", "c"),
    row(4, "d", "e"),
  ]],
  ["empty lines", "prompt,label\n\na,b\r\n\r\nc,d\n\n", [row(3, "a", "b"), row(5, "c", "d")]],
  ["empty fields", 'prompt,label\n,\n"",x\n', [row(2, "", ""), row(3, "", "x")]],
  ["Unicode", "prompt,label\nñ 中 🚀 e\u0301,ω\n", [row(2, "ñ 中 🚀 e\u0301", "ω")]],
  ["other columns", "id,label,prompt\n7,b,a\n", [
    { line: 2, fields: { id: "7", label: "b", prompt: "a" } },
  ]],
];

for (const [what, text, rows] of UNDERSTOOD) {
  Deno.test(`readCsv() understands ${what}`, async () => assertEquals(await readText(text), rows));
}

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : part),
  );

const REFUSED: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["an empty file", "", ":1:1: Expected a header line, found an empty file"],
  ["a lone byte-order mark", "\uFEFF", ":1:1: Expected a header line"],
  [
    "a missing column",
    "promt,label\na,b\n",
    ':1:1: Expected a column "prompt", found "promt", "label"',
  ],
  [
    "two equal columns",
    "prompt,label,label\n",
    ':1:1: Expected columns with different names, found two "label"',
  ],
  [
    "a field too many",
    "prompt,label\nok,b\na,b,c,d\n",
    ":3:5: Expected 2 fields (prompt, label), found 4",
  ],
  [
    "a field too many after a quoted break",
    'prompt,label\n"a\nb",c,d\n',
    ":3:6: Expected 2 fields",
  ],
  ["a field too few", "prompt,label\nabc\n", ":2:4: Expected 2 fields (prompt, label), found 1"],
  ["a field too few at the end", "prompt,label\nabc", ":2:4: Expected 2 fields"],
  [
    "a quote within a field",
    'prompt,label\nok,b\na "b",c\n',
    ":3:3: Expected CSV as in RFC 4180, found a quote within a field",
  ],
  [
    "text after a closing quote",
    'prompt,label\n"a"b,c\n',
    ":2:4: Expected CSV as in RFC 4180, found text after a closing quote",
  ],
  [
    "a quote that is never closed",
    'prompt,label\nok,b\nx,"ab,c\nd,e\n',
    ":3:3: Expected CSV as in RFC 4180, found an opening quote that is never closed",
  ],
  [
    "a truncated last field",
    'prompt,label\n"ab',
    ":2:1: Expected CSV as in RFC 4180, found an opening quote",
  ],
  ["a NUL character", "prompt,label\nok,b\na\0,b\n", ":3:2: Expected text, found a NUL character"],
  [
    "bytes that are not UTF-8",
    bytes("prompt,label\né", [0xff], ",b\n"),
    ":2:2: Expected text, found bytes that are not UTF-8",
  ],
  [
    "a character cut in two",
    bytes("prompt,label\na,", [0xe4, 0xb8]),
    ":2:3: Expected text, found bytes",
  ],
];

for (const [what, content, message] of REFUSED) {
  Deno.test(`readCsv() refuses ${what}, saying where`, async () => {
    const error = await assertRejects(() => readText(content), MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, `rows.csv${message}`);
  });
}

Deno.test("readCsv() suggests the closest column and keeps long headers short", async () => {
  const error = await assertRejects(() => readText(`${"x".repeat(1e6)},lable\n`), MicroLmError);
  assert(error.message.length < 300, `${error.message.length}`);
  assertStringIncludes(error.hint!, '"lable"');
});

Deno.test("readCsv() says what cannot be read", async () => {
  const missing = await assertRejects(() => read(".artifacts/no such.csv"), MicroLmError);
  assertEquals([missing.kind, missing.message], [
    "missing",
    'Cannot find ".artifacts/no such.csv"',
  ]);
  const folder = await assertRejects(() => read("tests"), MicroLmError, 'Cannot read "tests"');
  assertEquals(folder.kind, "missing");
});

Deno.test("readCsv() reads standard input for -", async () => {
  const script = `
    import { readCsv } from "./src/data/csv/csv.ts";
    for await (const { line, fields } of readCsv("-")) console.log(line, fields.label);`;
  const process = new Deno.Command("deno", {
    args: ["eval", "--no-check", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode("prompt,label\na,b\n"));
  await writer.close();
  const { code, stdout } = await process.output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "2 b\n"]);
});

Deno.test("readCsv() closes the file when the reader stops early", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "rows.csv", "prompt,label\n" + "a,b\n".repeat(50_000));
    for await (const { line } of readCsv(path)) if (line === 3) break;
  });
});

Deno.test("readCsv() numbers lines across chunks and reads a prompt of a megabyte", async () => {
  const long = "wörd, ".repeat(170_000);
  const rows = Array.from({ length: 9000 }, (_, i) => ({ prompt: `né ${i}`, label: "x" }));
  const found = await readText(
    stringifyCsv([...rows, { prompt: long, label: "y" }], ["prompt", "label"]),
  );
  assertEquals(found.length, 9001);
  assert(found.every(({ line }, i) => line === i + 2));
  assertEquals(found.at(-1)!.fields["prompt"], long);
});

Deno.test("readCsv() reads back what stringifyCsv() wrote, up to CRLF", async () => {
  const piece = fc.oneof(
    fc.constantFrom('"', ",", "\n", "\r", "\r\n", " ", "'", "\uFEFF", "=", "\u2028"),
    fc.string({ unit: "binary", maxLength: 3 }).filter((text) => !text.includes("\0")),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const rows = fc.array(fc.record({ prompt: text, label: text }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(rows, async (written) => {
      const found = await readText(stringifyCsv(written, ["prompt", "label"]));
      const expected = written.map(({ prompt, label }) => ({
        prompt: prompt.replaceAll("\r\n", "\n"),
        label: label.replaceAll("\r\n", "\n"),
      }));
      assertEquals(found.map(({ fields }) => ({ ...fields })), expected);
    }),
    { numRuns: 150 },
  );
});

Deno.test("readCsv() gives the line on which each row starts", async () => {
  const prompt = fc.array(fc.constantFrom("a", "\n", '"', ","), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(prompt, { maxLength: 20 }), async (prompts) => {
      const rows = prompts.map((pieces) => ({ prompt: pieces.join(""), label: "x" }));
      let line = 2;
      const expected = rows.map(({ prompt }) => {
        const start = line;
        line += prompt.split("\n").length;
        return start;
      });
      const found = await readText(stringifyCsv(rows, ["prompt", "label"]));
      assertEquals(found.map((row) => row.line), expected);
    }),
    { numRuns: 60 },
  );
});

const WRITTEN: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["plain text", { a: "x", b: "y" }, "x,y\n"],
  ["quotes, commas and breaks", { a: 'say "hi", you', b: "1\n2" }, '"say ""hi"", you","1\n2"\n'],
  ["a lone carriage return", { a: "x\r", b: "" }, '"x\r",\n'],
  ["null, numbers and booleans", { a: null, b: -1.5 }, ",-1.5\n"],
  ["an absent field", { b: true }, ",true\n"],
];

for (const [what, record, line] of WRITTEN) {
  Deno.test(`stringifyCsv() writes ${what}`, () => {
    assertEquals(stringifyCsv([record], ["a", "b"]), `a,b\n${line}`);
  });
}

Deno.test("stringifyCsv() keeps the only, empty field of a row", async () => {
  await inTempFolder(async (folder) => {
    const text = stringifyCsv([{ a: "" }, { a: "x" }], ["a"]);
    const rows = await Array.fromAsync(readCsv(await write(folder, "one.csv", text)));
    assertEquals(rows.map(({ fields }) => fields["a"]), ["", "x"]);
  });
});

Deno.test("stringifyCsv() leaves a column empty that only Object's prototype has", () => {
  assertEquals(stringifyCsv([{ a: 1 }], ["a", "constructor"]), "a,constructor\n1,\n");
});

const CELLS: readonly (readonly [unknown, string])[] = [
  ["=1+1", "'=1+1"],
  ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
  ["-2+3", "'-2+3"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", '"\'\r=1"'],
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  ["-1.5", "-1.5"],
  ["+2e-3", "+2e-3"],
  [-1.5, "-1.5"],
  ["a=1", "a=1"],
];

for (const [value, cell] of CELLS) {
  Deno.test(`stringifyCsv() makes ${JSON.stringify(value)} safe for spreadsheets`, () => {
    assertEquals(stringifyCsv([{ a: value }], ["a"], { spreadsheetSafe: true }), `a\n${cell}\n`);
  });
}
