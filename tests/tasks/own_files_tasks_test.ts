import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sha256Hex } from "../../src/core/hash.ts";
import { BASH, MKFIFO, whyNoProgram } from "../programs.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

/** Prompts of three classes, eight phrasings each. */
const GREET = ["hello there", "hi friend", "good morning", "hey you", "greetings all", "hiya"];
const BYE = ["goodbye now", "see you later", "farewell friend", "so long", "take care", "bye bye"];
const ORDER = [
  "order a pizza",
  "get me fries",
  "buy two sodas",
  "one salad",
  "a tea please",
  "sushi",
];
const ROWS = [["greet", GREET], ["bye", BYE], ["order", ORDER]] as const;

/** The rows as a table with a header. */
function table(header: string, delimiter = ",", end = "\n"): string {
  const lines = ROWS.flatMap(([label, prompts]) =>
    prompts.map((prompt) => `"${prompt}"${delimiter}${label}`)
  );
  return [header, ...lines, ""].join(end);
}

function utf16(text: string): Uint8Array {
  const units = Uint16Array.from(`\uFEFF${text}`, (char) => char.charCodeAt(0));
  return new Uint8Array(units.buffer);
}

/** What a file is like, its content, and what training says of it: nothing, a warning, or an error. */
const FILES: readonly (readonly [string, string | Uint8Array, number, string])[] = [
  ["semicolons", table("prompt;label", ";"), 0, ""],
  ["tabs", table("prompt\tlabel", "\t"), 0, ""],
  ["a sep= line", `sep=,\n${table("prompt,label")}`, 0, ""],
  ["carriage returns", table("prompt,label", ",", "\r"), 0, ""],
  ["UTF-16", utf16(table("prompt,label")), 0, ""],
  ["two marks", `\uFEFF\uFEFF${table("prompt,label")}`, 0, ""],
  ["synonyms", table("Utterance;Intent", ";"), 0, 'column "Intent" is read as the label'],
  ["columns without a name", table("prompt,label,,"), 0, "2 columns without a name are left out"],
  [
    "one id for all",
    "id,prompt,label\n7,a b,x\n7,c d,y\n",
    0,
    'ids occur twice and are not used: "7"',
  ],
  [
    "conflicts",
    'prompt,label\nHello,greet\n"hello\u200B",bye\n',
    0,
    'lines 2, 3 give "Hello" different',
  ],
  ["twins", "prompt,label\na,Pay\nb,pay\nc,go\n", 0, '"Pay" (1 rows), "pay" (1 rows)'],
  [
    "a class of one row",
    `${table("prompt,label")}x,rare\n`,
    0,
    'classes of one row: "rare" (line 20)',
  ],
  [
    "out-of-scope labels",
    table("prompt,label").replaceAll("bye\n", "None\n"),
    0,
    "--abstain_label None",
  ],
  ["no header", table("prompt,label").slice(13), 65, "The first line looks like data"],
  [
    "Windows-1252",
    new Uint8Array([...new TextEncoder().encode(table("prompt,label")), 233, 10]),
    65,
    [
      ":20:1: Expected text, found bytes that are not UTF-8\n  It may be Windows-1252",
    ].join(),
  ],
  [
    "an .xlsx",
    new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]),
    65,
    "a zip archive, as .xlsx workbooks are",
  ],
  [
    "a huge field",
    `prompt,label\na,x\n${"deposit ".repeat(2e5)},y\n`,
    65,
    ":3:1: Expected a field of at",
  ],
];

for (const [what, content, code, message] of FILES) {
  Deno.test(`train ${code === 0 ? "takes" : "refuses"} a file with ${what}`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, "own.CSV", content);
      const found = await runTask("train", [
        "--labels_csv",
        path,
        "--out_path",
        `${folder}/m.json`,
      ]);
      assertEquals(found.code, code, found.stderr);
      if (message === "") assertEquals(withoutAbstainHint(found.stderr), "");
      else assertStringIncludes(found.stderr, message);
    });
  });
}

/** The tables have no rows that must abstain, which training says. */
function withoutAbstainHint(stderr: string): string {
  return stderr.replace(/^warning: no row is labelled abstain.*\n/m, "");
}

