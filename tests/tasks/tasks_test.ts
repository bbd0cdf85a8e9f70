import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readCsv } from "../../src/data/csv/csv.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

const FIXTURES = "fixtures/defi";
const MINI = `${FIXTURES}/defi_mapper_labeled_mini.csv`;
const LARGE = `${FIXTURES}/defi_mapper_labeled_large.csv`;
const TASKS = [
  "quickstart",
  "train",
  "sweep",
  "m8",
  "per_class",
  "fixtures",
  "wasm",
  "readme",
  "model",
  "cache",
  "export",
  "encoders_compare",
  "mapper_bench",
  "run",
  "map",
  "suite",
  "trace",
  "replay",
  "serve",
  "mcp",
  "wdd_fit",
  "audit_bench",
  "ngf_bench",
  "iac_data",
  "batch_train",
  "batch_eval",
  "analyze",
  "champion",
  "stages_demo",
  "notebooks",
  "schema",
];

for (const task of TASKS) {
  Deno.test(`${task} --help shows a sentence, an example and the flags`, async () => {
    const { code, stdout } = await runTask(task, ["--help"]);
    assertEquals(code, 0);
    for (const part of ["Usage: deno task", "Example: deno task", "--json", "--help"]) {
      assertStringIncludes(stdout, part);
    }
  });
}

/** Trains on the small set into a folder; returns the path of the mapper. */
async function train(folder: string, ...flags: string[]): Promise<string> {
  const out = `${folder}/mapper.json`;
  const { code, stderr } = await runTask("train", [
    "--labels_csv",
    MINI,
    "--out_path",
    out,
    ...flags,
  ]);
  assertEquals(code, 0, stderr);
  return out;
}

Deno.test("train, m8 and per-class work together and write what they promise", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder, "--calibrate");
    const outputs = ["summary.json", "metrics.csv", "rows.csv", "report.md"].map((name) =>
      `${folder}/out/${name}`
    );
    const { code, stdout } = await runTask("m8", [
      "--mapper_path",
      mapper,
      "--prompts_jsonl",
      LARGE,
      "--near-margins",
      "0,0.1",
      "--thresholds",
      "0.2,0.5",
      "--min_overall_acc",
      "0.3",
      "--max_abstain_rate",
      "0.9",
      "--out_summary",
      outputs[0]!,
      "--out_csv",
      outputs[1]!,
      "--rows_csv",
      outputs[2]!,
      "--out_report",
      outputs[3]!,
      "--json",
    ]);
    assertEquals(code, 0);
    const printed = JSON.parse(stdout);
    const summary = JSON.parse(await Deno.readTextFile(outputs[0]!));
    assertEquals(printed, summary);
    for (const key of ["threshold", "abstain_rate", "coverage", "accuracy_on_fired"]) {
      assertEquals(typeof summary.chosen[key], "number", key);
    }
    assertEquals([summary.status, summary.rows, summary.bench], ["pass", 1000, "m8"]);
    assertEquals(summary.overlap.rows, 1000);
    assertEquals((await Array.fromAsync(readCsv(outputs[1]!))).length, 4);
    const rows = await Array.fromAsync(readCsv(outputs[2]!));
    const held = rows.filter(({ fields }) => fields["abstain"] === "true").length;
    assertEquals(held / rows.length, summary.chosen.abstain_rate);
    assertMatch(await Deno.readTextFile(outputs[3]!), /^# m8: PASS/);

    const table = await runTask("per_class", [
      "--rows_csv",
      outputs[2]!,
      "--errors",
      "3",
      "--abstains",
      "3",
      "--suggest",
      `${folder}/suggested.json`,
    ]);
    assertEquals(table.code, 0);
    assertStringIncludes(table.stdout, "Misfires");
    const again = await runTask("m8", [
      "--mapper_path",
      mapper,
      "--prompts_jsonl",
      LARGE,
      "--thresholds",
      "0.5",
      "--per_class_thresholds",
      `${folder}/suggested.json`,
      "--json",
    ]);
    assert(JSON.parse(again.stdout).chosen.per_class_thresholds !== null);
  });
});

Deno.test("the exit code follows the gate, and the verdict says why", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder);
    const { code, stdout } = await runTask("sweep", [
      "--mapper_path",
      mapper,
      "--prompts_jsonl",
      LARGE,
      "--thresholds",
      "0.99",
    ]);
    assertEquals(code, 2);
    assertStringIncludes(stdout, "sweep: fail");
    assertStringIncludes(stdout, "is above 0.1");
  });
});

