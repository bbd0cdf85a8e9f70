import { z } from "zod";
import { OUTCOMES } from "../evaluate/decide.ts";
import { readInput, type Schema } from "../core/read_input.ts";
import { findRepeatedName } from "../core/text/json_fault.ts";
import { nameOf } from "../core/text/json_text.ts";
import { HttpProblem } from "./http_problem.ts";

const text = z.string({ error: "a text" });
const group = z.record(z.string(), z.unknown(), { error: "an object" });
const POLICY = group.describe(
  "Makes the policy of this server stricter for this request: lower ltv_max, higher hf_min, higher " +
    "mapper.confidence_threshold, … What would loosen it is left as the server has it.",
);
const object = <T extends z.core.$ZodShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => issue.code === "unrecognized_keys" ? undefined : "an object",
  });

const CLASSES = "a whole number from 1 to 1000";
const TOP_K = z.int({ error: CLASSES }).min(1, { error: CLASSES }).max(1000, { error: CLASSES })
  .optional().describe("Most probable classes to name. Default: 3.");

/** The body of `POST /v1/map`. */
export const MAP_REQUEST = object({
  prompt: text.describe("What a person wrote."),
  top_k: TOP_K,
  policy: POLICY.optional(),
});

/** The body of `POST /v1/map/batch`. */
export const BATCH_REQUEST = object({
  prompts: z.array(text, { error: "a list of texts" }).describe("Prompts, mapped in order."),
  top_k: TOP_K,
  policy: POLICY.optional(),
});

const SAMPLES = "a whole number from 16 to 4096";

// What a grid is, the domain says in the record; here it is said to readers of the schema alone
const SIDE = { type: "array", minItems: 1, maxItems: 30 };
const GRID = { ...SIDE, items: { ...SIDE, items: { type: "integer", minimum: 0, maximum: 9 } } };
const PAIRS = {
  items: {
    type: "object",
    properties: { input: GRID, output: GRID },
    required: ["input", "output"],
  },
};

/** The body of `POST /v1/run`. */
export const RUN_REQUEST = object({
  prompt: text.describe("What a person wrote."),
  policy: POLICY.optional(),
  context: group.optional().describe(
    "What is known of the account and the market: oracle, risk, positions, prices, balances. Counts " +
      "for nothing where the operator has a source of facts.",
  ),
  rails: z.enum(["stage11", "stage10", "none"], { error: '"stage11", "stage10" or "none"' })
    .optional().describe("Which rails look at the prompt beside the mapper. Default: stage10."),
  T: z.int({ error: SAMPLES }).min(16, { error: SAMPLES }).max(4096, { error: SAMPLES })
    .optional().describe(
      "Samples of a trace that the rails look at: of 90, 180 and 360 the nearest. Default: 180.",
    ),
  dry_run: z.boolean({ error: "true or false" }).optional()
    .describe("Say what would be allowed, and hand out no plan. Default: false."),
  grid: z.array(z.unknown(), { error: "a list of rows" }).meta(GRID).optional()
    .describe("ARC: the grid to change, as rows of numbers."),
  pairs: z.array(z.unknown(), { error: "a list of {input, output}" }).meta(PAIRS).optional()
    .describe("ARC: pairs of grids, {input, output}, that the plan has to explain."),
});

/** An object, or the same as JSON text: some agents write nested arguments as text. */
const OBJECT_OR_TEXT = {
  anyOf: [{ type: "object", additionalProperties: true }, { type: "string" }],
};
const asTextToo = (described: z.ZodType) =>
  z.unknown().optional().meta({
    ...OBJECT_OR_TEXT,
    description: `${described.description} As an object or as JSON text.`,
  });

/** The arguments of the tool `map_prompt`. */
export const MAP_ARGUMENTS = object({ ...MAP_REQUEST.shape, policy: asTextToo(POLICY) });

/** The arguments of the tool `run_micro`. */
export const RUN_ARGUMENTS = object({
  ...RUN_REQUEST.shape,
  policy: asTextToo(POLICY),
  context: asTextToo(RUN_REQUEST.shape.context),
});

