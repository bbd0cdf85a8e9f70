import { MicroLmError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";

/** The part of `fetch` that is used here; tests and users with a proxy bring their own. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** How often and how patiently a request is repeated. */
export interface RetryPolicy {
  /** Attempts after the first one. */
  readonly retries: number;
  /** Milliseconds before the first repetition; doubles with each one. */
  readonly backoffMs: number;
  /** Spreads the waits, so that clients do not return all at once. */
  readonly random: Random;
  /** Stops the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that asks for a longer pause than this is not waited for. */
const LONGEST_PAUSE_MS = 60_000;

/** A failure that may pass by itself. */
export class TransientError extends Error {
  override readonly name = "TransientError";
  /** What the user is told if it does not pass. */
  readonly explained: MicroLmError;
  /** The pause that the server asks for. */
  readonly waitMs: number | undefined;

  /** Wraps what the user is told in the end. */
  constructor(explained: MicroLmError, waitMs?: number) {
    super(explained.message, { cause: explained });
    this.explained = explained;
    this.waitMs = waitMs;
  }
}

/**
 * Repeats an operation while it fails with a {@linkcode TransientError}, with exponential backoff and
 * jitter, or after the pause that the server asks for.
 *
 * @param madeProgress Whether the last attempt got further: then counting starts again.
 * @throws What the operation threw last; for a transient error its explanation.
 */
export async function retrying<T>(
  operation: () => Promise<T>,
  policy: RetryPolicy,
  madeProgress: () => boolean = () => false,
): Promise<T> {
  for (let failures = 0;; failures++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (madeProgress()) failures = 0;
      const spread = 0.5 + policy.random.uniform() / 2;
      const wait = error.waitMs ?? policy.backoffMs * 2 ** failures * spread;
      if (failures >= policy.retries || wait > LONGEST_PAUSE_MS) throw error.explained;
      await pause(wait, policy.signal);
    }
  }
}

/**
 * The pause that a server asks for in `Retry-After`, in milliseconds: seconds or a date (RFC 9110).
 *
 * @param now The time in milliseconds since 1970.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Says what a failed connection means to the user. Aborts by the caller's signal stay what they are. */
export function explainNetworkError(
  error: unknown,
  url: URL,
  signal: AbortSignal | undefined,
): unknown {
  if (error instanceof MicroLmError || error instanceof TransientError) return error;
  if (signal?.aborted) return signal.reason;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    return new MicroLmError("permission", `No permission to reach "${url.host}"`, {
      hint: `Grant it with --allow-net=${url.host}`,
      cause: error,
    });
  }
  return new TransientError(
    new MicroLmError("unavailable", `Cannot reach "${url.host}": ${reason}`, {
      hint: "Check the address and the connection",
      cause: error,
    }),
  );
}

/** Waits; rejects when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
