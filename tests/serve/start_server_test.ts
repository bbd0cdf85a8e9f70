import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import type { LogEntry } from "../../src/serve/log_writer.ts";
import { BATCH_RESPONSE, MAP_RESPONSE, RUN_RESPONSE } from "../../src/serve/requests.ts";
import { PROBLEM_BODY } from "../../src/serve/http_problem.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { ask, connect, posted, readUntil, withServer, writeText } from "./serving.ts";

const ORACLE = { oracle: { age_sec: 5 } };
const SWAP = "swap 2 ETH for USDC";

Deno.test("startServer() maps a prompt as the runtime does", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const [expected] = await runtime.map([SWAP]);
  await withServer({}, async (server) => {
    const { status, body, headers } = await ask(server, "/v1/map", posted({ prompt: SWAP }));
    assertEquals(status, 200);
    assertEquals(headers.get("content-type"), "application/json");
    assertEquals(MAP_RESPONSE.parse(body), {
      ...expected!,
      mapper_sha256: runtime.source!.sha256,
    });
  });
});

Deno.test("startServer() maps a batch in order, under the policy of the request", async () => {
  await withServer({ env: { MICRO_LM_MAPPER_THRESHOLD: "0.1" } }, async (server) => {
    const prompts = [SWAP, "hello", "borrow 5 USDC"];
    const plain = await ask(server, "/v1/map/batch", posted({ prompts }));
    const { results } = BATCH_RESPONSE.parse(plain.body);
    assertEquals(results.map(({ label }) => label), ["swap_asset", null, "borrow_asset"]);
    assertEquals(results[0]!.threshold, 0.1);
    const policy = { mapper: { confidence_threshold: 1 } };
    const strict = await ask(server, "/v1/map/batch", posted({ prompts, policy }));
    assertEquals(BATCH_RESPONSE.parse(strict.body).results[0]!.threshold, 1);
    const none = await ask(server, "/v1/map/batch", posted({ prompts: [] }));
    assertEquals(BATCH_RESPONSE.parse(none.body).results, []);
  });
});

Deno.test("startServer() runs a prompt to the record of the runtime", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const request = { prompt: SWAP, context: ORACLE };
  const expected = await runtime.run(request);
  assert(expected.ok);
  await withServer({}, async (server) => {
    const { status, body } = await ask(server, "/v1/run", posted(request));
    assertEquals(status, 200);
    assertEquals(RUN_RESPONSE.parse(body), JSON.parse(JSON.stringify(expected)));
    const dry = await ask(server, "/v1/run", posted({ ...request, dry_run: true }));
    assertEquals([dry.body.ok, dry.body.plan.sequence], [false, []]);
    assertEquals(dry.body.aux.would_allow, ["swap_asset"]);
  });
});

const REFUSED: readonly (readonly [string, string, RequestInit, number, string, string])[] = [
  ["no JSON", "/v1/map", posted('{"prompt":'), 400, "invalid_json", "Unexpected end"],
  ["an empty body", "/v1/map", posted(""), 400, "invalid_json", "Cannot parse the body"],
  [
    "bytes that are not UTF-8",
    "/v1/map",
    { ...posted(""), body: new Uint8Array([0x22, 0xff, 0x22]) },
    400,
    "invalid_json",
    "not UTF-8",
  ],
  ["an unknown path", "/v2/map", posted({}), 404, "not_found", "/openapi.json"],
  ["the path of nothing", "/other", {}, 404, "not_found", ""],
  ["a wrong method", "/v1/map", {}, 405, "method_not_allowed", "Expected POST, got GET"],
  ["a POST to /healthz", "/healthz", posted({}), 405, "method_not_allowed", "Expected GET"],
  [
    "text",
    "/v1/map",
    { method: "POST", body: "{}" },
    415,
    "unsupported_media_type",
    "Expected application/json in UTF-8, got text/plain",
  ],
  [
    "compressed JSON",
    "/v1/map",
    posted({}, { "content-encoding": "gzip" }),
    415,
    "unsupported_media_type",
    "got content-encoding gzip",
  ],
  ["a missing key", "/v1/map", posted({}), 422, "invalid_request", "Expected body.prompt"],
  [
    "an unknown key",
    "/v1/run",
    posted({ prompt: "x", polcy: {} }),
    422,
    "invalid_request",
    'did you mean \\"policy\\"?',
  ],
  ["a list", "/v1/map", posted([1]), 422, "invalid_request", "Expected body to be an object"],
  ["null", "/v1/map", posted("null"), 422, "invalid_request", "got null"],
  [
    "a prompt that is no text",
    "/v1/map/batch",
    posted({ prompts: ["a", 3] }),
    422,
    "invalid_request",
    "Expected body.prompts.1 to be a text, got 3",
  ],
  [
    "a wrong policy",
    "/v1/map",
    posted({ prompt: "x", policy: { mapper: { near_margin: 2 } } }),
    422,
    "invalid_request",
    "Expected policy.mapper.near_margin to be a number from 0 to 1, got 2",
  ],
  [
    "another mapper",
    "/v1/run",
    posted({ prompt: "x", policy: { mapper: { model_path: "/etc/passwd" } } }),
    409,
    "conflict",
    "Cannot choose a mapper by request",
  ],
  [
    "a wrong context",
    "/v1/run",
    posted({ prompt: "x", context: { oracle: { age_sec: -1 } } }),
    422,
    "invalid_request",
    "Expected context.oracle.age_sec",
  ],
  ["half a sample", "/v1/run", posted({ prompt: "x", T: 1.5 }), 422, "invalid_request", "body.T"],
  [
    "deep nesting",
    "/v1/run",
    posted(`{"prompt":"x","policy":{"ltv_max":${"[".repeat(1e5)}${"]".repeat(1e5)}}}`),
    422,
    "invalid_request",
    "at most 16 levels",
  ],
  [
    "a long prompt",
    "/v1/map/batch",
    posted({ prompts: ["a", "b".repeat(8001)] }),
    413,
    "prompt_too_long",
    "got 8001 at 1",
  ],
  [
    "a large batch",
    "/v1/map/batch",
    posted({ prompts: Array(1025).fill("a") }),
    413,
    "batch_too_large",
    "Expected at most 1024 prompts, got 1025",
  ],
  [
    "a large body",
    "/v1/map",
    posted({ prompt: "a".repeat(1 << 20) }),
    413,
    "body_too_large",
    "Expected at most 1048576 bytes",
  ],
];

