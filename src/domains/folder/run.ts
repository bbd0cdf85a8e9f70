import { z } from "zod";
import { readInput } from "../../core/read_input.ts";
import { type Finding, NOTHING } from "../gates/finding.ts";
import { gate, type GateVerdict, mapperGate, toMapping } from "../gates/gate.ts";
import type { DomainRequest, RunTools } from "../planner.ts";
import { EXPECTED } from "./check.ts";
import { detectFolderNonExecutable } from "./gate.ts";
import { type FolderContext, TIME, verifyFolderSteps } from "./guards.ts";
import type { FactType } from "./schema.ts";
import { type FolderStep, readFolderSteps, unkeptTimeOf } from "./steps.ts";
import type { FolderRules } from "./rules.ts";
import type { FolderSegment } from "./split.ts";

/**
 * The gates of a prompt of a domain from a folder, in order; the first that fails ends the run. The reasons
 * are a closed set that knows no domain: a missing slot and a broken guard both give `abstain_non_exec`,
 * and the gate's detail says which slot, which guard, and what was found.
 */
export async function runFolder(
  rules: FolderRules,
  request: DomainRequest<FolderContext>,
  tools: RunTools,
): Promise<Finding> {
  const { prompt } = request;
  tools.phase("parse");
  const refusal = detectFolderNonExecutable(prompt, rules.reader.gate);
  const refused = refusal?.kind === "too_long" ? "invalid_input" : "abstain_non_exec";
  const first = gate("non_exec", refusal ? refused : "ok", refusal ?? undefined);
  const start = { ...NOTHING, flags: tools.flags, gates: [first] };
  if (refusal) return start;
  tools.phase("map");
  if (!tools.decide) return { ...start, gates: [first, gate("mapper", "mapper_unavailable")] };
  const segments = rules.reader.split(prompt);
  const texts = segments.map(({ text }) => segments.length === 1 ? prompt : text);
  const decisions = await tools.decide(texts);
  const second = mapperGate(decisions);
  const mapped = {
    ...start,
    label: rules.primitives.find((action) => action === decisions[0]?.predicted) ?? null,
    mappings: decisions.map((decision, i) => toMapping(decision, segments[i]!)),
    gates: [first, second],
  };
  if (!second.ok) return mapped;
  tools.phase("rails");
  const steps = readFolderSteps(
    rules,
    segments.map((segment, i) => ({ action: decisions[i]!.label!, segment })),
  );
  const slots = checkSlots(rules, steps);
  const read = { ...mapped, gates: [...mapped.gates, slots] };
  if (!slots.ok) return read;
  const asked = await tools.askEvidence(steps.map(({ action }) => action));
  const audited = {
    ...read,
    ...(asked.wdd && { wdd: asked.wdd }),
    gates: [...read.gates, ...asked.gates],
  };
  if (!asked.ok) return audited;
  const last = asked.sequence ? stepsOf(asked.sequence, rules, prompt, segments) : steps;
  const guarded = guardSteps(rules, audited, last, request);
  return asked.approval ? { ...guarded, approval: asked.approval } : guarded;
}

/** The steps of the evidence, each with the words of its own where there are as many. */
function stepsOf(
  sequence: readonly string[],
  rules: FolderRules,
  prompt: string,
  segments: readonly FolderSegment[],
): FolderStep[] {
  const whole: FolderSegment = { text: prompt, span: [0, prompt.length] };
  return readFolderSteps(
    rules,
    sequence.map((action, i) => ({
      action,
      segment: sequence.length === segments.length ? segments[i]! : whole,
    })),
  );
}

/** Asks the guards of the folder, the last gate. */
export function guardSteps(
  rules: FolderRules,
  before: Finding,
  steps: readonly FolderStep[],
  { context }: DomainRequest<FolderContext>,
): Finding {
  const guards = verifyFolderSteps(rules, steps, context);
  const isMet = guards.every(({ verdict }) => verdict === "ok");
  return {
    ...before,
    gates: [...before.gates, gate("guards", isMet ? "ok" : "abstain_non_exec", { guards })],
    plan: { sequence: steps.map(({ action }) => action), steps },
  };
}

/** The shape of a context: the facts that a domain declares. */
export function contextType({ facts }: Pick<FolderRules, "facts">): z.ZodType<FolderContext> {
  const shape = Object.entries(facts).map(([name, type]) =>
    [name, FACTS[type](EXPECTED[type]).optional()] as const
  );
  return z.strictObject(Object.fromEntries(shape), {
    error: (issue) => issue.code === "unrecognized_keys" ? undefined : "an object",
  }) as z.ZodType<FolderContext>;
}

const FACTS: Readonly<Record<FactType, (error: string) => z.ZodType>> = {
  boolean: (error) => z.boolean({ error }),
  number: (error) => z.number({ error }),
  text: (error) => z.string({ error }),
  time: (error) => z.string({ error }).regex(TIME, { error }),
};

/** Checks what a context states against the facts that a domain declares. */
export function readFolderContext({ facts }: FolderRules, given: unknown): FolderContext {
  const schema = { name: "context", keys: Object.keys(facts), renamed: {} };
  return readInput(given ?? {}, contextType({ facts }), schema);
}

/** Every step has to be an order for now, with all slots that its action needs, each of one value. */
function checkSlots(rules: FolderRules, steps: readonly FolderStep[]): GateVerdict {
  const [doubt] = steps.flatMap((step) => findDoubt(rules, step, steps.length) ?? []);
  const ambiguous = steps.flatMap((step) => step.ambiguous);
  const missing = steps.flatMap((step) => step.missing);
  const isClear = !doubt && ambiguous.length + missing.length === 0;
  return gate("slots", isClear ? "ok" : "abstain_non_exec", doubt ?? { ambiguous, missing });
}

/** What makes a step no order for now: of several steps each is asked by itself. */
function findDoubt(rules: FolderRules, step: FolderStep, count: number) {
  const refusal = count > 1 ? detectFolderNonExecutable(step.text, rules.reader.gate) : null;
  // "Then turn it off" needs no word of the domain: the step before has it.
  const isFine = refusal === null || refusal.kind === "out_of_scope";
  const doubt = isFine ? unkeptTimeOf(rules, step) : refusal;
  if (!doubt) return null;
  const [start, end] = doubt.span;
  return { kind: doubt.kind, span: [start + step.span[0], end + step.span[0]] };
}
