import { executeArcPlan } from "../domains/arc/execute.ts";
import { checkGrid, type Grid } from "../domains/arc/grid.ts";
import { parseArcPrompt } from "../domains/arc/parse_prompt.ts";
import { formatArcOp } from "../domains/arc/plan_text.ts";
import {
  type ArcVerification,
  type GridPair,
  verifyArcInverse,
  verifyArcPairs,
} from "../domains/arc/verify.ts";
import { MicroLmError } from "../errors.ts";
import type { Reason } from "./reasons.ts";
import type { ArcStepRecord, GateVerdict } from "./record.ts";
import type { Finding, ResolvedRequest } from "./finding.ts";

/** The gates of an ARC prompt: it is read, carried out on the grid, and checked. */
export function runArc({ prompt, grid, pairs, onPhase }: ResolvedRequest): Finding {
  onPhase?.("parse");
  const given = grid === undefined ? null : checkGrid(grid);
  const examples = pairs === undefined ? [] : readPairs(pairs);
  const gates: GateVerdict[] = [];
  const finding = { mappings: [], flags: [], sources: null, verify: { steps: [] }, gates };
  const parsed = parseArcPrompt(prompt);
  if (!parsed.executable) {
    const { reason, detail, span } = parsed;
    const refused: Reason = reason === "too_long" ? "invalid_input" : "abstain_non_exec";
    gates.push({ gate: "non_exec", ok: false, reason: refused, detail: { reason, detail, span } });
    return { ...finding, label: null, plan: { sequence: [], steps: [] } };
  }
  gates.push({ gate: "non_exec", ok: true, reason: "ok" });
  onPhase?.("rails");
  const sequence = parsed.plan.map(({ op }) => op);
  let grids: readonly (Grid | null)[] = parsed.plan.map(() => null);
  let checked: ArcVerification | undefined;
  try {
    if (given) grids = executeArcPlan(parsed.plan, given).steps.map((step) => step.grid);
    if (examples.length > 0) checked = verifyArcPairs(parsed.plan, examples);
    else if (given) checked = verifyArcInverse(parsed.plan, given);
    const isWrong = checked?.reason === "mismatch";
    if (given || examples.length > 0) {
      const reason: Reason = isWrong ? "abstain_non_exec" : "ok";
      gates.push({ gate: "grid", ok: !isWrong, reason, ...(isWrong && { detail: checked }) });
    }
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    gates.push({ gate: "grid", ok: false, reason: "invalid_input", detail: error.message });
  }
  const steps = parsed.steps.map(({ step, span, text }, i): ArcStepRecord => ({
    action: step.op,
    op: formatArcOp(step),
    span: [span.start, span.end],
    text,
    grid: grids[i] ?? null,
  }));
  return {
    ...finding,
    label: sequence[0] ?? null,
    plan: { sequence, steps },
    verify: { steps: [], ...(checked && { grid: checked }) },
  };
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
