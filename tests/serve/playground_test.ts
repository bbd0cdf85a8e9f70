import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import { startServer } from "../../src/serve/start_server.ts";
import { readSweepRows } from "../../src/serve/ui/sweep_rows.ts";
import { inTempFolder, write } from "../temp.ts";
import { ask, withServer } from "./serving.ts";

const TOKEN = "a-token-that-is-long-enough-0123456789";

Deno.test("there is no page unless it is asked for", async () => {
  await withServer({}, async (server) => {
    const { status, body } = await ask(server, "/");
    assertEquals([status, body.code], [404, "not_found"]);
  });
});

Deno.test("the page admits its own script and style, and asks its own server alone", async () => {
  await withServer({ playground: {} }, async (server) => {
    const { status, headers, body } = await ask(server, "/");
    assertEquals([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    assertEquals(headers.get("content-security-policy"), "frame-ancestors 'none'");
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(body)!;
    assert(!policy!.includes("unsafe"), policy);
    assertStringIncludes(policy!, "default-src 'none'");
    assertStringIncludes(policy!, "connect-src 'self'");
    assert(!/ style="| on[a-z]+="/.test(body));
    assert(body.length < 100_000, String(body.length));
  });
});

Deno.test("the page says which mapper and point are served, also after a reload", async () => {
  await using first = await openRuntime({ backend: "wordmap" });
  await using second = await openRuntime({ domain: "examples/home", backend: "wordmap" });
  await using server = await startServer(first, { port: 0, token: TOKEN, playground: {} });
  const page = (await ask(server, "/")).body;
  assertStringIncludes(page, "Domain defi, mapper wordmap");
  assertStringIncludes(page, '"threshold":0.35');
  assertStringIncludes(page, 'id="token"');
  assertStringIncludes(page, '<textarea id="context" rows="3"');
  const policy = { mapper: { confidence_threshold: 0.6 } };
  await server.reload(second, { policy, facts: () => Promise.resolve({}) });
  const after = (await ask(server, "/")).body;
  assertStringIncludes(after, "Domain home, mapper wordmap");
  assertStringIncludes(after, '"threshold":0.6');
  assertStringIncludes(after, "this server knows itself");
});

const HEADER = "gold_label,predicted,confidence,margin,reason";

Deno.test("readSweepRows() keeps what the sliders count", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(
      folder,
      "rows.csv",
      [
        HEADER,
        "swap,swap,0.70000,0.5,fired",
        "swap,stake,0.69999,0.1,low_confidence",
        ",stake,0.9,0.1,fired",
        "abstain,stake,0.9,0.1,not_an_order",
      ].join("\n"),
    );
    assertEquals(await readSweepRows(path), {
      confidence: [7000, 6999, 9000],
      margin: [5000, 1000, 1000],
      verdict: "+x-",
    });
    for (
      const [rows, message] of [
        ["swap,swap,x,0.5,fired", "Expected a confidence from 0 to 1"],
        ["swap,swap,0.5,1.5,fired", "Expected a margin from 0 to 1"],
        [",swap,0.5,0.5,fired", "Expected 1 to 100000 labelled rows, found none"],
      ] as const
    ) {
      const wrong = await write(folder, "wrong.csv", `${HEADER}\n${rows}\n`);
      await assertRejects(() => readSweepRows(wrong), MicroLmError, message);
    }
  });
});
