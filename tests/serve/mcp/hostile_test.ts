import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { openRuntime } from "../../../src/run/runtime.ts";
import type { MicroRuntime } from "../../../src/run/runtime_types.ts";
import { startMcpServer, type StartMcpServerOptions } from "../../../src/serve/mcp/server.ts";
import { openLineTransport } from "../../../src/serve/mcp/stdio.ts";

const START = {
  jsonrpc: "2.0",
  id: "start",
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  },
};
const PING = '{"jsonrpc":"2.0","id":"last","method":"ping"}';

interface Reply {
  readonly id: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  // deno-lint-ignore no-explicit-any -- tests look at whatever is there
  readonly result?: any;
}

/** Says lines to a server and reads all that it answers until it ends. */
async function converse(
  lines: readonly (string | Uint8Array<ArrayBuffer>)[],
  options: StartMcpServerOptions & { readonly maxBytes?: number; readonly delayMs?: number } = {},
): Promise<Reply[]> {
  const all = [JSON.stringify(START), ...lines].flatMap((line) => [line, "\n"]);
  let said = "";
  const transport = openLineTransport({
    input: new Blob(all).stream(),
    write: (bytes) => {
      said += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
    maxBytes: options.maxBytes ?? 1 << 20,
    isMessage: (value) => JSONRPCMessageSchema.safeParse(value).success,
  });
  await using runtime = await openRuntime({ backend: "wordmap" });
  const slow: MicroRuntime = {
    ...runtime,
    run: async (request) => {
      await new Promise((resolve) => setTimeout(resolve, options.delayMs ?? 0));
      return await runtime.run(request);
    },
  };
  await using server = await startMcpServer(slow, { ...options, transport });
  await server.closed;
  return said.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const call = (id: number, name: string, input: unknown) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: input } });

const WRONG: readonly (readonly [string, string | Uint8Array<ArrayBuffer>, number, unknown])[] = [
  ["no JSON", '{"jsonrpc":', -32700, null],
  ["text", "hello", -32700, null],
  ["bytes that are not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), -32700, null],
  ["a batch", `[${PING}]`, -32600, null],
  ["an empty batch", "[]", -32600, null],
  ["a number", "3", -32600, null],
  ["null", "null", -32600, null],
  ["another version", '{"jsonrpc":"1.0","id":7,"method":"ping"}', -32600, 7],
  ["no version", '{"id":7,"method":"ping"}', -32600, 7],
  ["a method that is no text", '{"jsonrpc":"2.0","id":"a","method":5}', -32600, "a"],
  ["no method", '{"jsonrpc":"2.0","id":"a"}', -32600, "a"],
  ["an id that is none", '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, null],
  ["half an id", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
  ["parameters in a list", '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32600, 1],
  ["wrong _meta", '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":3}}', -32600, 1],
  [
    "deep nesting",
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":${"[".repeat(1e5)}`,
    -32700,
    null,
  ],
  ["an unknown method", '{"jsonrpc":"2.0","id":1,"method":"shutdown"}', -32601, 1],
];

for (const [what, line, code, id] of WRONG) {
  Deno.test(`MCP answers ${what} with ${code} and goes on`, async () => {
    const replies = await converse([line, PING]);
    const errors = replies.filter(({ error }) => error);
    assertEquals(errors.map((reply) => [reply.id, reply.error!.code]), [[id, code]]);
    assert(replies.some((reply) => reply.id === "last" && reply.result));
  });
}

Deno.test("MCP passes over a message beyond its limit and reads the next", async () => {
  const large = call(1, "map_prompt", { prompt: "a".repeat(5_000_000) });
  const replies = await converse([large, PING], { maxBytes: 100_000 });
  const [error] = replies.filter(({ error }) => error);
  assertEquals([error!.id, error!.error!.code], [null, -32600]);
  assertStringIncludes(error!.error!.message, "Expected at most 100000 bytes");
  assert(replies.some(({ id, result }) => id === "last" && result));
});

Deno.test("MCP answers what it was asked although the input has ended", async () => {
  const prompts = Array.from({ length: 50 }, (_, id) => call(id, "run_micro", { prompt: "swap" }));
  const replies = await converse(prompts);
  assertEquals(replies.filter(({ result }) => result?.structuredContent).length, 50);
});

Deno.test("MCP takes no more calls at a time than its limit", async () => {
  const calls = Array.from({ length: 30 }, (_, id) => call(id, "run_micro", { prompt: "swap" }));
  const replies = await converse(calls, { limits: { maxInFlight: 4 }, delayMs: 50 });
  const refused = replies.filter(({ result }) => result?.isError);
  assertEquals(refused.length, 26);
  assertStringIncludes(refused[0]!.result.content[0].text, "too much to do");
});

Deno.test("MCP shows a model no knob that loosens", async () => {
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const replies = await converse([list]);
  const { tools } = replies.find(({ id }) => id === 1)!.result;
  const text = JSON.stringify(tools.map((tool: { description: string; inputSchema: unknown }) => [
    tool.description,
    tool.inputSchema,
  ]));
  assertStringIncludes(text, "can only make them stricter");
  for (const word of ["risk.require", "use_wordmap_fallback", "model_path", "max_age_sec"]) {
    assert(!text.includes(word), word);
  }
});
