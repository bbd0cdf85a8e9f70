import { planHash } from "../domains/arc/plan_hash.ts";
import type { Domain } from "../domains/domain.ts";
import type { Finding } from "../domains/gates/finding.ts";
import { isApproval, orderReasons, type Reason } from "../domains/gates/reasons.ts";
import type { StepMapping } from "../domains/gates/gate.ts";
import type { Planner, RunTools } from "../domains/planner.ts";
import { MicroLmError } from "../core/errors.ts";
import { decideOrders } from "./decide_orders.ts";
import { askEvidence } from "./ask_evidence.ts";
import type { ActivePoint } from "./operating_point.ts";
import type { MergedPolicy } from "./policy/layers.ts";
import { policyOf } from "./policy/of_runtime.ts";
import type { Policy } from "./policy/policy.ts";
import {
  DEFAULT_RAILS,
  DEFAULT_SAMPLES,
  type PolicyAuthors,
  type Rails,
  RUN_SCHEMA,
  type RunRecord,
} from "./record/record.ts";
import type { MicroRuntime, RunRequest } from "./runtime_types.ts";

/** A request with everything filled in. */
interface ResolvedRequest extends RunRequest {
  readonly policy: Policy;
  readonly rails: Rails;
  readonly T: number;
  readonly active: ActivePoint;
  /** Of a policy in which somebody else has a say. */
  readonly authors?: PolicyAuthors | undefined;
}

/** Runs a request on an open runtime. */
export async function runRequest(runtime: MicroRuntime, request: RunRequest): Promise<RunRecord> {
  const { rails = DEFAULT_RAILS, T = DEFAULT_SAMPLES } = request;
  const { policy: operator, callerPolicy: caller, env } = request;
  const merged = policyOf(runtime, { operator, caller, env });
  const { policy, active } = merged;
  const authors = caller === undefined ? undefined : describeAuthors(merged);
  const resolved = { ...request, policy, rails, T, active, authors };
  const planner = plannerOf(runtime.opened);
  const { prompt, grid, pairs } = request;
  const context = planner.readContext(request.context ?? {}, policy);
  const asked = { prompt, policy, context, grid, pairs };
  const finding = await planner.run(asked, toolsOf(runtime, resolved));
  return toRecord(runtime, resolved, finding);
}

/** Who set what the defaults do not say, and what a caller asked for in vain. */
function describeAuthors({ setBy, ignored }: MergedPolicy): PolicyAuthors {
  const said = Object.entries(setBy).filter(([, author]) => author !== "default");
  return { set_by: Object.fromEntries(said), ignored };
}

function plannerOf({ name, planner }: Domain): Planner {
  if (planner === null) {
    throw new MicroLmError("usage", `The domain ${name} has no gates, slots or guards`, {
      hint: "Its mapper can be asked alone: deno task map, POST /v1/map, map_prompt. A folder of " +
        "YAML files gives a domain what a run needs: docs/guides/domains.md",
    });
  }
  return planner;
}

function toolsOf(runtime: MicroRuntime, request: ResolvedRequest): RunTools {
  const { mapper, isFallback } = runtime;
  const { prompt, policy: { audit }, rails, T, active, onPhase } = request;
  return {
    decide: mapper && ((texts, proved) => decideOrders(mapper, texts, active, proved)),
    flags: isFallback && mapper ? ["mapper:wordmap_fallback"] : [],
    askEvidence: (planned) => askEvidence(runtime, { prompt, audit, rails, T }, planned),
    phase: (name) => onPhase?.(name),
  };
}

const NO_PLAN: Finding["plan"] = { sequence: [], steps: [] };

function toRecord(
  runtime: MicroRuntime,
  { prompt, dryRun = false, rails, T, active, authors }: ResolvedRequest,
  finding: Finding,
): RunRecord {
  const failed = orderReasons(
    finding.gates.filter(({ ok }) => !ok).flatMap(({ reason, detail }) =>
      isReasonList(detail) ? detail.failed : [reason]
    ),
  );
  const reason: Reason = failed[0] ?? finding.approval ?? "ok";
  const allowed = isApproval(reason);
  const ok = allowed && !dryRun;
  const plan = ok ? finding.plan : NO_PLAN;
  const { point } = active;
  const certificate = finding.isVerbatim ? active.certificate : null;
  const tags = [
    ...(finding.wdd?.tags ?? []),
    ...(dryRun ? ["dry_run"] : []),
  ];
  const record = {
    schema: RUN_SCHEMA,
    domain: runtime.opened.name,
    prompt,
    rails,
    T,
    label: finding.label,
    score: finding.mappings.length === 0
      ? 0
      : Math.min(...finding.mappings.map(({ confidence }) => confidence)),
    ok,
    reason,
    top1: plan.sequence[0] ?? null,
    sequence: plan.sequence,
    plan,
    verify: { ok, reason, failed, tags, ...finding.verify },
    flags: finding.flags,
    aux: {
      gates: finding.gates,
      mappings: finding.mappings,
      ...(dryRun && { would_allow: allowed ? finding.plan.sequence : [] }),
      ...(authors && { policy: authors }),
    },
    det_hash: planHash(plan.sequence),
    wdd_summary: finding.wdd?.summary ?? null,
    abstained: plan.sequence.length === 0,
  } as const;
  const mapper = runtime.source && {
    backend: runtime.source.backend,
    encoder: runtime.source.encoder ?? null,
    sha256: runtime.source.sha256,
    point,
    certificate,
    score: record.score,
    ...weakest(finding.mappings),
  };
  const keys = [...Object.keys(record), "artifacts"].sort();
  return {
    ...record,
    artifacts: {
      mapper,
      verify: {
        ok,
        reason,
        sources: finding.sources as RunRecord["artifacts"]["verify"]["sources"],
      },
      wdd: finding.wdd?.detail ?? null,
      schema: { v: 1, keys },
    },
  };
}

/** What the mapper said of the step that it was least sure of. */
function weakest(mappings: readonly StepMapping[]) {
  const [least] = mappings.toSorted((a, b) => a.confidence - b.confidence);
  if (!least) return { reason: null, aux: null };
  const { label, predicted, margin, threshold, text } = least;
  return { reason: least.reason, aux: { label, predicted, margin, threshold, text } };
}

function isReasonList(detail: unknown): detail is { readonly failed: readonly Reason[] } {
  return Array.isArray((detail as { failed?: unknown } | null | undefined)?.failed);
}
