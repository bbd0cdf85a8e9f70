import { join } from "node:path";
import { MicroLmError } from "../../core/errors.ts";
import type { StoredEvaluation } from "./analyze.ts";
import type { DetailedPrediction } from "./evaluation_results.ts";
import {
  bootstrapCounts,
  type BootstrapCountsOptions,
  type BootstrapInterval,
  confusionByGroup,
  f1OfCounts,
  type McNemarResult,
  mcNemarTest,
} from "../../evaluate/paired_tests.ts";
import { readJson } from "../experiment/experiment_folder.ts";

/** What sets two runs apart on one test set. */
export interface RunComparison {
  readonly first: string;
  readonly second: string;
  readonly dataset: string;
  readonly n: number;
  readonly mcnemar: McNemarResult;
  /** F1 of the first minus F1 of the second; files are drawn, where rows name them. */
  readonly f1_difference: BootstrapInterval;
}

/**
 * Compares two evaluations on the same rows, joined by their ids.
 *
 * @throws {MicroLmError} Kind `data` if they are not of the same rows, `missing` without predictions.
 *
 * @example
 * ```ts
 * import { compareEvaluations, type StoredEvaluation } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = ".artifacts/example-compare";
 * await Deno.mkdir(`${folder}/encoder_eval`, { recursive: true });
 * const row = { sample_id: "1", file: "", true_label: "TP", predicted_label: "TP" };
 * const text = JSON.stringify([row, { ...row, sample_id: "2", predicted_label: "FP" }]);
 * await Deno.writeTextFile(`${folder}/encoder_eval/detailed_predictions.json`, text);
 * const same = { folder, metadata: { run: "lite" }, results: {} } as StoredEvaluation;
 * const { n, mcnemar, f1_difference } = await compareEvaluations(same, same);
 * assertEquals([n, mcnemar.p_value, f1_difference.value], [2, 1, 0]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function compareEvaluations(
  first: StoredEvaluation,
  second: StoredEvaluation,
  options: BootstrapCountsOptions = {},
): Promise<RunComparison> {
  const a = await predictionsOf(first);
  const b = await predictionsOf(second);
  const others = new Map(b.map((row) => [row.sample_id, row]));
  const pairs = a.map((row) => ({ row, other: others.get(row.sample_id) }));
  const wrong = pairs.find(({ row, other }) => other?.true_label !== row.true_label);
  if (wrong || a.length !== b.length || first.results.test_sha256 !== second.results.test_sha256) {
    const names = `"${first.metadata.run}" and "${second.metadata.run}"`;
    throw new MicroLmError("data", `Cannot compare ${names}: they are not of the same rows`);
  }
  const bits = (rows: readonly DetailedPrediction[], key: "true_label" | "predicted_label") =>
    rows.map((row) => Number(row[key] === "TP"));
  const labels = bits(a, "true_label");
  const predicted = [a, pairs.map(({ other }) => other!)].map((rows) =>
    bits(rows, "predicted_label")
  );
  const files = a.every(({ file }) => file !== "") ? a.map(({ file }) => file) : undefined;
  const [left, right] = predicted.map((values) => confusionByGroup(labels, values, files));
  const joined = new Uint32Array(left!.length * 2);
  for (let at = 0; at < left!.length; at += 4) {
    joined.set(left!.subarray(at, at + 4), at * 2);
    joined.set(right!.subarray(at, at + 4), at * 2 + 4);
  }
  const difference = (sums: Float64Array) =>
    f1OfCounts(sums.subarray(0, 4)) - f1OfCounts(sums.subarray(4, 8));
  const hits = predicted.map((values) => values.map((value, i) => Number(value === labels[i])));
  return {
    first: first.metadata.run,
    second: second.metadata.run,
    dataset: first.metadata.dataset,
    n: a.length,
    mcnemar: mcNemarTest(hits[0]!, hits[1]!),
    f1_difference: bootstrapCounts(joined, 8, difference, options),
  };
}

async function predictionsOf({ folder }: StoredEvaluation): Promise<DetailedPrediction[]> {
  return await readJson(join(folder, "encoder_eval", "detailed_predictions.json"));
}
