/** Runs the batch of a config, for a test that kills it: `killed_batch.ts CONFIG`. */
import { openEncoder } from "../../src/encoders/open.ts";
import { runBatch } from "../../src/stages/config/batch.ts";
import { readStageConfig } from "../../src/stages/config/stage_config.ts";

const [path] = Deno.args;
const runs = await runBatch(await readStageConfig(path!), {
  openEncoder: (spec) => openEncoder(spec),
  checkpointSeconds: 0,
  // Slow enough to be killed in the middle.
  onEvaluation: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15),
});
const outcomes = runs.map(({ outcome }) => outcome);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcomes)));
