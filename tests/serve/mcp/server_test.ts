import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openRuntime } from "../../../src/run/runtime.ts";
import { type MicroMcpServer, startMcpServer } from "../../../src/serve/mcp/server.ts";
import { MAP_RESPONSE, RUN_RESPONSE } from "../../../src/serve/requests.ts";

const SWAP = "swap 2 ETH for USDC";
const CONTEXT = { oracle: { age_sec: 5 } };

async function connectClient(transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  return client;
}

async function withClient(
  run: (client: Client, server: MicroMcpServer) => Promise<void>,
  onError: (error: unknown) => void = () => {},
): Promise<void> {
  const [here, there] = InMemoryTransport.createLinkedPair();
  await using runtime = await openRuntime({ backend: "wordmap" });
  await using server = await startMcpServer(runtime, { transport: there, onError });
  const client = await connectClient(here);
  await run(client, server);
  await client.close();
  await server.closed;
}

interface Called {
  readonly isError: boolean;
  readonly text: string;
  readonly data: Record<string, unknown> | undefined;
}

async function call(client: Client, name: string, input: Record<string, unknown>): Promise<Called> {
  const result = await client.callTool({ name, arguments: input });
  const [first] = result.content as { type: string; text: string }[];
  return {
    isError: result.isError === true,
    text: first!.text,
    data: result.structuredContent as Record<string, unknown> | undefined,
  };
}

Deno.test("startMcpServer() offers two tools that change nothing", async () => {
  await withClient(async (client) => {
    const { tools } = await client.listTools();
    assertEquals(tools.map((tool: { name: string }) => tool.name), ["map_prompt", "run_micro"]);
    for (const { inputSchema, outputSchema, annotations, description } of tools) {
      assertEquals(inputSchema.required, ["prompt"]);
      assertEquals(inputSchema["additionalProperties"], false);
      assert(outputSchema !== undefined && description !== undefined);
      assertEquals(annotations!.readOnlyHint, true);
    }
  });
});

Deno.test("startMcpServer() maps a prompt as the runtime does", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const [expected] = await runtime.map([SWAP]);
  await withClient(async (client) => {
    const { data, text } = await call(client, "map_prompt", { prompt: SWAP });
    assertEquals(MAP_RESPONSE.parse(data), {
      ...expected!,
      mapper_sha256: runtime.source!.sha256,
    });
    assertEquals(JSON.parse(text), data);
  });
});

Deno.test("startMcpServer() runs a prompt to a record, or refuses it in one", async () => {
  await withClient(async (client) => {
    const { data } = await call(client, "run_micro", { prompt: SWAP, context: CONTEXT });
    assertEquals(RUN_RESPONSE.parse(data).plan.sequence, ["swap_asset"]);
    const { data: refused, isError } = await call(client, "run_micro", { prompt: `don't ${SWAP}` });
    assertEquals([refused!["ok"], refused!["reason"], isError], [false, "abstain_non_exec", false]);
  });
});

Deno.test("startMcpServer() reads policy and context from JSON text, too", async () => {
  await withClient(async (client) => {
    const told = { policy: { ltv_max: 0.5 }, context: CONTEXT };
    const written = { policy: '{"ltv_max": 0.5}', context: JSON.stringify(CONTEXT) };
    const asObjects = await call(client, "run_micro", { prompt: SWAP, ...told });
    assertEquals(await call(client, "run_micro", { prompt: SWAP, ...written }), asObjects);
    const { policy } = written;
    assertEquals((await call(client, "map_prompt", { prompt: SWAP, policy })).isError, false);
  });
});

Deno.test("startMcpServer() writes schemas that every client reads", async () => {
  await withClient(async (client) => {
    const { tools } = await client.listTools();
    const text = JSON.stringify(tools);
    assert(!text.includes("propertyNames"));
    assert(!/"items":\{\}/.test(text));
  });
});

