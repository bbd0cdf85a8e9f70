import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  openEndpointEncoder,
  type OpenEndpointEncoderOptions,
} from "../../../src/encoders/endpoint/encoder.ts";
import { type ErrorKind, MicroLmError } from "../../../src/core/errors.ts";

const DIMS = 5;
const KEY_ENV = "MICRO_LM_TEST_KEY";
const KEY = "secret-key-123";

interface ServerRequest {
  readonly path: string;
  readonly key: string | null;
  readonly body: { model: string; input: string[]; encoding_format: string };
}

/** An answer that replaces the right one. */
type Reply = (request: ServerRequest) => Response | Promise<Response>;

interface Scene {
  readonly url: string;
  readonly requests: ServerRequest[];
  /** Answers to come first. */
  readonly replies: Reply[];
  /** Most requests that were open at a time. */
  readonly peak: () => number;
  readonly open: (
    options?: OpenEndpointEncoderOptions,
  ) => ReturnType<typeof openEndpointEncoder>;
}

function vectorOf(text: string): number[] {
  return Array.from({ length: DIMS }, (_, j) => Math.fround(text.length + j * text.charCodeAt(0)));
}

function embeddings(vectors: readonly (readonly number[])[]): Response {
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  return Response.json({ object: "list", data: data.toReversed() });
}

