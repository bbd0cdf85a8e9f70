import type { Decision } from "../../evaluate/decide.ts";
import type { Proof } from "./proof.ts";
import type { Reason } from "./reasons.ts";

/** One gate of a run, in the order of work. */
export interface GateVerdict {
  readonly gate: "input" | "non_exec" | "mapper" | "slots" | "evidence" | "guards" | "grid";
  readonly ok: boolean;
  /** Why not; `ok` if it passed. */
  readonly reason: Reason;
  /** The numbers or words behind it. */
  readonly detail?: unknown;
}

/** What the mapper said of one step. */
export interface StepMapping extends Omit<Decision, "threshold"> {
  /** Where the words stand in the prompt, `[start, end)`. */
  readonly span: readonly [number, number];
  readonly text: string;
  /** The threshold that applied; null for a class that never fires. */
  readonly threshold: number | null;
}

/** The verdict of a gate: passed where the reason is `ok`. */
export function gate(name: GateVerdict["gate"], reason: Reason, detail?: unknown): GateVerdict {
  const verdict = { gate: name, ok: reason === "ok", reason };
  return detail === undefined ? verdict : { ...verdict, detail };
}

/**
 * The mapper's gate: one uncertain step is enough to stop, and no step at all, too. Where the score as an
 * order refuses, and not the reading, the detail says so.
 *
 * @param proof How firmly the reading shows an order, where the domain reads prompts so.
 */
export function mapperGate(decisions: readonly Decision[], proof?: Proof): GateVerdict {
  const uncertain = decisions.find(({ label }) => label === null);
  if (decisions.length > 0 && !uncertain) return gate("mapper", "ok");
  const isUnsure = uncertain?.reason === "low_confidence" || uncertain?.reason === "near_margin";
  if (uncertain?.reason !== "not_an_order") {
    return gate("mapper", isUnsure ? "low_confidence" : "abstain_non_exec");
  }
  const detail = { kind: "not_an_order", order_score: uncertain.order_score, proof };
  return gate("mapper", "abstain_non_exec", detail);
}

/** What a record says of a decision. */
export function toMapping(
  decision: Decision,
  { span, text }: Pick<StepMapping, "span" | "text">,
): StepMapping {
  const threshold = Number.isFinite(decision.threshold) ? decision.threshold : null;
  return { ...decision, threshold, span, text };
}
