import { z } from "zod";
import type { FolderDomain } from "../domains/folder/domain.ts";
import { EXPECTED } from "../domains/folder/check.ts";
import { detectFolderNonExecutable } from "../domains/folder/gate.ts";
import { type FolderContext, isOfType, verifyFolderSteps } from "../domains/folder/guards.ts";
import type { FolderSegment } from "../domains/folder/split.ts";
import { type FolderStep, readFolderSteps, unkeptTimeOf } from "../domains/folder/steps.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Decision } from "../evaluate/decide.ts";
import type { Finding, ResolvedRequest } from "./finding.ts";
import { readInput } from "./input_fault.ts";
import { decideAll } from "../evaluate/decide_texts.ts";
import type { Reason } from "./reasons.ts";
import type { GateVerdict, RunPlan, StepMapping } from "./record/record.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/**
 * The gates of a prompt of a domain from a folder, in order; the first that fails ends the run. The reasons
 * are a closed set that knows no domain: a missing slot and a broken guard both give `abstain_non_exec`,
 * and the gate's detail says which slot, which guard, and what was found.
 *
 * @throws {MicroLmError} Kind `usage` for a context that states what the domain does not declare, and for a
 * policy that asks for evidence, which domains from folders do not have.
 */
export async function runFolder(
  runtime: MicroRuntime,
  domain: FolderDomain,
  { prompt, context: given, resolved: { active, policy } }: ResolvedRequest,
): Promise<Finding> {
  if (policy.audit.backend !== null) {
    throw new MicroLmError("usage", `The domain ${domain.name} has no evidence to audit with`, {
      hint: 'Leave "audit.backend" out of the policy',
    });
  }
  const context = readContext(domain, given);
  const gates: GateVerdict[] = [];
  const nothing: Finding = {
    label: null,
    gates,
    mappings: [],
    plan: { sequence: [], steps: [] },
    verify: { steps: [] },
    flags: runtime.isFallback && runtime.mapper ? ["mapper:wordmap_fallback"] : [],
    sources: null,
  };
  const refusal = detectFolderNonExecutable(prompt, domain.reader.gate);
  const refused: Reason = refusal?.kind === "too_long" ? "invalid_input" : "abstain_non_exec";
  gates.push(gate("non_exec", refusal ? refused : "ok", refusal ?? undefined));
  if (refusal) return nothing;
  if (!runtime.mapper) {
    gates.push(gate("mapper", "mapper_unavailable"));
    return nothing;
  }
  const segments = domain.reader.split(prompt);
  const texts = segments.map(({ text }) => segments.length === 1 ? prompt : text);
  const decisions = await decideAll(runtime.mapper, texts, active.point);
  const mapped = {
    ...nothing,
    label: domain.primitives.find((action) => action === decisions[0]?.predicted) ?? null,
    mappings: decisions.map((decision, i) => toMapping(decision, segments[i]!)),
  };
  gates.push(gate("mapper", mapperReason(decisions)));
  if (!gates.at(-1)!.ok) return mapped;

  const steps = readFolderSteps(
    domain,
    segments.map((segment, i) => ({ action: decisions[i]!.label!, segment })),
  );
  gates.push(checkSlots(domain, steps));
  if (!gates.at(-1)!.ok) return mapped;

  gates.push(checkGuards(domain, steps, context));
  return { ...mapped, plan: planOf(steps) };
}

/** Checks what a context states against the facts that a domain declares. */
function readContext({ facts }: FolderDomain, given: unknown): FolderContext {
  const shape = Object.entries(facts).map(([name, type]) => {
    const value = z.unknown().refine((found) => isOfType(found, type), { error: EXPECTED[type] });
    return [name, value.optional()] as const;
  });
  const type = z.strictObject(Object.fromEntries(shape), {
    error: (issue) => issue.code === "unrecognized_keys" ? undefined : "an object",
  });
  const schema = { name: "context", keys: Object.keys(facts), renamed: {} };
  return readInput(given ?? {}, type, schema) as FolderContext;
}

function mapperReason(decisions: readonly Decision[]): Reason {
  const weakest = decisions.find(({ label }) => label === null);
  if (decisions.length > 0 && !weakest) return "ok";
  return weakest?.reason === "low_confidence" || weakest?.reason === "near_margin"
    ? "low_confidence"
    : "abstain_non_exec";
}

function toMapping(decision: Decision, { span, text }: FolderSegment): StepMapping {
  const threshold = Number.isFinite(decision.threshold) ? decision.threshold : null;
  return { ...decision, threshold, span, text };
}

/** Every step has to be an order for now, with all slots that its action needs, each of one value. */
function checkSlots(domain: FolderDomain, steps: readonly FolderStep[]): GateVerdict {
  const [doubt] = steps.flatMap((step) => findDoubt(domain, step, steps.length) ?? []);
  const ambiguous = steps.flatMap((step) => step.ambiguous);
  const missing = steps.flatMap((step) => step.missing);
  const isClear = !doubt && ambiguous.length + missing.length === 0;
  return gate("slots", isClear ? "ok" : "abstain_non_exec", doubt ?? { ambiguous, missing });
}

/** What makes a step no order for now: of several steps each is asked by itself. */
function findDoubt(domain: FolderDomain, step: FolderStep, count: number) {
  const refusal = count > 1 ? detectFolderNonExecutable(step.text, domain.reader.gate) : null;
  // "Then turn it off" needs no word of the domain: the step before has it.
  const isFine = refusal === null || refusal.kind === "out_of_scope";
  const doubt = isFine ? unkeptTimeOf(domain, step) : refusal;
  if (!doubt) return null;
  const [start, end] = doubt.span;
  return { kind: doubt.kind, span: [start + step.span[0], end + step.span[0]] };
}

function checkGuards(
  domain: FolderDomain,
  steps: readonly FolderStep[],
  context: FolderContext,
): GateVerdict {
  const guards = verifyFolderSteps(domain, steps, context);
  const isMet = guards.every(({ verdict }) => verdict === "ok");
  return gate("guards", isMet ? "ok" : "abstain_non_exec", { guards });
}

function gate(name: GateVerdict["gate"], reason: Reason, detail?: unknown): GateVerdict {
  return { gate: name, ok: reason === "ok", reason, ...(detail !== undefined && { detail }) };
}

function planOf(steps: readonly FolderStep[]): RunPlan {
  return { sequence: steps.map(({ action }) => action), steps };
}
