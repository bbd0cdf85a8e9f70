import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { parse, stringify } from "yaml";
import { fakeSlurm } from "../tasks/fake_slurm.ts";
import { runStageTask } from "../tasks/stages_run.ts";
import { inTempFolder, write } from "../temp.ts";
import { tinyModel, torchTest as test, writeRows } from "./models.ts";

/** A reference config with its data and outputs in a folder; the rest is as it stands. */
async function reference(folder: string, name: string, place: string, more = {}): Promise<string> {
  const config = parse(await Deno.readTextFile(`configs/encoder/${name}.yaml`));
  const paths = { train_path: `${folder}/train.jsonl`, val_path: `${folder}/val.jsonl` };
  return await write(
    folder,
    `${place}.yaml`,
    stringify({
      ...config,
      ...more,
      global: { ...config.global, ...paths },
      output: {
        base_dir: `${folder}/${place}/models`,
        results_dir: `${folder}/${place}/results`,
      },
    }),
  );
}

/** The lines that try a config out: a tiny model, four updates. */
async function trial(folder: string, config: string, model: "roberta" | "t5"): Promise<string[]> {
  return [
    ...["--config", config, "--logs_dir", `${folder}/logs`],
    ...["--model_override", await tinyModel(model), "--max-steps", "4", "--encoder_cache", "off"],
  ];
}

const STAGES = [
  ["stage1_batch_training", "roberta", "codebert_base"],
  ["stage1_batch_training", "t5", "codet5_large"],
  ["stage2_batch_training_220m_770m", "t5", "codet5p_770m"],
  ["stage3_final_sweep_220m", "t5", "codet5p_220m_final_sweep"],
] as const;

for (const [name, model, filter] of STAGES) {
  test(`${name} runs as it stands: ${filter}`, () =>
    inTempFolder(async (folder) => {
      await writeRows(folder, 60, 20);
      const args = await trial(folder, await reference(folder, name, "ref"), model);
      const { code, stdout, stderr } = await runStageTask("batch_train", [
        ...args,
        ...["--filter", filter, "--max_experiments", "1"],
      ]);
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "1 finished, 0 skipped, 0 failed");
    }));
}

async function probabilities(models: string): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for await (const { name, isDirectory } of Deno.readDir(models)) {
    if (!isDirectory) continue;
    const text = await Deno.readTextFile(`${models}/${name}/validation_predictions.json`);
    const rows = JSON.parse(text) as readonly { readonly probability: number }[];
    const experiment = name.replace(/_\d{8}_\d{6}_job.*$/, "");
    found.set(experiment, rows.map(({ probability }) => probability));
  }
  return found;
}

test("stage 4, here and on Slurm, to the champion and its evaluation", () =>
  inTempFolder(async (folder) => {
    await writeRows(folder, 60, 20);
    const name = "stage4_champion_codet5p220m";
    const here = await trial(folder, await reference(folder, name, "here"), "t5");
    const two = ["--max_experiments", "2"];
    const local = await runStageTask("batch_train", [...here, ...two]);
    assertEquals(local.code, 0, local.stderr);
    // What `module load` does to the environment of a task must not keep it from starting Python.
    const slurm = { poll_seconds: 0.2, setup: ["export LD_LIBRARY_PATH=/opt/none"] };
    const config = await reference(folder, name, "array", { slurm });
    const array = await runStageTask("batch_train", [
      ...await trial(folder, config, "t5"),
      ...two,
      ...["--executor", "slurm"],
    ], { env: await fakeSlurm(folder) });
    assertEquals(array.code, 0, array.stderr + array.stdout);
    const [a, b] = [
      await probabilities(`${folder}/here/models`),
      await probabilities(`${folder}/array/models`),
    ];
    assertEquals([...a.keys()].sort(), [...b.keys()].sort());
    for (const [experiment, own] of a) {
      own.forEach((p, i) => assertAlmostEquals(p, b.get(experiment)![i]!, 1e-6, experiment));
    }
    const champion = await runStageTask("champion", [
      ...["--config", `${folder}/here.yaml`, "--champion_dir", `${folder}/champion`],
      ...["--evaluation_dir", `${folder}/evaluation`],
    ]);
    assertEquals(champion.code, 0, champion.stderr);
    const evaluation = await write(
      folder,
      "eval.yaml",
      stringify({
        evaluation: {
          threshold: { mode: "file" },
          test_sets: { combined: `${folder}/val.jsonl`, technologies: {} },
          output_dir: `${folder}/evaluation`,
        },
        models: { encoder: { path: `${folder}/here/models` } },
      }),
    );
    const logs = ["--logs_dir", `${folder}/logs`, "--encoder_cache", "off"];
    const judged = await runStageTask("batch_eval", ["--config", evaluation, ...logs]);
    assertEquals(judged.code, 0, judged.stderr);
    assertStringIncludes(judged.stdout, "codet5p_220m_champion_lr4e-5_bs8_ep6_wd0.01_acc1_seed41");
    const scan = await runStageTask("scan_filter", [
      ...["--run", `${folder}/champion`, "--out", `${folder}/marked.csv`],
      ...["--findings", "fixtures/iac/sample/detections.csv"],
      ...["--scripts", "fixtures/iac/sample/scripts", "--encoder_cache", "off"],
    ]);
    assertEquals(scan.code, 0, scan.stderr);
    assertStringIncludes(scan.stdout, "Threshold ");
  }));
