/** Header fields by their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request as it came in. Nothing of its body is read before somebody asks for it. */
export interface ServeRequest {
  readonly method: string;
  /** Path and query, or a whole address. */
  readonly target: string;
  readonly headers: RequestHeaders;
  /**
   * Reads the whole body.
   *
   * @throws {HttpProblem} `body_too_large`, `slow_body` or `incomplete_body`.
   */
  readBody(limits: BodyLimits): Promise<Uint8Array>;
}

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** What is sent back. */
export interface ServeResponse {
  readonly status: number;
  /** `connection: close` ends the connection, whatever of the body has not come yet. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The value of a header that occurs once; undefined where it is absent or occurs twice. */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}
