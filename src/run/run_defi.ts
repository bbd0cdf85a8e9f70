import { verifyPlan } from "../domains/defi/guards.ts";
import { contradictsVerb } from "../domains/defi/order_verbs.ts";
import { dropBackground } from "../domains/defi/nonexec_background.ts";
import { detectNonExecutable } from "../domains/defi/nonexec.ts";
import { buildPlan, type Plan } from "../domains/defi/plan.ts";
import { type Segment, splitSteps } from "../domains/defi/segment.ts";
import { DEFI_PRIMITIVES, type DefiPrimitive } from "../domains/defi/taxonomy.ts";
import type { Decision } from "../evaluate/decide.ts";
import type { Reason } from "./reasons.ts";
import type { GateVerdict, StepMapping } from "./record/record.ts";
import { type Finding, NOTHING, type ResolvedRequest } from "./finding.ts";
import { askEvidence } from "./ask_evidence.ts";
import { decideAll } from "../evaluate/decide_texts.ts";
import { mapperTexts } from "./mapper_text.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** The gates of a DeFi prompt, in order; the first that fails ends the run. */
export async function runDefi(
  runtime: MicroRuntime,
  request: ResolvedRequest,
): Promise<Finding> {
  const { prompt, onPhase } = request;
  onPhase?.("parse");
  const refusal = detectNonExecutable(prompt);
  const first = gate("non_exec", refusal ? reasonOf(refusal.kind) : "ok", refusal ?? undefined);
  const start: Finding = { ...NOTHING, flags: fallbackFlags(runtime), gates: [first] };
  if (refusal) return start;
  const plain = dropBackground(prompt);
  const segments = splitSteps(plain);
  onPhase?.("map");
  const mapped = await mapSteps(runtime, request, plain, segments);
  const then = { ...start, ...mapped.finding, gates: [first, mapped.gate] };
  if (!mapped.gate.ok) return then;
  onPhase?.("rails");
  const { labels } = mapped;
  const plan = buildPlan(segments.map((segment, i) => ({ action: labels[i]!, segment })));
  const slots = checkSlots(plan, segments, labels);
  if (!slots.ok) return { ...then, gates: [...then.gates, slots] };
  const asked = await askEvidence(runtime, request, plan.sequence);
  const gates = [...then.gates, slots, ...asked.gates];
  const audited = { ...then, ...(asked.wdd && { wdd: asked.wdd }), gates };
  if (!asked.ok) return audited;
  const last = asked.sequence ? planOf(asked.sequence, prompt, segments) : plan;
  return guard(audited, last, request, asked.approval);
}

/** The plan of the evidence, with the words of the steps where there is one a step. */
function planOf(sequence: readonly string[], prompt: string, segments: readonly Segment[]): Plan {
  const whole = { text: prompt, span: [0, prompt.length] as const };
  return buildPlan(sequence.map((action, i) => ({
    action: action as DefiPrimitive,
    segment: sequence.length === segments.length ? segments[i]! : whole,
  })));
}

function fallbackFlags({ isFallback, mapper }: MicroRuntime): string[] {
  return isFallback && mapper ? ["mapper:wordmap_fallback"] : [];
}

/** Asks the mapper about every step; one uncertain step is enough to stop. */
async function mapSteps(
  { mapper }: MicroRuntime,
  { prompt, resolved: { active } }: ResolvedRequest,
  plain: string,
  segments: readonly Segment[],
): Promise<{ gate: GateVerdict; labels: DefiPrimitive[]; finding: Partial<Finding> }> {
  if (!mapper) return { gate: gate("mapper", "mapper_unavailable"), labels: [], finding: {} };
  if (segments.length === 0) {
    return { gate: gate("mapper", "abstain_non_exec"), labels: [], finding: {} };
  }
  const texts = mapperTexts(plain, segments);
  const decisions = await decideAll(mapper, texts, active.point);
  const uncertain = decisions.find((decision) => decision.label === null);
  const [leading] = decisions;
  return {
    gate: gate("mapper", uncertain ? mapperReason(uncertain) : "ok"),
    labels: decisions.map(({ label }) => label as DefiPrimitive),
    finding: {
      label: isAction(leading?.predicted) ? leading!.predicted : null,
      mappings: decisions.map((decision, i) => toMapping(decision, segments[i]!)),
      isVerbatim: texts.length === 1 && texts[0] === prompt,
    },
  };
}

/** Steps must be orders by themselves, name one thing a slot, and use no verb of another action. */
function checkSlots(
  plan: Plan,
  segments: readonly Segment[],
  labels: readonly DefiPrimitive[],
): GateVerdict {
  const doubt = segments.length > 1
    ? segments.map(({ order }) => detectNonExecutable(asStatement(order)))
      .find((found) => found !== null)
    : undefined;
  const ambiguous = plan.steps.flatMap((step) => step.ambiguous);
  const contradicted = segments.filter(({ order }, i) => contradictsVerb(order, labels[i]!))
    .map(({ text }) => text);
  const ok = !doubt && ambiguous.length === 0 && contradicted.length === 0;
  const detail = doubt ?? { ambiguous, ...(contradicted.length > 0 && { contradicted }) };
  return gate("slots", ok ? "ok" : "abstain_non_exec", detail);
}

/** The guards come last and never see a score. */
function guard(
  before: Finding,
  plan: Plan,
  { resolved: { policy, context } }: ResolvedRequest,
  approval: Reason | undefined,
): Finding {
  const verdict = verifyPlan(plan, policy, context);
  return {
    ...before,
    plan,
    gates: [...before.gates, gate("guards", verdict.reason, { failed: verdict.failed })],
    verify: { steps: verdict.steps },
    flags: [...before.flags, ...verdict.flags],
    sources: context.sources,
    ...(approval && { approval }),
  };
}

/** The question mark of "could you … and …?" ends the whole, which has been judged. */
function asStatement(order: string): string {
  return order.replaceAll("?", ".");
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
