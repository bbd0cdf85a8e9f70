import { MicroLmError } from "../core/errors.ts";
import { type Policy, resolvePolicy } from "../run/policy/policy.ts";
import type { MappedPrompt, MicroRuntime, RunRequest } from "../run/runtime_types.ts";
import { HttpProblem } from "./http_problem.ts";
import type { ServeLimits } from "./limits.ts";
import type { MapQueue } from "./map_queue.ts";
import type { ServeMetrics } from "./metrics.ts";
import { BATCH_REQUEST, MAP_REQUEST, readRequest, RUN_REQUEST } from "./requests.ts";

/** What the handlers of a server work with. */
export interface HandlerContext {
  readonly runtime: MicroRuntime;
  readonly queue: MapQueue;
  readonly metrics: ServeMetrics;
  readonly limits: ServeLimits;
  /** Environment variables that a policy may honour. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The policy of requests that bring none. */
  readonly policy: Policy;
}

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
export const handleRun: Handler = async (json, { runtime, metrics, env }) => {
  const { dry_run, ...request } = readRequest(json, RUN_REQUEST);
  checkPolicy(request.policy, runtime);
  const given = { ...request, ...(dry_run !== undefined && { dryRun: dry_run }), env };
  const record = await runtime.run(given as RunRequest);
  metrics.run(record.ok);
  return { body: record, prompts: [request.prompt] };
};

interface MapRequest {
  readonly prompts: readonly string[];
  readonly policy: Record<string, unknown> | undefined;
  readonly top_k: number | undefined;
}

async function mapAll(
  { prompts, policy, top_k }: MapRequest,
  { runtime, queue, metrics, limits, env, policy: own }: HandlerContext,
): Promise<MappedPrompt[]> {
  if (!runtime.mapper) throw new HttpProblem("no_mapper", `The domain is ${runtime.domain}`);
  const { maxPromptLength, maxQueued } = limits;
  const long = prompts.findIndex((prompt) => prompt.length > maxPromptLength);
  if (long >= 0) {
    throw new HttpProblem(
      "prompt_too_long",
      `Expected prompts of at most ${maxPromptLength} characters, got ${prompts[long]!.length}` +
        (prompts.length > 1 ? ` at ${long}` : ""),
    );
  }
  checkPolicy(policy, runtime);
  const { mapper } = policy === undefined ? own : resolvePolicy(policy, { env });
  if (queue.waiting + prompts.length > maxQueued) throw overloaded();
  const mapped = await queue.map(prompts, mapper, top_k === undefined ? {} : { topK: top_k });
  for (const { reason } of mapped) metrics.decision(reason);
  return mapped;
}

/** The problem of a server that has enough to do. */
export function overloaded(): HttpProblem {
  return new HttpProblem("overloaded", "", { headers: { "retry-after": "1" } });
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
