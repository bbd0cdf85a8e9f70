import type { EncodeOptions, Encoder } from "../../encoders/encoder.ts";
import {
  type AuditChannel,
  type AuditGates,
  type AuditKernel,
  createAuditJudge,
} from "./evidence.ts";
import {
  auditClasses,
  type AuditClassMetrics,
  type AuditMetrics,
  auditMetrics,
} from "./metrics.ts";
import type { AuditReason, AuditRow } from "./row.ts";
import { createSpanReader } from "../spans.ts";
import { createEvidenceReader, priorOf } from "../wdd/evidence.ts";
import { checkWddEncoder, describeWdd, type WddModel } from "../wdd/model.ts";

/** A prompt to audit; the label, where there is one, is only compared afterwards. */
export interface AuditInput {
  readonly id: string;
  readonly prompt: string;
  readonly label: string | null;
}

/** Options of {@linkcode runAudit}. */
export interface RunAuditOptions extends AuditKernel, Pick<EncodeOptions, "signal" | "onProgress"> {
  /** What decides; find values with {@linkcode fitAuditGates}. */
  readonly gates: AuditGates;
  /** Whether the words of a prompt forbid to act, whatever its spans say. Default: never. */
  readonly forbids?: (prompt: string) => boolean;
}

/** The audit of a set of prompts. */
export interface AuditReport {
  readonly rows: readonly AuditRow[];
  readonly metrics: AuditMetrics;
  readonly perClass: readonly AuditClassMetrics[];
  /** All that the decisions depend on beside the model. */
  readonly params: Readonly<Record<string, number | string>>;
}

/** Rows that are encoded at a time. */
const BATCH = 256;

/**
 * Audits prompts by evidence alone: which actions do the spans of each prompt speak for? Every action is
 * judged on every row; labels are compared when all decisions are made; no mapper is asked.
 *
 * @throws {MicroLmError} Kind `data` if the encoder is not that of the model.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitAuditGates, fitWdd, runAudit } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint the fence number ${i} red`, label: "paint" },
 *   { prompt: `water the rose in row ${i} well`, label: "water" },
 *   { prompt: `how old is tree ${i} there`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint", "water"] });
 * const rows = prompts.map((row, i) => ({ id: `${i}`, ...row }));
 * const open = { tau_span: 0.05, tau_rel: 0, tau_abs: -Infinity };
 * const gates = fitAuditGates((await runAudit(rows, model, encoder, { gates: open })).rows);
 * const news = [{ id: "1", prompt: "water the rose", label: "water" }];
 * const { metrics } = await runAudit(news, model, encoder, { gates });
 * assertEquals([metrics.coverage.value, metrics.hallucination_rate.value], [1, 0]);
 * ```
 */
export async function runAudit(
  rows: readonly AuditInput[],
  model: WddModel,
  encoder: Encoder,
  { gates, forbids = () => false, signal, onProgress, ...kernel }: RunAuditOptions,
): Promise<AuditReport> {
  checkWddEncoder(model, encoder);
  const { primitives, evidence, slots, maxTokens } = model;
  const readSpans = createSpanReader({ slots, maxTokens });
  const readEvidence = createEvidenceReader(evidence, encoder);
  const judge = createAuditJudge(evidence.classes, priorOf(evidence), primitives, gates, kernel);
  const judged: AuditRow[] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    signal?.throwIfAborted();
    const batch = rows.slice(from, from + BATCH);
    const read = await readEvidence(batch.map(({ prompt }) => readSpans(prompt)));
    batch.forEach((row, i) => {
      const channels = judge(read[i]!, row.prompt);
      judged.push(toRow(row, from + i, channels, forbids(row.prompt)));
    });
    onProgress?.(judged.length, rows.length);
  }
  return reportAudit(judged, model, { gates, ...kernel });
}