const WRONG: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["map_prompt", {}, "prompt"],
  ["map_prompt", { prompt: SWAP, polcy: {} }, "polcy"],
  ["map_prompt", { prompt: "a".repeat(8001) }, "Expected prompts of at most 8000 characters"],
  ["run_micro", { prompt: SWAP, rails: "stage12" }, "stage11"],
  ["run_micro", { prompt: SWAP, policy: { ltv_maxx: 1 } }, 'did you mean "ltv_max"?'],
  ["run_micro", { prompt: SWAP, context: { oracle: 3 } }, "Expected context.oracle"],
  ["run_micro", { prompt: SWAP, context: '{"oracle": 3}' }, "Expected context.oracle"],
  ["run_micro", { prompt: SWAP, context: "{oracle" }, "Cannot read context: it is a text"],
  ["run_micro", { prompt: SWAP, context: "3" }, "body.context to be an object"],
  ["map_prompt", { prompt: SWAP, policy: '{"a":1,"a":2}' }, 'the name "a" is there twice'],
  [
    "run_micro",
    { prompt: SWAP, policy: { mapper: { model_path: "x" } } },
    "Cannot choose a mapper",
  ],
];

Deno.test("startMcpServer() tells the agent what was wrong", async () => {
  await withClient(async (client) => {
    for (const [tool, input, text] of WRONG) {
      const called = await call(client, tool, input);
      assert(called.isError, text);
      assertStringIncludes(called.text, text);
    }
    assertEquals((await call(client, "map_prompt", { prompt: SWAP })).isError, false);
  });
});

Deno.test("startMcpServer() hides its defects from the agent", async () => {
  const [here, there] = InMemoryTransport.createLinkedPair();
  await using runtime = await openRuntime({ backend: "wordmap" });
  const broken = { ...runtime, run: () => Promise.reject(new Error("a private path")) };
  const errors: unknown[] = [];
  await using _server = await startMcpServer(broken, {
    transport: there,
    onError: (error) => errors.push(error),
  });
  const client = await connectClient(here);
  const { isError, text } = await call(client, "run_micro", { prompt: SWAP });
  assertEquals([isError, text], [true, "A defect of the server"]);
  assertEquals(errors.map(String), ["Error: a private path"]);
  await client.close();
});

/** Flags of a domain, a prompt, its context and what it asks for. */
const SPOKEN: readonly (readonly [readonly string[], string, object, string])[] = [
  [[], SWAP, CONTEXT, "swap_asset"],
  [["--domain", "examples/home"], "turn off the fan", {}, "turn_off"],
];

for (const [flags, prompt, context, action] of SPOKEN) {
  Deno.test(`the task mcp ${flags.join(" ")} speaks the protocol on standard input and output`, async () => {
    const transport = new StdioClientTransport({
      command: "deno",
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "--frozen",
        "--allow-read=.",
        "--allow-write=.cache",
        "--ignore-env=LOG_TOKENS,LOG_STREAM",
        "--allow-env=MICRO_LM_MAPPER_PATH,MICRO_LM_MAPPER_THRESHOLD,MICRO_LM_PROFILE",
        "tasks/mcp.ts",
        "--backend",
        "wordmap",
        ...flags,
      ],
      stderr: "pipe",
    });
    const said: string[] = [];
    transport.stderr!.on(
      "data",
      (bytes: Uint8Array) => said.push(new TextDecoder().decode(bytes)),
    );
    const client = await connectClient(transport).catch((error: unknown) => {
      throw new Error(`The task does not answer: ${said.join("")}`, { cause: error });
    });
    const { data } = await call(client, "run_micro", { prompt, context });
    assertEquals(RUN_RESPONSE.parse(data).plan.sequence, [action]);
    const calls = Array.from({ length: 50 }, () => call(client, "map_prompt", { prompt }));
    const labels = (await Promise.all(calls)).map(({ data }) => data?.["label"]);
    assertEquals(labels.filter((label) => label !== action), []);
    await client.close();
    await assertRejects(() => client.listTools());
    assertEquals(said.join(""), "");
  });
}
