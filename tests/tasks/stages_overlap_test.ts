import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeDetections } from "../stages/detections_fixture.ts";
import { inTempFolder, write } from "../temp.ts";
import { runStageTask, stageYaml } from "./stages_run.ts";

const evalYaml = (folder: string) => `
evaluation:
  threshold: { mode: file }
  test_sets: { combined: ${folder}/train.jsonl, technologies: {} }
  output_dir: ${folder}/evaluation
models: { encoder: { path: ${folder}/s/models } }
`;

Deno.test("a test set that is the training set is said everywhere, and refused on request", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const yaml = stageYaml(folder, "s").replace("val.jsonl", "train.jsonl");
    const args = ["--config", await write(folder, "s.yaml", yaml), "--logs_dir", `${folder}/logs`];
    const everything = "shares 120 of 120 rows (100.0%) and 60 of 60 files (120 rows) with";

    const refused = await runStageTask("batch_train", [...args, "--fail_on_overlap"]);
    assertEquals(refused.code, 4);
    assertStringIncludes(refused.stderr, everything);
    assertEquals(await Deno.stat(`${folder}/s/models`).catch(() => null), null);

    const trained = await runStageTask("batch_train", [...args, "--json"]);
    assertEquals(trained.code, 0, trained.stderr);
    assertStringIncludes(trained.stderr, everything);
    const { overlap, runs } = JSON.parse(trained.stdout);
    assertEquals([overlap.shared_rows, overlap.shared_files], [120, 60]);
    const used = await Deno.readTextFile(`${runs[0].folder}/config_used.yaml`);
    assertStringIncludes(used, "shared_rows: 120");

    const config = await write(folder, "e.yaml", evalYaml(folder));
    const evaluation = ["--config", config, "--logs_dir", `${folder}/logs`];
    const stopped = await runStageTask("batch_eval", [...evaluation, "--fail_on_overlap"]);
    assertEquals(stopped.code, 4);
    const evaluated = await runStageTask("batch_eval", evaluation);
    assertEquals(evaluated.code, 0, evaluated.stderr);
    for (const name of ["training", "validation"]) {
      assertStringIncludes(evaluated.stderr, `${everything} the ${name} file`);
    }
    const root = `${folder}/evaluation/threshold_file`;
    assertStringIncludes(await Deno.readTextFile(`${root}/README.md`), everything);
    const run = runs[0].folder.split("/").at(-1);
    const path = `${root}/${run}/combined/evaluation_metadata.json`;
    const metadata = JSON.parse(await Deno.readTextFile(path));
    assertEquals(metadata.overlap.train.shared_rows, 120);

    const report = `${folder}/report.html`;
    const analysis = ["--results_dir", `${folder}/evaluation`, "--out_html", report];
    const analyzed = await runStageTask("analyze", analysis);
    assertStringIncludes(analyzed.stderr, everything);
    assertStringIncludes(await Deno.readTextFile(report), everything);
  });
});

Deno.test("sets that share nothing are not warned of, and training data that is gone is said", async () => {
  await inTempFolder(async (folder) => {
    const row = (file: string, content: string, label: string) =>
      JSON.stringify({ file, content, label, smell: "use_of_http", tech: "chef" });
    const set = (name: string) =>
      ["a", "b", "c", "d"].map((word, i) =>
        row(`${name}_${word}.rb`, `${name} ${word} http`, i % 2 ? "TP" : "FP")
      ).join("\n");
    for (const name of ["train", "val", "test"]) await write(folder, `${name}.jsonl`, set(name));
    const config = await write(folder, "s.yaml", stageYaml(folder, "s"));
    const logs = ["--logs_dir", `${folder}/logs`];
    const trained = await runStageTask("batch_train", [
      "--config",
      config,
      "--fail_on_overlap",
      ...logs,
    ]);
    assertEquals([trained.code, trained.stderr.includes("shares")], [0, false]);
    await Deno.remove(`${folder}/train.jsonl`);
    const yaml = evalYaml(folder).replace("train.jsonl", "test.jsonl");
    const evaluation = ["--config", await write(folder, "e.yaml", yaml), ...logs];
    const { code, stderr } = await runStageTask("batch_eval", evaluation);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /shares with the training file .* is unknown/);
  });
});
