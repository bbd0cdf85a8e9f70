import type { Context } from "../context.ts";
import { type Finding, NOTHING } from "../gates/finding.ts";
import { gate, type GateVerdict, mapperGate, toMapping } from "../gates/gate.ts";
import type { Reason } from "../gates/reasons.ts";
import type { Decision } from "../../evaluate/decide.ts";
import type { Proof } from "../gates/proof.ts";
import type { DomainRequest, RunTools } from "../planner.ts";
import { verifyPlan } from "./guards/guards.ts";
import { buildPlan, type Plan } from "./plan.ts";
import { type DefiOrder, type DefiReading, proposeOrders, readOrders } from "./read/orders.ts";
import { DEFI_PRIMITIVES, type DefiPrimitive } from "./taxonomy.ts";

/** The gates of a DeFi prompt, in order; the first that fails ends the run. */
export async function runDefi(
  request: DomainRequest<Context>,
  tools: RunTools,
): Promise<Finding> {
  const { prompt } = request;
  tools.phase("parse");
  const reading = readOrders(prompt);
  const { refusal } = reading;
  const first = gate(
    "non_exec",
    refusal ? reasonOf(refusal.kind) : "ok",
    describe(reading, prompt),
  );
  const start: Finding = { ...NOTHING, flags: tools.flags, gates: [first] };
  if (!refusal) return await planOrders(reading, start, request, tools);
  const proposed = tools.decide ? proposeOrders(prompt) : null;
  if (proposed === null) return start;
  const read = gate("non_exec", "ok", describe(proposed, prompt));
  const found = await planOrders(proposed, { ...start, gates: [read] }, request, tools);
  // Where no score makes an order of it, the reading tells best why it is none
  return found.gates.some(({ gate, ok }) => gate === "mapper" && ok) ? found : start;
}

/** From the orders of a prompt to a plan that the guards let pass. */
async function planOrders(
  reading: DefiReading,
  start: Finding,
  request: DomainRequest<Context>,
  tools: RunTools,
): Promise<Finding> {
  const { prompt } = request;
  const { orders } = reading;
  const [first] = start.gates;
  tools.phase("map");
  const mapped = await mapSteps(tools, prompt, orders);
  const then = { ...start, ...mapped.finding, gates: [first!, mapped.gate] };
  if (!mapped.gate.ok) return then;
  tools.phase("rails");
  const { labels } = mapped;
  const sure = labels.map((_, i) =>
    (mapped.finding.mappings?.[i]?.confidence ?? 1) >= DEBT_MIN_CONFIDENCE
  );
  const plan = buildPlan(orders.map((segment, i) => ({ action: labels[i]!, segment })));
  const slots = checkSlots(plan, orders, labels, sure);
  if (!slots.ok) {
    // "Borrow some USDC": that the risk cannot be known says more than that the amount cannot be read
    const stopped = { ...then, gates: [...then.gates, slots] };
    if (!leavesRiskOpen(plan)) return stopped;
    const guarded = guardPlan(then, plan, request);
    return guarded.gates.at(-1)!.ok ? stopped : guarded;
  }
  const asked = await tools.askEvidence(plan.sequence);
  const gates = [...then.gates, slots, ...asked.gates];
  const audited = { ...then, ...(asked.wdd && { wdd: asked.wdd }), gates };
  if (!asked.ok) return audited;
  const last = asked.sequence ? planOf(asked.sequence, prompt, orders) : plan;
  const flags = [...audited.flags, ...unlistedFlags(last)];
  const guarded = guardPlan({ ...audited, flags }, last, request);
  return asked.approval ? { ...guarded, approval: asked.approval } : guarded;
}

/** The plan of the evidence, with the words of the steps where there is one a step. */
function planOf(sequence: readonly string[], prompt: string, orders: readonly DefiOrder[]): Plan {
  const whole = { text: prompt, span: [0, prompt.length] as const };
  return buildPlan(sequence.map((action, i) => ({
    action: action as DefiPrimitive,
    segment: sequence.length === orders.length ? orders[i]! : whole,
  })));
}

/** Spans by role, and what refuses. */
function describe({ parsed, refusal }: DefiReading, prompt: string): unknown {
  const words = parsed.tokens.map(({ start, end }, i) => ({ start, end, role: parsed.roles[i]! }));
  const runs = words.reduce<{ start: number; end: number; role: string }[]>((spans, word) => {
    const last = spans.at(-1);
    if (last?.role !== word.role) return [...spans, { ...word }];
    last.end = word.end;
    return spans;
  }, []);
  const spans = runs.map(({ start, end, role }) => ({
    role,
    span: [start, end],
    text: prompt.slice(start, end),
  }));
  const unread = spans.filter(({ role }) => role === "unread").map(({ span }) => span);
  if (!refusal) return { spans, unread };
  const [span] = refusal.spans;
  return { kind: refusal.kind, span, refused: refusal.spans, spans, unread };
}

