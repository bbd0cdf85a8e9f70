import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type CsvRow, readCsv, stringifyCsv } from "../../src/data/csv.ts";
import { MicroLmError } from "../../src/errors.ts";
import { inTempFolder, write } from "../temp.ts";

async function read(content: string | Uint8Array, required: string[] = []): Promise<CsvRow[]> {
  let rows: CsvRow[] = [];
  await inTempFolder(async (folder) => {
    rows = await Array.fromAsync(readCsv(await write(folder, "in.csv", content), { required }));
  });
  return rows;
}

const READABLE: readonly (readonly [string, string, readonly (readonly [number, string])[]])[] = [
  ["plain rows", "prompt,label\na,x\nb,y\n", [[2, "a"], [3, "b"]]],
  ["a last line without end", "prompt,label\na,x", [[2, "a"]]],
  ["CRLF", "prompt,label\r\na,x\r\nb,y\r\n", [[2, "a"], [3, "b"]]],
  ["a byte-order mark", "\ufeffprompt,label\na,x\n", [[2, "a"]]],
  ["quoted commas and quotes", 'prompt,label\n"a, ""b""",x\n', [[2, 'a, "b"']]],
  ["quoted line breaks", 'prompt,label\n"a\nb",x\nc,y\n', [[2, "a\nb"], [4, "c"]]],
  ["blank lines", "prompt,label\n\n\na,x\n\nb,y\n", [[4, "a"], [6, "b"]]],
  ["Unicode", "prompt,label\nπ 💥 日本,x\n", [[2, "π 💥 日本"]]],
];

for (const [what, text, expected] of READABLE) {
  Deno.test(`readCsv() reads ${what}, with line numbers`, async () => {
    const rows = await read(text);
    assertEquals(rows.map(({ line, fields }) => [line, fields["prompt"]] as const), [...expected]);
  });
}

const REFUSED: readonly (readonly [string, string | Uint8Array, string, string])[] = [
  ["a missing column", "prompt,lable\na,x\n", "in.csv:1:1", 'Expected a column "label"'],
  ["a column twice", "prompt,label,label\n", "in.csv:1", 'found two "label"'],
  ["too few fields", "prompt,label\na,x\nb\n", "in.csv:3", "Expected 2 fields (prompt, label)"],
  ["too many fields", "prompt,label\na,b,x\n", "in.csv:2", "found 3"],
  ["a quote that never ends", 'prompt,label\n"a,x\n', "in.csv", "quote"],
  ["a stray quote", 'prompt,label\na"b,x\n', "in.csv:2", "quote"],
  ["an empty file", "", "in.csv", "empty file"],
  ["NUL characters", "prompt,label\na\0,x\n", "in.csv", "NUL"],
  ["bytes that are no UTF-8", Uint8Array.of(112, 10, 255, 254, 10), "in.csv", "not UTF-8"],
];

for (const [what, content, place, message] of REFUSED) {
  Deno.test(`readCsv() refuses ${what} and says where`, async () => {
    const error = await assertRejects(() => read(content, ["prompt", "label"]), MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, place);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("readCsv() calls a missing file missing", async () => {
  const error = await assertRejects(() => Array.fromAsync(readCsv("no/such.csv")), MicroLmError);
  assertEquals(error.kind, "missing");
});

Deno.test("readCsv() reads back whatever stringifyCsv() wrote", async () => {
  const field = fc.string({ unit: "grapheme" }).map((s) => s.replace(/\0|\r/g, ""));
  await inTempFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field), { minLength: 1 }), async (pairs) => {
        const rows = pairs.map(([prompt, label]) => ({ prompt: `p${prompt}`, label }));
        const path = await write(folder, "t.csv", stringifyCsv(rows, ["prompt", "label"]));
        const back = await Array.fromAsync(readCsv(path));
        assertEquals(back.map(({ fields }) => ({ ...fields })), rows);
      }),
      { numRuns: 60 },
    );
  });
});

Deno.test("readCsv() streams a megabyte in one field", async () => {
  const [row] = await read(`prompt,label\n"${"x ".repeat(500_000)}",y\n`);
  assertEquals(row!.fields["prompt"]!.length, 1_000_000);
});

Deno.test("stringifyCsv() neutralises formulas for spreadsheets on request, numbers not", () => {
  const rows = [{ a: "=cmd|' /C calc'!A0", b: -1.5 }, { a: "@x", b: 2 }];
  assertEquals(stringifyCsv(rows, ["a", "b"]).split("\n")[1], "=cmd|' /C calc'!A0,-1.5");
  const safe = stringifyCsv(rows, ["a", "b"], { spreadsheetSafe: true }).split("\n");
  assertEquals(safe.slice(1, 3), ["'=cmd|' /C calc'!A0,-1.5", "'@x,2"]);
});