Deno.test("startServer() refuses with a problem", async (t) => {
  await withServer({}, async (server) => {
    for (const [what, path, init, status, code, text] of REFUSED) {
      await t.step(what, async () => {
        const { body, headers, ...answer } = await ask(server, path, init);
        assertEquals([answer.status, body.code], [status, code]);
        assertEquals(headers.get("content-type"), "application/problem+json");
        assertEquals(PROBLEM_BODY.parse(body).status, status);
        assertStringIncludes(JSON.stringify(body), text);
      });
    }
    const { headers } = await ask(server, "/v1/map");
    assertEquals(headers.get("allow"), "POST");
  });
});

const POST_MAP = "POST /v1/map HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";

Deno.test("startServer() refuses a body without a length once it is too large", async () => {
  await withServer({ limits: { maxBodyBytes: 2000 } }, async (server) => {
    using connection = await connect(server);
    await writeText(connection, `${POST_MAP}transfer-encoding: chunked\r\n\r\n`);
    await writeText(connection, `800\r\n{"prompt":"${"a".repeat(0x800 - 11)}\r\n`);
    assertMatch(await readUntil(connection, /body_too_large/), /^HTTP\/1.1 413/);
  });
});

Deno.test("startServer() reads a body that comes in pieces", async () => {
  await withServer({}, async (server) => {
    using connection = await connect(server);
    await writeText(connection, `${POST_MAP}transfer-encoding: chunked\r\n\r\na\r\n{"prompt":\r\n`);
    await writeText(connection, '6\r\n"swap"\r\n1\r\n}\r\n0\r\n\r\n');
    assertMatch(await readUntil(connection, /mapper_sha256/), /^HTTP\/1.1 200/);
  });
});

for (const head of ["content-length: 100", "transfer-encoding: chunked"]) {
  Deno.test(`startServer() does not wait for ever for a body with ${head}`, async () => {
    await withServer({ limits: { bodyTimeoutMs: 50 } }, async (server) => {
      using connection = await connect(server);
      await writeText(connection, `${POST_MAP}${head}\r\n\r\n`);
      const answer = await readUntil(connection, /slow_body/);
      assertMatch(answer, /^HTTP\/1.1 408/);
      assertStringIncludes(answer, "Expected the whole body within 50 ms");
      assertEquals((await ask(server, "/v1/map", posted({ prompt: SWAP }))).status, 200);
    });
  });
}

