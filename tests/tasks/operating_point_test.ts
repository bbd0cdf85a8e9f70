import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readCsv } from "../../src/data/csv/csv.ts";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

const FIXTURES = "fixtures/defi";
const LARGE = `${FIXTURES}/defi_mapper_labeled_large.csv`;
const MINI = `${FIXTURES}/defi_mapper_labeled_mini.csv`;
const TEST = `${FIXTURES}/defi_mapper_labeled_5k.csv`;

/** A mapper that is trained once for all tests of this file. */
const MAPPER = ".artifacts/test-operating-point/mapper.json";
const trained = await runTask("train", [
  "--labels_csv",
  LARGE,
  "--calibrate",
  "--out_path",
  MAPPER,
]);
assertEquals(trained.code, 0, trained.stderr);

const m8 = (...flags: string[]) => runTask("m8", ["--mapper_path", MAPPER, ...flags, "--json"]);

Deno.test("m8 certifies a point, pins it, puts it into the mapper, and rows cite it", async () => {
  await inTempFolder(async (folder) => {
    const [config, mapper, rows, html] = ["c.json", "m.json", "r.csv", "r.html"]
      .map((name) => `${folder}/${name}`) as [string, string, string, string];
    const { stdout, code, stderr } = await m8(
      "--prompts_jsonl",
      TEST,
      "--max_wrong_rate",
      "0.05",
      "--near_margins",
      "0,0.1",
      "--pin",
      config,
      "--out_mapper",
      mapper,
      "--rows_csv",
      rows,
      "--out_html",
      html,
      "--max_abstain_rate",
      "1",
      "--min_overall_acc",
      "0",
    );
    assertEquals(code, 0, stderr);
    const { certification, chosen, rows: reported } = JSON.parse(stdout);
    const { certificate, status, split } = certification;
    assertEquals([status, reported, split.rows.reduce((a: number, b: number) => a + b)], [
      "certified",
      split.rows[2],
      5000,
    ]);
    assert(certificate.p_value <= 0.05 && certificate.k / certificate.n < 0.05);
    assertEquals(chosen.threshold, certificate.point.threshold);
    const decided = await Array.fromAsync(readCsv(rows));
    assert(decided.every(({ fields }) => fields["certificate"] === certificate.id));
    const pinned = JSON.parse(await Deno.readTextFile(config));
    assertEquals([pinned.threshold, pinned.certificate.id], [chosen.threshold, certificate.id]);
    const artifact = JSON.parse(await Deno.readTextFile(mapper));
    assertEquals(artifact.operating_point.certificate.id, certificate.id);
    assertMatch(await Deno.readTextFile(html), /^<!doctype html>/i);

    const again = await runTask("sweep", [
      "--config",
      config,
      "--prompts_jsonl",
      MINI,
      "--rows_csv",
      rows,
      "--json",
    ]);
    const summary = JSON.parse(again.stdout);
    assertEquals(summary.thresholds, [pinned.threshold]);
    const cited = await Array.fromAsync(readCsv(rows));
    assert(cited.every(({ fields }) => fields["certificate"] === certificate.id));
    const changed = await runTask("sweep", [
      "--config",
      config,
      "--prompts_jsonl",
      MINI,
      "--rows_csv",
      rows,
      "--thresholds",
      "0.1",
    ]);
    assertEquals(changed.code === 0 || changed.code === 2, true, changed.stderr);
    const uncited = await Array.fromAsync(readCsv(rows));
    assert(uncited.every(({ fields }) => fields["certificate"] === ""), "another point");
  });
});

Deno.test("m8 exits with 3 where nothing can be certified, and says what it would take", async () => {
  const { code, stdout } = await m8("--prompts_jsonl", MINI, "--max_wrong_rate", "0.01");
  assertEquals(code, 3);
  const { certification } = JSON.parse(stdout);
  assertEquals(certification.status, "uncertified");
  assertEquals(certification.certificate, null);
  assert(certification.failure.reason.length > 10);
});

Deno.test("m8 certifies each class, and thresholds by cost", async () => {
  await inTempFolder(async (folder) => {
    const costs = { wrong: { borrow: 50 }, wrong_default: 5, abstain: 1 };
    const file = await write(folder, "costs.json", JSON.stringify(costs));
    const base = ["--prompts_jsonl", TEST, "--max_abstain_rate", "1", "--min_overall_acc", "0"];
    const cost = await m8(...base, "--max_wrong_rate", "0.1", "--cost", file);
    assertEquals(cost.code, 0, cost.stderr);
    const { perClass } = JSON.parse(cost.stdout).certification.certificate.point;
    assert(perClass.borrow_asset > perClass.swap_asset, "dearer mistakes, higher threshold");
    const each = await m8(...base, "--max_wrong_rate", "0.15", "--each_class");
    assertEquals(each.code, 0, each.stderr);
    const { classes, point } = JSON.parse(each.stdout).certification.certificate;
    assertEquals(classes.length, 8);
    for (const one of classes) assertEquals(point.perClass[one.class], one.threshold);
  });
});