/** Trains on the table; returns the arguments that name the mapper. */
async function train(folder: string, ...flags: string[]): Promise<string[]> {
  const csv = await write(folder, "train.csv", table("text;intent", ";"));
  const out = `${folder}/m.json`;
  const { code, stderr } = await runTask("train", [
    "--labels_csv",
    csv,
    "--out_path",
    out,
    ...flags,
  ]);
  assertEquals(code, 0, stderr);
  return ["--mapper_path", out];
}

Deno.test("train makes the labels of --abstain_label abstain and warns of one that is not there", async () => {
  await inTempFolder(async (folder) => {
    const csv = await write(folder, "t.csv", table("prompt,label").replaceAll(",bye\n", ",None\n"));
    const args = ["--labels_csv", csv, "--out_path", `${folder}/m.json`, "--json"];
    const found = await runTask("train", [...args, "--abstain_label", "none,oos"]);
    assertEquals(found.code, 0, found.stderr);
    assertEquals(JSON.parse(found.stdout).classes, ["abstain", "greet", "order"]);
    assertMatch(found.stderr, /^warning: .*no row has the label "oos"\n(?!warning)/);
  });
});

Deno.test("train --test_share writes a test beside the mapper that shares no template with it", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder, "--test_share", "0.34");
    const test = `${folder}/m.test.csv`;
    const lines = (await Deno.readTextFile(test)).trimEnd().split("\n");
    assertEquals([lines[0], lines.length], ["prompt,label", 7]);
    const labels = lines.slice(1).map((line) => line.split(",")[1]).sort();
    assertEquals(labels, ["bye", "bye", "greet", "greet", "order", "order"]);
    const found = await runTask("sweep", [
      ...mapper,
      "--prompts_jsonl",
      test,
      "--fail_on_overlap",
      "--thresholds",
      "0",
      "--min_overall_acc",
      "0",
      "--max_abstain_rate",
      "1",
      "--bootstrap",
      "0",
      "--json",
    ]);
    assertEquals(found.code, 0, found.stderr);
    assertEquals(JSON.parse(found.stdout).rows, 6);
  });
});

Deno.test("train --cross_validate reports rates with intervals and trains on all rows", async () => {
  await inTempFolder(async (folder) => {
    const csv = await write(folder, "t.csv", table("prompt,label"));
    const args = ["--labels_csv", csv, "--cross_validate", "3", "--json", "--out_path"];
    const found = await runTask("train", [...args, `${folder}/a.json`]);
    assertEquals(found.code, 0, found.stderr);
    const { rows, cross_validation } = JSON.parse(found.stdout);
    assertEquals([rows, cross_validation.folds, cross_validation.rows], [18, 3, 18]);
    const [all] = cross_validation.points;
    assertEquals([all.threshold, all.coverage.value, all.overall_accuracy.n], [0, 1, 18]);
    assert(all.overall_accuracy.ci_low <= all.overall_accuracy.value);
    assert(all.overall_accuracy.ci_high >= all.overall_accuracy.value);
    assertStringIncludes(found.stderr, "Out of 3 folds, no template in two of them, 18 prompts");
    await runTask("train", ["--labels_csv", csv, "--json", "--out_path", `${folder}/b.json`]);
    const [a, b] = ["a", "b"].map((name) => sha256Hex(Deno.readFileSync(`${folder}/${name}.json`)));
    assertEquals(a, b, "the cross-validation changed the mapper");
  });
});

Deno.test("sweep joins a file of labels alone, by column and format that are said", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder);
    const prompts = await write(folder, "p.dat", GREET.map((text) => `${text}\n`).join(""));
    const labels = await write(folder, "l.csv", "means\n" + "greet\n".repeat(GREET.length));
    const args = [
      ...mapper,
      "--prompts_jsonl",
      prompts,
      "--labels_csv",
      labels,
      "--label_column",
      "means",
      "--bootstrap",
      "0",
      "--thresholds",
      "0",
      "--json",
    ];
    const found = await runTask("sweep", args);
    assertEquals(found.code, 0, found.stderr);
    assertEquals(JSON.parse(found.stdout).chosen.accuracy_on_fired, 1);
    assertStringIncludes(found.stderr, "given to the prompts row by row");
    const short = await write(folder, "s.csv", "means\ngreet\n");
    const refused = await runTask("sweep", args.with(5, short));
    assertEquals(refused.code, 65);
    assertStringIncludes(refused.stderr, "Expected 6 labels");
  });
});