/**
 * Arguments with what was written as JSON text read.
 *
 * @throws {HttpProblem} `invalid_json` for text that is none.
 */
export function readArguments(given: unknown): unknown {
  if (typeof given !== "object" || given === null) return given;
  const read = (key: string, value: unknown): unknown => {
    if (typeof value !== "string" || !(key === "policy" || key === "context")) return value;
    const fault = (what: string, cause?: unknown) =>
      new HttpProblem("invalid_json", `Cannot read ${key}: ${what}`, { cause });
    let json: unknown;
    try {
      json = JSON.parse(value);
    } catch (cause) {
      throw fault("it is a text, but no JSON", cause);
    }
    const twice = findRepeatedName(value);
    if (twice) throw fault(`the name ${nameOf(twice)} is there twice`);
    return json;
  };
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, read(key, value)]));
}

const DECISION = {
  label: z.string().nullable().describe("The action, or null when abstaining."),
  reason: z.enum(OUTCOMES).describe("Why it fired or abstained."),
  predicted: z.string().describe("The most probable class, also when abstaining."),
  confidence: z.number().describe("Its probability."),
  margin: z.number().describe("Its distance to the second probability."),
  threshold: z.number().nullable()
    .describe("The threshold that applied; null for a class that never fires."),
  novelty: z.number().optional()
    .describe("Share of the prompt that the training did not know, if that is measured."),
  order_score: z.number().optional()
    .describe("Probability that the prompt is an order at all, if the mapper can tell."),
  oos_score: z.number().optional()
    .describe("Probability that the prompt is out of scope, if the operating point limits it."),
  certificate: z.string().nullable()
    .describe("Id of the certificate of the operating point, or null."),
  top: z.array(object({ label: z.string(), probability: z.number() })).readonly()
    .describe("The most probable classes, the first first."),
};
const MAPPER = z.string().describe("Hex sha256 of the mapper that decided.");

/** The answer of `POST /v1/map`. */
export const MAP_RESPONSE = object({ ...DECISION, mapper_sha256: MAPPER });

/** The answer of `POST /v1/map/batch`. */
export const BATCH_RESPONSE = object({
  results: z.array(object(DECISION)).describe("One a prompt, in order."),
  mapper_sha256: MAPPER,
});

/** What every answer of `POST /v1/run` has; the record has more. */
export const RUN_RESPONSE = z.looseObject({
  schema: z.string(),
  domain: z.string(),
  prompt: z.string(),
  label: z.string().nullable(),
  score: z.number(),
  ok: z.boolean().describe("Whether the plan may be carried out."),
  reason: z.string().describe("Why not; ok or a risk that was not required if it may."),
  plan: z.looseObject({ sequence: z.array(z.string()), steps: z.array(z.looseObject({})) })
    .describe("Empty unless ok."),
  verify: z.looseObject({ ok: z.boolean(), reason: z.string(), failed: z.array(z.string()) }),
  flags: z.array(z.string()),
  det_hash: z.string(),
  abstained: z.boolean(),
});

/** Grids are three deep, policies two. Messages about deeper ones would exhaust the stack. */
const MAX_DEPTH = 16;

/**
 * Reads a body by its schema.
 *
 * @throws {MicroLmError} Kind `usage`: names the path, what was found and what was expected.
 * @throws {HttpProblem} `invalid_request` for a body of more than 16 levels.
 */
export function readRequest<T>(json: unknown, type: RequestType<T>): T {
  if (isDeeper(json, MAX_DEPTH)) {
    throw new HttpProblem("invalid_request", `Expected at most ${MAX_DEPTH} levels of nesting`);
  }
  const schema: Schema = { name: "body", keys: Object.keys(type.shape), renamed: RENAMED };
  return readInput(json, type, schema);
}

type RequestType<T> = z.ZodType<T> & { readonly shape: Readonly<Record<string, unknown>> };

const RENAMED = { dryRun: 'Write "dry_run"', text: 'Write "prompt"', input: 'Write "prompt"' };

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof item === "object" && isDeeper(item, depth - 1)) return true;
  }
  return false;
}
