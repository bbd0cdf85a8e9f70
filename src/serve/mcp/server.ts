import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { policyOf } from "../../run/policy/of_runtime.ts";
import type { MicroRuntime } from "../../run/runtime_types.ts";
import type { Answer, Facts, Handler, HandlerContext } from "../handlers.ts";
import { handleMap, handleRun } from "../handlers.ts";
import { overloaded, toHttpProblem } from "../http_problem.ts";
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from "../limits.ts";
import { createMapQueue } from "../map_queue.ts";
import { openLineTransport } from "./stdio.ts";
import { createServeMetrics } from "../metrics.ts";
import {
  MAP_ARGUMENTS,
  MAP_RESPONSE,
  readArguments,
  RUN_ARGUMENTS,
  RUN_RESPONSE,
} from "../requests.ts";

/** Options of {@linkcode startMcpServer}. */
export interface StartMcpServerOptions {
  /** How messages come and go. Default: standard input and output, one message a line. */
  readonly transport?: Transport;
  /** Limits that differ from {@linkcode DEFAULT_SERVE_LIMITS}. */
  readonly limits?: Partial<Pick<ServeLimits, "maxPromptLength" | "maxBodyBytes" | "maxInFlight">>;
  /** The policy of who runs the server: a floor, as {@linkcode StartServerOptions} has it. */
  readonly policy?: unknown;
  /** Says what is known; see {@linkcode StartServerOptions}. */
  readonly facts?: Facts | undefined;
  /** Environment variables to honour; see {@linkcode POLICY_ENVIRONMENT}. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Is told of defects and of messages that are none. Default: nobody is. */
  readonly onError?: (error: unknown) => void;
}

/** A server of the Model Context Protocol that is connected. */
export interface MicroMcpServer extends AsyncDisposable {
  /** Done when the client has gone or the server was disposed. */
  readonly closed: Promise<void>;
}

/**
 * Offers a runtime to agents by the Model Context Protocol, with two tools: `map_prompt`, what the
 * mapper alone says, and `run_micro`, from prompt to verified plan. Arguments and results are those of
 * `POST /v1/map` and `POST /v1/run`; what is not understood comes back as a result with `isError`, so
 * that the agent reads why. The runtime stays the caller's: dispose it after the server.
 *
 * @throws {TypeError} If the transport is in use already.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { startMcpServer } from "micro-lm/serve";
 * import { Client } from "@modelcontextprotocol/sdk/client/index.js";
 * import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
 * import { assertEquals } from "@std/assert";
 *
 * const [here, there] = InMemoryTransport.createLinkedPair();
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * await using _server = await startMcpServer(runtime, { transport: there });
 * const client = new Client({ name: "example", version: "1" });
 * await client.connect(here);
 * const { tools } = await client.listTools();
 * assertEquals(tools.map((tool: { name: string }) => tool.name), ["map_prompt", "run_micro"]);
 * await client.close();
 * ```
 */
export async function startMcpServer(
  runtime: MicroRuntime,
  { transport, limits = {}, env = {}, policy: operator, facts, onError = () => {} }:
    StartMcpServerOptions = {},
): Promise<MicroMcpServer> {
  // Loaded here: whoever imports the library should not wait for the protocol
  const { McpServer } = await import("@modelcontextprotocol/sdk/server/mcp.js");
  const server = new McpServer({ name: "micro-lm", version: "1" });
  const metrics = createServeMetrics([]);
  const bounds = { ...DEFAULT_SERVE_LIMITS, ...limits };
  let inFlight = 0;
  const context: HandlerContext = {
    runtime,
    queue: createMapQueue(runtime),
    metrics,
    limits: bounds,
    env,
    operator,
    own: policyOf(runtime, { operator, env }),
    facts,
  };
  const call = async (handler: Handler, input: unknown): Promise<CallToolResult> => {
    try {
      if (inFlight++ >= bounds.maxInFlight) throw overloaded();
      return toResult(await handler(readArguments(input), context));
    } catch (error) {
      const problem = toHttpProblem(error);
      if (problem.code === "internal") onError(error);
      const { title, detail = title, hint } = problem.toBody();
      return {
        isError: true,
        content: [{ type: "text", text: [detail, hint ?? []].flat().join("\n") }],
      };
    } finally {
      inFlight--;
    }
  };
  registerTools(server, call);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.server.onclose = resolve;
  server.server.onerror = onError;
  await server.connect(transport ?? await openStdio(bounds));
  return { closed, [Symbol.asyncDispose]: () => server.close() };
}

function registerTools(
  server: McpServer,
  call: (handler: Handler, input: unknown) => Promise<CallToolResult>,
): void {
  server.registerTool("map_prompt", {
    title: "Map a prompt",
    description: "Names the action that a short prompt asks for, or abstains and says why. " +
      "It checks neither slots nor guards: run_micro does.",
    inputSchema: MAP_ARGUMENTS,
    outputSchema: MAP_RESPONSE,
    annotations: READ_ONLY,
  }, (input: unknown) => call(handleMap, input));
  server.registerTool("run_micro", {
    title: "Plan a prompt",
    description: "Turns a short prompt into a verified plan, or refuses and says why. Carry out " +
      "plan.steps in order only if ok is true; nothing is carried out here. The limits are the " +
      "operator's: a policy can only make them stricter. State in context what was measured, " +
      "never what would make the plan pass.",
    inputSchema: RUN_ARGUMENTS,
    outputSchema: RUN_RESPONSE,
    annotations: READ_ONLY,
  }, (input: unknown) => call(handleRun, input));
}

const READ_ONLY = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

/** The same as data and as text, for clients that read only one of them. */
function toResult({ body }: Answer): CallToolResult {
  const text = JSON.stringify(body);
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) };
}

/** A message may be as large as a body, and what is around it. */
async function openStdio({ maxBodyBytes }: ServeLimits): Promise<Transport> {
  const { JSONRPCMessageSchema } = await import("@modelcontextprotocol/sdk/types.js");
  return openLineTransport({
    input: Deno.stdin.readable,
    write: (bytes) => Deno.stdout.write(bytes),
    maxBytes: maxBodyBytes + 1024,
    isMessage: (value) => JSONRPCMessageSchema.safeParse(value).success,
  });
}
