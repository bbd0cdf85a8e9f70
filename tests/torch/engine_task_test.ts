import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openEncoder } from "../../mod.ts";
import type { MicroLmError } from "../../src/core/errors.ts";
import { parseStageConfig, runBatch } from "../../src/stages/mod.ts";
import { MODEL, startMockHub } from "../encoders/mock_hub.ts";
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

for (const [action, hint] of [["status", "engine setup"], ["setup", "Python 3.10"]] as const) {
  Deno.test(`engine ${action} without its program says how to get it`, async () => {
    const permissions = PERMISSIONS.map((flag) =>
      flag.replace(".cache/engine/bin/python", "nothing")
    );
    const { code, stderr } = await runTask("engine", [action], { permissions });
    assertEquals(code, 66, stderr);
    assertStringIncludes(stderr, hint);
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

torchTest(
  "a model without modules.json is pulled from a hub, exported and trained by its id",
  () =>
    inTempFolder(async (folder) => {
      const files: Record<string, Uint8Array> = {};
      const source = await tinyModel("roberta");
      for await (const { name } of Deno.readDir(source)) {
        files[name] = await Deno.readFile(`${source}/${name}`);
      }
      await using hub = startMockHub({ ...files, "README.md": "# Tiny" });
      const mayPull = [...PERMISSIONS, "--allow-write=.artifacts,.cache", "--allow-net=127.0.0.1"]
        .filter((flag) => flag !== "--allow-write=.artifacts");
      const pulled = await runTask("model", ["pull", MODEL, "--mirror", hub.url], {
        permissions: mayPull,
      });
      try {
        assertEquals(pulled.code, 0, pulled.stderr);
        assertStringIncludes(pulled.stdout, `engine export --model ${MODEL}`);
        const out = `${folder}/encoder`;
        const exported = await runTask("engine", ["export", "--model", MODEL, "--out", out], {
          permissions: PERMISSIONS,
        });
        assertEquals(exported.code, 0, exported.stderr);
        assertStringIncludes(exported.stdout, "vectors of 32 numbers, pooling cls");
        await using encoder = await openEncoder(`./${out}`);
        assertEquals(encoder.dims, 32);
        await writeRows(folder, 40, 20);
        const config = `${folder}/stage.yaml`;
        await Deno.writeTextFile(
          config,
          `global: { engine: torch, train_path: ${folder}/train.jsonl, val_path: ${folder}/val.jsonl }
output: { base_dir: ${folder}/models, results_dir: ${folder}/results }
experiments:
  tiny:
    model_name: ${MODEL}
    hyperparameters: { learning_rates: [1e-3], batch_sizes: [8], num_epochs: [1] }
`,
        );
        const args = ["--config", config, "--logs_dir", `${folder}/logs`, "--max_steps", "3"];
        args.push("--encoder_cache", "off");
        const trained = await runTask("batch_train", args, {
          permissions: [...PERMISSIONS, "--allow-run=.cache/engine/bin/python,ln"]
            .filter((flag) => flag !== PERMISSIONS.at(-1)),
        });
        assertEquals(trained.code, 0, trained.stderr);
        assertStringIncludes(trained.stdout, "1 finished, 0 skipped, 0 failed");
      } finally {
        await runTask("model", ["remove", MODEL], { permissions: mayPull });
      }
    }),
);

torchTest(
  "a model that was not pulled is not downloaded, and the hint says how to pull it",
  async () => {
    const started = performance.now();
    const args = ["export", "--model", "nobody/has-this", "--out", ".artifacts/nothing"];
    const { code, stderr } = await runTask("engine", args, { permissions: PERMISSIONS });
    assertEquals(code, 65, stderr);
    assertStringIncludes(stderr, "deno task model pull ID --format torch");
    assert(performance.now() - started < 40_000, "it asked the network");
  },
);
