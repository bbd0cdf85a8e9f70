import type { SkippedRows } from "../data/dataset.ts";
import type { QualityName } from "../evaluate/bootstrap.ts";
import { RATE_NAMES } from "../evaluate/metrics.ts";
import type { PointMetrics } from "../evaluate/metrics.ts";
import type { ClassReport } from "../evaluate/per_class.ts";
import type { SweepOutcome } from "../evaluate/run_sweep.ts";
import type { MapperSource } from "../mapper/mapper.ts";
import { percent, percentWithInterval } from "./escape.ts";
import { markdownTable, type Table } from "./tables.ts";

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
      per_class_thresholds: point.perClass ?? null,
      wrong_fire_rate: metrics.wrong_fire_rate,
      macro_f1: metrics.macro_f1,
      why: chosen.why,
      rates: metrics.rates,
    },
    timestamp: context.timestamp,
    status: gate.status,
    gate: {
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

function certificationSummary({ certification }: SweepOutcome): Record<string, unknown> | null {
  if (!certification) return null;
  const { certificate, failure, split } = certification;
  return {
    status: certificate ? "certified" : "uncertified",
    certificate: certificate ?? null,
    failure: failure ?? null,
    split,
  };
}

/** The points of a sweep as a table, the chosen one marked. */
export function metricsTable(outcome: SweepOutcome): Table {
  const margins = new Set(outcome.metrics.map((row) => row.near_margin)).size > 1;
  return {
    columns: [
      ...["threshold", ...(margins ? ["margin"] : []), "abstain", "coverage", "acc. on fired"],
      ...["overall acc.", "wrong fires", "macro F1", ""],
    ],
    rows: outcome.metrics.map((row) => [
      row.threshold,
      ...(margins ? [row.near_margin] : []),
      ...[row.abstain_rate, row.coverage, row.accuracy_on_fired, row.overall_accuracy].map(percent),
      percent(row.wrong_fire_rate),
      percent(row.macro_f1),
      row === outcome.chosen.metrics ? "chosen" : "",
    ]),
  };
}

/** Precision, recall and abstentions of each class. */
export function classTable(reports: readonly ClassReport[]): Table {
  return {
    columns: ["class", "n", "fired", "precision (95%)", "recall (95%)", "F1", "abstain"],
    rows: reports.map((report) => [
      report.class,
      report.n,
      report.fired,
      percentWithInterval(report.precision),
      percentWithInterval(report.recall),
      percent(report.f1),
      percent(report.abstain_rate.value),
    ]),
  };
}

/** The rates of the chosen point with their intervals. */
export function chosenTable({ rates }: PointMetrics): Table {
  return {
    columns: ["rate", "value (95%)", "rows"],
    rows: RATE_NAMES.map((name) => [
      name,
      percentWithInterval(rates[name]),
      `${rates[name].k}/${rates[name].n}`,
    ]),
  };
}

/** What training and evaluation share, and what a lookup table scores, in sentences. */
export function evidenceLines({ overlap, baseline }: SweepOutcome): string[] {
  if (!overlap || !baseline) return ["Overlap with training: unknown, the mapper was not trained."];
  const part = (name: string, { count, rate }: { count: number; rate: number }) =>
    `${count} of ${overlap.rows} (${percent(rate)}) ${name}`;
  return [
    `Overlap with training: ${part("as the same prompt", overlap.exact)}, ${
      part("as the same template", overlap.template)
    }.`,
    `Baseline to beat: a lookup table of the first two words scores ${
      percent(baseline.two_words.accuracy)
    }, of the first word ${percent(baseline.first_word.accuracy)}.`,
  ];
}

/** What is promised about the chosen point, or why nothing is; none if that was not asked. */
export function certificateLines({ certification }: SweepOutcome): string[] {
  if (!certification) return [];
  const { certificate, failure, split } = certification;
  const [order, certify, report] = split.rows;
  const parts =
    `Of ${order! + certify! + report!} rows in ${split.groups} templates ${order} order ` +
    `the points, ${certify} certify, ${report} report`;
  if (!certificate) {
    const { reason, more_rows } = failure!;
    const more = more_rows === null
      ? "No number of rows would certify this mapper at that limit."
      : `About ${more_rows} more labelled rows could certify it.`;
    return [`Not certified: ${reason}. ${more} ${parts}.`];
  }
  const { id, limit, confidence, n, k, p_value, classes } = certificate;
  const each = (classes ?? []).map((one) =>
    one.certified
      ? `${one.class}: ${one.k} wrong of ${one.n} at ${one.threshold}, p ${
        one.p_value.toPrecision(2)
      }`
      : `${one.class}: not certified (${one.k} wrong of ${one.n}), never acts`
  );
  return [
    `Certified (${id}): with ${percent(confidence)} confidence at most ${
      percent(limit)
    } of actions ` +
    `are wrong; ${k} of ${n} certifying actions were, p = ${p_value.toPrecision(2)}.`,
    ...each,
    `${parts}: the numbers here are theirs.`,
    ...certificate.assumptions,
  ];
}

/** What the probabilities are worth, in a sentence; none without labels. */
export function qualityLines({ quality, intervals, selection }: SweepOutcome): string[] {
  if (quality.n === 0) return [];
  const digits = (value: number | null) => value === null ? "–" : value.toFixed(3);
  const show = (name: QualityName) => {
    const { value, ci_low, ci_high } = intervals[name];
    if (ci_low === null) return digits(value);
    return `${digits(value)} (${digits(ci_low)}–${digits(ci_high)})`;
  };
  const { auroc_scope, fpr_at_95_recall, must_abstain } = selection;
  const scope = auroc_scope === null ? [] : [
    `Actions above the ${must_abstain} rows that must abstain: AUROC ${digits(auroc_scope)}, ` +
    `${percent(fpr_at_95_recall?.value)} of them above 95% of the actions.`,
  ];
  return [
    `Probabilities: calibration error ${show("ece")}, Brier ${show("brier")}, log-loss ` +
    `${show("log_loss")}; right above wrong (AUROC) ${
      show("auroc_correct")
    }; area under risk–coverage ` +
    `${show("aurc")}.`,
    ...scope,
  ];
}

/** The report of a sweep in Markdown; the verdict stands first. */
export function sweepMarkdown(outcome: SweepOutcome, context: SweepContext): string {
  const { gate, chosen } = outcome;
  const verdict = outcome.certification?.failure
    ? "UNCERTIFIED"
    : gate.status === "pass"
    ? "PASS"
    : `FAIL: ${gate.failures.join("; ")}`;
  const margin = chosen.metrics.near_margin > 0 ? `, margin ${chosen.metrics.near_margin}` : "";
  return [
    `# ${context.bench}: ${verdict}`,
    "",
    `Chosen: threshold ${chosen.metrics.threshold}${margin} (${chosen.why}).`,
    `Limits: abstain rate at most ${context.maxAbstainRate}, overall accuracy at least ` +
    `${context.minOverallAcc}.`,
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
