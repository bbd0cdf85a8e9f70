import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { createMasker } from "../../src/data/template.ts";
import { DEFI_DOMAIN } from "../../src/domains/defi/domain.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

const LARGE = "fixtures/defi/defi_mapper_labeled_large.csv";

Deno.test("data split writes two files that share no template and lose no row", async () => {
  await inTempFolder(async (folder) => {
    const args = ["split", "--csv", LARGE, "--test_share", "0.2", "--out_dir", folder, "--json"];
    const { code, stdout, stderr } = await runTask("data", args);
    assertEquals(code, 0, stderr);
    const told = JSON.parse(stdout);
    const [train, test] = [
      await readLabeledCsv(`${folder}/train.csv`),
      await readLabeledCsv(`${folder}/test.csv`),
    ];
    assertEquals([told.train.rows, told.test.rows], [train.rows.length, test.rows.length]);
    assertEquals([told.train.sha256, told.test.sha256], [train.sha256, test.sha256]);
    const all = await readLabeledCsv(LARGE);
    const lines = (rows: typeof all.rows) => rows.map(({ prompt, label }) => `${label} ${prompt}`);
    assertEquals([...lines(train.rows), ...lines(test.rows)].sort(), lines(all.rows).sort());
    assert(Math.abs(test.rows.length - 200) <= 20, `${test.rows.length}`);
    const mask = createMasker(DEFI_DOMAIN.slots);
    const known = new Set(train.rows.map(({ prompt }) => mask(prompt)));
    assertEquals(test.rows.filter(({ prompt }) => known.has(mask(prompt))), []);
    assertEquals(new Set(test.rows.map(({ label }) => label)).size, 9);
  });
});

Deno.test("data split says which classes are too thin for a test, and refuses where all are", async () => {
  await inTempFolder(async (folder) => {
    const rows = ["a", "b", "c", "d", "e"].map((word) => `say ${word},talk`).join("\n");
    const path = await write(folder, "t.csv", `prompt,label\n${rows}\nonly this,rare\n`);
    const args = ["split", "--out_dir", folder, "--csv"];
    const found = await runTask("data", [...args, path]);
    assertEquals(found.code, 0, found.stderr);
    assertStringIncludes(found.stdout, "Not in the test, too few templates: rare");
    const thin = await write(folder, "thin.csv", "prompt,label\nsay 1,a\nsay 2,a\ngo,b\n");
    const refused = await runTask("data", [...args, thin]);
    assertEquals(refused.code, 65);
    assertStringIncludes(refused.stderr, "too few templates");
  });
});

Deno.test("data stats counts classes, templates and repetitions", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "t.csv", "query;class\npay 1;a\npay 2;a\ngo;None\n");
    const args = ["stats", "--csv", path, "--abstain_label", "none", "--json"];
    const { code, stdout, stderr } = await runTask("data", args);
    assertEquals(code, 0, stderr);
    const { rows, classes, templates } = JSON.parse(stdout);
    assertEquals([rows, templates], [3, 2]);
    assertEquals(classes.map(({ label, rows }: { label: string; rows: number }) => [label, rows]), [
      ["a", 2],
      ["abstain", 1],
    ]);
  });
});

Deno.test("data validate exits with 2 for problems, with 0 for notes alone", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "t.csv", "prompt,label\nHello,a\nhello,b\nhi,a\nbye,b\n");
    const bad = await runTask("data", ["validate", "--csv", path]);
    assertEquals(bad.code, 2, bad.stderr);
    assertStringIncludes(bad.stdout, "problem: lines 2, 3 give one prompt different labels: a, b");
    assertStringIncludes(bad.stdout, 'note: "a" is thin: 2 templates in 2 rows');
    const good = await runTask("data", ["validate", "--csv", LARGE]);
    assertEquals(good.code, 0, good.stdout);
  });
});

const WRONG: readonly (readonly [readonly string[], string])[] = [
  [
    ["--csv", LARGE],
    "Expected one of split, stats, validate, dedupe, import, suggest, learning-curve",
  ],
  [["splot", "--csv", LARGE], 'got "splot"'],
  [["constructor", "--csv", LARGE], 'got "constructor"'],
  [["stats", "more", "--csv", LARGE], 'got "stats more"'],
  [["split", "--csv", LARGE], 'Flag "--out_dir" is required'],
  [["stats"], 'Flag "--csv" is required'],
  [["dedupe", "--csv", LARGE], 'Flag "--out_csv" is required'],
  [["import", "--csv", LARGE, "--out_csv", ".artifacts/x.csv"], 'Flag "--from" is required'],
  [["suggest", "--out_csv", ".artifacts/x.csv"], 'Flag "--pool" is required'],
  [["learning-curve", "--csv", LARGE, "--percentages", "10,x"], "percentages above 0"],
  [["stats", "--csv", LARGE, "--delimiter", ",,"], 'Flag "--delimiter" takes one character'],
];

for (const [args, message] of WRONG) {
  Deno.test(`data ${args.join(" ")} is a wrong call`, async () => {
    const { code, stderr } = await runTask("data", args);
    assertEquals(code, 64);
    assertStringIncludes(stderr, message);
  });
}

for (
  const [task, flags] of [
    ["data", ["--csv", "--test_share", "--out_dir", "--abstain_label", "--delimiter"]],
    ["train", ["--test_share", "--cross_validate", "--abstain_label", "--prompt_column"]],
    ["sweep", ["--label_column", "--delimiter", "--format", "--abstain_label"]],
    ["map", ["--label_column", "--delimiter", "--format", "--prompt_column"]],
  ] as const
) {
  Deno.test(`${task} --help shows the flags for own files`, async () => {
    const { code, stdout } = await runTask(task, ["--help"]);
    assertEquals(code, 0);
    for (const part of ["Example: deno task", ...flags]) assertStringIncludes(stdout, part);
  });
}
