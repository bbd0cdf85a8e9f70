import { MicroLmError } from "../core/errors.ts";
import type { MergedPolicy } from "../run/policy/layers.ts";
import { policyOf } from "../run/policy/of_runtime.ts";
import type { AuditPolicy } from "../run/policy/policy.ts";
import type { MappedPrompt, MicroRuntime, RunRequest } from "../run/runtime_types.ts";
import { HttpProblem, overloaded } from "./http_problem.ts";
import type { ServeLimits } from "./limits.ts";
import type { MapQueue } from "./map_queue.ts";
import type { ServeMetrics } from "./metrics.ts";
import { BATCH_REQUEST, MAP_REQUEST, readRequest, RUN_REQUEST } from "./requests.ts";

/** What answers rest on: a reload replaces it as a whole. */
export interface Served {
  readonly runtime: MicroRuntime;
  /** Environment variables that a policy may honour. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The policy of who runs the server, as it was given. */
  readonly operator: unknown;
  /** What is known of accounts and markets, if the operator says so and not the caller. */
  readonly facts?: Facts | undefined;
}

/** What the handlers of a server work with. */
export interface HandlerContext extends Served {
  readonly queue: MapQueue;
  readonly metrics: ServeMetrics;
  readonly limits: ServeLimits;
  /** What the operator's policy comes to for requests that bring none. */
  readonly own: MergedPolicy;
}

/** A source of what is known, asked anew for each run. */
export type Facts = () => Promise<unknown>;

/** An answer, and what the log says about it. */
export interface Answer {
  readonly body: unknown;
  readonly prompts: readonly string[];
}

/** Answers a body that was parsed. */
export type Handler = (json: unknown, context: HandlerContext) => Promise<Answer>;

/** `POST /v1/map` */
export const handleMap: Handler = async (json, context) => {
  const { prompt, policy, top_k } = readRequest(json, MAP_REQUEST);
  const prompts = [prompt];
  const mapped = await mapAll({ prompts, policy, top_k }, context);
  return { body: { ...mapped[0]!, mapper_sha256: sha256Of(context) }, prompts };
};

/** `POST /v1/map/batch` */
export const handleBatch: Handler = async (json, context) => {
  const { prompts, policy, top_k } = readRequest(json, BATCH_REQUEST);
  const { maxBatch } = context.limits;
  if (prompts.length > maxBatch) {
    throw new HttpProblem(
      "batch_too_large",
      `Expected at most ${maxBatch} prompts, got ${prompts.length}`,
    );
  }
  const results = await mapAll({ prompts, policy, top_k }, context);
  return { body: { results, mapper_sha256: sha256Of(context) }, prompts };
};

/** `POST /v1/run` */
export const handleRun: Handler = async (json, context) => {
  const { runtime, metrics, limits, env, operator, own } = context;
  const { dry_run, policy, rails, T, context: told, ...request } = readRequest(json, RUN_REQUEST);
  checkLength([request.prompt], limits);
  checkPolicy(policy, runtime);
  const known = context.facts ? await readFacts(context.facts, context) : told;
  const record = await runtime.run({
    ...request,
    policy: operator,
    ...((policy ?? operator) !== undefined && { callerPolicy: policy ?? {} }),
    ...(known !== undefined && { context: known }),
    // Rails that the operator's audit needs are not the caller's to switch off
    ...(rails !== undefined && !needsRails(own.policy.audit) && { rails }),
    ...(T !== undefined && { T: nearestSamples(T) }),
    ...(dry_run !== undefined && { dryRun: dry_run }),
    env,
  } as RunRequest);
  metrics.run(record.ok, record.label);
  return { body: record, prompts: [request.prompt] };
};

function needsRails({ backend, gate, mode }: AuditPolicy): boolean {
  return backend !== null || gate || mode !== "detector";
}

/** Each is calibrated once, which takes a second: callers cannot ask for a thousand of them. */
const SAMPLES = [90, 180, 360] as const;

function nearestSamples(T: number): number {
  return SAMPLES.reduce((best, one) => Math.abs(one - T) < Math.abs(best - T) ? one : best);
}

/** Facts that cannot be read are no reason to believe the caller, nor to find fault with the request. */
async function readFacts(facts: Facts, { runtime, own }: HandlerContext): Promise<unknown> {
  try {
    const known = await facts();
    runtime.opened.planner?.readContext(known ?? {}, own.policy);
    return known;
  } catch (cause) {
    throw new HttpProblem("no_facts", "", { headers: { "retry-after": "1" }, cause });
  }
}

interface MapRequest {
  readonly prompts: readonly string[];
  readonly policy: Record<string, unknown> | undefined;
  readonly top_k: number | undefined;
}

async function mapAll(
  { prompts, policy, top_k }: MapRequest,
  { runtime, queue, metrics, limits, env, operator, own }: HandlerContext,
): Promise<MappedPrompt[]> {
  if (!runtime.mapper) throw new HttpProblem("no_mapper", `The domain is ${runtime.domain}`);
  checkLength(prompts, limits);
  checkPolicy(policy, runtime);
  const { active } = policy === undefined
    ? own
    : policyOf(runtime, { operator, caller: policy, env });
  if (queue.waiting + prompts.length > limits.maxQueued) throw overloaded();
  const mapped = await queue.map(prompts, active, top_k === undefined ? {} : { topK: top_k });
  for (const { reason, predicted } of mapped) metrics.decision(reason, predicted);
  return mapped;
}

function checkLength(prompts: readonly string[], { maxPromptLength }: ServeLimits): void {
  const long = prompts.findIndex((prompt) => prompt.length > maxPromptLength);
  if (long < 0) return;
  throw new HttpProblem(
    "prompt_too_long",
    `Expected prompts of at most ${maxPromptLength} characters, got ${prompts[long]!.length}` +
      (prompts.length > 1 ? ` at ${long}` : ""),
  );
}

function sha256Of({ runtime }: HandlerContext): string {
  return runtime.source!.sha256;
}

/** The mapper is open already: a request that names another one would get a wrong answer. */
function checkPolicy(policy: Record<string, unknown> | undefined, runtime: MicroRuntime): void {
  const mapper = policy?.["mapper"] as Record<string, unknown> | null | undefined;
  if (typeof mapper !== "object" || mapper === null) return;
  if (typeof mapper["model_path"] === "string") {
    throw new MicroLmError("usage", "Cannot choose a mapper by request", {
      hint: "The server opens one mapper when it starts: leave out policy.mapper.model_path",
    });
  }
  if (mapper["use_wordmap_fallback"] === false && runtime.isFallback) {
    throw new MicroLmError("usage", "Cannot do without the keyword mapper: it is all there is");
  }
}
