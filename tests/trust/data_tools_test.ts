import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { type CorpusFormat, importCorpus } from "../../src/trust/import_corpus.ts";
import { readCurve } from "../../src/trust/learning_curve.ts";
import { findNearDuplicates } from "../../src/trust/near_duplicates.ts";
import { suggestRows } from "../../src/trust/suggest.ts";
import { rate } from "../../src/evaluate/rate.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "../tasks/run_task.ts";

const PERMISSIONS = [
  "--allow-read=.",
  "--allow-write=.artifacts,.cache",
  "--ignore-env=LOG_TOKENS,LOG_STREAM",
];
const RASA = `version: "3.1"
nlu:
- intent: book_room
  examples: |
    - a room for [friday](date)
    - two beds in [Rome]{"entity": "city", "role": "to"} please
      near the station
- synonym: rome
  examples: |
    - roma
- intent: faq/ask_price
  examples:
  - text: |
      how much is it
    metadata: {sentiment: neutral}
- regex: zip
  examples: |
    - \\d{5}
`;
const ROUTES = JSON.stringify({
  encoder_type: "openai",
  routes: [{ name: "chitchat", utterances: ["lovely weather", " hi  there "], score: null }],
});
const NLPJS = JSON.stringify({
  name: "Corpus",
  locale: "en-US",
  data: [{ intent: "agent.age", utterances: ["how old are you", ""], answers: ["old"] }, {
    intent: "None",
    answers: ["?"],
  }],
});

const CORPORA: readonly (readonly [CorpusFormat, string, readonly string[]])[] = [
  ["rasa", RASA, [
    "book_room: a room for friday",
    "book_room: two beds in Rome please near the station",
    "faq/ask_price: how much is it",
  ]],
  ["semantic-router", ROUTES, ["chitchat: lovely weather", "chitchat: hi there"]],
  ["semantic-router", '[{"name":"a","utterances":["b"]}]', ["a: b"]],
  ["nlpjs", NLPJS, ["agent.age: how old are you"]],
];

for (const [from, text, expected] of CORPORA) {
  Deno.test(`importCorpus() reads ${expected.length} examples of ${from}`, () => {
    const rows = importCorpus(text, from, "corpus");
    assertEquals(rows.map(({ prompt, label }) => `${label}: ${prompt}`), expected);
  });
}

const MALFORMED: readonly (readonly [CorpusFormat, string, string])[] = [
  ["rasa", "nlu:\n- intent: a\n  examples: [", "c:3"],
  ["rasa", "version: 3", "Expected a corpus of rasa"],
  ["rasa", "nlu:\n- intent: 7\n  examples: x", "c:2:11: Expected a corpus of rasa"],
  ["rasa", "nlu:\n- synonym: a\n  examples: |\n    - b", "Expected examples"],
  ["rasa", "", "Expected a corpus of rasa"],
  ["semantic-router", "{", "Expected JSON"],
  ["semantic-router", '{"routes":[{"name":"a"}]}', "Expected a corpus of semantic-router"],
  ["semantic-router", "[]", "Expected examples"],
  ["nlpjs", '{"data":[{"intent":"","utterances":["a"]}]}', "expected a name"],
  ["nlpjs", '{"data":[{"intent":"a","utterances":"b"}]}', 'at "data.0.utterances"'],
  ["nlpjs", '"__proto__"', "Expected a corpus of nlpjs"],
];

for (const [from, text, message] of MALFORMED) {
  Deno.test(`importCorpus() refuses ${JSON.stringify(text)} as ${from}`, () => {
    const error = assertThrows(() => importCorpus(text, from, "c"), MicroLmError);
    assertEquals((error as MicroLmError).kind, "data");
    assertStringIncludes((error as MicroLmError).message, message);
  });
}

Deno.test("findNearDuplicates() leaves a list without any", async () => {
  const { rows } = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
  const prompts = rows.map(({ prompt }) => prompt);
  const found = await findNearDuplicates(prompts, { threshold: 0.6 });
  assert(found.length > 10, `${found.length}`);
  for (const { row, of } of found) assert(of < row);
  const left = new Set(found.map(({ row }) => row));
  const kept = prompts.filter((_, row) => !left.has(row));
  assertEquals(await findNearDuplicates(kept, { threshold: 0.6 }), []);
  const planted = await findNearDuplicates([`${kept[3]!.toUpperCase()} !!`], { against: kept });
  assertEquals(planted.map(({ of, kind }) => [of, kind]), [[3, "same"]]);
});

