import type { z } from "zod";
import { handleBatch, handleMap, type Handler, handleRun } from "./handlers.ts";
import type { RunExample } from "../domains/planner.ts";
import type { ProblemCode } from "./http_problem.ts";
import {
  answerHealth,
  answerMetrics,
  answerOpenApi,
  answerPlayground,
  answerReady,
  type Probe,
} from "./probes.ts";
import {
  BATCH_REQUEST,
  BATCH_RESPONSE,
  MAP_REQUEST,
  MAP_RESPONSE,
  RUN_REQUEST,
} from "./requests.ts";

/** A path of the server: what answers it, what is sent and who may ask. */
export type Route = PostRoute | GetRoute;

interface AnyRoute {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Whether the token has to be shown, if there is one. */
  readonly needsToken: boolean;
  readonly type: string;
  readonly problems: readonly ProblemCode[];
}

/** A path that takes JSON and answers with JSON. */
export interface PostRoute extends AnyRoute {
  readonly method: "POST";
  readonly request: { readonly name: string; readonly schema: z.ZodType };
  /** A schema of null is that of a run record. */
  readonly response: { readonly name: string; readonly schema: z.ZodType | null };
  readonly handler: Handler;
  /** An example of the domain as a body. */
  readonly exampleOf: (example: RunExample) => unknown;
}

/** A path that says something about the server. */
export interface GetRoute extends AnyRoute {
  readonly method: "GET";
  readonly probe: Probe;
  /** Header fields of the answer. Default: those of all answers. */
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = "application/json";

/** What may be wrong with any body. */
const OF_A_BODY = [
  "invalid_json",
  "incomplete_body",
  "unauthorized",
  "slow_body",
  "body_too_large",
  "unsupported_media_type",
  "invalid_request",
  "conflict",
  "overloaded",
  "not_ready",
] as const satisfies readonly ProblemCode[];
const OF_A_MAPPING = [...OF_A_BODY, "no_mapper", "prompt_too_long"] as const;

/** All paths but that of the playground: requests, the document of the server, its metrics and its limits come from here. */
export const ROUTES: readonly Route[] = [
  {
    path: "/v1/map",
    method: "POST",
    operationId: "mapPrompt",
    summary: "What the mapper alone says of a prompt.",
    request: { name: "MapRequest", schema: MAP_REQUEST },
    response: { name: "MapResponse", schema: MAP_RESPONSE },
    type: JSON_TYPE,
    needsToken: true,
    problems: OF_A_MAPPING,
    handler: handleMap,
    exampleOf: ({ prompt }) => ({ prompt, top_k: 3 }),
  },
  {
    path: "/v1/map/batch",
    method: "POST",
    operationId: "mapPrompts",
    summary: "The same for many prompts, in order.",
    request: { name: "BatchRequest", schema: BATCH_REQUEST },
    response: { name: "BatchResponse", schema: BATCH_RESPONSE },
    type: JSON_TYPE,
    needsToken: true,
    problems: [...OF_A_MAPPING, "batch_too_large"],
    handler: handleBatch,
    exampleOf: ({ prompt }) => ({ prompts: [prompt] }),
  },
  {
    path: "/v1/run",
    method: "POST",
    operationId: "runMicro",
    summary: "From prompt to verified plan, or to a refusal.",
    request: { name: "RunRequest", schema: RUN_REQUEST },
    response: { name: "RunResponse", schema: null },
    type: JSON_TYPE,
    needsToken: true,
    problems: [...OF_A_BODY, "prompt_too_long", "no_facts"],
    handler: handleRun,
    exampleOf: ({ name: _, ...body }) => body,
  },
  {
    path: "/healthz",
    method: "GET",
    operationId: "isAlive",
    summary: "Whether the process answers.",
    type: JSON_TYPE,
    needsToken: false,
    problems: [],
    probe: answerHealth,
  },
  {
    path: "/readyz",
    method: "GET",
    operationId: "isReady",
    summary: "Whether requests are taken; 503 while stopping.",
    type: JSON_TYPE,
    needsToken: false,
    problems: ["not_ready"],
    probe: answerReady,
  },
  {
    path: "/metrics",
    method: "GET",
    operationId: "metrics",
    summary: "Counters for Prometheus.",
    type: "text/plain; version=0.0.4; charset=utf-8",
    needsToken: true,
    problems: ["unauthorized"],
    probe: answerMetrics,
  },
  {
    path: "/openapi.json",
    method: "GET",
    operationId: "openApi",
    summary: "This document.",
    type: JSON_TYPE,
    needsToken: false,
    problems: [],
    probe: answerOpenApi,
  },
];

/** The route of servers that show a playground. */
export const PLAYGROUND_ROUTE: GetRoute = {
  path: "/",
  method: "GET",
  operationId: "playground",
  summary: "A page to try prompts on.",
  type: "text/html; charset=utf-8",
  headers: {
    // The page itself says which scripts and styles it has
    "content-security-policy": "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
  },
  needsToken: false,
  problems: [],
  probe: answerPlayground,
};
