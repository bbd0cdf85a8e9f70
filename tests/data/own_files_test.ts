import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { findConflicts, findLabelTwins } from "../../src/data/conflicts.ts";
import type { ReadCsvOptions } from "../../src/data/csv/csv.ts";
import {
  type Dataset,
  readLabeledCsv,
  type ReadLabeledCsvOptions,
  readPrompts,
} from "../../src/data/dataset.ts";
import { joinLabels, readLabels } from "../../src/data/join_labels.ts";
import { foldText } from "../../src/data/fold_text.ts";
import { readRecords } from "../../src/data/records.ts";
import { inTempFolder, write } from "../temp.ts";

async function load(
  content: string | Uint8Array,
  options: ReadLabeledCsvOptions & ReadCsvOptions = {},
): Promise<Dataset> {
  let dataset: Dataset | undefined;
  await inTempFolder(async (folder) => {
    dataset = await readLabeledCsv(await write(folder, "own.csv", content), options);
  });
  return dataset!;
}

const TWO = [["hi there", "greet"], ["so long", "bye"]];

const SAME: readonly (readonly [string, string, ReadLabeledCsvOptions?])[] = [
  ["commas", "prompt,label\nhi there,greet\nso long,bye\n"],
  ["semicolons", "prompt;label\nhi there;greet\nso long;bye\n"],
  ["tabs", "prompt\tlabel\nhi there\tgreet\nso long\tbye\n"],
  ["a sep= line", "sep=;\r\nprompt;label\r\nhi there;greet\r\nso long;bye\r\n"],
  ["a quoted sep= line", '"sep=,"\nprompt,label\nhi there,greet\nso long,bye\n'],
  ["a delimiter that is said", "prompt|label\nhi there|greet\nso long|bye\n", { delimiter: "|" }],
  ["semicolons with commas in the header", "prompt;label;a,b\nhi there;greet;\nso long;bye;\n"],
  ["text and intent", "text,intent\nhi there,greet\nso long,bye\n"],
  ["utterance and category", "category,utterance\ngreet,hi there\nbye,so long\n"],
  ["query and class", "query;class\nhi there;greet\nso long;bye\n"],
  ["sentence", "Sentence,Label\nhi there,greet\nso long,bye\n"],
  ["message", " message , label\nhi there,greet\nso long,bye\n"],
  ["columns that are said", "ask,means,label\nhi there,greet,x\nso long,bye,y\n", {
    promptColumn: "ask",
    labelColumn: "means",
  }],
  ["prompt beside a synonym", "text,prompt,label\nx,hi there,greet\ny,so long,bye\n"],
  ["carriage returns alone", "prompt,label\rhi there,greet\rso long,bye\r"],
  ["two marks", "\uFEFF\uFEFFprompt,label\nhi there,greet\nso long,bye\n"],
  ["columns without a name", "prompt,label,,\nhi there,greet,,\nso long,bye,,\n"],
  ["a row that ends before them", "prompt,label,,\nhi there,greet\nso long,bye,\n"],
  ["empty fields behind the last", "prompt,label\nhi there,greet,,\nso long,bye\n"],
];

for (const [what, content, options] of SAME) {
  Deno.test(`readLabeledCsv() reads a file with ${what}`, async () => {
    const { rows } = await load(content, options);
    assertEquals(rows.map(({ prompt, label }) => [prompt, label]), TWO);
  });
}

Deno.test("readLabeledCsv() takes the delimiter that is said over the one of the header", async () => {
  const options = { delimiter: ",", promptColumn: "a;prompt", labelColumn: "b;label" };
  const { rows } = await load("a;prompt,b;label\n1;hi there,2;greet\n", options);
  assertEquals(rows.map(({ prompt, label }) => [prompt, label]), [["1;hi there", "2;greet"]]);
});

Deno.test("readLabeledCsv() counts lines behind a sep= line", async () => {
  const { rows } = await load("sep=;\nprompt;label\nhi there;greet\nso long;bye\n");
  assertEquals(rows.map(({ line }) => line), [3, 4]);
});

const NOTED: readonly (readonly [string, string, string])[] = [
  ["a synonym", "text,label\na,x\n", 'the column "text" is read as the prompt'],
  ["columns without a name", "prompt,label,,\na,x,,\n", "2 columns without a name"],
  ["empty fields behind", "prompt,label\na,x,\nb,y,\n", "2 rows have empty fields"],
  ["repeated ids", "id,prompt,label\n7,a,x\n7,b,y\n", '"7" stands on lines 2 and 3'],
];