const REFUSED: readonly (readonly [string, string[], number, string])[] = [
  ["a cost without a limit", ["--cost", "x.json"], 64, "need --max_wrong_rate"],
  ["a split of two", ["--max_wrong_rate", "0.1", "--split", "1/2"], 64, "three positive shares"],
  ["a limit of one", ["--max_wrong_rate", "1"], 64, "from 0.000001 to 0.5"],
  ["a missing config", ["--config", "nix.json"], 66, 'Cannot find "nix.json"'],
  ["a wrong config", ["--config", "deno.json"], 65, "deno.json"],
];

for (const [what, flags, code, message] of REFUSED) {
  Deno.test(`m8 refuses ${what}`, async () => {
    const found = await m8("--prompts_jsonl", MINI, ...flags);
    assertEquals(found.code, code, found.stderr);
    assertStringIncludes(found.stderr, message);
  });
}

Deno.test("mapper-bench writes the decisions at every threshold and gates on accuracy", async () => {
  await inTempFolder(async (folder) => {
    const flags = ["--model_path", MAPPER, "--prompts_jsonl", MINI, "--thresholds", "0,0.5,0.9"];
    const found = await runTask("mapper_bench", [...flags, "--out_dir", folder, "--json"]);
    assertEquals(found.code, 0, found.stderr);
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    assertEquals(names, [
      "metrics.csv",
      "report.md",
      "rows_thr_0.5.csv",
      "rows_thr_0.9.csv",
      "rows_thr_0.csv",
      "summary.json",
    ]);
    const summary = JSON.parse(found.stdout);
    assertEquals([summary.bench, summary.chosen.threshold], ["mapper-bench", 0]);
    const abstained = async (threshold: string) => {
      const rows = await Array.fromAsync(readCsv(`${folder}/rows_thr_${threshold}.csv`));
      return rows.filter(({ fields }) => fields["abstain"] === "true").length;
    };
    assert(await abstained("0.9") > await abstained("0.5"));
    const strict = [...flags, "--out_dir", folder, "--min_overall_acc", "0.999"];
    assertEquals((await runTask("mapper_bench", strict)).code, 2);
  });
});

Deno.test("per-class --optimise compares with the current file and writes thresholds", async () => {
  await inTempFolder(async (folder) => {
    const rows = `${folder}/rows.csv`;
    await m8("--prompts_jsonl", MINI, "--thresholds", "0", "--rows_csv", rows);
    const current = `${FIXTURES}/m8_per_class_thresholds.json`;
    const { code, stdout, stderr } = await runTask("per_class", [
      "--rows_csv",
      rows,
      "--optimise",
      "--current",
      current,
      "--json",
      "--out_thresholds",
      `${folder}/t.json`,
      "--objective",
      "macro_f1",
    ]);
    assertEquals(code, 0, stderr);
    const { optimised } = JSON.parse(stdout);
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/t.json`)), optimised.thresholds);
    assert(optimised.in_sample.macro_f1 >= optimised.current.macro_f1);
    assert(!/NaN|Infinity/.test(stdout));
  });
});

const ODD: readonly (readonly [string, string])[] = [
  ["no labels", "prompt\nswap 2 ETH\nhello\n"],
  ["one prompt", "prompt,label\nswap 2 ETH for USDC,swap_asset\n"],
  ["only abstain", "prompt,label\nhello,abstain\nwhat time is it,abstain\n"],
  [
    "all right",
    "prompt,label\nswap 2 ETH for USDC,swap_asset\ndeposit 10 ETH into aave,deposit_asset\n",
  ],
];

for (const [what, csv] of ODD) {
  Deno.test(`m8 has no NaN in any output with ${what}`, async () => {
    await inTempFolder(async (folder) => {
      const set = await write(folder, "set.csv", csv);
      const files = ["s.json", "m.csv", "r.md", "r.csv", "r.html"].map((name) =>
        `${folder}/${name}`
      );
      const flags = ["--out_summary", "--out_csv", "--out_report", "--rows_csv", "--out_html"]
        .flatMap((flag, i) => [flag, files[i]!]);
      const { code, stdout, stderr } = await m8("--prompts_jsonl", set, ...flags);
      assert(code === 0 || code === 2, stderr);
      for (
        const text of [
          stdout,
          ...await Promise.all(files.slice(0, 4).map((f) => Deno.readTextFile(f))),
        ]
      ) {
        assert(!/\bNaN\b|Infinity|undefined/.test(text), text.slice(0, 300));
      }
    });
  });
}

Deno.test("m8 names a gold label that is no class", async () => {
  await inTempFolder(async (folder) => {
    const set = await write(folder, "set.csv", "prompt,label\nswap 2 ETH,teleport\n");
    assertEquals((await m8("--prompts_jsonl", set)).code, 65);
  });
});
