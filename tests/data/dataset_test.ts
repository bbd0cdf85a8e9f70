import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { countDuplicates, findConflicts } from "../../src/data/conflicts.ts";
import { type Dataset, mapLabels, readLabeledCsv, readPrompts } from "../../src/data/dataset.ts";
import { joinLabels } from "../../src/data/join_labels.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { inTempFolder, write } from "../temp.ts";

async function load(name: string, content: string): Promise<Dataset> {
  let dataset: Dataset | undefined;
  await inTempFolder(async (folder) => {
    const path = await write(folder, name, content);
    dataset = name.startsWith("labels") ? await readLabeledCsv(path) : await readPrompts(path);
  });
  return dataset!;
}

Deno.test("readLabeledCsv() skips rows without prompt or label and lists their lines", async () => {
  const data = await load("labels.csv", 'prompt,label\na,x\n"  ",x\nb,\nc,y\n');
  assertEquals(data.rows.map((row) => [row.id, row.line, row.prompt, row.label]), [
    ["1", 2, "a", "x"],
    ["2", 5, "c", "y"],
  ]);
  assertEquals(data.skipped, { emptyPrompts: [3], emptyLabels: [4] });
});

Deno.test("readLabeledCsv() keeps them on request", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "l.csv", "prompt,label\na,x\nb,\n");
    const data = await readLabeledCsv(path, { empty: "keep" });
    assertEquals(data.rows.map((row) => row.label), ["x", null]);
  });
});

Deno.test("readPrompts() reads objects, bare strings, ids and labels from JSONL", async () => {
  const data = await load(
    "p.jsonl",
    '{"prompt":"a","id":"i1","label":"x"}\n\n{"prompt":"b","id":7}\n',
  );
  assertEquals(data.rows.map((row) => [row.id, row.line, row.label]), [["i1", 1, "x"], [
    "7",
    3,
    null,
  ]]);
  assertEquals((await load("p.jsonl", '"a"\n"b\\n c"\n')).rows.map((row) => row.prompt), [
    "a",
    "b\n c",
  ]);
});

Deno.test("readPrompts() reads plain text and CSV by extension", async () => {
  assertEquals((await load("p.txt", "a\r\nb\n")).rows.map((row) => row.prompt), ["a", "b"]);
  assertEquals((await load("p.csv", "prompt\na\nb\n")).rows.map((row) => row.label), [null, null]);
});

const BAD: readonly (readonly [string, string, string])[] = [
  ["broken JSON", '"a"\n{"prompt": \n', ":2:"],
  ["a number", "12\n", ":1:1"],
  ["no prompt", '{"text":"a"}\n', 'Expected a "prompt"'],
  ["null", "null\n", 'Expected a "prompt"'],
  ["a label that is a list", '{"prompt":"a","label":[]}\n', 'Expected "label"'],
  ["an id twice", '{"prompt":"a","id":1}\n{"prompt":"b","id":1}\n', 'found "1" on line 1'],
  ["nothing", "", "found none"],
];

for (const [what, content, message] of BAD) {
  Deno.test(`readPrompts() refuses ${what}`, async () => {
    await assertRejects(() => load("p.jsonl", content), MicroLmError, message);
  });
}

Deno.test("the hash depends on content, not on order or format", async () => {
  const csv = await load("labels.csv", "prompt,label\na,x\nb,y\n");
  const jsonl = await load(
    "p.jsonl",
    '{"prompt":"a","label":"x"}\n{"prompt":"b","label":"y"}\n',
  );
  const turned = await load("labels.csv", "prompt,label\nb,y\na,x\n");
  assertEquals(csv.sha256, jsonl.sha256);
  const other = await load("labels.csv", "prompt,label\na,y\nb,x\n");
  assertEquals(csv.sha256, turned.sha256);
  assertNotEquals(csv.sha256, other.sha256);
});

Deno.test("joinLabels() joins by position, so duplicates keep their own labels", async () => {
  const prompts = await load("p.jsonl", '"a"\n"a"\n');
  const joined = joinLabels(prompts, await load("labels.csv", "prompt,label\na,x\na,y\n"));
  assertEquals(joined.rows.map((row) => row.label), ["x", "y"]);
  assertEquals(findConflicts(joined), [{ prompt: "a", lines: [1, 2], labels: ["x", "y"] }]);
  assertEquals(countDuplicates(joined), 1);
});

Deno.test("joinLabels() joins by id where both files have ids", async () => {
  const prompts = await load("p.jsonl", '{"prompt":"a","id":1}\n{"prompt":"b","id":2}\n');
  const labels = await load("labels.csv", "id,prompt,label\n2,b,y\n1,a,x\n");
  assertEquals(joinLabels(prompts, labels).rows.map((row) => row.label), ["x", "y"]);
});

Deno.test("joinLabels() refuses other lengths and other texts, naming both places", async () => {
  const prompts = await load("p.jsonl", '"a"\n"b"\n');
  const short = await load("labels.csv", "prompt,label\na,x\n");
  const other = await load("labels.csv", "prompt,label\na,x\nc,y\n");
  assertThrows(() => joinLabels(prompts, short), MicroLmError, "Expected 2 labels");
  const error = assertThrows(() => joinLabels(prompts, other), MicroLmError, 'found "c"');
  assertEquals(/labels\.csv:3: .*p\.jsonl:2/.test(error.message), true);
});

Deno.test("mapLabels() names the line of a label that is refused", async () => {
  const data = await load("labels.csv", "prompt,label\na,x\nb,oops\n");
  const refuse = (label: string) => {
    if (label === "oops") throw new MicroLmError("data", "Unknown label");
    return label.toUpperCase();
  };
  assertThrows(() => mapLabels(data, refuse), MicroLmError, "labels.csv:3: Unknown label");
});

Deno.test("joinLabels() shows where long texts begin to differ", async () => {
  const same = "deposit ".repeat(40);
  const prompts = await load("p.jsonl", JSON.stringify(`${same}ETH`));
  const labels = await load("labels.csv", `prompt,label\n${same}DAI,x\n`);
  const error = assertThrows(() => joinLabels(prompts, labels), MicroLmError);
  assertMatch(error.message, /"….{0,25}ETH", found "….{0,25}DAI"$/);
});

Deno.test("a CRLF within a prompt makes no difference between CSV and JSONL", async () => {
  const prompts = await load("p.jsonl", '{"prompt":"a\\r\\nb","label":"x"}\n');
  const labels = await load("labels.csv", 'prompt,label\r\n"a\r\nb",x\r\n');
  assertEquals(joinLabels(prompts, labels).sha256, labels.sha256);
  assertEquals(prompts.sha256, labels.sha256);
});