Deno.test("sweep names labels that the mapper lacks, and those that may mean abstain", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder);
    const test = await write(folder, "t.csv", "prompt,label\nhello,greet\nwho is bob,oos\n");
    const { stderr } = await runTask("sweep", [...mapper, "--prompts_jsonl", test]);
    assertStringIncludes(stderr, 'the mapper has no class "oos": 1 rows, the first on line 3');
    assertStringIncludes(stderr, "--abstain_label oos");
    const told = await runTask("sweep", [
      ...mapper,
      "--prompts_jsonl",
      test,
      "--abstain_label",
      "oos",
      "--bootstrap",
      "0",
      "--thresholds",
      "0.4",
      "--json",
    ]);
    assertEquals(told.stderr.includes("warning"), false, told.stderr);
    assertEquals(JSON.parse(told.stdout).rows, 2);
  });
});

Deno.test("a mark in front of JSON files is dropped", async () => {
  await inTempFolder(async (folder) => {
    const file = (name: string, value: unknown) =>
      write(folder, name, `\uFEFF${JSON.stringify(value)}`);
    const thresholds = await file("t.json", { deposit_asset: 0.5 });
    const policy = await file("p.json", { ltv_max: 0.6 });
    const costs = await file("c.json", { wrong: {}, wrong_default: 5, abstain: 1 });
    const config = await file("config.json", { backend: "wordmap", threshold: 0.4 });
    const mini = [
      "--prompts_jsonl",
      "fixtures/defi/defi_mapper_labeled_mini.csv",
      "--bootstrap",
      "0",
    ];
    const calls: readonly (readonly [string, readonly string[]])[] = [
      ["sweep", [...mini, "--backend", "wordmap", "--per_class_thresholds", thresholds]],
      ["m8", [...mini, "--backend", "wordmap", "--cost", costs, "--max_wrong_rate", "0.5"]],
      ["sweep", [...mini, "--config", config]],
      ["run", ["hello", "--backend", "wordmap", "--policy", `@${policy}`]],
    ];
    for (const [task, args] of calls) {
      const { code, stderr } = await runTask(task, args);
      assert([0, 2, 3].includes(code), `${task}: ${code} ${stderr}`);
      assertEquals(stderr.includes("error"), false, stderr);
    }
  });
});

const WORDMAP = ["--backend", "wordmap", "--out", "-", "--in"];

/** Name and content of an input of map, more flags, and row, id, label and prompt of its rows. */
const MAPPED: readonly (readonly [string, string | Uint8Array, readonly string[], unknown[]])[] = [
  ["m.CSV", 'prompt,label\nclaim it,x\n\n"a\nb",y\nc,z\n', [], [
    [2, null, "x", "claim it"],
    [4, null, "y", "a\nb"],
    [6, null, "z", "c"],
  ]],
  ["m.tsv", "id\tutterance\n9007199254740993\thello\n", [], [[
    2,
    "9007199254740993",
    null,
    "hello",
  ]]],
  ["M.TXT", "claim it\n\nhello\n", [], [
    [1, null, null, "claim it"],
    [2, null, null, ""],
    [3, null, null, "hello"],
  ]],
  ["u.csv", utf16("prompt;label\na;x\n"), [], [[2, null, "x", "a"]]],
  ["r.txt", "a\rb\r", [], [[1, null, null, "a"], [2, null, null, "b"]]],
  ["j.jsonl", '{"q":"a","id":12345678901234567890}\n', ["--prompt_column", "q"], [
    [1, "12345678901234567890", null, "a"],
  ]],
  ["t.csv", "prompt\n", ["--format", "text"], [[1, null, null, "prompt"]]],
];

for (const [name, content, flags, rows] of MAPPED) {
  Deno.test(`map reads ${name}${flags.map((flag) => ` ${flag}`).join("")}`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, name, content);
      const { code, stdout, stderr } = await runTask("map", [...WORDMAP, path, ...flags]);
      assertEquals(code, 0, stderr);
      const found = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
      assertEquals(
        found.map(({ row, id = null, gold_label = null, prompt }) => [row, id, gold_label, prompt]),
        rows as unknown[][],
      );
    });
  });
}