for (const [what, content, note] of NOTED) {
  Deno.test(`readLabeledCsv() notes ${what}`, async () => {
    const { notes = [] } = await load(content, { repeatedIds: "number" });
    assertEquals(notes.length, 1);
    assertStringIncludes(notes[0]!, note);
  });
}

Deno.test("readLabeledCsv() numbers rows whose ids repeat, where that is asked for", async () => {
  const content = "id,prompt,label\n7,a,x\n7,b,y\n";
  const { rows, explicitIds } = await load(content, { repeatedIds: "number" });
  assertEquals([rows.map(({ id }) => id), explicitIds], [["1", "2"], false]);
  await assertRejects(
    () => load(content),
    MicroLmError,
    'own.csv:3: Expected unique ids, found "7"',
  );
});

const REFUSED: readonly (readonly [string, string, string, string, ReadLabeledCsvOptions?])[] = [
  [
    "no header",
    '"hello there",greet\n"hi friend",greet\n',
    ':1:1: Expected a column "prompt", found "hello there", "greet"',
    "The first line looks like data",
  ],
  ["a comment", "# mine\nprompt,label\na,x\n", ":1:1: Expected a column", "looks like a comment"],
  [
    "two columns for the prompt",
    "text,query,label\na,b,x\n",
    ':1:1: Expected one column for the prompt, found "text", "query"',
    "--prompt_column",
  ],
  [
    "a column that is said and not there",
    "prompt,label\na,x\n",
    ':1:1: Expected a column "intention", found "prompt", "label"',
    "",
    { labelColumn: "intention" },
  ],
  [
    "a field above a mebibyte",
    `prompt,label\nok,x\n${"deposit ".repeat(140_000)},x\n`,
    ":3:1: Expected a field of at most 1048576 characters, found more",
    "No prompt is that long",
  ],
  [
    "a field above a mebibyte in the second column",
    `prompt,label\nok,${"x".repeat(1 << 20)}x\n`,
    ":2:4: Expected a field of at most 1048576",
    "No prompt is that long",
  ],
  [
    "more fields than any table",
    `prompt,label\n${"x,".repeat(20_000)}\n`,
    ":2:32769: Expected a row of at most 16384 fields",
    "line end",
  ],
  ["text in a surplus field", "prompt,label\na,x,,z\n", ":2:5: Expected 2 fields", "delimiter"],
];

for (const [what, content, message, hint, options] of REFUSED) {
  Deno.test(`readLabeledCsv() refuses ${what}, saying where and what to do`, async () => {
    const error = await assertRejects(() => load(content, options), MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, `own.csv${message}`);
    assertStringIncludes(error.hint ?? "", hint);
  });
}

/** Name of a file, its content, and the prompts that it holds. */
const FORMATS: readonly (readonly [string, string, readonly string[]])[] = [
  ["p.CSV", "prompt,label\na,x\n", ["a"]],
  ["p.tsv", "prompt\tlabel\na\tx\n", ["a"]],
  ["P.TXT", "swap 1 eth for dai\n\nhello\n", ["swap 1 eth for dai", "", "hello"]],
  ["p.txt", '{"prompt": "a"}\n{"prompt": "b"}\n', ["a", "b"]],
  ["p.txt", "text;intent\na;x\n", ["a"]],
  ["p.txt", "prompt\nnext line\n", ["prompt", "next line"]],
  ["p.JSONL", '"a"\n{"prompt": "b"}\n', ["a", "b"]],
  ["p.jsonl", "prompt,label\na,x\n", ["a"]],
  ["p.csv", '{"prompt": "a"}\n', ["a"]],
  ["p.data", '\n{"prompt": "a"}\n', ["a"]],
  ["p.data", '"prompt","label"\n"a","x"\n', ["a"]],
  ["p", "claim my rewards\nhello, you\n", ["claim my rewards", "hello, you"]],
  ["p", "text\nquery\n", ["text", "query"]],
];

for (const [name, content, prompts] of FORMATS) {
  Deno.test(`readPrompts() reads ${name} that begins with ${content.split("\n", 1)}`, async () => {
    await inTempFolder(async (folder) => {
      const { rows } = await readPrompts(await write(folder, name, content));
      assertEquals(rows.map(({ prompt }) => prompt), prompts);
    });
  });
}

