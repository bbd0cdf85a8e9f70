import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import {
  type AnalysisRow,
  analysisRow,
  collectEvaluations,
  smellRows,
  type StoredEvaluation,
} from "./analyze.ts";
import { runOverlapSentences } from "./run_overlap.ts";
import { writeJson } from "../experiment/experiment_folder.ts";

/**
 * Says what the test sets of evaluations share with the data of their runs, each statement once.
 */
export function overlapSentences(evaluations: readonly StoredEvaluation[]): string[] {
  return [
    ...new Set(evaluations.flatMap(({ metadata: { dataset, test_path, data, overlap } }) => {
      const name = dataset === "combined" ? test_path : `${test_path} (${dataset})`;
      return data && overlap ? runOverlapSentences(name, { data }, overlap) : [];
    })),
  ];
}

const METRICS = ["accuracy", "precision", "recall", "f1"] as const;

/**
 * Writes `technology_comparison_summary.json` and `README.md` over all evaluations in a folder of
 * results, those of earlier calls too.
 */
export async function writeEvaluationSummary(folder: string): Promise<void> {
  const evaluations = await collectEvaluations(folder);
  const rows = evaluations.map(analysisRow);
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  await writeJson(join(folder, "technology_comparison_summary.json"), {
    models: new Set(rows.map(({ run }) => run)).size,
    by_dataset: Object.fromEntries(datasets.map((dataset) => {
      const own = rows.filter((row) => row.dataset === dataset);
      return [dataset, {
        rows: own.map(comparisonRow),
        rankings: Object.fromEntries(METRICS.map((metric) => [metric, rank(own, metric)])),
        overall_ranking: rankOverall(own),
        ...Object.fromEntries(METRICS.map((metric) => [`best_by_${metric}`, rank(own, metric)[0]])),
      }];
    })),
    smells: evaluations.flatMap(smellRows),
  });
  await writeFileAtomic(
    join(folder, "README.md"),
    readme(rows, datasets, overlapSentences(evaluations)),
  );
}

function comparisonRow(row: AnalysisRow): Record<string, unknown> {
  return {
    model: row.run,
    accuracy: row.accuracy,
    precision: row.precision,
    recall: row.recall,
    f1: row.f1,
    eval_time: row.eval_seconds,
    num_samples: row.n,
  };
}

/** Names by falling metric; equal ones by name. */
function rank(rows: readonly AnalysisRow[], metric: (typeof METRICS)[number]): string[] {
  return rows.toSorted((a, b) => b[metric] - a[metric] || (a.run < b.run ? -1 : 1))
    .map(({ run }) => run);
}

/** Names by the sum of their ranks over the metrics; equal values share the better rank. */
function rankOverall(rows: readonly AnalysisRow[]): { model: string; mean_rank: number }[] {
  const rankOf = (row: AnalysisRow, metric: (typeof METRICS)[number]) =>
    1 + rows.filter((other) => other[metric] > row[metric]).length;
  return rows.map((row) => ({
    model: row.run,
    mean_rank: METRICS.reduce((sum, metric) => sum + rankOf(row, metric), 0) / METRICS.length,
  })).sort((a, b) => a.mean_rank - b.mean_rank || (a.model < b.model ? -1 : 1));
}

function readme(
  rows: readonly AnalysisRow[],
  datasets: readonly string[],
  overlaps: readonly string[],
): string {
  const show = (value: number | null) => value === null ? "–" : value.toFixed(3);
  const sections = datasets.map((dataset) => {
    const lines = rows.filter((row) => row.dataset === dataset)
      .toSorted((a, b) => b.f1 - a.f1 || (a.run < b.run ? -1 : 1))
      .map((row) =>
        `| ${row.run} | ${row.n} | ${row.threshold ?? "argmax"} | ${show(row.precision)} | ` +
        `${show(row.recall)} | ${show(row.f1)} (${show(row.f1_ci_low)}–${
          show(row.f1_ci_high)
        }) | ` +
        `${show(row.fp_removed)} |`
      );
    return [
      `## ${dataset}`,
      "",
      "| run | rows | threshold | precision | recall | F1 (95 %) | false positives removed |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
      ...lines,
    ].join("\n");
  });
  const shared = overlaps.length === 0
    ? "No test set shares a row or a script with what a run was trained or chosen on."
    : `What is shared was known before, so these figures flatter the runs:\n\n${
      overlaps.map((sentence) => `- ${sentence}`).join("\n")
    }`;
  return [
    "# Evaluation",
    "Positive class: TP, a finding that is right.",
    shared,
    ...sections,
  ].join("\n\n") + "\n";
}
