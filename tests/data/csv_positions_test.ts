import { assertEquals, assertRejects } from "@std/assert";
import { CsvPositions } from "../../src/data/csv/csv_positions.ts";
import { MicroLmError } from "../../src/core/errors.ts";

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

Deno.test("CsvPositions gives the same positions however the text is cut", async () => {
  const text = 'a,b\r\n"x\r\n""y""",1\r\n2\r\n\r\n3,4,5';
  const expected = [
    { line: 1 },
    { line: 2 },
    { line: 4, misfit: { line: 4, column: 3 } },
    { line: 6, misfit: { line: 6, column: 5 } },
  ];
  for (let cut = 0; cut <= text.length; cut++) {
    const positions = new CsvPositions("f.csv");
    const source = chunks(text.slice(0, cut), text.slice(cut));
    assertEquals((await Array.fromAsync(positions.track(source))).join(""), text);
    assertEquals(expected.map(() => positions.next()), expected, `cut at ${cut}`);
  }
});

Deno.test("CsvPositions refuses a field that a forgotten quote makes endless", async () => {
  const positions = new CsvPositions("f.csv", { maxField: 1000 });
  const endless = chunks('a,b\n1,"2\n', ...Array.from({ length: 1e4 }, () => "3,4\n"));
  const error = await assertRejects(
    () => Array.fromAsync(positions.track(endless)),
    MicroLmError,
    "f.csv:2:3: Expected a field of at most 1000 characters",
  );
  assertEquals(error.kind, "data");
});

Deno.test("CsvPositions counts the length of fields one by one", async () => {
  const positions = new CsvPositions("f.csv", { maxField: 10 });
  await Array.fromAsync(positions.track(chunks("a,b\n".repeat(100), "1,2\n")));
  assertEquals(positions.fault, undefined);
});

Deno.test("CsvPositions takes a lone carriage return for a character", async () => {
  for (
    const [text, fault] of [
      ['a,b\n1,\r"x"\n', { line: 2, column: 4, found: "a quote within a field" }],
      ['a,b\n1,"x"\r2\n', { line: 2, column: 6, found: "text after a closing quote" }],
    ] as const
  ) {
    for (let cut = 0; cut <= text.length; cut++) {
      const positions = new CsvPositions("f.csv");
      await Array.fromAsync(positions.track(chunks(text.slice(0, cut), text.slice(cut))));
      assertEquals(positions.fault, fault, `cut at ${cut}`);
    }
  }
});
