/** How much a server takes on before it says no. */
export interface ServeLimits {
  /** Bytes of a body. Default: 1 MiB. */
  readonly maxBodyBytes: number;
  /** Bytes of the head of a request. Default: 16 KiB. */
  readonly maxHeadBytes: number;
  /** UTF-16 units of a prompt that is mapped. Default: 8,000. */
  readonly maxPromptLength: number;
  /** Prompts of one batch. Default: 1,024. */
  readonly maxBatch: number;
  /** Requests with a body in progress; more are told to come back. Default: 256. */
  readonly maxInFlight: number;
  /** Prompts that wait for the encoder; more are told to come back. Default: 8,192. */
  readonly maxQueued: number;
  /** Open connections; fewer where the process may open fewer files. Default: 1,024. */
  readonly maxConnections: number;
  /** Milliseconds for the head of a request to arrive. Default: 5,000. */
  readonly headTimeoutMs: number;
  /** Milliseconds for a whole body to arrive. Default: 10,000. */
  readonly bodyTimeoutMs: number;
  /** Milliseconds for a client to take an answer. Default: 10,000. */
  readonly answerTimeoutMs: number;
  /** Milliseconds for open requests to end once the server stops. Default: 15,000. */
  readonly stopTimeoutMs: number;
}

/** The limits where nobody has set others. */
export const DEFAULT_SERVE_LIMITS: ServeLimits = {
  maxBodyBytes: 1 << 20,
  maxHeadBytes: 1 << 14,
  maxPromptLength: 8_000,
  maxBatch: 1_024,
  maxInFlight: 256,
  maxQueued: 8_192,
  maxConnections: 1_024,
  headTimeoutMs: 5_000,
  bodyTimeoutMs: 10_000,
  answerTimeoutMs: 10_000,
  stopTimeoutMs: 15_000,
};
