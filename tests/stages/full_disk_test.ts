import { assertEquals, assertRejects } from "@std/assert";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { runBatch } from "../../src/stages/config/batch.ts";
import { parseStageConfig } from "../../src/stages/config/stage_config.ts";
import { inTempFolder } from "../temp.ts";
import { writeDetections } from "./detections_fixture.ts";

const DISK = Deno.env.get("MICRO_LM_TINY_DISK");
if (!DISK) {
  // deno-lint-ignore no-console -- a skipped test says so
  console.log("skipped: MICRO_LM_TINY_DISK names no small file system (.ci/run mounts one)");
}

Deno.test({
  name: "a batch on a full disk stops with what it could not write, and goes on elsewhere",
  ignore: !DISK,
  fn: async () => {
    await inTempFolder(async (folder) => {
      await writeDetections(folder);
      const config = (out: string) =>
        parseStageConfig(`
global: { train_path: ${folder}/train.jsonl, val_path: ${folder}/val.jsonl, eval_steps: 5 }
output: { base_dir: ${out}/models, results_dir: ${out}/results }
experiments:
  tiny:
    model_name: static
    hyperparameters: { learning_rates: [3e-2], batch_sizes: [16], num_epochs: [2] }
`);
      const options = { openEncoder: (spec: string) => openEncoder(spec) };
      const filler = `${DISK}/filler`;
      await Deno.writeFile(filler, new Uint8Array(1 << 16)).catch(() => {});
      try {
        const error = await assertRejects(
          () => runBatch(config(`${DISK}/stages`), options),
          MicroLmError,
          "Cannot write",
        );
        assertEquals(error.kind, "write");
      } finally {
        await Deno.remove(filler).catch(() => {});
        await Deno.remove(`${DISK}/stages`, { recursive: true }).catch(() => {});
      }
      const [run] = await runBatch(config(folder), options);
      assertEquals(run!.outcome, "finished");
    });
  },
});
