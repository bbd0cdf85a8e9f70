import { z } from "zod";
import { MicroLmError } from "../core/errors.ts";
import { InputShapeError } from "../core/read_input.ts";

/** What each code of a problem means, and the HTTP status that goes with it. */
export const PROBLEMS = {
  bad_request: [400, "The request is not HTTP/1.1"],
  invalid_json: [400, "The body is not JSON"],
  incomplete_body: [400, "The body ended early"],
  unauthorized: [401, "A bearer token is needed"],
  not_found: [404, "There is nothing at this path"],
  no_mapper: [404, "This server has no mapper"],
  method_not_allowed: [405, "The path does not take this method"],
  conflict: [409, "The request contradicts itself or what this server has"],
  slow_head: [408, "The head of the request took too long"],
  slow_body: [408, "The body took too long"],
  body_too_large: [413, "The body is too large"],
  prompt_too_long: [413, "A prompt is too long"],
  batch_too_large: [413, "There are too many prompts"],
  unsupported_media_type: [415, "The body has to be application/json"],
  wrong_host: [421, "This server does not answer under that name"],
  invalid_request: [422, "The body has another shape than /openapi.json says"],
  head_too_large: [431, "The head of the request is too large"],
  internal: [500, "A defect of the server"],
  overloaded: [503, "There is too much to do already"],
  no_facts: [503, "What the operator knows cannot be read"],
  not_ready: [503, "The server is stopping"],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** The code of a problem: what a program looks at. */
export type ProblemCode = keyof typeof PROBLEMS;

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** A problem as the body of a response, in the form of RFC 9457. */
export const PROBLEM_BODY = z.strictObject({
  title: z.string(),
  status: z.int(),
  code: z.enum(CODES),
  detail: z.string().optional().describe("What was found and what was expected."),
  hint: z.string().optional().describe("What the caller can do."),
});

/** Options of {@linkcode HttpProblem}. */
export interface HttpProblemOptions {
  readonly hint?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that cannot be answered as asked; becomes a response. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** Creates a problem; the detail says what was found and what was expected. */
  constructor(
    code: ProblemCode,
    detail = "",
    { hint, headers = {}, cause }: HttpProblemOptions = {},
  ) {
    super(detail, { cause });
    this.code = code;
    this.status = PROBLEMS[code][0];
    this.hint = hint;
    this.headers = headers;
  }

  /** The body of the response. */
  toBody(): z.infer<typeof PROBLEM_BODY> {
    const [status, title] = PROBLEMS[this.code];
    return {
      title,
      status,
      code: this.code,
      ...(this.message !== "" && { detail: this.message }),
      ...(this.hint !== undefined && { hint: this.hint }),
    };
  }
}

/** The problem of a server that has enough to do. */
export function overloaded(): HttpProblem {
  return new HttpProblem("overloaded", "", { headers: { "retry-after": "1" } });
}

/**
 * The problem that an error is to the caller: a wrong shape is told from a body of the right shape that
 * cannot be true or cannot be done here. What is none of the caller's doing stays unsaid.
 */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof MicroLmError && (error.kind === "usage" || error.kind === "data")) {
    const code = error instanceof InputShapeError ? "invalid_request" : "conflict";
    return new HttpProblem(code, error.message, { hint: error.hint });
  }
  return new HttpProblem("internal");
}
