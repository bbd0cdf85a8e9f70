import { assertEquals, assertRejects } from "@std/assert";
import { openRuntime } from "../../../src/run/runtime.ts";
import { startServer } from "../../../src/serve/start_server.ts";
import { ask, posted, withServer } from "../serving.ts";

const APP = "https://app.example.org";
const PREFLIGHT = { "access-control-request-method": "POST" };

/** The header fields of an answer that are about other origins. */
function shared(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"),
  );
}

Deno.test("no page of another origin may ask, unless its origin is listed", async () => {
  for (const corsOrigins of [[], ["https://other.example.org"]]) {
    await withServer({ corsOrigins }, async (server) => {
      const headers = { origin: APP, ...PREFLIGHT };
      const asked = await ask(server, "/v1/map", { method: "OPTIONS", headers });
      assertEquals(asked.status, 405);
      assertEquals(asked.headers.get("access-control-allow-origin"), null);
      const answered = await ask(server, "/v1/map", posted({ prompt: "x" }, { origin: APP }));
      assertEquals(answered.headers.get("access-control-allow-origin"), null);
    });
  }
});

Deno.test("a page of an origin that is listed may ask, and reads problems, too", async () => {
  await withServer({ corsOrigins: [APP, "http://localhost:3000"] }, async (server) => {
    const headers = { origin: APP, ...PREFLIGHT };
    const asked = await ask(server, "/v1/run", { method: "OPTIONS", headers });
    assertEquals([asked.status, asked.body], [204, ""]);
    assertEquals(shared(asked.headers), {
      "access-control-allow-headers": "authorization, content-type, x-request-id",
      "access-control-allow-methods": "POST",
      "access-control-allow-origin": APP,
      "access-control-expose-headers": "x-request-id, retry-after",
      "access-control-max-age": "600",
      vary: "origin",
    });
    for (const [body, status] of [[{ prompt: "stake 5 SOL" }, 200], [{}, 422]] as const) {
      const answered = await ask(server, "/v1/map", posted(body, { origin: APP }));
      assertEquals(answered.status, status);
      assertEquals(answered.headers.get("access-control-allow-origin"), APP);
    }
    const unknown = await ask(server, "/nowhere", { method: "OPTIONS", headers });
    assertEquals(unknown.status, 404);
  });
});

Deno.test("a token is asked for whatever the origin is", async () => {
  const token = "a-token-that-is-long-enough-0123456789";
  await withServer({ corsOrigins: [APP], token }, async (server) => {
    const { status } = await ask(server, "/v1/map", posted({ prompt: "x" }, { origin: APP }));
    assertEquals(status, 401);
  });
});

for (const origin of ["*", "null", "app.example.org", `${APP}/`, `${APP}/path`, "file:///x", ""]) {
  Deno.test(`startServer() refuses ${JSON.stringify(origin)} as an origin`, async () => {
    await using runtime = await openRuntime({ backend: "wordmap" });
    await assertRejects(
      () => startServer(runtime, { port: 0, corsOrigins: [origin] }),
      Error,
      `Expected an origin, got "${origin}"`,
    );
  });
}