Deno.test("suggestRows() passes over copies and what the mapper is sure of", async () => {
  const pool = ["alpha beta", "Alpha beta!", "gamma delta", "sure thing"];
  const decisions = [0.2, 0.1, 0.3, 1].map((margin) => ({ margin }));
  const rows = (await suggestRows(pool, decisions, 9)).map(({ row }) => row);
  assertEquals(rows, [1, 2]);
});

Deno.test("readCurve() says more rows help only beyond the interval", () => {
  const point = (percentage: number, k: number) => ({
    percentage,
    rows: 10,
    accuracy: rate(k, 100),
    classes: { a: rate(k, 100) },
  });
  assertEquals(readCurve([point(50, 60), point(100, 90)]), {
    helps: true,
    gain: 30,
    classes: ["a"],
  });
  assertEquals(readCurve([point(50, 90), point(100, 91)]).helps, false);
});

Deno.test("data import, dedupe, suggest and learning-curve work one after the other", async () => {
  await inTempFolder(async (folder) => {
    const run = async (args: readonly string[], code = 0) => {
      const done = await runTask("data", [...args, "--json"], { permissions: PERMISSIONS });
      assertEquals(done.code, code, done.stderr);
      return code === 0 ? JSON.parse(done.stdout) : done.stderr;
    };
    const corpus = await write(folder, "nlu.yml", RASA);
    const out = `${folder}/imported.csv`;
    const told = await run(["import", "--from", "rasa", "--csv", corpus, "--out_csv", out]);
    assertEquals([told.rows, (await readLabeledCsv(out)).rows.length], [3, 3]);
    const broken = await write(folder, "broken.yml", "nlu: 3");
    const args = ["import", "--from", "rasa", "--csv", broken, "--out_csv", out];
    assertStringIncludes(await run(args, 65), "broken.yml:1:6");
    assertEquals((await readLabeledCsv(out)).rows.length, 3, "the old output is whole");
    const twice = await write(folder, "twice.csv", "prompt,label\nHi,a\nhi!,b\nbye,a\n");
    const single = await run(["dedupe", "--csv", twice, "--out_csv", `${folder}/single.csv`]);
    assertEquals([single.rows, single.left_out[0].is_conflict], [2, true]);
    const mini = "fixtures/defi/defi_mapper_labeled_mini.csv";
    const curve = ["learning-curve", "--csv", mini, "--percentages", "20,100", "--runs", "1"];
    assertEquals((await run(curve)).curve.length, 2);
  });
});

Deno.test("data suggest writes a CSV to fill in", async () => {
  await inTempFolder(async (folder) => {
    const csv = "fixtures/defi/defi_mapper_labeled_mini.csv";
    const mapper = `${folder}/m.json`;
    const train = ["--labels_csv", csv, "--out_path", mapper, "--sbert", "ngram"];
    assertEquals((await runTask("train", train, { permissions: PERMISSIONS })).code, 0);
    const lines = ["swap 2 eth for usdc", "hm, what now", "lend it maybe", "lend it, maybe!"];
    const pool = await write(
      folder,
      "p.jsonl",
      lines.map((line) => JSON.stringify(line)).join("\n"),
    );
    const out = `${folder}/next.csv`;
    const args = ["suggest", "--pool", pool, "--mapper_path", mapper, "--n", "3", "--out_csv", out];
    const done = await runTask("data", args, { permissions: PERMISSIONS });
    assertEquals(done.code, 0, done.stderr);
    const written = (await Deno.readTextFile(out)).trim().split("\n");
    assert(written[0]!.startsWith("prompt,label,suggested"), written[0]);
    assertEquals(written.filter((line) => line.includes("lend it")).length, 1);
  });
});

for (
  const [task, args] of [
    ["audit_labels", ["--out_csv"]],
    ["compare", ["a.json", "b.json", "--out_csv"]],
    ["robust_bench", ["--out_json"]],
    ["card", ["--mapper_path", "a.json", "--out_md"]],
  ] as const
) {
  Deno.test(`${task} does not write over the rows that it reads`, async () => {
    await inTempFolder(async (folder) => {
      const csv = await write(folder, "t.csv", "prompt,label\na,b\n");
      const done = await runTask(task, [...args, `${folder}/./t.csv`, "--labels_csv", csv]);
      assertEquals(done.code, 64, done.stderr);
      assertStringIncludes(done.stderr, "Expected different files");
      assertEquals(await Deno.readTextFile(csv), "prompt,label\na,b\n");
    });
  });
}
