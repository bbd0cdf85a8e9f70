import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inTempFolder } from "../temp.ts";
import { walkFiles } from "../walk.ts";
import { runTask } from "./run_task.ts";

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";
const DETECTIONS = "fixtures/iac/sample/detections.csv";
const NGRAM = ["--sbert", "ngram"];
const KEYWORDS = ["--backend", "wordmap"];

/** A task whose output is one of its inputs: FOLDER has `in.csv`, and whatever the names say. */
const SAME: readonly (readonly [string, readonly string[]])[] = [
  ["map", ["--in", "F/in.csv", "--out", "F/x/../in.csv", ...KEYWORDS]],
  ["map", ["--in", "F/o.part", "--out", "F/o", ...KEYWORDS]],
  ["map", ["--in", "F/in.csv", "--out", "F/m.json", "--mapper_path", "F/m.json"]],
  ["train", ["--labels_csv", "F/in.csv", "--out_path", "F/in.csv", ...NGRAM]],
  ["train", ["--labels_csv", "F/m.test.csv", "--out_path", "F/m.json", ...NGRAM]],
  ["train", ["--labels_csv", `${MINI},F/m.meta.json`, "--out_path", "F/m.json", ...NGRAM]],
  ["sweep", ["--prompts_jsonl", "F/in.csv", "--rows_csv", "F/in.csv", ...KEYWORDS]],
  ["sweep", ["--prompts_jsonl", MINI, "--rows_csv", "F/a", "--out_csv", "F/A", ...KEYWORDS]],
  ["m8", ["--prompts_jsonl", MINI, "--mapper_path", "F/m.json", "--out_mapper", "F/m.json"]],
  ["m8", ["--prompts_jsonl", MINI, "--config", "F/m.json", "--pin", "F/m.json"]],
  ["mapper_bench", ["--prompts_jsonl", "F/metrics.csv", "--out_dir", "F", ...KEYWORDS]],
  ["wdd_fit", ["--labels_csv", "F/in.csv", "--out_path", "F/in.csv"]],
  ["data", ["split", "--csv", "F/train.csv", "--out_dir", "F"]],
  ["per_class", ["--rows_csv", "F/in.csv", "--suggest", "F/in.csv"]],
  ["export", ["--mapper_path", "F/m.json", "--out", "F/m.json"]],
  ["run", ["deposit 1 ETH", ...KEYWORDS, "--context", "@F/in.csv", "--trace", "F/in.csv"]],
  ["iac_data", ["--from", "F", "--out", "F"]],
  [
    "iac_data",
    ["--detections", "F/in.csv", "--scripts", "fixtures/iac/sample/scripts", "--out", "F/in.csv"],
  ],
  ["encoders_compare", ["--train_csv", "F/in.csv", "--test_csv", MINI, "--out_report", "F/in.csv"]],
  ["audit_bench", ["--fit_csv", "F/rows_audit.csv", "--out_dir", "F"]],
  ["map", ["--in", MINI, "--out", "F/in.csv", "--executor", "slurm", "--slurm", "F/in.csv"]],
];

for (const [task, args] of SAME) {
  Deno.test(`${task} ${args.join(" ")} exits with 64 before it writes`, async () => {
    await inTempFolder(async (folder) => {
      const own = args.map((arg) => arg.replaceAll(/\bF(?=\/|$)/g, folder));
      const names = [...new Set(own.join(" ").match(new RegExp(`${folder}/[\\w.]+`, "g")) ?? [])];
      for (const name of names) await Deno.copyFile(MINI, name);
      if (args.includes("--from")) await Deno.copyFile(MINI, `${folder}/train.jsonl`);
      if (args.includes("--detections")) await Deno.copyFile(DETECTIONS, `${folder}/in.csv`);
      // One name stands for an absent file
      await Deno.remove(`${folder}/A`).catch(() => {});
      const { code, stderr } = await runTask(task, own);
      assertStringIncludes(stderr, "Expected different files");
      assertEquals(code, 64);
      const before = await Deno.readTextFile(args.includes("--detections") ? DETECTIONS : MINI);
      for (const name of names.filter((name) => !/\/[Ax]$/.test(name))) {
        assertEquals(await Deno.readTextFile(name), before, name);
      }
    });
  });
}

/** Folders that get files of their own names. */
const OWN_NAMES =
  /^(?:(stages_demo|notebooks|analyze|model|cache)\.ts: (out_dir|store_dir)|engine\.ts: out)$/;

Deno.test("every flag that names an output says what it writes", () => {
  const lacking: string[] = [];
  let found = 0;
  for (const file of walkFiles("tasks", ".ts")) {
    const text = Deno.readTextFileSync(file);
    for (const [, name, spec] of text.matchAll(/^\s+(\w+): (\{ ?\n?\s*type: "string",[^}]*)/gm)) {
      if (!/^(out|out_\w+|pin|trace|suggest)$/.test(name!)) continue;
      found++;
      const at = `${file.slice("tasks/".length)}: ${name}`;
      // What is read has no part of the name out
      const isRead = name === "trace" && file.endsWith("_trace.ts");
      if (!spec!.includes("writes:") && !isRead && !OWN_NAMES.test(at)) lacking.push(at);
    }
  }
  assert(found > 20, `found ${found} flags`);
  assertEquals(lacking, []);
});

Deno.test("an input that changes during the run ends it with 65, and nothing is written", async () => {
  await inTempFolder(async (folder) => {
    const input = `${folder}/in.csv`;
    await Deno.copyFile("fixtures/defi/defi_mapper_labeled_large.csv", input);
    const out = `${folder}/m.json`;
    const training = runTask("train", [
      ...["--labels_csv", input, "--out_path", out, "--calibrate"],
    ]);
    // The start of the process takes longer than that, the training much longer
    const writing = setInterval(() => Deno.writeTextFileSync(input, "\n", { append: true }), 100);
    const { code, stderr } = await training;
    clearInterval(writing);
    assertEquals(code, 65, stderr);
    assertStringIncludes(stderr, "found it changed");
    assertEquals(await Deno.stat(out).catch(() => null), null);
  });
});
