import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readCsv } from "../../src/data/csv/csv.ts";
import { writeDetections } from "../stages/detections_fixture.ts";
import { inTempFolder, write } from "../temp.ts";
import { runStageTask, stageYaml } from "./stages_run.ts";

const SCRIPT = `password = 'hunter2'
password = node['db']['pw']
url: http://mirror.example.org/x
url: http://localhost/x
`;

/** Trains and freezes a champion beside a script; returns the arguments that they share. */
async function champion(folder: string): Promise<string[]> {
  await writeDetections(folder);
  const yaml = stageYaml(folder, "s").replace("eval_steps: 4", "eval_steps: 4, warmup_steps: 0")
    .replace("num_epochs: [5]", "num_epochs: [20]")
    .replace("hidden: 2, dropout: 0.1", "hidden: 0");
  const config = await write(folder, "s.yaml", yaml);
  const train = ["--config", config, "--logs_dir", `${folder}/logs`];
  assertEquals((await runStageTask("batch_train", train)).code, 0);
  const frozen = await runStageTask("champion", [
    "--config",
    config,
    "--champion_dir",
    `${folder}/champion`,
    "--evaluation_dir",
    `${folder}/evaluation`,
  ]);
  assertEquals(frozen.code, 0, frozen.stderr);
  await Deno.mkdir(`${folder}/scripts`);
  await write(`${folder}/scripts`, "a.rb", SCRIPT);
  return ["--run", `${folder}/champion`, "--scripts", `${folder}/scripts`];
}

const location = (startLine: number) => [{
  physicalLocation: { artifactLocation: { uri: "a.rb" }, region: { startLine } },
}];

Deno.test("scan-filter marks likely false alarms in SARIF and says what speaks for it", async () => {
  await inTempFolder(async (folder) => {
    const args = await champion(folder);
    const results = [
      { ruleId: "S1", locations: location(1), extra: "stays" },
      { ruleId: "S1", locations: location(2) },
      { ruleId: "use_of_http", locations: location(3) },
      { ruleId: "use_of_http", locations: location(4) },
      { ruleId: "S9", locations: location(4) },
      { ruleId: "weak_cryptography_algorithms", locations: location(1) },
      { ruleId: "use_of_http", locations: location(9) },
    ];
    const tool = { driver: { name: "scanner", version: "9" } };
    const log = { $schema: "x", version: "2.1.0", runs: [{ tool, results }] };
    const findings = await write(folder, "found.sarif", JSON.stringify(log));
    const rules = await write(folder, "rules.yaml", "S1: hard_coded_secret\n");
    const { code, stdout, stderr } = await runStageTask("scan_filter", [
      ...args,
      "--findings",
      findings,
      "--rules",
      rules,
      "--out",
      `${folder}/out`,
    ]);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /hard_coded_secret +2 +1 +1 +0 /);
    assertMatch(stdout, /Threshold 0\.\d+, the run's own: on the run's validation set it keeps/);
    assertStringIncludes(stderr, 'no labelled finding of the kind "weak_cryptography_algorithms"');
    const marked = JSON.parse(await Deno.readTextFile(`${folder}/out.sarif`));
    assertEquals([marked.$schema, marked.runs[0].tool], ["x", tool]);
    const [first, second, ...rest] = marked.runs[0].results;
    assertEquals([first.extra, first.suppressions], ["stays", undefined]);
    assertEquals(second.suppressions.map(({ status }: { status: string }) => status), [
      "underReview",
    ]);
    assert(second.properties.microLm.p_tp < second.properties.microLm.threshold);
    assertEquals(
      [first, second, ...rest].map(({ properties }) => properties.microLm.verdict),
      ["keep", "likely_false_alarm", "keep", "likely_false_alarm"].concat(
        Array(3).fill("not_judged"),
      ),
    );
  });
});

Deno.test("scan-filter takes CSV without labels, and a share of true positives to keep", async () => {
  await inTempFolder(async (folder) => {
    const args = await champion(folder);
    const findings = await write(
      folder,
      "found.csv",
      "path,line,rule,verdict\na.rb,1.0,hard_coded_secret,\na.rb,2,hard_coded_secret,open\n",
    );
    const out = `${folder}/marked.csv`;
    const run = (...more: string[]) =>
      runStageTask("scan_filter", [...args, "--findings", findings, "--out", out, ...more]);
    const { code, stdout, stderr } = await run("--keep", "1", "--json");
    assertEquals(code, 0, stderr);
    const { threshold } = JSON.parse(stdout);
    assertEquals([threshold.origin, threshold.evidence.kept.value], ["keep", 1]);
    assertEquals(threshold.evidence.kept.n + threshold.evidence.removed.n, 45);
    const given = await run("--threshold", "0.5");
    assertStringIncludes(given.stdout, "Threshold 0.500, as given");
    const rows = await Array.fromAsync(readCsv(out), ({ fields }) => fields);
    assertEquals(rows.map((row) => [row["verdict"], row["micro_lm_verdict"]]), [
      ["", "keep"],
      ["open", "likely_false_alarm"],
    ]);
    assertEquals((await run("--threshold", "0.5", "--keep", "0.9")).code, 64);
    const nowhere = await runStageTask("scan_filter", [...args, "--findings", `${folder}/x.sarif`]);
    assertEquals(nowhere.code, 66);
  });
});