Deno.test("--fail_on_overlap exits with 4 on the training data itself", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder);
    const args = ["--mapper_path", mapper, "--prompts_jsonl", MINI, "--thresholds", "0.1"];
    const { code, stderr } = await runTask("sweep", [...args, "--fail_on_overlap"]);
    assertEquals(code, 4);
    assertStringIncludes(stderr, "360 prompts and 360 templates occur in the training data");
  });
});

Deno.test("the wordmap backend needs no mapper; prompts may come from standard input", async () => {
  const { code, stdout } = await runTask("sweep", [
    "--backend",
    "wordmap",
    "--prompts_jsonl",
    "-",
    "--thresholds",
    "0.5",
    "--json",
  ], { stdin: '{"prompt":"swap 2 eth","label":"swap"}\n"hello"\n""\n' });
  assertEquals(code, 2);
  const { rows, labeled, chosen } = JSON.parse(stdout);
  assertEquals([rows, labeled, chosen.accuracy_on_fired], [3, 1, 1]);
});

Deno.test("training twice gives the same bytes, in whatever folder", async () => {
  await inTempFolder(async (folder) => {
    await Deno.mkdir(`${folder}/other`);
    const one = await Deno.readFile(await train(folder, "--calibrate"));
    const two = await Deno.readFile(await train(`${folder}/other`, "--calibrate"));
    assertEquals(one, two);
  });
});

Deno.test("train knows labels that are no DeFi actions, and misspelt ones that should be", async () => {
  await inTempFolder(async (folder) => {
    const out = ["--out_path", `${folder}/m.json`, "--json"];
    const csv = (rows: string[]) => `prompt,label\n${rows.join("\n")}\n`;
    const generic = await write(folder, "g.csv", csv(["a b,x", "c d,y", "e f,x", "g h,y"]));
    const trained = await runTask("train", ["--labels_csv", generic, ...out]);
    assertEquals([trained.code, JSON.parse(trained.stdout).classes], [0, ["x", "y"]]);
    const misspelt = await write(folder, "m.csv", csv(["swap it,swap_asset", "lend,depositt"]));
    const kept = await runTask("train", ["--labels_csv", misspelt, ...out]);
    assertEquals([kept.code, JSON.parse(kept.stdout).classes], [0, ["depositt", "swap_asset"]]);
    assertStringIncludes(kept.stderr, "but not depositt: all stay as they stand; --domain defi");
    const checked = ["--labels_csv", misspelt, "--domain", "defi", ...out];
    const refused = await runTask("train", checked);
    assertEquals(refused.code, 65);
    assertStringIncludes(refused.stderr, 'm.csv:3: Unknown label "depositt"');
    assertStringIncludes(refused.stderr, "--domain generic");
  });
});

const HEADER = "prompt,label\n";

/** File content (or none), flags beside it, exit code, part of the message. */
const BAD_TRAINING:
  readonly (readonly [string, string | Uint8Array | null, string[], number, string])[] = [
    ["a missing file", null, [], 66, "Cannot find"],
    ["a missing column", "prompt,lable\na,x\n", [], 65, 'Expected a column "label"'],
    ["an empty file", "", [], 65, "empty file"],
    ["a header alone", HEADER, [], 65, "found none"],
    ["one class only", `${HEADER}a,x\nb,x\n`, [], 65, "two classes"],
    ["a class that is named twice", `${HEADER}a,x\nb,y\n`, ["--class_names", "x,y,x"], 64, "twice"],
    ["binary junk", Uint8Array.from({ length: 500 }, (_, i) => i * 7 % 256), [], 65, "binary"],
    ["an unknown encoder", `${HEADER}a,x\nb,y\n`, ["--sbert", "sttic"], 64, '"static"'],
    ["sparse features for ml", `${HEADER}a,x\nb,y\n`, ["--solver", "ml"], 64, "--sbert static"],
    ["an unknown flag", `${HEADER}a,x\nb,y\n`, ["--calibrte"], 64, '"--calibrate"'],
    ["a class that no row has", `${HEADER}a,x\nb,y\n`, ["--class_names", "x,y,z"], 65, '"z"'],
    ["a label that is no class", `${HEADER}a,x\nb,y\n`, ["--class_names", "x,w"], 65, ":3:"],
    ["a folder in place of the file", null, ["--labels_csv", "fixtures"], 66, "Cannot read"],
  ];

