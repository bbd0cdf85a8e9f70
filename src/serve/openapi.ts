import { z } from "zod";
import type { Planner, RunExample } from "../domains/planner.ts";
import { POLICY_TYPE } from "../run/policy/policy.ts";
import { runRecordJsonSchema } from "../run/record/schema.ts";
import { PROBLEM_BODY, type ProblemCode, PROBLEMS } from "./http_problem.ts";
import type { Route } from "./routes.ts";

/**
 * The OpenAPI 3.1 document of the server, made of its routes and of what its domain takes.
 *
 * @param planner Says the shape of a context and has the examples; null for a domain without gates.
 */
export function openApiDocument(
  routes: readonly Route[],
  planner: Pick<Planner, "contextType" | "examples"> | null,
): Record<string, unknown> {
  const examples = planner?.examples ?? [];
  const named = routes.flatMap((route) =>
    route.method === "POST" ? [route.request, route.response] : []
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "micro-lm",
      version: "1",
      description: "Maps short prompts to one of a few known actions, or abstains and says why.",
    },
    paths: Object.fromEntries(routes.map((route) => [route.path, describe(route, examples)])),
    components: {
      schemas: {
        ...Object.fromEntries(
          named.map(({ name, schema }) => [
            name,
            schema === null ? embed(runRecordJsonSchema(), name) : toSchema(schema),
          ]),
        ),
        Policy: toSchema(POLICY_TYPE),
        Context: planner?.contextType ? toSchema(planner.contextType) : { type: "object" },
        Problem: toSchema(PROBLEM_BODY),
      },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

/** Groups that requests take whole, and what reads them. */
const GROUPS: Readonly<Record<string, string>> = { policy: "Policy", context: "Context" };

function toSchema(type: z.ZodType): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io: "input",
    override: ({ jsonSchema }) => {
      // That names are texts goes without saying, and some readers refuse the word
      delete jsonSchema.propertyNames;
    },
  });
  const { properties = {} } = schema;
  for (const [key, group] of Object.entries(GROUPS)) {
    const property = properties[key];
    // In schemas of policies and contexts themselves no key has these names
    if (typeof property !== "object" || property.additionalProperties === undefined) continue;
    properties[key] = { $ref: ref(group).$ref, description: property.description ?? "" };
  }
  return schema;
}

/** A schema that was a document of its own: what points to its root has to point further down. */
function embed(document: Readonly<Record<string, unknown>>, name: string): unknown {
  const { $schema: _, $id: __, ...schema } = document;
  const text = JSON.stringify(schema);
  return JSON.parse(text.replaceAll('"$ref":"#', `"$ref":"#/components/schemas/${name}`));
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const content = (type: string, name: string, more: Record<string, unknown> = {}) => ({
  [type]: { schema: ref(name), ...more },
});

/** What any request may be answered with. */
const OF_ALL: readonly ProblemCode[] = ["bad_request", "wrong_host", "head_too_large", "internal"];

function describe(route: Route, examples: readonly RunExample[]): Record<string, unknown> {
  const { method, operationId, summary, needsToken } = route;
  const operation = {
    operationId,
    summary,
    // Without a token the server asks for none
    security: needsToken ? [{ bearer: [] }, {}] : [{}],
    ...(route.method === "POST" && {
      requestBody: {
        required: true,
        content: content("application/json", route.request.name, examplesOf(route, examples)),
      },
    }),
    responses: {
      200: {
        description: "Done.",
        content: route.method === "POST"
          ? content(route.type, route.response.name)
          : { [route.type.split(";")[0]!]: {} },
      },
      ...problems([...route.problems, ...OF_ALL]),
    },
  };
  return { [method.toLowerCase()]: operation };
}

/** The examples as bodies of a route. */
function examplesOf(
  { exampleOf }: { readonly exampleOf: (example: RunExample) => unknown },
  examples: readonly RunExample[],
): Record<string, unknown> {
  if (examples.length === 0) return {};
  return {
    examples: Object.fromEntries(
      examples.map((example) => [example.name, { value: exampleOf(example) }]),
    ),
  };
}

function problems(codes: readonly ProblemCode[]): Record<string, unknown> {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code][0]))].sort();
  return Object.fromEntries(statuses.map((status) => {
    const titles = codes.filter((code) => PROBLEMS[code][0] === status)
      .map((code) => `${code}: ${PROBLEMS[code][1]}.`);
    return [status, {
      description: titles.join(" "),
      content: content("application/problem+json", "Problem"),
    }];
  }));
}
