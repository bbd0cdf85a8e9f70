import type { SkippedRows } from "../../data/dataset.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import type { MapperSource } from "../../mapper/mapper.ts";
import { certificateLines, evidenceLines, qualityLines } from "./lines.ts";
import { chosenTable, classTable, metricsTable } from "./tables.ts";
import { markdownTable } from "../tables.ts";

/** What a report says beside the outcome itself. */
export interface SweepContext {
  /** Name of the bench: `sweep`, `m8`, `quickstart`. */
  readonly bench: string;
  readonly mapper: MapperSource;
  /** Path of the prompts. */
  readonly prompts: string;
  readonly data_sha256: string;
  readonly skipped: SkippedRows;
  readonly maxAbstainRate: number;
  readonly minOverallAcc: number;
  /** Which rule chose. */
  readonly chooseBy: string;
  /** ISO time of the run. */
  readonly timestamp: string;
}

/**
 * The summary of a sweep as JSON-ready data: first the documented keys, then ours. Every rate stands
 * both as a plain number and, under `rates`, with its interval.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { sweepSummary } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const outcome = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * const context = {
 *   ...{ bench: "mini", mapper: mapper.source, prompts: data.source, data_sha256: data.sha256 },
 *   ...{ skipped: data.skipped, timestamp: "2026-01-01T00:00:00Z", chooseBy: "abstain_then_acc" },
 *   ...{ maxAbstainRate: 0.1, minOverallAcc: 0.85 },
 * };
 * assertEquals(sweepSummary(outcome, context).thresholds, [0.5, 0.9]);
 * ```
 */
export function sweepSummary(
  outcome: SweepOutcome,
  context: SweepContext,
): Record<string, unknown> {
  const { chosen, gate, overlap, baseline, point } = outcome;
  const { metrics } = chosen;
  return {
    bench: context.bench,
    backend: context.mapper.backend,
    thresholds: [...new Set(outcome.metrics.map((row) => row.threshold))],
    chosen: {
      threshold: metrics.threshold,
      abstain_rate: metrics.abstain_rate,
      coverage: metrics.coverage,
      accuracy_on_fired: metrics.accuracy_on_fired,
      overall_accuracy: metrics.overall_accuracy,
      near_margin: metrics.near_margin,
      max_novelty: point.maxNovelty ?? null,
      min_order: point.minOrder ?? null,
      max_oos: point.maxOos ?? null,
      per_class_thresholds: point.perClass ?? null,
      wrong_fire_rate: metrics.wrong_fire_rate,
      macro_f1: metrics.macro_f1,
      why: chosen.why,
      rates: metrics.rates,
    },
    timestamp: context.timestamp,
    status: outcome.verdict.status,
    verdict: outcome.verdict,
    gate: {
      status: gate.status,
      max_abstain_rate: context.maxAbstainRate,
      min_overall_acc: context.minOverallAcc,
      failures: gate.failures,
    },
    choose_by: context.chooseBy,
    rows: metrics.total,
    labeled: metrics.labeled,
    prompts: context.prompts,
    data_sha256: context.data_sha256,
    empty_prompts: context.skipped.emptyPrompts.length,
    empty_labels: context.skipped.emptyLabels.length,
    mapper: context.mapper,
    overlap: overlap ?? null,
    lookup_baseline: baseline ?? null,
    per_class: outcome.perClass,
    probabilities: { ...outcome.quality, rates: outcome.intervals },
    selection: outcome.selection,
    certification: certificationSummary(outcome),
  };
}

function certificationSummary(
  { certification, verdict }: SweepOutcome,
): Record<string, unknown> | null {
  if (!certification) return null;
  const { certificate, failure, split, overlap } = certification;
  return {
    status: verdict.status,
    overlap: overlap ?? null,
    certificate: certificate ?? null,
    failure: failure ?? null,
    split,
  };
}

/**
 * The report of a sweep in Markdown; the verdict stands first.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { sweepMarkdown } from "micro-lm/report";
 * import { assertMatch } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const outcome = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * const context = {
 *   ...{ bench: "mini", mapper: mapper.source, prompts: data.source, data_sha256: data.sha256 },
 *   ...{ skipped: data.skipped, timestamp: "2026-01-01T00:00:00Z", chooseBy: "abstain_then_acc" },
 *   ...{ maxAbstainRate: 0.1, minOverallAcc: 0.85 },
 * };
 * assertMatch(sweepMarkdown(outcome, context), /^# mini: FAIL: abstain rate /);
 * ```
 */
export function sweepMarkdown(outcome: SweepOutcome, context: SweepContext): string {
  const { chosen, verdict: { status, failures, remarks } } = outcome;
  const verdict = [status.toUpperCase(), ...(failures.length > 0 ? [failures.join("; ")] : [])]
    .join(": ");
  const { near_margin, min_order, max_oos } = chosen.metrics;
  const margin = (near_margin > 0 ? `, margin ${near_margin}` : "") +
    (min_order > 0 ? `, order ${min_order}` : "") +
    (max_oos < 1 ? `, out of scope ${max_oos}` : "");
  return [
    `# ${context.bench}: ${verdict}`,
    "",
    `Chosen: threshold ${chosen.metrics.threshold}${margin} (${chosen.why}).`,
    `Limits: abstain rate at most ${context.maxAbstainRate}, overall accuracy at least ` +
    `${context.minOverallAcc}.`,
    ...remarks.map((remark) => `The limits alone say: ${remark}.`),
    "",
    markdownTable(chosenTable(chosen.metrics)),
    "",
    ...certificateLines(outcome),
    ...qualityLines(outcome),
    ...evidenceLines(outcome),
    "",
    ...(outcome.certification?.certificate
      ? []
      : ["The point was chosen on the rows that it is reported on."]),
    "",
    "## Thresholds",
    "",
    markdownTable(metricsTable(outcome)),
    "",
    "## Classes",
    "",
    markdownTable(classTable(outcome.perClass)),
    "",
    "## Run",
    "",
    markdownTable({
      columns: ["what", "value"],
      rows: [
        ["prompts", context.prompts],
        ["data sha256", context.data_sha256],
        ["rows", chosen.metrics.total],
        ["empty prompts", context.skipped.emptyPrompts.length],
        ["empty labels", context.skipped.emptyLabels.length],
        ["mapper", `${context.mapper.backend} ${context.mapper.encoder ?? ""}`.trim()],
        ["mapper sha256", context.mapper.sha256],
        ["time", context.timestamp],
      ],
    }),
    "",
  ].join("\n");
}
