import { z } from "zod";
import { runRecordJsonSchema } from "../run/record/schema.ts";
import { PROBLEM_BODY, PROBLEMS } from "./http_problem.ts";
import {
  BATCH_REQUEST,
  BATCH_RESPONSE,
  MAP_REQUEST,
  MAP_RESPONSE,
  RUN_REQUEST,
} from "./requests.ts";

/** The OpenAPI 3.1 document of the server, made of the schemas that check the bodies. */
export function openApiDocument(): Record<string, unknown> {
  const schemas = {
    MapRequest: toSchema(MAP_REQUEST),
    MapResponse: toSchema(MAP_RESPONSE),
    BatchRequest: toSchema(BATCH_REQUEST),
    BatchResponse: toSchema(BATCH_RESPONSE),
    RunRequest: toSchema(RUN_REQUEST),
    RunResponse: embed(runRecordJsonSchema(), "RunResponse"),
    Problem: toSchema(PROBLEM_BODY),
  };
  return {
    openapi: "3.1.0",
    info: {
      title: "micro-lm",
      version: "1",
      description: "Maps short prompts to one of a few known actions, or abstains and says why.",
    },
    paths: {
      "/v1/map": post("mapPrompt", "What the mapper alone says of a prompt.", "Map"),
      "/v1/map/batch": post("mapPrompts", "The same for many prompts, in order.", "Batch"),
      "/v1/run": post("runMicro", "From prompt to verified plan, or to a refusal.", "Run"),
      "/healthz": get("isAlive", "Whether the process answers.", "application/json"),
      "/readyz": get(
        "isReady",
        "Whether requests are taken; 503 while stopping.",
        "application/json",
      ),
      "/metrics": get("metrics", "Counters for Prometheus.", "text/plain", [{ bearer: [] }]),
      "/openapi.json": get("openApi", "This document.", "application/json"),
    },
    components: {
      schemas,
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

function toSchema(type: z.ZodType): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(type);
  return schema;
}

/** A schema that was a document of its own: what points to its root has to point further down. */
function embed(document: Readonly<Record<string, unknown>>, name: string): unknown {
  const { $schema: _, $id: __, ...schema } = document;
  const text = JSON.stringify(schema);
  return JSON.parse(text.replaceAll('"$ref":"#', `"$ref":"#/components/schemas/${name}`));
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const content = (type: string, name: string) => ({ [type]: { schema: ref(name) } });

function post(operationId: string, summary: string, name: string): unknown {
  return {
    post: {
      operationId,
      summary,
      // Without a token the server asks for none
      security: [{ bearer: [] }, {}],
      requestBody: { required: true, content: content("application/json", `${name}Request`) },
      responses: {
        200: { description: "Done.", content: content("application/json", `${name}Response`) },
        ...problems(400, 401, 404, 408, 413, 415, 422, 429, 500),
      },
    },
  };
}

function get(
  operationId: string,
  summary: string,
  type: string,
  security: readonly unknown[] = [],
): unknown {
  return {
    get: {
      operationId,
      summary,
      security: [...security, {}],
      responses: {
        200: { description: "Done.", content: { [type]: {} } },
        ...(operationId === "isReady" ? problems(503) : {}),
        ...(security.length > 0 ? problems(401) : {}),
      },
    },
  };
}

function problems(...statuses: readonly number[]): Record<string, unknown> {
  return Object.fromEntries(statuses.map((status) => {
    const titles = Object.entries(PROBLEMS).filter(([, [its]]) => its === status);
    return [status, {
      description: titles.map(([code, [, title]]) => `${code}: ${title}.`).join(" "),
      content: content("application/problem+json", "Problem"),
    }];
  }));
}
