import { resolvePolicy } from "../run/policy/policy.ts";
import type { MicroRuntime } from "../run/runtime_types.ts";
import { MicroLmError } from "../core/errors.ts";
import { createTokenCheck } from "./bearer_token.ts";
import { createRequestHandler, type RequestHandler } from "./handle_request.ts";
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from "./limits.ts";
import type { LogEntry } from "./log_writer.ts";

/** Options of {@linkcode startServer}. */
export interface StartServerOptions {
  /** Address to listen on. Default: 127.0.0.1. Others than loopback addresses need a token. */
  readonly host?: string;
  /** Port; 0 for any that is free. Default: 8088. */
  readonly port?: number;
  /** Bearer token that requests have to show. Default: none is asked for. */
  readonly token?: string | undefined;
  /** Limits that differ from {@linkcode DEFAULT_SERVE_LIMITS}. */
  readonly limits?: Partial<ServeLimits>;
  /** Is told of every request and of defects. Default: nobody is. */
  readonly log?: (entry: LogEntry) => void;
  /** Whether entries hold what people wrote. Default: false. */
  readonly logPrompts?: boolean;
  /** Environment variables to honour; see {@linkcode POLICY_ENVIRONMENT}. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A server that listens. */
export interface MicroServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:8088`. */
  readonly url: string;
  /**
   * Answers the requests that have begun, refuses new ones (503) and stops; what is not answered
   * after `limits.stopTimeoutMs` is cut off. Disposing does the same.
   */
  stop(): Promise<void>;
}

/**
 * Serves a runtime over HTTP: `POST /v1/map`, `/v1/map/batch`, `/v1/run`; `GET /healthz`, `/readyz`,
 * `/metrics`, `/openapi.json`. Prompts of requests that arrive together are encoded together. The
 * runtime stays the caller's: dispose it after the server.
 *
 * @throws {MicroLmError} Kind `usage` for a public address without a token, a token that is too
 * short, or an address that cannot be listened on; `permission` without `--allow-net` for it.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { startServer } from "micro-lm/serve";
 * import { assertRejects } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * await assertRejects(
 *   () => startServer(runtime, { host: "0.0.0.0" }),
 *   Error,
 *   'Cannot listen on "0.0.0.0" without a token',
 * );
 * ```
 *
 * With `await using server = await startServer(runtime)` it answers until the block ends:
 *
 * ```sh
 * curl http://127.0.0.1:8088/v1/map --json '{"prompt": "swap 2 ETH for USDC"}'
 * ```
 */
export async function startServer(
  runtime: MicroRuntime,
  options: StartServerOptions = {},
): Promise<MicroServer> {
  const { host = "127.0.0.1", port = 8088, token, env = {} } = options;
  const limits = { ...DEFAULT_SERVE_LIMITS, ...options.limits };
  const handler = createRequestHandler(runtime, {
    checkToken: createTokenCheck(token, host),
    limits,
    log: options.log ?? (() => {}),
    logPrompts: options.logPrompts ?? false,
    env,
    policy: resolvePolicy({}, { env }),
  });
  const cut = new AbortController();
  const server = await listen(host, port, cut.signal, handler.handle);
  let stopping: Promise<void> | null = null;
  const stop = () => stopping ??= stopServer(server, cut, handler, limits.stopTimeoutMs);
  const { hostname, port: actual } = server.addr;
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${actual}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function listen(
  hostname: string,
  port: number,
  signal: AbortSignal,
  handle: (request: Request) => Promise<Response>,
): Promise<Deno.HttpServer<Deno.NetAddr>> {
  try {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = Deno.serve({ hostname, port, signal, onListen: () => resolve() }, handle);
    await promise;
    return server;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new MicroLmError("permission", `No permission to listen on ${hostname}:${port}`, {
        hint: `Grant it with --allow-net=${hostname}:${port}`,
        cause: error,
      });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new MicroLmError("usage", `Cannot listen on ${hostname}:${port}: ${reason}`, {
      cause: error,
    });
  }
}

async function stopServer(
  server: Deno.HttpServer,
  cut: AbortController,
  handler: RequestHandler,
  timeoutMs: number,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), timeoutMs);
  try {
    // Shutting down interrupts bodies that are on their way: they have to arrive first
    if (await Promise.race([handler.stop(), late]) !== "late") {
      await Promise.race([server.shutdown(), late]);
    } else {
      cut.abort();
      await server.finished;
    }
  } finally {
    clearTimeout(timer);
  }
}
