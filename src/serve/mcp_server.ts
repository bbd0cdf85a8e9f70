import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { resolvePolicy } from "../run/policy/policy.ts";
import type { MicroRuntime } from "../run/runtime_types.ts";
import type { Answer, Handler, HandlerContext } from "./handlers.ts";
import { handleMap, handleRun } from "./handlers.ts";
import { toHttpProblem } from "./http_problem.ts";
import { DEFAULT_SERVE_LIMITS, type ServeLimits } from "./limits.ts";
import { createMapQueue } from "./map_queue.ts";
import { createServeMetrics } from "./metrics.ts";
import { MAP_REQUEST, MAP_RESPONSE, RUN_REQUEST, RUN_RESPONSE } from "./requests.ts";

/** Options of {@linkcode startMcpServer}. */
export interface StartMcpServerOptions {
  /** How messages come and go. Default: standard input and output, one message a line. */
  readonly transport?: Transport;
  /** Limits that differ from {@linkcode DEFAULT_SERVE_LIMITS}. */
  readonly limits?: Partial<Pick<ServeLimits, "maxPromptLength">>;
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
  { transport, limits = {}, env = {}, onError = () => {} }: StartMcpServerOptions = {},
): Promise<MicroMcpServer> {
  // Loaded here: whoever imports the library should not wait for the protocol
  const { McpServer } = await import("@modelcontextprotocol/sdk/server/mcp.js");
  const server = new McpServer({ name: "micro-lm", version: "1" });
  const metrics = createServeMetrics();
  const context: HandlerContext = {
    runtime,
    queue: createMapQueue(runtime),
    metrics,
    limits: { ...DEFAULT_SERVE_LIMITS, ...limits },
    env,
    policy: resolvePolicy({}, { env }),
  };
  const call = async (handler: Handler, input: unknown): Promise<CallToolResult> => {
    try {
      return toResult(await handler(input, context));
    } catch (error) {
      const problem = toHttpProblem(error);
      if (problem.code === "internal") onError(error);
      const { title, detail = title, hint } = problem.toBody();
      return {
        isError: true,
        content: [{ type: "text", text: [detail, hint ?? []].flat().join("\n") }],
      };
    }
  };
  registerTools(server, call);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.server.onclose = resolve;
  server.server.onerror = onError;
  await server.connect(transport ?? await openStdio());
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
    inputSchema: MAP_REQUEST,
    outputSchema: MAP_RESPONSE,
    annotations: READ_ONLY,
  }, (input: unknown) => call(handleMap, input));
  server.registerTool("run_micro", {
    title: "Plan a prompt",
    description: "Turns a short prompt into a verified plan, or refuses and says why. Carry out " +
      "plan.steps in order only if ok is true; nothing is carried out here.",
    inputSchema: RUN_REQUEST,
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

/** Standard input and output; unlike the protocol's own, it notices when the client has gone. */
async function openStdio(): Promise<Transport> {
  const { StdioServerTransport } = await import("@modelcontextprotocol/sdk/server/stdio.js");
  const { stdin } = await import("node:process");
  const transport = new StdioServerTransport();
  stdin.once("end", () => void transport.close());
  return transport;
}
