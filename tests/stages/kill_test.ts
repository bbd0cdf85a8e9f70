import { assert, assertEquals } from "@std/assert";
import {
  followPointers,
  listRuns,
  RUN_FILES,
} from "../../src/stages/experiment/experiment_folder.ts";
import { inTempFolder, write } from "../temp.ts";
import { writeDetections } from "./detections_fixture.ts";

const CONFIG = (folder: string, models: string) => `
global: { train_path: ${folder}/train.jsonl, val_path: ${folder}/val.jsonl, eval_steps: 2 }
early_stopping: { enabled: false }
output: { base_dir: ${folder}/${models}, results_dir: ${folder}/results }
experiments:
  tiny:
    model_name: ngram
    head: { hidden: 2, dropout: 0.1 }
    hyperparameters: { learning_rates: [3e-2], batch_sizes: [16], num_epochs: [6], seeds: [1, 2] }
`;

/** Runs the batch in a process of its own with the permissions of a task. */
function start(folder: string, config: string): Deno.ChildProcess {
  const permissions = ["--allow-read=.", `--allow-write=${folder}`];
  return new Deno.Command("deno", {
    args: [
      "run",
      "--no-check",
      "--ignore-env=LOG_TOKENS,LOG_STREAM",
      ...permissions,
      "tests/stages/killed_batch.ts",
      config,
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outcomesOf(process: Deno.ChildProcess): Promise<unknown> {
  const { stdout, stderr } = await process.output();
  const text = new TextDecoder().decode(stdout);
  assert(text !== "", new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

Deno.test("a batch that is killed again and again ends with the same bytes", async () => {
  await inTempFolder(async (folder) => {
    await writeDetections(folder);
    const whole = await write(folder, "whole.yaml", CONFIG(folder, "whole"));
    assertEquals(await outcomesOf(start(folder, whole)), ["finished", "finished"]);
    const config = await write(folder, "killed.yaml", CONFIG(folder, "killed"));
    for (const ms of [450, 550, 700]) {
      const process = start(folder, config);
      const killed = process.output();
      await new Promise((resolve) => setTimeout(resolve, ms));
      try {
        process.kill("SIGKILL");
      } catch {
        // It was done before.
      }
      await killed;
    }
    await outcomesOf(start(folder, config));
    assertEquals(await outcomesOf(start(folder, config)), ["skipped", "skipped"]);
    const runs = await listRuns(`${folder}/killed`);
    assertEquals(runs.map(({ status }) => status.state), ["finished", "finished"]);
    for (const { status } of runs) {
      for (const name of [RUN_FILES.weights, RUN_FILES.history, RUN_FILES.sweep]) {
        // Links, or files in their place: the process may not make links everywhere.
        const link = (models: string) => `${folder}/${models}/${status.name}_latest/${name}`;
        const [a, b] = await Promise.all(["whole", "killed"].map((m) => followPointers(link(m))));
        assertEquals(await Deno.readFile(a!), await Deno.readFile(b!), name);
      }
    }
  });
});
