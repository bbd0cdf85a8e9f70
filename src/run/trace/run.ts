import { sha256Hex } from "../../core/hash.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import type { MapperSource } from "../../mapper/mapper.ts";
import type { ActivePoint } from "../operating_point.ts";
import { honouredEnvironment } from "../policy/environment.ts";
import { DEFAULT_POLICY, type Policy, resolvePolicy } from "../policy/policy.ts";
import type { GateVerdict } from "../../domains/gates/gate.ts";
import type { Rails, RunRecord } from "../record/record.ts";
import type { MicroRuntime, RunRequest } from "../runtime_types.ts";

/** What a run was asked, as a trace keeps it. */
export interface TracedInputs {
  readonly domain: string;
  readonly prompt: string;
  readonly rails: Rails;
  readonly T: number;
  readonly dry_run: boolean;
  /** Policy and context as they were given; null for nothing. */
  readonly policy: unknown;
  readonly context: unknown;
  readonly grid?: unknown;
  readonly pairs?: unknown;
  /** Environment variables that policies honour, those that were set. */
  readonly env: Readonly<Record<string, string>>;
  /** The operating point before the policy. */
  readonly point: ActivePoint;
}

/** Hex sha256 of the inputs: of the prompt's text, of the canonical JSON of the others. */
export interface TracedHashes {
  readonly prompt: string;
  readonly policy: string;
  readonly context: string;
  readonly grid: string | null;
  readonly pairs: string | null;
  readonly resolved_policy: string;
  readonly resolved_context: string;
}

/** A gate with the numbers that it looked at. */
export interface TracedGate extends GateVerdict {
  readonly numbers?: unknown;
}

/** All that a trace says of a run; only JSON values. */
export interface TracedRun {
  readonly inputs: TracedInputs;
  readonly hashes: TracedHashes;
  /** Policy and context with everything filled in; a ratio to nothing is `"infinite"`. */
  readonly resolved: { readonly policy: unknown; readonly context: unknown };
  readonly artifacts: {
    readonly mapper: MapperSource | null;
    /** Whether the keyword mapper stood in for a trained one. */
    readonly is_fallback: boolean;
  };
  readonly gates: readonly TracedGate[];
  readonly record: RunRecord;
}

/** What {@linkcode describeRun} has to know of a runtime. */
export type TracedRuntime = Pick<
  MicroRuntime,
  "domain" | "opened" | "source" | "isFallback" | "point"
>;

/** Puts a run into the words of a trace. */
export function describeRun(
  record: RunRecord,
  request: RunRequest,
  runtime: TracedRuntime,
): TracedRun {
  const { policy: givenPolicy = null, context: givenContext = null, env = {} } = request;
  const policy = resolvePolicy(givenPolicy ?? {}, { env });
  const resolved = { policy, context: contextOf(givenContext ?? {}, policy, runtime) };
  const inputs: TracedInputs = {
    domain: runtime.domain,
    prompt: request.prompt,
    rails: request.rails ?? record.rails,
    T: request.T ?? record.T,
    dry_run: request.dryRun ?? false,
    policy: givenPolicy,
    context: givenContext,
    ...(request.grid !== undefined && { grid: request.grid }),
    ...(request.pairs !== undefined && { pairs: request.pairs }),
    env: honouredEnvironment(env),
    point: runtime.point(DEFAULT_POLICY.mapper),
  };
  return toJson({
    inputs,
    hashes: {
      prompt: sha256Hex(request.prompt),
      policy: hashOf(givenPolicy),
      context: hashOf(givenContext),
      grid: request.grid === undefined ? null : hashOf(request.grid),
      pairs: request.pairs === undefined ? null : hashOf(request.pairs),
      resolved_policy: hashOf(resolved.policy),
      resolved_context: hashOf(resolved.context),
    },
    resolved: withoutInfinity(resolved),
    artifacts: { mapper: runtime.source, is_fallback: runtime.isFallback },
    gates: record.aux.gates.map((gate) => withNumbers(gate, record)),
    record,
  });
}

function contextOf(given: unknown, policy: Policy, { opened }: TracedRuntime): unknown {
  return opened.planner === null ? given : opened.planner.readContext(given, policy);
}

/** The request that {@linkcode describeRun} described. */
export function requestOf(inputs: TracedInputs): RunRequest {
  const { prompt, policy, context, rails, T, dry_run: dryRun, grid, pairs, env } = inputs;
  return {
    prompt,
    policy,
    context,
    rails,
    T,
    dryRun,
    env,
    ...(grid !== undefined && { grid }),
    ...(pairs !== undefined && { pairs }),
  };
}

function withNumbers(gate: GateVerdict, { aux, verify }: RunRecord): TracedGate {
  if (gate.gate === "mapper" && aux.mappings.length > 0) {
    const numbers = aux.mappings.map((
      { predicted, confidence, margin, threshold, novelty, order_score, oos_score },
    ) => ({
      predicted,
      confidence,
      margin,
      threshold,
      ...(novelty !== undefined && { novelty }),
      ...(order_score !== undefined && { order_score }),
      ...(oos_score !== undefined && { oos_score }),
    }));
    return { ...gate, numbers };
  }
  return gate.gate === "guards" ? { ...gate, numbers: verify.steps } : gate;
}

function hashOf(value: unknown): string {
  return sha256Hex(canonicalJson(withoutInfinity(value)));
}

/** JSON has no infinity, and null says "unknown". */
function withoutInfinity(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => inner === Infinity ? "infinite" : inner),
  );
}

function toJson(run: unknown): TracedRun {
  return JSON.parse(canonicalJson(run));
}
