import { executeArcPlan } from "../domains/arc/execute.ts";
import { checkGrid, type Grid } from "../domains/arc/grid/grid.ts";
import { parseArcPrompt, type ParsedStep } from "../domains/arc/read/parse_prompt.ts";
import { formatArcOp } from "../domains/arc/plan_text.ts";
import {
  type ArcVerification,
  type GridPair,
  verifyArcInverse,
  verifyArcPairs,
} from "../domains/arc/verify.ts";
import { MicroLmError } from "../core/errors.ts";
import { askEvidence } from "./ask_evidence.ts";
import type { Reason } from "./reasons.ts";
import type { ArcStepRecord, GateVerdict } from "./record/record.ts";
import { type Finding, NOTHING, type ResolvedRequest } from "./finding.ts";
import type { MicroRuntime } from "./runtime_types.ts";

/** The gates of an ARC prompt: it is read, audited, carried out on the grid, and checked. */
export async function runArc(runtime: MicroRuntime, request: ResolvedRequest): Promise<Finding> {
  const { prompt, grid, pairs, onPhase } = request;
  onPhase?.("parse");
  const given = grid === undefined ? null : checkGrid(grid);
  const examples = pairs === undefined ? [] : readPairs(pairs);
  const parsed = parseArcPrompt(prompt);
  if (!parsed.executable) {
    const { reason, detail, span } = parsed;
    const refused: Reason = reason === "too_long" ? "invalid_input" : "abstain_non_exec";
    const found = { reason, detail, span };
    return { ...NOTHING, gates: [{ gate: "non_exec", ok: false, reason: refused, detail: found }] };
  }
  onPhase?.("rails");
  const read: GateVerdict = { gate: "non_exec", ok: true, reason: "ok" };
  const label = parsed.plan[0]?.op ?? null;
  const asked = await askEvidence(runtime, request, parsed.plan.map(({ op }) => op));
  const before = { ...NOTHING, label, ...(asked.wdd && { wdd: asked.wdd }) };
  const gates = [read, ...asked.gates];
  if (!asked.ok) return { ...before, gates };
  const steps = asked.sequence ? stepsOf(asked.sequence, parsed.steps) : parsed.steps;
  if (!steps) {
    // The evidence names an action; what it is to be done with, only the words can tell.
    const gate = { gate: "evidence", ok: false, reason: "wdd:family:abstain" } as const;
    return { ...before, gates: [read, { ...gate, detail: asked.sequence }] };
  }
  const done = carryOut(steps, given, examples);
  return {
    ...before,
    gates: [...gates, ...done.gates],
    plan: { sequence: steps.map(({ step }) => step.op), steps: done.steps },
    verify: { steps: [], ...(done.checked && { grid: done.checked }) },
    ...(asked.approval && { approval: asked.approval }),
  };
}

/** The read steps in the order of the evidence; undefined if one of its actions was not read. */
function stepsOf(
  sequence: readonly string[],
  steps: readonly ParsedStep[],
): ParsedStep[] | undefined {
  const left = [...steps];
  const found = sequence.map((action) => {
    const at = left.findIndex(({ step }) => step.op === action);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  });
  return found.every((step) => step !== undefined) ? found as ParsedStep[] : undefined;
}

interface CarriedOut {
  readonly gates: readonly GateVerdict[];
  readonly steps: readonly ArcStepRecord[];
  readonly checked?: ArcVerification;
}

/** Carries the steps out on the grid, if there is one, and checks them. */
function carryOut(
  parsed: readonly ParsedStep[],
  given: Grid | null,
  examples: readonly GridPair[],
): CarriedOut {
  const plan = parsed.map(({ step }) => step);
  const record = (grids: readonly (Grid | null)[]) =>
    parsed.map(({ step, span, text }, i): ArcStepRecord => ({
      action: step.op,
      op: formatArcOp(step),
      span: [span.start, span.end],
      text,
      grid: grids[i] ?? null,
    }));
  if (!given && examples.length === 0) return { gates: [], steps: record([]) };
  try {
    const grids = given ? executeArcPlan(plan, given).steps.map((step) => step.grid) : [];
    const checked = examples.length > 0
      ? verifyArcPairs(plan, examples)
      : verifyArcInverse(plan, given!);
    const ok = checked.reason !== "mismatch";
    const reason: Reason = ok ? "ok" : "abstain_non_exec";
    const gate: GateVerdict = { gate: "grid", ok, reason, ...(!ok && { detail: checked }) };
    return { gates: [gate], steps: record(grids), checked };
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    const detail = error.message;
    const gate: GateVerdict = { gate: "grid", ok: false, reason: "invalid_input", detail };
    return { gates: [gate], steps: record([]) };
  }
}

/**
 * Reads pairs of grids.
 *
 * @throws {MicroLmError} Kind `usage` if they are no list, or what a wrong grid throws.
 */
export function readPairs(pairs: unknown): GridPair[] {
  if (!Array.isArray(pairs)) {
    throw new MicroLmError("usage", "Expected pairs to be a list of {input, output}");
  }
  return pairs.map((pair: { input?: unknown; output?: unknown } | null) => ({
    input: checkGrid(pair?.input),
    output: checkGrid(pair?.output),
  }));
}
