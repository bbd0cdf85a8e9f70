import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseStageConfig } from "../../src/stages/config/stage_config.ts";
import { parseEvaluationConfig } from "../../src/stages/config/evaluation_config.ts";
import { inTempFolder } from "../temp.ts";
import { runTask } from "./run_task.ts";

Deno.test("iac-data --from lays the fixtures out where the reference configs look", async () => {
  await inTempFolder(async (folder) => {
    const out = `${folder}/data/processed`;
    const { code, stderr } = await runTask("iac_data", ["--from", "fixtures/iac", "--out", out]);
    assertEquals(code, 0, stderr);
    const text = await Deno.readTextFile("configs/encoder/stage1_batch_training.yaml");
    const { global } = parseStageConfig(text);
    const { evaluation } = parseEvaluationConfig("");
    const read = (path: string) => Deno.readTextFile(`${folder}/${path}`);
    const fixture = (name: string) => Deno.readTextFile(`fixtures/iac/${name}.jsonl`);
    assertEquals(await read(global.train_path), await fixture("train"));
    assertEquals(await read(global.val_path), await fixture("val"));
    const { combined, technologies } = evaluation.test_sets;
    const all = await fixture("test");
    assertEquals(await read(combined.path), all);
    const parts = await Promise.all(Object.values(technologies).map(({ path }) => read(path)));
    assertEquals(parts.join("").split("\n").sort(), all.split("\n").sort());
  });
});

Deno.test("iac-data asks for findings or a folder", async () => {
  const { code, stderr } = await runTask("iac_data", ["--out", ".artifacts/none"]);
  assertEquals(code, 64);
  assertStringIncludes(stderr, "--detections and --scripts, or --from");
});
