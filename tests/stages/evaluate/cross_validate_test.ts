import { assert, assertEquals, assertRejects } from "@std/assert";
import { crossValidate } from "../../../src/stages/evaluate/cross_validate.ts";
import type { Detection } from "../../../src/stages/iac/detections.ts";
import { expandExperiments } from "../../../src/stages/config/expand.ts";
import { parseStageConfig } from "../../../src/stages/config/stage_config.ts";
import { makeRows } from "../synthetic.ts";

const CONFIG = parseStageConfig(`
global: { eval_steps: 10, warmup_steps: 0 }
experiments:
  a:
    model_name: lite
    hyperparameters: { learning_rates: [5e-2], batch_sizes: [8], num_epochs: [5] }
`);
const [EXPERIMENT] = expandExperiments(CONFIG);

function detections(labels: Int32Array, rowsPerFile: number): Detection[] {
  return Array.from(labels, (label, i) => ({
    id: String(i),
    text: "",
    label: label === 1 ? "TP" as const : "FP" as const,
    smell: "use_of_http",
    tech: "chef",
    file: `f${Math.floor(i / rowsPerFile)}`,
  }));
}

Deno.test("crossValidate() predicts each row once and finds what there is to find", async () => {
  const { features, labels } = makeRows(3, 150, { dense: 4 });
  const rows = detections(labels, 3);
  const result = await crossValidate(EXPERIMENT!, CONFIG, rows, features);
  assertEquals(result.probabilities.length, 150);
  assert(result.probabilities.every((p) => p > 0 && p < 1));
  assert(result.f1.value > 0.8 && result.f1.ci_low > 0.6, JSON.stringify(result.f1));
  const { precision, recall } = result;
  const said = rows.filter((_, i) => result.predicted[i] === 1);
  assertEquals(precision.n, said.length);
  assertEquals(precision.k, said.filter(({ label }) => label === "TP").length);
  assertEquals([recall.k, recall.n], [precision.k, labels.reduce((sum, label) => sum + label, 0)]);
  assertEquals(
    result.f1.value.toFixed(9),
    (2 * precision.k / (precision.n + recall.n)).toFixed(9),
  );
  assert(result.reduction.recall.value! > 0.75 && result.reduction.removed.value! > 0.6);
  assertEquals(await crossValidate(EXPERIMENT!, CONFIG, rows, features), result);
});

Deno.test("crossValidate() learns nothing from rows of the same file", async () => {
  // Each file has a column of its own that tells its label: of use only where a file is on both sides.
  const labels = Int32Array.from({ length: 120 }, (_, i) => Math.floor(i / 6) % 2);
  const indptr = Uint32Array.from({ length: 121 }, (_, i) => i);
  const indices = Uint32Array.from({ length: 120 }, (_, i) => Math.floor(i / 6));
  const values = new Float32Array(120).fill(1);
  const sparse = { indptr, indices, values, rows: 120, cols: 20 };
  const { probabilities } = await crossValidate(
    EXPERIMENT!,
    CONFIG,
    detections(labels, 6),
    { rows: 120, sparse },
  );
  const spread = Math.max(...probabilities) - Math.min(...probabilities);
  assert(spread < 0.2, `${spread}`);
});

Deno.test("crossValidate() refuses fewer files than folds", async () => {
  const { features, labels } = makeRows(3, 30);
  const rows = detections(labels, 10);
  await assertRejects(
    () => crossValidate(EXPERIMENT!, CONFIG, rows, features),
    Error,
    "Expected at least 5 files with a TP, found 3",
  );
});
