import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { openRuntime, type OpenRuntimeOptions } from "../../src/run/runtime.ts";
import type { MicroRuntime } from "../../src/run/runtime_types.ts";
import { createRequestHandler } from "../../src/serve/handle_request.ts";
import type { ServeRequest } from "../../src/serve/http/exchange.ts";
import { DEFAULT_SERVE_LIMITS } from "../../src/serve/limits.ts";
import type { LogEntry } from "../../src/serve/log_writer.ts";

function handlerOf(runtime: MicroRuntime, log: (entry: LogEntry) => void = () => {}) {
  return createRequestHandler({ runtime, env: {}, operator: undefined }, {
    checkToken: () => {},
    checkHost: () => {},
    limits: DEFAULT_SERVE_LIMITS,
    log,
    logPrompts: false,
    gauges: () => ({ connections: 0, worstDelay: 0 }),
  });
}

function request(path: string, body: string | Uint8Array): ServeRequest {
  return {
    method: "POST",
    target: path,
    headers: { host: "localhost", "content-type": "application/json" },
    readBody: () =>
      Promise.resolve(typeof body === "string" ? new TextEncoder().encode(body) : body),
  };
}

const OPEN: readonly OpenRuntimeOptions[] = [{ backend: "wordmap" }, { domain: "arc" }];
const PATHS = ["/v1/map", "/v1/map/batch", "/v1/run"] as const;
const KEYS = ["prompt", "prompts", "policy", "context", "rails", "T", "dry_run", "grid", "pairs"];
const PROMPT = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("swap 2 ETH for USDC", "rotate 90", "tile 99999 99999", "borrow 1e999 usdc"),
);
const NUMBER = fc.constantFrom(0, -1, 1, 90, 1e308, 0.5, -0, 4096);
const VALUE = fc.oneof(
  PROMPT,
  NUMBER,
  fc.array(PROMPT, { maxLength: 3 }),
  fc.array(fc.array(NUMBER, { maxLength: 3 }), { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.record({
    mapper: fc.jsonValue({ maxDepth: 1 }),
    oracle: fc.jsonValue({ maxDepth: 1 }),
    input: fc.jsonValue({ maxDepth: 2 }),
  }, { requiredKeys: [] }),
);
const BODY = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string(),
  fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
  fc.tuple(PROMPT, fc.dictionary(fc.constantFrom(...KEYS), VALUE))
    .map(([prompt, rest]) => JSON.stringify({ prompt, ...rest })),
  fc.dictionary(fc.constantFrom("prompts", "policy"), VALUE).map((value) => JSON.stringify(value)),
);

for (const options of OPEN) {
  Deno.test(`no body makes a server of ${options.domain ?? "defi"} fail`, async () => {
    await using runtime = await openRuntime(options);
    const { handle } = handlerOf(runtime);
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), BODY, async (path, body) => {
        const { status } = await handle(request(path, body));
        seen.add(status);
        assert(status < 500, `${status}`);
      }),
      { numRuns: 1000, seed: 1 },
    );
    assert(seen.has(200) && seen.has(400) && seen.has(422));
  });
}

Deno.test("a context with -0 is answered, and one with two prices of an asset is refused", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const { handle } = handlerOf(runtime);
  const ask = async (positions: string, prices: string) => {
    const context = `{"oracle":{"age_sec":5},"positions":${positions},"prices":${prices}}`;
    const body = `{"prompt":"borrow 1 USDC from aave","context":${context}}`;
    return await handle(request("/v1/run", body));
  };
  const owes = await ask('{"collateral_value":-0,"debt_value":1000}', '{"USDC":1}');
  const { verify: { ok, failed } } = JSON.parse(owes.body);
  assertEquals([owes.status, ok, failed], [200, false, ["ltv", "hf"]]);
  const twice = await ask('{"collateral_value":9,"debt_value":0}', '{"USDC":1,"usdc":1e-9}');
  assertEquals(twice.status, 409);
  assertStringIncludes(twice.body, "context.prices");
});

Deno.test("a defect is answered with 500 and logged without the prompt", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const entries: LogEntry[] = [];
  const broken = {
    ...runtime,
    run: ({ prompt }: { prompt: string }) => Promise.reject(new Error(`Cannot read ${prompt}`)),
  };
  const { handle } = handlerOf(broken, (entry) => entries.push(entry));
  const response = await handle(request("/v1/run", '{"prompt":"SECRET"}'));
  const { body } = response;
  assertEquals([response.status, JSON.parse(body).code], [500, "internal"]);
  assert(!body.includes("SECRET"));
  const [{ level, defect }] = entries as [LogEntry];
  assertEquals(level, "error");
  assert(!JSON.stringify(entries).includes("SECRET"));
  assert(String(defect).startsWith("Error at "), String(defect));
});

Deno.test("a server without a mapper says so", async () => {
  await using runtime = await openRuntime({ domain: "arc" });
  const response = await handlerOf(runtime).handle(request("/v1/map", '{"prompt":"rotate"}'));
  assertEquals([response.status, JSON.parse(response.body).code], [404, "no_mapper"]);
});
