import { assertEquals, assertThrows } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { expandExperiments } from "../../../src/stages/config/expand.ts";
import { parseStageConfig } from "../../../src/stages/config/stage_config.ts";
import { unusedOptions } from "../../../src/stages/config/unused_options.ts";

function unused(global: string, tune = "head"): string[] {
  const text = `
global: ${global}
experiments:
  a:
    model_name: use-lite
    tune: ${tune}
    gradient_checkpointing: true
    hyperparameters: { learning_rates: [1e-2], batch_sizes: [8], num_epochs: [3] }
`;
  const config = parseStageConfig(text);
  return unusedOptions(text, config, expandExperiments(config));
}

Deno.test("unusedOptions() names what was given and changes nothing", () => {
  const checkpointing = "experiments.a.gradient_checkpointing";
  assertEquals(unused("{}"), [checkpointing]);
  assertEquals(unused("{ fp16: true, save_steps: 9 }"), [
    "global.save_steps",
    "global.fp16",
    checkpointing,
  ]);
  assertEquals(unused("{ fp16: true }", "full"), []);
  assertEquals(unused("{ bf16: true }", "full\n    pooling: mean"), [
    "global.bf16",
    "experiments.a.pooling",
  ]);
  assertEquals(
    unused("{ engine: torch, bf16: true, max_length: 64 }", "full\n    pooling: mean"),
    [],
  );
});

Deno.test("unusedOptions() refuses a max_length that nothing keeps to", () => {
  assertEquals(unused("{ max_length: 512 }", "full"), []);
  assertThrows(() => unused("{ max_length: 64 }"), MicroLmError, "global.max_length 64");
});
