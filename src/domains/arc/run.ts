import { MicroLmError } from "../../core/errors.ts";
import { type Finding, NOTHING, type PlanStep } from "../gates/finding.ts";
import { gate, toMapping } from "../gates/gate.ts";
import type { DomainRequest, RunTools } from "../planner.ts";
import { executeArcPlan } from "./execute.ts";
import { checkGrid, type Grid } from "./grid/grid.ts";
import { formatArcOp } from "./plan_text.ts";
import { parseArcPrompt, type ParsedStep } from "./read/parse_prompt.ts";
import { type GridPair, verifyArcInverse, verifyArcPairs } from "./verify.ts";

/** A step of an ARC plan. */
export interface ArcStepRecord extends PlanStep {
  /** The step with its arguments, such as `rotate(90)`. */
  readonly op: string;
  /** The grid after the step, if one was given. */
  readonly grid: Grid | null;
}

/** The gates of an ARC prompt: it is read, audited, carried out on the grid, and checked. */
export async function runArc(request: DomainRequest, tools: RunTools): Promise<Finding> {
  const { prompt, grid, pairs } = request;
  tools.phase("parse");
  // A wrong grid is an error whatever the prompt says.
  if (grid !== undefined) checkGrid(grid);
  if (pairs !== undefined) readPairs(pairs);
  const parsed = parseArcPrompt(prompt);
  if (!parsed.executable) {
    const { reason, detail, span } = parsed;
    const refused = reason === "too_long" ? "invalid_input" : "abstain_non_exec";
    return { ...NOTHING, gates: [gate("non_exec", refused, { reason, detail, span })] };
  }
  const read = gate("non_exec", "ok");
  const label = parsed.plan[0]?.op ?? null;
  const opinion = await askMapper(parsed.steps, tools);
  tools.phase("rails");
  const asked = await tools.askEvidence(parsed.plan.map(({ op }) => op));
  const before = { ...NOTHING, ...opinion, label, ...(asked.wdd && { wdd: asked.wdd }) };
  const gates = [read, ...asked.gates];
  if (!asked.ok) return { ...before, gates };
  const steps = asked.sequence ? stepsOf(asked.sequence, parsed.steps) : parsed.steps;
  if (!steps) {
    // The evidence names an action; what it is to be done with, only the words can tell.
    return { ...before, gates: [read, gate("evidence", "wdd:family:abstain", asked.sequence)] };
  }
  const done = guardGrids({ ...before, gates }, steps, request);
  return asked.approval ? { ...done, approval: asked.approval } : done;
}

/**
 * What a trained mapper says of each step, where there is one. The grammar reads the parameters, so it decides;
 * where the mapper is sure of another operation, a flag says so.
 */
async function askMapper(
  steps: readonly ParsedStep[],
  { decide, phase, flags }: RunTools,
): Promise<Pick<Finding, "mappings" | "flags">> {
  if (!decide) return { mappings: [], flags };
  phase("map");
  const decisions = await decide(steps.map(({ text }) => text));
  const differs = decisions.some(({ label }, i) => label !== null && label !== steps[i]!.step.op);
  return {
    mappings: decisions.map((decision, i) => {
      const { text, span: { start, end } } = steps[i]!;
      return toMapping(decision, { text, span: [start, end] });
    }),
    flags: differs ? [...flags, "mapper:disagrees"] : flags,
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

/** Carries the steps out on the grid, if there is one, and checks them. */
export function guardGrids(
  before: Finding,
  parsed: readonly ParsedStep[],
  { grid, pairs }: DomainRequest,
): Finding {
  const given = grid === undefined ? null : checkGrid(grid);
  const examples = pairs === undefined ? [] : readPairs(pairs);
  const plan = parsed.map(({ step }) => step);
  const after = (grids: readonly (Grid | null)[]): Finding => ({
    ...before,
    plan: {
      sequence: plan.map(({ op }) => op),
      steps: parsed.map(({ step, span, text }, i): ArcStepRecord => ({
        action: step.op,
        op: formatArcOp(step),
        span: [span.start, span.end],
        text,
        grid: grids[i] ?? null,
      })),
    },
  });
  if (!given && examples.length === 0) return after([]);
  try {
    const grids = given ? executeArcPlan(plan, given).steps.map((step) => step.grid) : [];
    const checked = examples.length > 0
      ? verifyArcPairs(plan, examples)
      : verifyArcInverse(plan, given!);
    const verdict = checked.reason === "mismatch"
      ? gate("grid", "abstain_non_exec", checked)
      : gate("grid", "ok");
    return {
      ...after(grids),
      gates: [...before.gates, verdict],
      verify: { steps: [], grid: checked },
    };
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    return {
      ...after([]),
      gates: [...before.gates, gate("grid", "invalid_input", error.message)],
    };
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