Deno.test("the shards of a table with line breaks in its fields are the whole", async () => {
  await inTempFolder(async (folder) => {
    const fields = Array.from({ length: 40 }, (_, i) => `"claim\n${"x\n".repeat(i % 4)}${i}",l`);
    const path = await write(folder, "in.csv", `prompt,label\n${fields.join("\n")}\n`);
    const map = async (out: string, ...flags: string[]) => {
      const args = ["--backend", "wordmap", "--in", path, "--out", `${folder}/${out}`, ...flags];
      assertEquals((await runTask("map", args)).code, 0);
      return await Deno.readTextFile(`${folder}/${out}`);
    };
    const whole = await map("whole");
    let union = "";
    for (const shard of ["1/3", "2/3", "3/3"]) union += await map("part", "--shard", shard);
    assertEquals(union, whole);
    assertEquals(whole.trimEnd().split("\n").length, 40);
  });
});

Deno.test("map answers each line of a pipe before the next one comes", async () => {
  const child = new Deno.Command("deno", {
    args: [
      ...[
        "run",
        "--no-prompt",
        "--no-check",
        "--frozen",
        "--allow-read=.",
        "--allow-write=.artifacts",
      ],
      "tasks/map.ts",
      ...WORDMAP,
      "-",
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const labels: string[] = [];
  for (const prompt of ["claim my rewards", "hello", "swap 2 ETH for USDC"]) {
    await writer.write(new TextEncoder().encode(`${prompt}\n`));
    labels.push(JSON.parse((await reader.read()).value!).label);
  }
  await writer.close();
  await reader.cancel();
  assertEquals((await child.status).code, 0);
  assertEquals(labels, ["claim_rewards", null as unknown as string, "swap_asset"]);
});

const noShell = whyNoProgram(BASH);

Deno.test({
  name: `map ends quietly when its reader goes, and with 73 on a full disk${
    noShell ? ` (${noShell})` : ""
  }`,
  ignore: noShell !== null,
  fn: async () => {
    const map =
      `deno run --no-prompt --no-check --frozen --allow-read=. tasks/map.ts ${WORDMAP.join(" ")} ` +
      "fixtures/defi/defi_mapper_5k_prompts.jsonl";
    const shell = async (script: string) => {
      const { code, stderr } = await new Deno.Command(BASH, { args: ["-c", script] }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    const gone = await shell(`set -o pipefail; ${map} | /usr/bin/head -1 > /dev/null`);
    assertEquals(gone, { code: 0, stderr: "" });
    const full = await shell(`${map} > /dev/full`);
    assertEquals(full.code, 73);
    assertStringIncludes(full.stderr, 'Cannot write "standard output"');
  },
});

const NO_FILES: readonly (readonly [string, readonly string[]])[] = [
  ["train", ["--labels_csv"]],
  ["map", ["--backend", "wordmap", "--out", "-", "--in"]],
  ["sweep", ["--backend", "wordmap", "--prompts_jsonl"]],
  ["sweep", [
    "--backend",
    "wordmap",
    "--prompts_jsonl",
    "fixtures/defi/defi_mapper_labeled_mini.csv",
    "--labels_csv",
  ]],
  [
    "sweep",
    ["--prompts_jsonl", "fixtures/defi/defi_mapper_labeled_mini.csv", "--mapper_path"],
  ],
  [
    "sweep",
    ["--prompts_jsonl", "fixtures/defi/defi_mapper_labeled_mini.csv", "--config"],
  ],
  ["data", ["stats", "--csv"]],
];

const noPipe = whyNoProgram(MKFIFO);

for (const [task, args] of NO_FILES) {
  Deno.test({
    name: `${task} ${args.at(-1)} refuses a pipe before any work${noPipe ? ` (${noPipe})` : ""}`,
    ignore: noPipe !== null,
    fn: async () => {
      await inTempFolder(async (folder) => {
        const pipe = `${folder}/pipe`;
        await new Deno.Command(MKFIFO, { args: [pipe] }).output();
        const { code, stderr } = await runTask(task, [...args, pipe]);
        assertEquals(code, 66, stderr);
        assertStringIncludes(stderr, "it is a pipe, not a file");
      });
    },
  });
}
