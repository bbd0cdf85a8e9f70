import type { AuditChannel } from "./evidence.ts";

/** Why an audit decides as it does. */
export type AuditReason = "pass" | "no_span" | "below_threshold" | "forbidden";

/** The audit of one prompt. */
export interface AuditRow {
  /** Position among the rows, from 0. */
  readonly idx: number;
  readonly id: string;
  readonly prompt: string;
  readonly gold: string | null;
  /** The accepted action of the greatest share, or null. */
  readonly pred: string | null;
  readonly decision: "PASS" | "ABSTAIN";
  readonly reason: AuditReason;
  readonly had_spans: boolean;
  /** All accepted actions, by share. */
  readonly accepted: readonly string[];
  /** Evidence and share of the strongest channel. */
  readonly peak: number;
  readonly rel: number;
  readonly channels: readonly AuditChannel[];
}
