import { verifyPlan } from "../domains/defi/guards.ts";
import { detectNonExecutable } from "../domains/defi/nonexec.ts";
import { buildPlan } from "../domains/defi/plan.ts";
import { type Segment, splitSteps } from "../domains/defi/segment.ts";
import { DEFI_PRIMITIVES, type DefiPrimitive } from "../domains/defi/taxonomy.ts";
import type { Decision } from "../evaluate/decide.ts";
import type { Reason } from "./reasons.ts";
import type { GateVerdict, StepMapping } from "./record.ts";
import type { Finding, ResolvedRequest } from "./finding.ts";
import { decideAll } from "./map_prompts.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** The gates of a DeFi prompt, in order; the first that fails ends the run. */
export async function runDefi(
  runtime: MicroRuntime,
  request: ResolvedRequest,
): Promise<Finding> {
  const { prompt, resolved: { policy, context, active } } = request;
  const gates: GateVerdict[] = [];
  const flags = runtime.isFallback && runtime.mapper ? ["mapper:wordmap_fallback"] : [];
  const base = { verify: { steps: [] }, flags, sources: null, plan: { sequence: [], steps: [] } };
  const stop = (more: Partial<Finding> = {}): Finding => ({
    ...base,
    label: null,
    mappings: [],
    ...more,
    gates,
  });

  const refusal = detectNonExecutable(prompt);
  gates.push(gate("non_exec", refusal ? reasonOf(refusal.kind) : "ok", refusal ?? undefined));
  if (refusal) return stop();
  const segments = splitSteps(prompt);
  if (!runtime.mapper) {
    gates.push(gate("mapper", "mapper_unavailable"));
    return stop();
  }
  const texts = segments.map(({ order }) => segments.length === 1 ? prompt : order);
  const decisions = await decideAll(runtime.mapper, texts, active.point);
  const mappings = decisions.map((decision, i) => toMapping(decision, segments[i]!));
  const label = isAction(decisions[0]?.predicted) ? decisions[0]!.predicted : null;
  const weakest = decisions.find((decision) => decision.label === null);
  gates.push(
    gate(
      "mapper",
      weakest ? mapperReason(weakest) : segments.length === 0 ? "abstain_non_exec" : "ok",
    ),
  );
  if (weakest || segments.length === 0) return stop({ label, mappings });

  const doubt = segments.length > 1
    ? segments.map(({ order }) => detectNonExecutable(order)).find((found) => found !== null)
    : null;
  const plan = buildPlan(segments.map((segment, i) => ({
    action: decisions[i]!.label as DefiPrimitive,
    segment,
  })));
  const ambiguous = plan.steps.flatMap((step) => step.ambiguous);
  const slotsOk = !doubt && ambiguous.length === 0;
  gates.push(gate("slots", slotsOk ? "ok" : "abstain_non_exec", doubt ?? { ambiguous }));
  if (!slotsOk) return stop({ label, mappings });

  const verdict = verifyPlan(plan, policy, context);
  gates.push(gate("guards", verdict.reason, { failed: verdict.failed }));
  return stop({
    label,
    mappings,
    plan,
    verify: { steps: verdict.steps },
    flags: [...flags, ...verdict.flags],
    sources: context.sources,
  });
}

function gate(name: GateVerdict["gate"], reason: Reason, detail?: unknown): GateVerdict {
  return { gate: name, ok: reason === "ok", reason, ...(detail !== undefined && { detail }) };
}

function reasonOf(kind: string): Reason {
  return kind === "too_long" ? "invalid_input" : "abstain_non_exec";
}

function mapperReason({ reason }: Decision): Reason {
  return reason === "low_confidence" || reason === "near_margin"
    ? "low_confidence"
    : "abstain_non_exec";
}

function isAction(label: string | undefined): boolean {
  return (DEFI_PRIMITIVES as readonly string[]).includes(label ?? "");
}

function toMapping(decision: Decision, { span, text }: Segment): StepMapping {
  const threshold = Number.isFinite(decision.threshold) ? decision.threshold : null;
  return { ...decision, threshold, span, text };
}
