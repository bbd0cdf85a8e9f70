import { planHash } from "../domains/arc/plan_hash.ts";
import { MicroLmError } from "../core/errors.ts";
import { resolveContext } from "./context.ts";
import type { MergedPolicy } from "./policy/layers.ts";
import { policyOf } from "./policy/of_runtime.ts";
import { isApproval, orderReasons, type Reason } from "./reasons.ts";
import { type PolicyAuthors, RUN_SCHEMA, type RunPlan, type RunRecord } from "./record/record.ts";
import { runArc } from "./run_arc.ts";
import { runDefi } from "./run_defi.ts";
import { runFolder } from "./run_folder_domain.ts";
import type { Finding, ResolvedRequest } from "./finding.ts";
import type { MicroRuntime, RunRequest } from "./runtime_types.ts";

/** Runs a request on an open runtime. */
export async function runRequest(runtime: MicroRuntime, request: RunRequest): Promise<RunRecord> {
  const { rails = "stage11", T = 180 } = request;
  const { policy: operator, callerPolicy: caller, env } = request;
  const merged = policyOf(runtime, { operator, caller, env });
  const { policy, active } = merged;
  const context = resolveContext(runtime.folder ? {} : request.context ?? {}, policy);
  const authors = caller === undefined ? undefined : describeAuthors(merged);
  const resolved = { policy, context, rails, T, active, authors };
  const full = { ...request, resolved };
  const finding = await runDomain(runtime, full);
  return toRecord(runtime, full, finding);
}

/** Who set what the defaults do not say, and what a caller asked for in vain. */
function describeAuthors({ setBy, ignored }: MergedPolicy): PolicyAuthors {
  const said = Object.entries(setBy).filter(([, author]) => author !== "default");
  return { set_by: Object.fromEntries(said), ignored };
}

async function runDomain(runtime: MicroRuntime, request: ResolvedRequest): Promise<Finding> {
  if (runtime.folder) return await runFolder(runtime, runtime.folder, request);
  if (!Object.hasOwn(RUNS, runtime.domain)) {
    throw new MicroLmError("usage", `The domain ${runtime.domain} has no gates, slots or guards`, {
      hint: "Its mapper can be asked alone: deno task map, POST /v1/map, map_prompt. A folder of " +
        "YAML files gives a domain what a run needs: docs/guides/domains.md",
    });
  }
  return await RUNS[runtime.domain]!(runtime, request);
}

const RUNS: Readonly<
  Record<string, (runtime: MicroRuntime, request: ResolvedRequest) => Promise<Finding>>
> = { defi: runDefi, arc: runArc };

const NO_PLAN: RunPlan = { sequence: [], steps: [] };

function toRecord(
  runtime: MicroRuntime,
  { prompt, dryRun = false, resolved: { rails, T, active, authors } }: ResolvedRequest,
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
    ...(rails === "none" ? [] : [`rails:${rails}`]),
    ...(finding.wdd?.tags ?? []),
    ...(dryRun ? ["dry_run"] : []),
  ];
  const record = {
    schema: RUN_SCHEMA,
    domain: runtime.folder?.name ?? runtime.domain,
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
      ...(finding.wdd && { wdd: finding.wdd.detail }),
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
  };
  const keys = [...Object.keys(record), "artifacts"].sort();
  return {
    ...record,
    artifacts: {
      mapper,
      verify: finding.sources === null ? null : { sources: finding.sources },
      schema: { v: 1, keys },
    },
  };
}

function isReasonList(detail: unknown): detail is { readonly failed: readonly Reason[] } {
  return Array.isArray((detail as { failed?: unknown } | null | undefined)?.failed);
}
