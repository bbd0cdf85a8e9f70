import { assertEquals, assertThrows } from "@std/assert";
import { expandExperiments } from "../../../src/stages/config/expand.ts";
import { parseStageConfig, readStageConfig } from "../../../src/stages/config/stage_config.ts";

const REFERENCE = [
  [
    "stage1_batch_training",
    {
      codebert_base: 8,
      codet5_small: 8,
      codet5_base: 12,
      codet5p_220m: 12,
      codet5_large: 16,
      codet5p_770m: 16,
    },
    "codebert_base_lr2e-5_bs16_ep3_wd0.01",
    "codet5p_770m_lr2e-5_bs8_ep5_wd0.1_acc2",
  ],
  [
    "stage2_batch_training_220m_770m",
    { codet5p_220m: 10, codet5p_770m: 4 },
    "codet5p_220m_lr3e-5_bs8_ep5_wd0.01_acc1",
    "codet5p_770m_lr3e-5_bs4_ep5_wd0.1_acc2",
  ],
  [
    "stage3_final_sweep_220m",
    { codet5p_220m_final_sweep: 6 },
    "codet5p_220m_final_sweep_lr4e-5_bs8_ep6_wd0.01_acc1",
    "codet5p_220m_final_sweep_lr5e-5_bs8_ep8_wd0.01_acc1",
  ],
  [
    "stage4_champion_codet5p220m",
    { codet5p_220m_champion: 5 },
    "codet5p_220m_champion_lr4e-5_bs8_ep6_wd0.01_acc1_seed41",
    "codet5p_220m_champion_lr4e-5_bs8_ep6_wd0.01_acc1_seed45",
  ],
  [
    "detections_offline",
    { detections_champion: 5 },
    "detections_champion_lr1e-2_bs16_ep15_wd0.01_seed41",
    "detections_champion_lr1e-2_bs16_ep15_wd0.01_seed45",
  ],
] as const;

for (const [file, counts, first, last] of REFERENCE) {
  Deno.test(`expandExperiments() lists the experiments of ${file}`, async () => {
    const config = await readStageConfig(`configs/encoder/${file}.yaml`);
    const experiments = expandExperiments(config);
    const found: Record<string, number> = {};
    for (const { base } of experiments) found[base] = (found[base] ?? 0) + 1;
    assertEquals(found, counts);
    assertEquals(experiments[0]!.name, first);
    assertEquals(experiments.at(-1)!.name, last);
    assertEquals(new Set(experiments.map(({ name }) => name)).size, experiments.length);
  });
}

const grid = (lists: string) =>
  parseStageConfig(`
experiments:
  a_small: { model_name: lite, hyperparameters: { ${lists} } }
  a_large: { model_name: lite, hyperparameters: { ${lists} } }
`);
const ONE = "learning_rates: [1e-3], batch_sizes: [8], num_epochs: [3]";

Deno.test("expandExperiments() varies the seed fastest and the learning rate slowest", () => {
  const lists = "learning_rates: [1e-3, 1.5e-05], batch_sizes: [8], num_epochs: [3], " +
    "gradient_accumulation_steps: [1, 2], seeds: [7, 8]";
  assertEquals(expandExperiments(grid(lists), { filter: "small" }).map(({ name }) => name), [
    "a_small_lr1e-3_bs8_ep3_acc1_seed7",
    "a_small_lr1e-3_bs8_ep3_acc1_seed8",
    "a_small_lr1e-3_bs8_ep3_acc2_seed7",
    "a_small_lr1e-3_bs8_ep3_acc2_seed8",
    "a_small_lr1.5e-5_bs8_ep3_acc1_seed7",
    "a_small_lr1.5e-5_bs8_ep3_acc1_seed8",
    "a_small_lr1.5e-5_bs8_ep3_acc2_seed7",
    "a_small_lr1.5e-5_bs8_ep3_acc2_seed8",
  ]);
});

const FILTERS = [
  [{ filter: "small" }, ["a_small"]],
  [{ filter: "small, large" }, ["a_small", "a_large"]],
  [{ exclude: "small" }, ["a_large"]],
  [{ filter: "a_", exclude: "large" }, ["a_small"]],
  [{ maxExperiments: 1 }, ["a_small"]],
  [{ only: ["a_large_lr1e-3_bs8_ep3"] }, ["a_large"]],
] as const;

for (const [options, bases] of FILTERS) {
  Deno.test(`expandExperiments() keeps ${bases} for ${JSON.stringify(options)}`, () => {
    assertEquals(expandExperiments(grid(ONE), options).map(({ base }) => base), [...bases]);
  });
}

Deno.test("expandExperiments() refuses a filter that leaves nothing", () => {
  assertThrows(() => expandExperiments(grid(ONE), { filter: "x" }), Error, "No experiment is left");
});

Deno.test("expandExperiments() refuses two experiments of one name", () => {
  const twice = ONE.replace("[1e-3]", "[1e-3, 0.001]");
  assertThrows(() => expandExperiments(grid(twice)), Error, "Two experiments have the name");
});

for (const [stage, count] of [[1, 20], [2, 10], [3, 6], [4, 5]] as const) {
  Deno.test(`expandExperiments() lists ${count} experiments of stage${stage}_offline`, async () => {
    const config = await readStageConfig(`configs/encoder/stage${stage}_offline.yaml`);
    assertEquals(expandExperiments(config).length, count);
  });
}

Deno.test("expandExperiments() refuses a name that there is not", () => {
  assertThrows(
    () => expandExperiments(grid(ONE), { only: ["a_lage_lr1e-3_bs8_ep3"] }),
    Error,
    'There is no experiment "a_lage',
  );
});
