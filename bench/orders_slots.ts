import type { RunRecord } from "../mod.ts";

/** One order and what has to be read from it. */
export interface SlotCase {
  readonly prompt: string;
  /** Only refusal is right. */
  readonly refuse: boolean;
  readonly action: string | null;
  readonly amount: CaseAmount | null;
  /** Other amounts that are as right. */
  readonly amount_also?: readonly CaseAmount[];
  readonly amount_of: "asset" | "to_asset" | null;
  readonly asset: Name;
  readonly to: Name;
  readonly venue: Name;
  readonly chain: Name;
  /** A plan of exactly these steps is right as well. */
  readonly or_steps?: readonly Omit<SlotCase, "prompt" | "refuse">[];
}

interface CaseAmount {
  readonly kind: string;
  readonly value?: number;
}

type Name = string | readonly string[] | null;
type Step = Readonly<Record<string, unknown>>;

/** `right`; `missed` for a refusal; `lost` for what was said and is null; `danger` for another value. */
export type SlotOutcome = "right" | "missed" | "lost" | "danger" | "refused" | "accepted";

/** Judges what a run read. */
export function judgeSlots(row: SlotCase, record: RunRecord): SlotOutcome {
  if (!record.ok) return row.refuse ? "refused" : "missed";
  const steps = record.plan.steps as unknown as Step[];
  if (row.or_steps && isPlan(row.or_steps, steps)) return "right";
  if (row.refuse) return "accepted";
  if (steps.length !== 1) return "danger";
  return judgeStep(row, steps[0]!);
}

function isPlan(wanted: readonly Omit<SlotCase, "prompt" | "refuse">[], steps: readonly Step[]) {
  return wanted.length === steps.length &&
    wanted.every((want, i) => judgeStep(want, steps[i]!) === "right");
}

function judgeStep(want: Omit<SlotCase, "prompt" | "refuse">, step: Step): SlotOutcome {
  if (step["action"] !== want.action) return "danger";
  const marks = [
    amount(want, step),
    name(want.asset, step["asset"]),
    name(want.to, step["to_asset"]),
    name(want.venue, step["venue"]),
    name(want.chain, step["chain"]),
  ];
  if (marks.includes("danger")) return "danger";
  return marks.includes("lost") ? "lost" : "right";
}

function amount(want: Omit<SlotCase, "prompt" | "refuse">, step: Step): SlotOutcome {
  const got = step["amount"] as { kind: string; value?: number } | null;
  if (want.amount === null) return got === null ? "right" : "danger";
  if (got === null) return "lost";
  if ((want.amount_of ?? "asset") !== step["amount_of"]) return "danger";
  const fits = [want.amount, ...want.amount_also ?? []].some(({ kind, value }) =>
    kind === got.kind &&
    (value === undefined || Math.abs(value - got.value!) <= 1e-9 * Math.abs(value))
  );
  return fits ? "right" : "danger";
}

const plain = (text: string) => text.toLowerCase().replace(/[\s\-./_]/g, "");

function name(want: Name, got: unknown): SlotOutcome {
  if (want === null) return got === null ? "right" : "danger";
  if (got === null) return "lost";
  const known = typeof want === "string" ? [want] : want;
  return known.some((one) => plain(one) === plain(String(got))) ? "right" : "danger";
}