for (const [what, content, flags, code, message] of BAD_TRAINING) {
  Deno.test(`train refuses ${what} with exit code ${code}`, async () => {
    await inTempFolder(async (folder) => {
      const path = `${folder}/in.csv`;
      if (content !== null) await write(folder, "in.csv", content);
      const result = await runTask("train", [
        "--labels_csv",
        path,
        "--out_path",
        `${folder}/m.json`,
        ...flags,
      ]);
      assertEquals(result.code, code, result.stderr);
      assertStringIncludes(result.stderr, message);
      assert(![...Deno.readDirSync(folder)].some((entry) => entry.name.startsWith("m.json")));
    });
  });
}

Deno.test("train survives a prompt of a megabyte and reports what it left out", async () => {
  await inTempFolder(async (folder) => {
    const rows = [`${"swap ".repeat(200_000)},x`, "b,y", ",x", "c,"];
    const path = await write(folder, "in.csv", HEADER + rows.join("\n"));
    const { code, stderr } = await runTask("train", [
      "--labels_csv",
      path,
      "--out_path",
      `${folder}/m.json`,
    ]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "1 rows without a prompt, left out (lines 4)");
    assertStringIncludes(stderr, "1 rows without a label, left out (lines 5)");
  });
});

Deno.test("sweeps refuse bad thresholds, unknown labels, classes and mappers", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder);
    const unknown = await write(folder, "u.csv", `${HEADER}a,transfer_asset\n`);
    const cases: readonly (readonly [string[], number, string])[] = [
      [["--thresholds", "0.5,abc"], 64, '"abc"'],
      [["--thresholds", "1.2"], 64, '"1.2"'],
      [["--max_abstain_rate", "2"], 64, "from 0 to 1"],
      [["--prompts_jsonl", unknown], 65, 'u.csv:2: Unknown label "transfer_asset"'],
      [["--class_names", "swap,borrow"], 65, "Expected a mapper for"],
      [["--labels_csv", LARGE], 65, "Expected 360 labels"],
      [["--mapper_path", MINI], 65, "truncated or another format"],
      [["--mapper_path", "no.json"], 66, "deno task train"],
      [["--per_class_thresholds", MINI], 65, "Expected JSON"],
    ];
    for (const [flags, code, message] of cases) {
      const base = ["--mapper_path", mapper, "--prompts_jsonl", MINI];
      const result = await runTask("sweep", [...base, ...flags]);
      assertEquals(result.code, code, `${flags}: ${result.stderr}`);
      assertStringIncludes(result.stderr, message);
    }
  });
});

Deno.test("a file that cannot be written leaves the old one whole", async () => {
  await inTempFolder(async (folder) => {
    const mapper = await train(folder);
    const before = await Deno.readFile(mapper);
    const readonly = ["--allow-read=."];
    const args = ["--labels_csv", LARGE, "--out_path", mapper];
    const denied = await runTask("train", args, { permissions: readonly });
    assertEquals(denied.code, 77);
    assertStringIncludes(denied.stderr, "--allow-write=");
    const blocked = await runTask("train", [...args.slice(0, 3), `${mapper}/below.json`]);
    assertEquals(blocked.code, 73, blocked.stderr);
    assertEquals(await Deno.readFile(mapper), before);
  });
});

Deno.test("reading without permission names the flag", async () => {
  const { code, stderr } = await runTask("train", ["--labels_csv", "/etc/hostname"]);
  assertEquals(code, 77);
  assertStringIncludes(
    stderr,
    "deno run --frozen --allow-read=.,/etc --allow-write=.artifacts,.cache",
  );
});

const TINY_DISK = Deno.env.get("MICRO_LM_TINY_DISK");

Deno.test({
  name: TINY_DISK
    ? "a full disk leaves the old mapper whole"
    : "a full disk leaves the old mapper whole (skipped: no MICRO_LM_TINY_DISK, .ci/run mounts one)",
  ignore: !TINY_DISK,
  fn: fullDisk,
});

async function fullDisk(): Promise<void> {
  const folder = TINY_DISK!;
  const mapper = `${folder}/mapper.json`;
  await Deno.writeTextFile(mapper, "old");
  const { code, stderr } = await runTask("train", ["--labels_csv", MINI, "--out_path", mapper]);
  assertEquals(code, 73, stderr);
  assertStringIncludes(stderr, "Cannot write");
  assertEquals(await Deno.readTextFile(mapper), "old");
  assertEquals([...Deno.readDirSync(folder)].length, 1);
}