/** Names that are on no list: whoever carries the plan out has to know what they are. */
function unlistedFlags({ steps }: Plan): string[] {
  return steps.some(({ unlisted }) => unlisted.length > 0) ? ["asset:unlisted"] : [];
}

/**
 * The proof of a prompt's orders, the weakest counts. It is lax where a verb that no list has is taken for
 * one of an order by what stands beside it, and where words that bear no load were passed over; it is of the
 * tail where only the end was read, and there is none where only all words together tell what it would be about.
 */
export function proofOf(orders: readonly DefiOrder[]): Proof {
  if (orders.some(({ reading }) => reading === "gist")) return "none";
  if (orders.some(({ reading }) => reading === "tail")) return "tail";
  const isLax = orders.some(({ reading, read }) =>
    reading === "loose" || read.order.head.form === "open_verb"
  );
  return isLax ? "lax" : "strict";
}

/** Asks the mapper about every step; one uncertain step is enough to stop. */
async function mapSteps(
  { decide }: RunTools,
  prompt: string,
  orders: readonly DefiOrder[],
): Promise<{ gate: GateVerdict; labels: DefiPrimitive[]; finding: Partial<Finding> }> {
  if (!decide) return { gate: gate("mapper", "mapper_unavailable"), labels: [], finding: {} };
  const texts = orders.map(({ order }) => order);
  const proof = proofOf(orders);
  const choices = orders.map(({ allowed }) => allowed);
  const decisions = (await decide(texts, { prompt, proof, choices })).map((decision, i) =>
    asStaked(decision, choices[i]!)
  );
  const [leading] = decisions;
  return {
    gate: mapperGate(decisions, proof),
    labels: decisions.map(({ label }) => label as DefiPrimitive),
    finding: {
      label: isAction(leading?.predicted) ? leading!.predicted : null,
      mappings: decisions.map((decision, i) => toMapping(decision, orders[i]!)),
      isVerbatim: texts.length === 1 && texts[0] === prompt,
    },
  };
}

/** "take 25 KSM out of bonding": who votes to withdraw what the words say is staked means to unstake it. */
function asStaked(decision: Decision, allowed: readonly DefiPrimitive[]): Decision {
  const isStaked = decision.label === "withdraw_asset" && !allowed.includes("withdraw_asset") &&
    allowed.includes("unstake_asset");
  return isStaked ? { ...decision, label: "unstake_asset" } : decision;
}

/** Steps must name one thing a slot, and be among what their words can ask for. */
function checkSlots(
  plan: Plan,
  orders: readonly DefiOrder[],
  labels: readonly DefiPrimitive[],
  sure: readonly boolean[],
): GateVerdict {
  const ambiguous = plan.steps.flatMap((step) => step.ambiguous);
  const contradicted = orders.filter(({ allowed }, i) =>
    !allowed.includes(labels[i]!) || (!sure[i] && leavesDebtOpen(allowed))
  ).map(({ text }) => text);
  const detail = { ambiguous, ...(contradicted.length > 0 && { contradicted }) };
  if (ambiguous.length > 0) return gate("slots", "not_understood", detail);
  return gate("slots", contradicted.length > 0 ? "abstain_non_exec" : "ok", detail);
}

/**
 * How sure the mapper has to be where the words leave open whether a debt is taken or paid. Each author's
 * prompts judged by what the others wrote: below it 21 were right and 15 the other way round.
 */
const DEBT_MIN_CONFIDENCE = 0.9;

function leavesDebtOpen(allowed: readonly DefiPrimitive[]): boolean {
  return allowed.includes("borrow_asset") && allowed.includes("repay_asset");
}

/** True if a step that raises the risk names an amount which cannot be read. */
function leavesRiskOpen({ steps }: Plan): boolean {
  return steps.some(({ action, ambiguous }) =>
    ambiguous.includes("amount") && (action === "borrow_asset" || action === "withdraw_asset")
  );
}

/** The guards come last and never see a score. */
export function guardPlan(
  before: Finding,
  plan: Plan,
  { policy, context }: DomainRequest<Context>,
): Finding {
  const verdict = verifyPlan(plan, policy, context);
  return {
    ...before,
    plan,
    gates: [...before.gates, gate("guards", verdict.reason, { failed: verdict.failed })],
    verify: { steps: verdict.steps },
    flags: [...before.flags, ...verdict.flags],
    sources: context.sources,
  };
}

function reasonOf(kind: string): Reason {
  if (kind === "too_long") return "invalid_input";
  return kind === "not_understood" ? "not_understood" : "abstain_non_exec";
}

function isAction(label: string | undefined): boolean {
  return (DEFI_PRIMITIVES as readonly string[]).includes(label ?? "");
}