Deno.test("startServer() outlives a client that hangs up within its body", async () => {
  const entries: LogEntry[] = [];
  await withServer({ log: (entry) => entries.push(entry) }, async (server) => {
    const connection = await connect(server);
    await writeText(connection, `${POST_MAP}content-length: 100\r\n\r\n{"pro`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.close();
    assertEquals((await ask(server, "/v1/map", posted({ prompt: SWAP }))).status, 200);
  });
  assertEquals(entries.filter(({ status }) => status === 500), []);
});

Deno.test("startServer() asks to come back when there is too much to do", async () => {
  await withServer({ limits: { maxInFlight: 1 } }, async (server) => {
    using connection = await connect(server);
    const body = JSON.stringify({ prompt: SWAP });
    await writeText(connection, `${POST_MAP}content-length: ${body.length}\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { status, headers, body: problem } = await ask(
      server,
      "/v1/map",
      posted({ prompt: "x" }),
    );
    assertEquals([status, problem.code, headers.get("retry-after")], [503, "overloaded", "1"]);
    assertEquals((await ask(server, "/healthz")).status, 200);
    await writeText(connection, body);
    assertMatch(await readUntil(connection, /mapper_sha256/), /^HTTP\/1.1 200/);
    assertEquals((await ask(server, "/v1/map", posted({ prompt: SWAP }))).status, 200);
  });
  await withServer({ limits: { maxQueued: 3 } }, async (server) => {
    const four = await ask(server, "/v1/map/batch", posted({ prompts: Array(4).fill(SWAP) }));
    assertEquals([four.status, four.body.code], [503, "overloaded"]);
    const three = await ask(server, "/v1/map/batch", posted({ prompts: Array(3).fill(SWAP) }));
    assertEquals(three.status, 200);
  });
});

const TOKEN = "a-token-of-some-length";

Deno.test("startServer() lets nobody in without the token", async () => {
  await withServer({ token: TOKEN }, async (server) => {
    const map = (authorization: string) =>
      ask(server, "/v1/map", posted({ prompt: SWAP }, { authorization }));
    for (const wrong of ["Bearer x", `Basic ${TOKEN}`, TOKEN, `Bearer ${TOKEN}x`]) {
      const { status, body, headers } = await map(wrong);
      assertEquals([status, body.code, headers.get("www-authenticate")], [
        401,
        "unauthorized",
        "Bearer",
      ]);
    }
    assertEquals((await ask(server, "/v1/run", posted({ prompt: SWAP }))).status, 401);
    assertEquals((await ask(server, "/metrics")).status, 401);
    assertEquals((await map(`Bearer ${TOKEN}`)).status, 200);
    assertEquals((await map(`bearer ${TOKEN}`)).status, 200);
    for (const open of ["/healthz", "/readyz", "/openapi.json"]) {
      assertEquals((await ask(server, open)).status, 200);
    }
  });
});

Deno.test("startServer() does not listen in public without a token", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  for (const host of ["0.0.0.0", "::", "192.168.1.2", "example.org", "127.0.0.1.example.org"]) {
    const error = await assertRejects(() => startServer(runtime, { host, port: 0 }), MicroLmError);
    assertEquals(error.kind, "usage");
    assertStringIncludes(error.message, `Cannot listen on "${host}" without a token`);
  }
  const short = await assertRejects(() => startServer(runtime, { token: "secret" }), MicroLmError);
  assertStringIncludes(short.message, "at least 16 characters, got 6");
});

Deno.test("startServer() says that a port is taken", async () => {
  await withServer({}, async (server) => {
    await using runtime = await openRuntime({ backend: "wordmap" });
    const port = Number(new URL(server.url).port);
    const error = await assertRejects(() => startServer(runtime, { port }), MicroLmError);
    assertStringIncludes(error.message, `Cannot listen on 127.0.0.1:${port}`);
  });
});

Deno.test("startServer() counts what it does", async () => {
  await withServer({}, async (server) => {
    await ask(server, "/v1/map/batch", posted({ prompts: [SWAP, "hello"] }));
    await ask(server, "/v1/run", posted({ prompt: SWAP, context: ORACLE }));
    await ask(server, "/v1/map", posted("{"));
    await ask(server, "/nowhere");
    const { body, headers } = await ask(server, "/metrics");
    assertMatch(headers.get("content-type")!, /^text\/plain; version=0.0.4/);
    const numbers = new Map(
      (body as string).split("\n").filter((line) => line !== "" && !line.startsWith("#"))
        .map((line): [string, number] => {
          assertMatch(line, /^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$/);
          const [name, value] = line.split(" ");
          return [name!, Number(value)];
        }),
    );
    const expected: Readonly<Record<string, number>> = {
      'micro_lm_labels_total{route="map",label="swap_asset",fired="true"}': 1,
      'micro_lm_labels_total{route="run",label="swap_asset",fired="true"}': 1,
      'micro_lm_requests_total{route="/v1/map/batch",status="200"}': 1,
      'micro_lm_requests_total{route="/v1/map",status="400"}': 1,
      'micro_lm_requests_total{route="other",status="404"}': 1,
      'micro_lm_request_seconds_bucket{route="/v1/run",le="+Inf"}': 1,
      'micro_lm_request_seconds_count{route="/v1/run"}': 1,
      'micro_lm_decisions_total{reason="fired"}': 1,
      'micro_lm_runs_total{ok="true"}': 1,
      "micro_lm_encoder_batch_rows_sum": 2,
      'micro_lm_encoder_batch_rows_bucket{le="1"}': 0,
      'micro_lm_encoder_batch_rows_bucket{le="2"}': 1,
      "micro_lm_in_flight_requests": 0,
      "micro_lm_queued_prompts": 0,
    };
    for (const [name, value] of Object.entries(expected)) {
      assertEquals([name, numbers.get(name)], [name, value]);
    }
    assert(numbers.get("micro_lm_resident_memory_bytes")! > 1e6);
  });
});

Deno.test("startServer() describes itself", async () => {
  await withServer({}, async (server) => {
    const { body } = await ask(server, "/openapi.json");
    assertEquals(body.openapi, "3.1.0");
    for (const [path, methods] of Object.entries(body.paths)) {
      for (const method of Object.keys(methods as object)) {
        const { status } = await ask(server, path, { method: method.toUpperCase() });
        assert(status !== 404 && status !== 405, `${method} ${path} is not there`);
      }
    }
    const references = JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g);
    const targets = new Set([...references].map((match) => match[1]!));
    for (const target of targets) {
      const found = target.split("/").reduce((value, key) => value?.[key], body);
      assert(found !== undefined, `#/${target} is not there`);
    }
    for (const name of Object.keys(body.components.schemas)) {
      assert(targets.has(`components/schemas/${name}`), `${name} is not used`);
    }
    assertEquals(body.components.schemas.RunResponse.properties.schema.const, "micro-lm/run@1");
    const { MapRequest } = body.components.schemas;
    assertEquals(MapRequest.required, ["prompt"]);
    assertEquals(MapRequest.additionalProperties, false);
  });
});

for (const logPrompts of [false, true]) {
  Deno.test(`startServer() logs ${logPrompts ? "prompts if asked" : "no prompts"}`, async () => {
    const entries: LogEntry[] = [];
    await withServer({ logPrompts, log: (entry) => entries.push(entry) }, async (server) => {
      const headers = { "x-request-id": "from-caller" };
      const { headers: answered } = await ask(
        server,
        "/v1/map",
        posted({ prompt: "swap my SECRET" }, headers),
      );
      assertEquals(answered.get("x-request-id"), "from-caller");
      await ask(server, "/v1/run", posted({ prompt: "swap my SECRET" }));
      await ask(server, "/v1/map?prompt=SECRET", posted({ prompt: ["SECRET"] }));
      await ask(server, "/SECRET");
      await ask(server, "/v1/map", posted('"SECRET'));
    });
    assertEquals(entries.map(({ status }) => status), [200, 200, 422, 404, 400]);
    assertEquals(entries[0]!["id"], "from-caller");
    assertEquals(entries[0]!["route"], "/v1/map");
    assertEquals(entries[2]!["code"], "invalid_request");
    const written = entries.filter((entry) => JSON.stringify(entry).includes("SECRET"));
    assertEquals(written.length, logPrompts ? 2 : 0);
  });
}

Deno.test("startServer() answers what has begun before it stops", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const server = await startServer(runtime, { port: 0 });
  const body = JSON.stringify({ prompt: SWAP });
  using connection = await connect(server);
  await writeText(connection, `${POST_MAP}content-length: ${body.length}\r\n\r\n`);
  using idle = await connect(server);
  await writeText(idle, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  assertMatch(await readUntil(idle, /ok/), /^HTTP\/1.1 200/);
  let isStopped = false;
  const stopped = server.stop().then(() => isStopped = true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert(!isStopped);
  const late = await ask(server, "/v1/map", posted({ prompt: SWAP }));
  assertEquals([late.status, late.body.code], [503, "not_ready"]);
  assertEquals((await ask(server, "/readyz")).status, 503);
  assertEquals((await ask(server, "/healthz")).status, 200);
  await writeText(connection, body);
  assertMatch(await readUntil(connection, /mapper_sha256/), /^HTTP\/1.1 200/);
  await stopped;
  await assertRejects(() => fetch(`${server.url}/healthz`), TypeError);
  await server.stop();
});

Deno.test("startServer() cuts off who does not finish in time", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const server = await startServer(runtime, { port: 0, limits: { stopTimeoutMs: 100 } });
  using silent = await connect(server);
  await writeText(silent, "POST /v1/map HTT");
  using slow = await connect(server);
  await writeText(slow, `${POST_MAP}content-length: 100\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const start = performance.now();
  await server.stop();
  assert(performance.now() - start < 2000);
});
