import { MICRO_LM_VERSION } from "../core/version.ts";
import { policyOf } from "../run/policy/of_runtime.ts";
import type { TokenCheck } from "./http/bearer_token.ts";
import { allowed, type Cors, isPreflight, NO_CORS } from "./http/cors.ts";
import {
  headerOf,
  type RequestHeaders,
  type ServeRequest,
  type ServeResponse,
} from "./http/exchange.ts";
import type { HandlerContext, Served } from "./handlers.ts";
import type { HostCheck } from "./http/host_check.ts";
import { HttpProblem, overloaded, toHttpProblem } from "./http_problem.ts";
import type { ServeLimits } from "./limits.ts";
import { describeRequest, type RequestFacts } from "./log_entry.ts";
import type { LogEntry } from "./log_writer.ts";
import { createMapQueue } from "./map_queue.ts";
import { createServeMetrics, type Gauges, type ServeMetrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { type ProbeContext, stopping } from "./probes.ts";
import { readJsonBody } from "./http/read_body.ts";
import { PLAYGROUND_ROUTE, type PostRoute, type Route, ROUTES } from "./routes.ts";

/** What a request handler is made with. */
export interface CreateRequestHandlerOptions {
  readonly checkToken: TokenCheck;
  readonly checkHost: HostCheck;
  /** Default: no page of another origin may ask. */
  readonly cors?: Cors;
  readonly limits: ServeLimits;
  readonly log: (entry: LogEntry) => void;
  readonly logPrompts: boolean;
  /** Renders the playground from what is served. Default: there is none. */
  readonly playground?: ((context: HandlerContext) => string) | undefined;
  /** Numbers for the metrics that others keep. */
  readonly gauges: () => Pick<Gauges, "connections" | "worstDelay">;
}

/** Answers requests until it is told that the server stops. */
export interface RequestHandler {
  readonly metrics: ServeMetrics;
  handle(request: ServeRequest): Promise<ServeResponse>;
  /**
   * Answers with something else from now on; done when no request needs what it had before. Requests
   * keep what they began with.
   */
  use(served: Served): Promise<void>;
  /** Takes no more work from now on; done when what has begun is answered. */
  stop(): Promise<void>;
}

/** A context, and how many requests use it. */
interface Use {
  readonly context: HandlerContext;
  /** The document that describes it. */
  readonly openApi: string;
  users: number;
  /** Called when it was replaced and nobody uses it any more. */
  onUnused: (() => void) | null;
}

/** Makes the function that turns requests into responses; it never rejects. */
export function createRequestHandler(
  served: Served,
  options: CreateRequestHandlerOptions,
): RequestHandler {
  const { checkToken, checkHost, cors = NO_CORS, limits, log, logPrompts, gauges, playground } =
    options;
  const routes = playground ? [...ROUTES, PLAYGROUND_ROUTE] : ROUTES;
  const byPath = new Map(routes.map((route) => [route.path, route]));
  const metrics = createServeMetrics([...byPath.keys()]);
  const state = { inFlight: 0, isStopping: false };
  const useOf = (from: Served): Use => {
    const { runtime, operator, env } = from;
    const openApi = JSON.stringify(openApiDocument(routes, runtime.opened.planner));
    const queue = createMapQueue(runtime, { onBatch: metrics.batch });
    const own = policyOf(runtime, { operator, env });
    const context = { ...from, queue, metrics, limits, own };
    return { context, openApi, users: 0, onUnused: null };
  };
  let current = useOf(served);
  const probed = (): ProbeContext => ({
    queue: current.context.queue,
    metrics,
    state,
    gauges: () => ({ ...gauges(), build: buildOf(current.context) }),
    openApi: current.openApi,
    ...(playground && { playground: () => playground(current.context) }),
  });
  const series = crypto.randomUUID().slice(0, 8);
  let count = 0;
  const idle = Promise.withResolvers<void>();

  /** Reads the body and hands it to the route, among no more requests than the limit. */
  const post = async (route: PostRoute, request: ServeRequest, facts: RequestFacts) => {
    if (state.isStopping) throw stopping();
    if (state.inFlight >= limits.maxInFlight) throw overloaded();
    state.inFlight++;
    const use = current;
    use.users++;
    try {
      const { json, bytes } = await readJsonBody(request, limits);
      facts.bytes = bytes;
      return await route.handler(json, use.context);
    } finally {
      if (--use.users === 0) use.onUnused?.();
      if (--state.inFlight === 0 && state.isStopping) idle.resolve();
    }
  };
  const answer = async (request: ServeRequest, route: Route | undefined, facts: RequestFacts) => {
    checkHost(request);
    checkMethod(request.method, route);
    if (route.needsToken) checkToken(request.headers);
    if (route.method === "GET") return route.probe(probed());
    const { body, prompts } = await post(route, request, facts);
    facts.prompts = prompts;
    return JSON.stringify(body);
  };
  const respond = async (request: ServeRequest, id: string, facts: RequestFacts) => {
    const route = byPath.get(pathOf(request.target));
    const shared = cors(request);
    facts.path = route?.path ?? "other";
    try {
      if (route && isPreflight(request, shared)) {
        checkHost(request);
        return { status: 204, headers: { ...shared, ...allowed(route.method) }, body: "" };
      }
      const body = await answer(request, route, facts);
      const more = route!.method === "GET" ? route!.headers : undefined;
      return toResponse(200, body, route!.type, id, { ...more, ...shared });
    } catch (error) {
      facts.error = error;
      const problem = toHttpProblem(error);
      const body = JSON.stringify(problem.toBody());
      return toResponse(problem.status, body, "application/problem+json", id, {
        ...problem.headers,
        ...shared,
      });
    }
  };

  return {
    metrics,
    handle: async (request) => {
      const start = performance.now();
      const id = requestId(request.headers, series, count++);
      const facts: RequestFacts = { path: "other", method: request.method };
      const response = await respond(request, id, facts);
      const ms = performance.now() - start;
      metrics.request(facts.path, response.status, ms / 1000);
      log(describeRequest(id, response.status, ms, facts, logPrompts));
      return response;
    },
    use: (next) => {
      const before = current;
      current = useOf(next);
      if (before.users === 0) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      before.onUnused = resolve;
      return promise;
    },
    stop: () => {
      state.isStopping = true;
      if (state.inFlight === 0) idle.resolve();
      return idle.promise;
    },
  };
}

/** What answers, for the metrics. */
function buildOf({ runtime: { opened, source } }: HandlerContext): Record<string, string> {
  return {
    version: MICRO_LM_VERSION,
    deno: Deno.version.deno,
    domain: opened.name,
    backend: source?.backend ?? "none",
    mapper: source?.sha256 ?? "none",
  };
}

function toResponse(
  status: number,
  body: string,
  type: string,
  id: string,
  more: Readonly<Record<string, string>> = {},
): ServeResponse {
  const headers = {
    "content-type": type,
    "x-request-id": id,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...more,
  };
  return { status, headers, body };
}

/** The path of `/path?query`, or of a whole address. */
function pathOf(target: string): string {
  const path = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(target)![1]!;
  return path === "" ? "/" : path;
}

function checkMethod(method: string, route: Route | undefined): asserts route is Route {
  if (!route) {
    throw new HttpProblem("not_found", "", { hint: "GET /openapi.json lists the paths" });
  }
  const allowed = route.method === "POST" ? ["POST"] : ["GET", "HEAD"];
  if (allowed.includes(method)) return;
  throw new HttpProblem("method_not_allowed", `Expected ${allowed[0]}, got ${method}`, {
    headers: { allow: allowed.join(", ") },
  });
}

/** The id that the caller gave, if it fits into a log, or one of ours. */
function requestId(headers: RequestHeaders, series: string, count: number): string {
  const given = headerOf(headers, "x-request-id");
  return given !== undefined && /^[\w.:-]{1,64}$/.test(given)
    ? given
    : `${series}-${count.toString(36)}`;
}