/** A test with a server on this machine, without network access to anything else. */
function endpointTest(name: string, run: (scene: Scene) => Promise<void>): void {
  const permissions = { net: ["127.0.0.1"], env: [KEY_ENV] };
  Deno.test({
    name,
    permissions,
    fn: async () => {
      const requests: ServerRequest[] = [];
      const replies: Reply[] = [];
      const load = { now: 0, peak: 0 };
      const stop = new AbortController();
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal },
        async (raw) => {
          const request = {
            path: new URL(raw.url).pathname + new URL(raw.url).search,
            key: raw.headers.get("authorization"),
            body: await raw.json(),
          };
          requests.push(request);
          load.peak = Math.max(load.peak, ++load.now);
          await pause(5);
          load.now--;
          const reply = replies.shift();
          return reply ? await reply(request) : embeddings(request.body.input.map(vectorOf));
        },
      );
      const url = `http://127.0.0.1:${server.addr.port}/v1`;
      const open: Scene["open"] = (options) =>
        openEndpointEncoder(`${url}#tiny:1b`, { backoffMs: 1, timeoutMs: 2000, ...options });
      try {
        await run({ url, requests, replies, peak: () => load.peak, open });
      } finally {
        Deno.env.delete(KEY_ENV);
        stop.abort();
        await server.finished;
      }
    },
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

function assertVector(row: Float32Array, text: string): void {
  const expected = vectorOf(text);
  const length = Math.hypot(...expected);
  expected.forEach((value, j) => assertAlmostEquals(row[j]!, value / length, 1e-6));
}

async function assertFails(
  action: () => Promise<unknown>,
  kind: ErrorKind,
  message: string,
): Promise<MicroLmError> {
  const error = await assertRejects(action, MicroLmError, message);
  assertEquals(error.kind, kind);
  return error;
}

endpointTest("openEndpointEncoder() batches, keeps the order, and normalises", async (scene) => {
  await using encoder = await scene.open({ batch: 3, concurrency: 2 });
  assertEquals([encoder.dims, encoder.spec], [DIMS, `${scene.url}#tiny:1b`]);
  const texts = Array.from({ length: 20 }, (_, i) => i % 5 === 4 ? " \n" : `${i} ${"x".repeat(i)}`);
  const steps: number[] = [];
  const { dense } = await encoder.encode(texts, { onProgress: (done) => steps.push(done) });
  texts.forEach((text, i) => {
    const row = dense!.data.subarray(i * DIMS, (i + 1) * DIMS);
    if (text.trim() === "") assert(row.every((value) => value === 0));
    else assertVector(row, text);
  });
  assertEquals(steps.at(-1), 20);
  assertEquals(steps.toSorted((a, b) => a - b), steps);
  const [probe, ...batches] = scene.requests.map(({ body }) => body);
  assertEquals([probe!.model, probe!.encoding_format], ["tiny:1b", "float"]);
  assertEquals(batches.map(({ input }) => input.length).sort(), [1, 3, 3, 3, 3, 3]);
  assertEquals(scene.peak(), 2);
  assertEquals((await encoder.encode([])).rows, 0);
});

endpointTest("openEndpointEncoder() fingerprints address, model and dimensions", async (scene) => {
  const options = { backoffMs: 1 };
  const specs = [
    `${scene.url}#a`,
    `${scene.url}/#a`,
    `${scene.url}/embeddings#a`,
    `${scene.url}#b`,
  ];
  const prints: string[] = [];
  for (const spec of specs) {
    await using encoder = await openEndpointEncoder(spec, options);
    prints.push(encoder.fingerprint);
  }
  scene.replies.push(() => embeddings([[1, 2]]));
  await using narrow = await openEndpointEncoder(specs[0]!, options);
  assertEquals(prints.map((print) => prints.indexOf(print)), [0, 0, 0, 3]);
  assert(!prints.includes(narrow.fingerprint));
  assertEquals(new Set(scene.requests.map(({ path }) => path)), new Set(["/v1/embeddings"]));
});

endpointTest("openEndpointEncoder() keeps a query and decodes the model", async (scene) => {
  const spec = `${scene.url}?version=2#org%2Fname`;
  await using _ = await openEndpointEncoder(spec);
  assertEquals(scene.requests[0]!.path, "/v1/embeddings?version=2");
  assertEquals(scene.requests[0]!.body.model, "org/name");
});

const status = (code: number, headers = {}): Reply => () =>
  new Response(`busy ${KEY}`, { status: code, headers });

for (const code of [408, 429, 500, 503]) {
  endpointTest(`encode() repeats a request after ${code}`, async (scene) => {
    await using encoder = await scene.open();
    scene.replies.push(status(code), status(code));
    const { dense } = await encoder.encode(["abc"]);
    assertVector(dense!.data, "abc");
    assertEquals(scene.requests.length, 4);
  });
}

endpointTest("encode() waits as long as Retry-After says", async (scene) => {
  await using encoder = await scene.open();
  for (const after of [() => "1", () => new Date(Date.now() + 2000).toUTCString()]) {
    scene.replies.push(status(429, { "retry-after": after() }));
    const before = performance.now();
    await encoder.encode(["abc"]);
    assert(performance.now() - before > 500, `Came back before ${after}`);
  }
  scene.replies.push(status(429, { "retry-after": "3600" }));
  await assertFails(() => encoder.encode(["abc"]), "unavailable", "answers 429");
});

endpointTest("encode() repeats a request that takes too long", async (scene) => {
  await using encoder = await scene.open({ timeoutMs: 100, retries: 1 });
  const late: Reply = () => pause(300).then(() => new Response());
  scene.replies.push(late);
  assertVector((await encoder.encode(["abc"])).dense!.data, "abc");
  scene.replies.push(late, late);
  await assertFails(
    () => encoder.encode(["abc"]),
    "unavailable",
    "did not answer within 0.1 seconds",
  );
  await pause(400);
});

const refusals: [number, string, string][] = [
  [400, "answers 400: busy", "too long"],
  [401, "answers 401: busy", `Put the key into ${KEY_ENV}`],
  [403, "answers 403: busy", `Put the key into ${KEY_ENV}`],
  [404, "answers 404: busy", "tiny:1b"],
  [307, "answers 307: busy", "Redirects are not followed"],
];
for (const [code, message, hint] of refusals) {
  endpointTest(`openEndpointEncoder() explains ${code} and does not repeat`, async (scene) => {
    scene.replies.push(status(code, { location: "http://localhost:8080/" }));
    const kind = code === 404 ? "missing" : "unavailable";
    const error = await assertFails(() => scene.open({ keyEnv: KEY_ENV }), kind, message);
    assert(error.hint!.includes(hint), error.hint!);
    assertEquals(scene.requests.length, 1);
  });
}

endpointTest("the key is sent, and never shown", async (scene) => {
  Deno.env.set(KEY_ENV, ` ${KEY}\n`);
  await using encoder = await scene.open({ keyEnv: KEY_ENV });
  assertEquals(scene.requests[0]!.key, `Bearer ${KEY}`);
  const text: Reply = () => new Response(`no ${KEY}`);
  for (const reply of [status(401), status(400), text]) {
    scene.replies.push(reply);
    const error = await assertRejects(() => encoder.encode(["abc"]), MicroLmError);
    assert(!Deno.inspect(error).includes(KEY), Deno.inspect(error));
  }
  Deno.env.set(KEY_ENV, "sec\nret");
  const error = await assertFails(() => scene.open({ keyEnv: KEY_ENV }), "usage", KEY_ENV);
  assert(!Deno.inspect(error).includes("ret"), Deno.inspect(error));
  const denied = () => scene.open({ keyEnv: "OTHER" });
  const { hint } = await assertFails(denied, "permission", "No permission to read the key");
  assertEquals(hint, "Grant it with --allow-env=OTHER");
  await using _ = await scene.open();
  assertEquals(scene.requests.at(-1)!.key, null);
});

const wrongAnswers: [string, () => Response, string][] = [
  ["no JSON", () => new Response("<html>hello"), "<html>hello"],
  ["another object", () => Response.json({ error: "x" }), "error"],
  ["too few vectors", () => embeddings([[1, 2, 3, 4, 5]]), "1 vectors for 2 texts"],
  ["other dimensions", () => embeddings([[1], [2]]), "found 1, unlike at first"],
  [
    "an index twice",
    () => Response.json({ data: [{ index: 1, embedding: [1] }, { index: 1, embedding: [1] }] }),
    "index 1 out of order",
  ],
  [
    "an index too large",
    () => Response.json({ data: Array(2).fill({ index: 2, embedding: [1] }) }),
    "index 2",
  ],
  ["NaN", () => new Response('{"data":[{"embedding":[NaN]},{"embedding":[1]}]}'), "NaN"],
  ["null", () => Response.json({ data: Array(2).fill({ embedding: [1, null, 3, 4, 5] }) }), "null"],
  ["infinity", () => new Response('{"data":[{"embedding":[1e999]},{"embedding":[1]}]}'), "1e999"],
  ["huge numbers", () => embeddings(Array(2).fill([1e300, 0, 0, 0, 0])), "1e+300"],
  ["base64", () => Response.json({ data: Array(2).fill({ embedding: "AAAA" }) }), "AAAA"],
];
for (const [name, reply, found] of wrongAnswers) {
  endpointTest(`encode() refuses an answer with ${name}`, async (scene) => {
    await using encoder = await scene.open();
    scene.replies.push(reply);
    await assertFails(() => encoder.encode(["abc", "de"]), "data", found);
    assertEquals(scene.requests.length, 2);
  });
}

endpointTest("encode() takes an answer without index in its order", async (scene) => {
  await using encoder = await scene.open();
  scene.replies.push(({ body }) =>
    Response.json({ data: body.input.map((text) => ({ embedding: vectorOf(text) })) })
  );
  const { dense } = await encoder.encode(["abc", "de"]);
  assertVector(dense!.data.subarray(0, DIMS), "abc");
  assertVector(dense!.data.subarray(DIMS), "de");
});

endpointTest("encode() stops at the first failure and on request", async (scene) => {
  await using encoder = await scene.open({ batch: 1, concurrency: 2 });
  const texts = Array.from({ length: 50 }, (_, i) => `text ${i}`);
  scene.replies.push(status(400));
  await assertFails(() => encoder.encode(texts), "unavailable", "answers 400");
  assert(scene.requests.length < 6, `${scene.requests.length} requests after a failure`);
  const controller = new AbortController();
  const stopped = encoder.encode(texts, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await assertRejects(() => stopped, Error, "enough");
});

endpointTest("openEndpointEncoder() names the host that it may not reach", async () => {
  const spec = "http://localhost:8080/v1#x";
  const { hint } = await assertFails(
    () => openEndpointEncoder(spec),
    "permission",
    'No permission to reach "localhost:8080"',
  );
  assertEquals(hint, "Grant it with --allow-net=localhost:8080");
});

endpointTest("openEndpointEncoder() reports a server that is not there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const open = () =>
    openEndpointEncoder(`http://127.0.0.1:${port}/v1#x`, { retries: 1, backoffMs: 1 });
  await assertFails(open, "unavailable", "Cannot reach");
});

for (const spec of ["http://host/v1", "http://host/v1#", "ftp://host/v1#x", "host#x", ""]) {
  Deno.test(`openEndpointEncoder() refuses "${spec}"`, async () => {
    await assertFails(() => openEndpointEncoder(spec), "usage", `endpoint "${spec}"`);
  });
}

Deno.test("openEndpointEncoder() refuses a password and does not show it", async () => {
  const open = () => openEndpointEncoder("https://user:hunter2@host/v1#x");
  const error = await assertFails(open, "usage", "environment variable");
  assert(!error.message.includes("hunter2"));
});

Deno.test("openEndpointEncoder() refuses sizes that make no sense", async () => {
  for (const options of [{ batch: 0 }, { concurrency: 1.5 }]) {
    await assertRejects(() => openEndpointEncoder("http://h/v1#x", options), RangeError);
  }
});
