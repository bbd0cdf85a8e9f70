import { assertEquals, assertRejects } from "@std/assert";
import { CsvParseStream } from "@std/csv/parse-stream";

const parse = (...chunks: string[]): Promise<string[][]> =>
  Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new CsvParseStream()));

// What the real package does, by its documentation: the stand-in must not be told from it.
const CASES: readonly (readonly [string, string, readonly string[][]])[] = [
  ["skips empty lines", "a,b\n\n1,2\r\n\r\n", [["a", "b"], ["1", "2"]]],
  ["lets rows differ in length", "a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]]],
  ["takes line feeds and CRLF in one text", "a\r\nb\nc\r\n", [["a"], ["b"], ["c"]]],
  ["gives CRLF in quotes as a line feed", '"a\r\nb"\r\n', [["a\nb"]]],
  ["keeps an empty field in quotes", '""\n', [[""]]],
  ["keeps spaces", " a , b \n", [[" a ", " b "]]],
  ["joins doubled quotes", '"a ""b"" c"\n', [['a "b" c']]],
  ["gives nothing for nothing", "", []],
];

for (const [what, text, rows] of CASES) {
  Deno.test(`CsvParseStream ${what}, however the text is cut`, async () => {
    for (let cut = 0; cut <= text.length; cut++) {
      assertEquals(await parse(text.slice(0, cut), text.slice(cut)), rows as string[][]);
    }
  });
}

for (const text of ['a"b\n', '"a"b\n', '"ab\n', '"a\nb']) {
  Deno.test(`CsvParseStream throws a SyntaxError for ${JSON.stringify(text)}`, async () => {
    await assertRejects(() => parse("x,y\n", text, "more\n"), SyntaxError);
    await assertRejects(() => parse(`x,y\n${text}`), SyntaxError);
  });
}

Deno.test("CsvParseStream takes another separator", async () => {
  const stream = ReadableStream.from(['a;"b;c"\n', "1,5;2\n"]);
  const rows = await Array.fromAsync(stream.pipeThrough(new CsvParseStream({ separator: ";" })));
  assertEquals(rows, [["a", "b;c"], ["1,5", "2"]]);
});
