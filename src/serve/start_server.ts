import type { MicroRuntime } from "../run/runtime_types.ts";
import { createTokenCheck } from "./http/bearer_token.ts";
import { createCors } from "./http/cors.ts";
import { affordableConnections } from "./http/descriptors.ts";
import { watchEventLoop } from "./event_loop.ts";
import { createRequestHandler } from "./handle_request.ts";
import type { Facts, HandlerContext, Served } from "./handlers.ts";
import { createHostCheck } from "./http/host_check.ts";
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from "./limits.ts";
import { type HttpListener, listen } from "./http/listen.ts";
import type { LogEntry } from "./log_writer.ts";
import type { PlaygroundOptions } from "./ui/playground.ts";

/** What a server answers with beside its runtime. */
export interface ServedOptions {
  /**
   * The policy of who runs the server: a floor, which requests only make stricter; see
   * {@linkcode mergePolicies}. Default: that of nobody's choice, as a floor.
   */
  readonly policy?: unknown;
  /**
   * Says what is known of accounts and markets, anew for each run; the context of requests counts for
   * nothing then. Default: the callers say what is known.
   */
  readonly facts?: Facts | undefined;
  /** Environment variables to honour; see {@linkcode POLICY_ENVIRONMENT}. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Options of {@linkcode startServer}. */
export interface StartServerOptions extends ServedOptions {
  /** Address to listen on. Default: 127.0.0.1. Others than loopback addresses need a token. */
  readonly host?: string;
  /** Port; 0 for any that is free. Default: 8088. */
  readonly port?: number;
  /** Bearer token that requests have to show. Default: none is asked for. */
  readonly token?: string | undefined;
  /**
   * Names, beside those of this machine, that requests may ask for. Default: where no token is asked
   * for, none; else any.
   */
  readonly allowedHosts?: readonly string[];
  /** Origins whose pages may ask, such as `https://app.example.org`. Default: the server's own. */
  readonly corsOrigins?: readonly string[];
  /** Limits that differ from {@linkcode DEFAULT_SERVE_LIMITS}. */
  readonly limits?: Partial<ServeLimits>;
  /** Is told of every request and of defects. Default: nobody is. */
  readonly log?: (entry: LogEntry) => void;
  /** Whether entries hold what people wrote. Default: false. */
  readonly logPrompts?: boolean;
  /** A page at `/` to try prompts on, with rows for its sliders. Default: there is none. */
  readonly playground?: PlaygroundOptions;
}

/** A server that listens. */
export interface MicroServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:8088`. */
  readonly url: string;
  /**
   * Answers with another runtime, policy and facts from now on. Requests that have begun keep what they
   * began with; done when none needs it any more, and the runtime before may be disposed.
   */
  reload(runtime: MicroRuntime, options?: ServedOptions): Promise<void>;
  /**
   * Answers the requests that have begun, refuses new ones (503) and stops; what is not answered
   * after `limits.stopTimeoutMs` is cut off. Disposing does the same.
   */
  stop(): Promise<void>;
}

/**
 * Serves a runtime over HTTP: `POST /v1/map`, `/v1/map/batch`, `/v1/run`; `GET /healthz`, `/readyz`,
 * `/metrics`, `/openapi.json`, and `/` with `playground`. Prompts of requests that arrive together are encoded together. The
 * runtime stays the caller's: dispose it after the server.
 *
 * @throws {MicroLmError} Kind `usage` for a public address without a token, a token that is too
 * short, what is no origin, or an address that cannot be listened on; `permission` without `--allow-net` for it.
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
  const { host = "127.0.0.1", port = 8088, token, allowedHosts = [], corsOrigins = [] } = options;
  const { log = () => {}, logPrompts = false } = options;
  const needsToken = token !== undefined && token !== "";
  const playground = options.playground && await openPlayground(options.playground, needsToken);
  const asked = { ...DEFAULT_SERVE_LIMITS, ...options.limits };
  const limits = { ...asked, maxConnections: affordableConnections(asked.maxConnections) };
  const checkToken = createTokenCheck(token, host);
  const listener: { current: HttpListener | null } = { current: null };
  const handler = createRequestHandler(servedOf(runtime, options), {
    checkToken,
    checkHost: createHostCheck(allowedHosts, needsToken),
    cors: createCors(corsOrigins),
    limits,
    log,
    logPrompts,
    playground,
    gauges: () => ({
      connections: listener.current?.connections ?? 0,
      worstDelay: watch.worst,
    }),
  });
  // From here on something runs that has to be stopped: what is refused above leaves nothing behind
  const watch = watchEventLoop({ onDelay: (seconds) => handler.metrics.delay(seconds) });
  const shedding = sheddingLog(log, limits.maxConnections);
  try {
    listener.current = await listen({
      hostname: host,
      port,
      limits,
      handle: handler.handle,
      onRefused: (code) => {
        handler.metrics.refused(code);
        if (code === "overloaded") shedding();
      },
    });
  } catch (error) {
    watch[Symbol.dispose]();
    throw error;
  }
  const { hostname, port: actual } = listener.current;
  let stopped: Promise<void> | null = null;
  const stop = () =>
    stopped ??= stopServer(listener.current!, handler.stop, limits.stopTimeoutMs)
      .finally(() => watch[Symbol.dispose]());
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${actual}`,
    reload: (next, served = {}) => handler.use(servedOf(next, served)),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Its code is loaded by servers that show it alone. */
async function openPlayground(options: PlaygroundOptions, needsToken: boolean) {
  const { renderPlayground } = await import("./ui/playground.ts");
  return (context: HandlerContext) => renderPlayground(context, { ...options, needsToken });
}

function servedOf(runtime: MicroRuntime, { policy, facts, env = {} }: ServedOptions): Served {
  return { runtime, env, operator: policy, facts };
}

/** Says that connections are refused, once in ten seconds at most. */
function sheddingLog(log: (entry: LogEntry) => void, most: number): () => void {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return;
    next = now + 10_000;
    log({ level: "error", event: "shedding", reason: "connections", most });
  };
}

/** Bodies that are on their way arrive first, and what was sent is answered, within the time. */
async function stopServer(
  listener: HttpListener,
  stopHandler: () => Promise<void>,
  timeoutMs: number,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  listener.drain();
  await Promise.race([stopHandler(), late]);
  await listener.close(late);
  clearTimeout(timer);
}
