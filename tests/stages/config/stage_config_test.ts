import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { parseStageConfig, readStageConfig } from "../../../src/stages/config/stage_config.ts";

const MINIMAL = `experiments:
  lite:
    model_name: lite
    hyperparameters:
      learning_rates: [1e-3]
      batch_sizes: [8]
      num_epochs: [3]
`;

Deno.test("parseStageConfig() fills in the documented defaults", () => {
  const { global, early_stopping, threshold_sweep, output } = parseStageConfig(MINIMAL);
  const { max_length, eval_steps, warmup_steps, fp16, lr_scheduler_type } = global;
  assertEquals([max_length, eval_steps, warmup_steps, fp16], [512, 100, 100, true]);
  assertEquals(lr_scheduler_type, "linear");
  assertEquals(early_stopping, {
    enabled: true,
    patience: 2,
    min_delta: 0.001,
    metric: "f1",
    mode: "max",
  });
  assertEquals(threshold_sweep, { enabled: true, metric: "f1", range: [0.3, 0.7], step: 0.01 });
  assertEquals(output.base_dir, "models/experiments/encoder");
});

Deno.test("parseStageConfig() takes flags before the file, and the file before defaults", () => {
  const text = `global: { eval_steps: 50, seed: 7 }\n${MINIMAL}`;
  const { global } = parseStageConfig(text, { overrides: { global: { eval_steps: 100 } } });
  assertEquals([global.eval_steps, global.seed, global.logging_steps], [100, 7, 25]);
});

Deno.test("parseStageConfig() takes given warm-up steps before a given share", () => {
  const share = parseStageConfig(`global: { warmup_ratio: 0.1 }\n${MINIMAL}`).global;
  assertEquals([share.warmup_steps, share.warmup_ratio], [0, 0.1]);
  const both = parseStageConfig(`global: { warmup_ratio: 0.1, warmup_steps: 5 }\n${MINIMAL}`);
  assertEquals([both.global.warmup_steps, both.global.warmup_ratio], [5, undefined]);
});

Deno.test("parseStageConfig() reads loss as less is better", () => {
  const text = `global: { metric_for_best_model: loss }\nearly_stopping: { metric: loss }\n`;
  const { global, early_stopping } = parseStageConfig(text + MINIMAL);
  assertEquals([global.greater_is_better, early_stopping.mode], [false, "min"]);
});

const FAULTS = [
  [
    "model_name",
    "modelname",
    'c.yaml:3:16: experiments.lite.modelname: unknown key, did you mean "model_name"?',
  ],
  [
    "learning_rates",
    "learning_rate",
    "experiments.lite.hyperparameters.learning_rate: unknown key",
  ],
  ["[1e-3]", "[fast]", "c.yaml:5:24: experiments.lite.hyperparameters.learning_rates.0: expected"],
  ["[8]", "[]", "experiments.lite.hyperparameters.batch_sizes"],
  ["[3]", "[2.5]", "c.yaml:7:20: experiments.lite.hyperparameters.num_epochs.0"],
  ["experiments:", "experimets:", 'experimets: unknown key, did you mean "experiments"?'],
  ["[8]", "[8", "c.yaml:7:"],
  ["lite:", "../lite:", "experiments"],
] as const;

for (const [from, to, expected] of FAULTS) {
  Deno.test(`parseStageConfig() says where ${to} is wrong`, () => {
    const error = assertThrows(
      () => parseStageConfig(MINIMAL.replace(from, to), { file: "c.yaml" }),
      MicroLmError,
    ) as MicroLmError;
    assertEquals(error.kind, "data");
    assert(error.message.includes(expected), error.message);
  });
}

Deno.test("parseStageConfig() refuses aliases that multiply", () => {
  const bomb = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]", "b: &b [*a, *a, *a, *a, *a, *a, *a, *a]"];
  bomb.push("c: &c [*b, *b, *b, *b, *b, *b, *b, *b]", "d: [*c, *c, *c, *c, *c, *c, *c, *c]");
  assertThrows(() => parseStageConfig(bomb.join("\n")), MicroLmError, "Expected YAML");
});

Deno.test("parseStageConfig() reports a typo in every key at once", async () => {
  const text = await Deno.readTextFile("configs/encoder/stage3_final_sweep_220m.yaml");
  const typos = text.replace(
    /^( +)(\w+):/gm,
    (line, space, key) => key === "codet5p_220m_final_sweep" ? line : `${space}${key}x:`,
  );
  const error = assertThrows(() => parseStageConfig(typos), MicroLmError) as MicroLmError;
  for (const key of ["lr_scheduler_type", "warmup_steps", "model_name", "patience", "range"]) {
    assert(error.message.includes(`did you mean "${key}"?`), `${key}: ${error.message}`);
  }
});

Deno.test("readStageConfig() says which file is not there", async () => {
  const error = await assertRejects(() => readStageConfig("configs/none.yaml"), MicroLmError);
  assertEquals((error as MicroLmError).kind, "missing");
});
