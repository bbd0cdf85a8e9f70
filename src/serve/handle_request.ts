import type { Policy } from "../run/policy/policy.ts";
import type { MicroRuntime } from "../run/runtime_types.ts";
import type { TokenCheck } from "./bearer_token.ts";
import {
  handleBatch,
  handleMap,
  type Handler,
  type HandlerContext,
  handleRun,
  overloaded,
} from "./handlers.ts";
import { HttpProblem, toHttpProblem } from "./http_problem.ts";
import type { ServeLimits } from "./limits.ts";
import type { LogEntry } from "./log_writer.ts";
import { createMapQueue } from "./map_queue.ts";
import { createServeMetrics, type Route, ROUTES } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { readJsonBody } from "./read_body.ts";

/** What a request handler is made with. */
export interface CreateRequestHandlerOptions {
  readonly checkToken: TokenCheck;
  readonly limits: ServeLimits;
  readonly log: (entry: LogEntry) => void;
  readonly logPrompts: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly policy: Policy;
}

/** Answers requests until it is told that the server stops. */
export interface RequestHandler {
  handle(request: Request): Promise<Response>;
  /** Takes no more work from now on; done when what has begun is answered. */
  stop(): Promise<void>;
}

const POSTS: Readonly<Partial<Record<Route, Handler>>> = {
  "/v1/map": handleMap,
  "/v1/map/batch": handleBatch,
  "/v1/run": handleRun,
};

/** A method or a path can be any text: the log has those that it knows. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What is known of a request when it is logged. */
interface Facts {
  bytes?: number;
  prompts?: readonly string[];
  error?: unknown;
}

/** Makes the function that turns requests into responses; it never rejects. */
export function createRequestHandler(
  runtime: MicroRuntime,
  { checkToken, limits, log, logPrompts, env, policy }: CreateRequestHandlerOptions,
): RequestHandler {
  const metrics = createServeMetrics();
  const queue = createMapQueue(runtime, { onBatch: metrics.batch });
  const context: HandlerContext = { runtime, queue, metrics, limits, env, policy };
  const openApi = JSON.stringify(openApiDocument());
  const series = crypto.randomUUID().slice(0, 8);
  let count = 0;
  let inFlight = 0;
  let isStopping = false;
  const idle = Promise.withResolvers<void>();

  const answerPost = async (handler: Handler, request: Request, facts: Facts) => {
    if (isStopping) throw stopping();
    if (inFlight >= limits.maxInFlight) throw overloaded();
    inFlight++;
    try {
      const { json, bytes } = await readJsonBody(request, limits);
      facts.bytes = bytes;
      const { body, prompts } = await handler(json, context);
      facts.prompts = prompts;
      return JSON.stringify(body);
    } finally {
      if (--inFlight === 0 && isStopping) idle.resolve();
    }
  };
  const answerGet = (route: Route): readonly [string, string] => {
    if (route === "/openapi.json") return [openApi, JSON_TYPE];
    if (route === "/metrics") {
      const memory = Deno.memoryUsage();
      return [metrics.render({ inFlight, queued: queue.waiting, memory }), METRICS_TYPE];
    }
    if (route === "/readyz" && isStopping) throw stopping();
    return ['{"ok":true}', JSON_TYPE];
  };
  const answer = async (request: Request, route: Route, id: string, facts: Facts) => {
    try {
      const handler = POSTS[route];
      checkRoute(request.method, route, handler !== undefined);
      if (handler) {
        checkToken(request.headers);
        return respond(200, await answerPost(handler, request, facts), JSON_TYPE, id);
      }
      if (route === "/metrics") checkToken(request.headers);
      const [body, type] = answerGet(route);
      return respond(200, body, type, id);
    } catch (error) {
      facts.error = error;
      const problem = toHttpProblem(error);
      const body = JSON.stringify(problem.toBody());
      return respond(problem.status, body, "application/problem+json", id, problem.headers);
    }
  };

  return {
    handle: async (request) => {
      const start = performance.now();
      const route = routeOf(request.url);
      const id = requestId(request.headers, series, count++);
      const facts: Facts = {};
      const response = await answer(request, route, id, facts);
      const ms = performance.now() - start;
      metrics.request(route, response.status, ms / 1000);
      log(describeRequest(id, request.method, route, response.status, ms, facts, logPrompts));
      return response;
    },
    stop: () => {
      isStopping = true;
      if (inFlight === 0) idle.resolve();
      return idle.promise;
    },
  };
}

const JSON_TYPE = "application/json";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function respond(
  status: number,
  body: string,
  type: string,
  id: string,
  more?: Readonly<Record<string, string>>,
): Response {
  return new Response(body, {
    status,
    headers: { "content-type": type, "x-request-id": id, "cache-control": "no-store", ...more },
  });
}

function stopping(): HttpProblem {
  return new HttpProblem("not_ready", "", { headers: { "retry-after": "1", connection: "close" } });
}

/** The route of `http://host/path?query`. */
function routeOf(url: string): Route {
  const from = url.indexOf("/", url.indexOf("://") + 3);
  const to = url.search(/[?#]/);
  const path = url.slice(from, to < 0 ? undefined : to);
  return path !== "other" && (ROUTES as readonly string[]).includes(path) ? path as Route : "other";
}

function checkRoute(method: string, route: Route, isPost: boolean): void {
  if (route === "other") {
    throw new HttpProblem("not_found", "", { hint: "GET /openapi.json lists the paths" });
  }
  const allowed = isPost ? ["POST"] : ["GET", "HEAD"];
  if (allowed.includes(method)) return;
  throw new HttpProblem("method_not_allowed", `Expected ${allowed[0]}, got ${method}`, {
    headers: { allow: allowed.join(", ") },
  });
}

/** The id that the caller gave, if it fits into a log, or one of ours. */
function requestId(headers: Headers, series: string, count: number): string {
  const given = headers.get("x-request-id");
  return given !== null && /^[\w.:-]{1,64}$/.test(given)
    ? given
    : `${series}-${count.toString(36)}`;
}

function describeRequest(
  id: string,
  method: string,
  route: Route,
  status: number,
  ms: number,
  { bytes, prompts, error }: Facts,
  logPrompts: boolean,
): LogEntry {
  const isDefect = status === 500;
  return {
    level: isDefect ? "error" : "info",
    event: "request",
    id,
    method: METHODS.includes(method) ? method : "other",
    route,
    status,
    ms: Math.round(ms * 1000) / 1000,
    ...(bytes !== undefined && { bytes }),
    ...(prompts && { count: prompts.length }),
    ...(error !== undefined && { code: toHttpProblem(error).code }),
    // Where a defect happened, without its message, which may quote the prompt
    ...(isDefect && { defect: error instanceof Error ? stackOf(error) : typeof error }),
    ...(logPrompts && prompts && { prompts }),
  };
}

function stackOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.slice(0, 5).map((line) => line.trim())].join(" ");
}