Deno.test("readPrompts() reads what it is told to, whatever the content looks like", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "p.csv", "prompt,label\n");
    const { rows } = await readPrompts(path, { format: "text" });
    assertEquals(rows.map(({ prompt }) => prompt), ["prompt,label"]);
    const keys = await write(folder, "k.jsonl", '{"q": "a", "means": "x"}\n');
    const named = await readPrompts(keys, { promptColumn: "q", labelColumn: "means" });
    assertEquals(named.rows.map(({ prompt, label }) => [prompt, label]), [["a", "x"]]);
  });
});

const LIMITS: readonly (readonly [string, string, string])[] = [
  [
    "p.jsonl",
    `"ok"\n${JSON.stringify("x".repeat((1 << 20) + 1))}\n`,
    ":2:1: Expected a prompt of at",
  ],
  ["p.jsonl", `"ok"\n"${"x".repeat(1 << 24)}"\n`, ":2:1: Expected a line of at most 16777216"],
  ["p.txt", `ok\n${"x".repeat((1 << 20) + 1)}\n`, ":2:1: Expected a line of at most 1048576"],
];

for (const [name, content, message] of LIMITS) {
  Deno.test(`readPrompts() refuses ${name} with ${content.length} characters in a line`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, name, content);
      await assertRejects(() => readPrompts(path), MicroLmError, name + message);
    });
  });
}

/** Ids as they stand in a line, and as they are read. */
const IDS: readonly (readonly [string, string])[] = [
  ["9007199254740993", "9007199254740993"],
  ["12345678901234567890", "12345678901234567890"],
  ["-9007199254740993", "-9007199254740993"],
  ["9007199254740991", "9007199254740991"],
  ["7", "7"],
  ["1.5", "1.5"],
  ['"007"', "007"],
];

for (const [written, id] of IDS) {
  Deno.test(`readRecords() keeps the id ${written}`, async () => {
    await inTempFolder(async (folder) => {
      const other = '"context": {"id": 99999999999999999999}';
      const line = `{"prompt": "a", "id": ${written}, ${other}, "label": 12345678901234567891}\n`;
      const [row] = await Array.fromAsync(readRecords(await write(folder, "i.jsonl", line)));
      assertEquals([row!.id, row!.label], [id, "12345678901234567891"]);
    });
  });
}

async function join(prompts: string, labels: string): Promise<Dataset> {
  let joined: Dataset | undefined;
  await inTempFolder(async (folder) => {
    joined = joinLabels(
      await readPrompts(await write(folder, "p.jsonl", prompts)),
      await readLabels(await write(folder, "l.csv", labels)),
    );
  });
  return joined!;
}

Deno.test("labels alone join by row, and by id where both files have ids", async () => {
  const alone = await join('"a"\n"b"\n"a"\n', 'label\nx\n""\ny\n');
  assertEquals(alone.rows.map(({ label }) => label), ["x", null, "y"]);
  assertStringIncludes(alone.notes!.join(), "row by row");
  const byId = await join(
    '{"prompt":"a","id":1}\n{"prompt":"b","id":2}\n',
    "id,intent\n2,y\n1,x\n",
  );
  assertEquals(byId.rows.map(({ label }) => label), ["x", "y"]);
  await assertRejects(() => join('"a"\n"b"\n', "label\nx\n"), MicroLmError, "Expected 2 labels");
});

const FORMS: readonly (readonly [string, string])[] = [
  ["Hello", "hello"],
  ["ｈｅｌｌｏ", "hello"],
  ["hel\u200Blo\u00AD", "hello"],
  ["e\u0301", "\u00E9"],
  ["a \t b", " a b "],
  ["\uFEFFx", "x"],
];

for (const [one, other] of FORMS) {
  Deno.test(`${JSON.stringify(one)} and ${JSON.stringify(other)} are one text`, async () => {
    assertEquals(foldText(one), foldText(other));
    const rows = [[one, "greet"], [other, "bye"]].map(([prompt, label], i) => ({
      id: String(i),
      line: i + 2,
      prompt: prompt!,
      label: label!,
    }));
    const data = { ...await load("prompt,label\na,x\n"), rows };
    assertEquals(findConflicts(data).map(({ lines }) => lines), [[2, 3]]);
    const labelled = { ...data, rows: rows.map((row, i) => ({ ...row, label: [one, other][i]! })) };
    assertEquals(findLabelTwins(labelled).map(({ labels }) => labels), [[one, other]]);
  });
}

Deno.test("texts that differ are no conflict and no twins", async () => {
  const data = await load("prompt,label\nhello,greet\nhello you,bye\nbye,Greet2\n");
  assertEquals([findConflicts(data), findLabelTwins(data)], [[], []]);
  assert(foldText("ß") !== foldText("b"));
});
