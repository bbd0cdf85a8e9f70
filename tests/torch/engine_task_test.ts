import { assertEquals, assertStringIncludes } from "@std/assert";
import { openEncoder } from "../../mod.ts";
import type { MicroLmError } from "../../src/core/errors.ts";
import { parseStageConfig, runBatch } from "../../src/stages/mod.ts";
import { runTask } from "../tasks/run_task.ts";
import { inTempFolder } from "../temp.ts";
import { tinyModel, torchTest, writeRows } from "./models.ts";

const PERMISSIONS = [
  "--allow-read=.",
  "--allow-write=.artifacts",
  "--ignore-env=LOG_TOKENS,LOG_STREAM",
  "--allow-run=.cache/engine/bin/python",
];

for (
  const [args, message] of [
    [[], "Expected setup, status or export"],
    [["status", "x"], "Expected setup, status or export"],
    [["export", "--model", "m"], "Expected --model and --out"],
  ] as const
) {
  Deno.test(`engine ${args.join(" ") || "alone"} says what it takes`, async () => {
    const { code, stderr } = await runTask("engine", args, { permissions: PERMISSIONS });
    assertEquals(code, 64);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("runBatch() says that nothing starts PyTorch where nothing does", async () => {
  await inTempFolder(async (folder) => {
    await writeRows(folder, 20, 20);
    const config = parseStageConfig(`
global: { engine: torch, train_path: ${folder}/train.jsonl, val_path: ${folder}/val.jsonl }
output: { base_dir: ${folder}/models, results_dir: ${folder}/results }
experiments:
  tiny:
    model_name: some/model
    hyperparameters: { learning_rates: [1e-3], batch_sizes: [8], num_epochs: [1] }
`);
    const [run] = await runBatch(config, { openEncoder: (spec) => openEncoder(spec) });
    assertEquals(run!.outcome, "failed");
    assertEquals((run!.error as MicroLmError).kind, "usage");
  });
});

torchTest(
  "engine status and export look at the environment and write an encoder",
  () =>
    inTempFolder(async (folder) => {
      const status = await runTask("engine", ["status", "--json"], { permissions: PERMISSIONS });
      assertEquals(status.code, 0, status.stderr);
      assertEquals(Object.keys(JSON.parse(status.stdout)).includes("torch"), true);
      const out = `${folder}/encoder`;
      const args = ["export", "--model", await tinyModel("t5"), "--out", out, "--max_length", "64"];
      const { code, stdout, stderr } = await runTask("engine", args, { permissions: PERMISSIONS });
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "vectors of 32 numbers, pooling mean, at most 64 tokens");
      await using encoder = await openEncoder(`./${out}`);
      const { dense } = await encoder.encode(["password = x", "password = y"]);
      assertEquals([dense!.rows, dense!.cols], [2, 32]);
    }),
);