/**
 * Counts over rows that were judged before, for example in parts.
 *
 * @param options What they were judged with.
 *
 * @example
 * ```ts
 * import { openNgramEncoder } from "micro-lm/encoders";
 * import { fitWdd, reportAudit } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const prompts = Array.from({ length: 30 }, (_, i) => [
 *   { prompt: `paint fence ${i}`, label: "paint" },
 *   { prompt: `how old is tree ${i}`, label: "abstain" },
 * ]).flat();
 * await using encoder = await openNgramEncoder({ bits: 12 });
 * const model = await fitWdd(prompts, encoder, { primitives: ["paint"] });
 * const gates = { tau_span: 0.05, tau_rel: 0, tau_abs: 0 };
 * assertEquals(reportAudit([], model, { gates }).metrics.n, 0);
 * ```
 */
export function reportAudit(
  rows: readonly AuditRow[],
  model: WddModel,
  { gates, ...kernel }: AuditKernel & Pick<RunAuditOptions, "gates">,
): AuditReport {
  return {
    rows,
    metrics: auditMetrics(rows),
    perClass: auditClasses(rows, model.primitives),
    params: { ...describeWdd(model), ...gates, ...kernel },
  };
}

function toRow(
  { id, prompt, label }: AuditInput,
  idx: number,
  channels: readonly AuditChannel[],
  forbidden: boolean,
): AuditRow {
  const ranked = [...channels].sort((a, b) => b.rel - a.rel);
  const accepted = forbidden ? [] : ranked.filter((c) => c.accepted).map(({ name }) => name);
  const had_spans = channels.some(({ spans }) => spans.length > 0);
  return {
    idx,
    id,
    prompt,
    gold: label,
    pred: accepted[0] ?? null,
    decision: accepted.length > 0 ? "PASS" : "ABSTAIN",
    reason: reasonOf(forbidden, accepted.length > 0, had_spans),
    had_spans,
    accepted,
    peak: ranked[0]!.peak,
    rel: ranked[0]!.rel,
    channels,
  };
}

function reasonOf(forbidden: boolean, accepted: boolean, hadSpans: boolean): AuditReason {
  if (forbidden) return "forbidden";
  if (accepted) return "pass";
  return hadSpans ? "below_threshold" : "no_span";
}

/** Columns of `rows_audit.csv`, in order. */
export const AUDIT_COLUMNS: readonly string[] = [
  "idx",
  "id",
  "prompt",
  "gold",
  "pred",
  "decision",
  "reason",
  "had_spans",
  "peak",
  "rel",
  "accepted",
  "multi_accept",
  "hallucinated",
  "span_terms",
];

/**
 * One row of `rows_audit.csv`; lists are joined by `|`.
 *
 * @example
 * ```ts
 * import { auditCsvRow, type AuditRow } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const row: AuditRow = {
 *   ...{ idx: 0, id: "1", prompt: "water the rose", gold: "water", pred: "water" },
 *   ...{ decision: "PASS", reason: "pass", had_spans: true, accepted: ["water"], peak: 2, rel: 0.9 },
 *   channels: [{
 *     ...{ name: "water", peak: 2, rel: 0.9, at: 0, accepted: true },
 *     spans: [{ text: "water", score: 2 }],
 *   }],
 * };
 * assertEquals(auditCsvRow(row).span_terms, "water:2.00");
 * ```
 */
export function auditCsvRow(row: AuditRow): Record<string, unknown> {
  const { idx, id, prompt, gold, pred, decision, reason, had_spans, peak, rel, accepted } = row;
  const leader = pred ?? [...row.channels].sort((a, b) => b.rel - a.rel)[0]!.name;
  const spans = row.channels.find(({ name }) => name === leader)!.spans;
  return {
    idx,
    id,
    prompt,
    gold,
    pred,
    decision,
    reason,
    had_spans,
    peak: peak.toFixed(4),
    rel: rel.toFixed(4),
    accepted: accepted.join("|"),
    multi_accept: accepted.length > 1,
    hallucinated: gold === null ? null : pred !== null && pred !== gold,
    span_terms: spans.map(({ text, score }) => `${text}:${score.toFixed(2)}`).join("|"),
  };
}
