import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { LogEntry } from "../../../src/serve/log_writer.ts";
import type { MicroServer } from "../../../src/serve/start_server.ts";
import { ask, connect, posted, readUntil, withServer, writeText } from "../serving.ts";

const SWAP = "swap 2 ETH for USDC";
const BODY = JSON.stringify({ prompt: SWAP });
const HEAD = "POST /v1/map HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
const WHOLE = `${HEAD}content-length: ${BODY.length}\r\n\r\n${BODY}`;
const TOKEN = "a-token-of-some-length";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function openMany(server: MicroServer, count: number): Promise<Deno.TcpConn[]> {
  return await Promise.all(Array.from({ length: count }, () => connect(server)));
}

/** Writes until nobody takes any more, or for so long; says how many bytes went out. */
async function flood(connection: Deno.TcpConn, piece: Uint8Array, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let sent = 0;
  while (performance.now() < end) {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), 100));
    const written = await Promise.race([connection.write(piece).catch(() => -1), late]);
    if (written === -1) return sent;
    sent += written ?? 0;
  }
  return sent;
}

Deno.test("a connection beyond the limit is told to come back, and can once others end", async () => {
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry) => entries.push(entry);
  await withServer({ limits: { maxConnections: 20 }, log }, async (server) => {
    using begun = await connect(server);
    await writeText(begun, `${HEAD}content-length: ${BODY.length}\r\n\r\n{`);
    await pause(30);
    const others = await openMany(server, 60);
    const answers = await Promise.all(
      others.slice(20, 40).map((other) => readUntil(other, /overloaded/).catch(() => "")),
    );
    const told = answers.find((text) => text !== "")!;
    assertMatch(told, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
    assertStringIncludes(told, "retry-after: 1");
    assertStringIncludes(told, "connection: close");
    await writeText(begun, BODY.slice(1));
    assertMatch(await readUntil(begun, /mapper_sha256/), /^HTTP\/1\.1 200/);
    for (const other of others) other.close();
    await pause(300);
    assertEquals((await ask(server, "/v1/map", posted({ prompt: SWAP }))).status, 200);
    const { body } = await ask(server, "/metrics");
    assertMatch(body, /refused_connections_total\{code="overloaded"\} \d+/);
  });
  assertEquals(entries.filter(({ event }) => event === "shedding").length, 1);
});

Deno.test("connections that do nothing give way to new ones", async () => {
  await withServer({ limits: { maxConnections: 10 } }, async (server) => {
    const silent = await openMany(server, 10);
    await pause(1100);
    for (let n = 0; n < 5; n++) {
      using fresh = await connect(server);
      await writeText(fresh, WHOLE);
      assertMatch(await readUntil(fresh, /mapper_sha256/), /^HTTP\/1\.1 200/);
    }
    for (const connection of silent) connection.close();
  });
});

Deno.test("200 clients that send half a head are ended, and nobody else notices", async () => {
  await withServer({ limits: { headTimeoutMs: 400 } }, async (server) => {
    const slow = await openMany(server, 200);
    await Promise.all(slow.map((connection) => writeText(connection, "POST /v1/map HTT")));
    const start = performance.now();
    assertEquals((await ask(server, "/v1/map", posted({ prompt: SWAP }))).status, 200);
    const texts = await Promise.all(slow.map((connection) => readUntil(connection, /slow_head/)));
    assert(performance.now() - start < 3000);
    assertEquals(texts.filter((text) => /^HTTP\/1\.1 408/.test(text)).length, 200);
    for (const connection of slow) connection.close();
  });
});

Deno.test("a client that does not take its answer is cut off", async () => {
  await withServer({ limits: { answerTimeoutMs: 200 } }, async (server) => {
    using client = await connect(server);
    const prompts = JSON.stringify({ prompts: Array(1024).fill(SWAP), top_k: 1000 });
    const request = `${HEAD.replace("map", "map/batch")}content-length: ${prompts.length}\r\n\r\n`;
    for (let n = 0; n < 12; n++) {
      const late = pause(300).then(() => null);
      if (await Promise.race([writeText(client, request + prompts), late]) === null) break;
    }
    await pause(1500);
    const { body } = await ask(server, "/metrics");
    assertMatch(body, /micro_lm_open_connections [01]\n/);
  });
});

Deno.test("a head that is too large gets 431, one that is no HTTP 400", async () => {
  await withServer({}, async (server) => {
    using large = await connect(server);
    await writeText(large, `${HEAD}x-large: ${"a".repeat(20_000)}\r\n\r\n`);
    assertMatch(await readUntil(large, /head_too_large/), /^HTTP\/1\.1 431 /);
    for (const text of ["\u0001\u0002\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]) {
      using other = await connect(server);
      await writeText(other, text);
      assertMatch(await readUntil(other, /bad_request/), /^HTTP\/1\.1 400 /);
    }
    using smuggled = await connect(server);
    await writeText(
      smuggled,
      `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    assertMatch(await readUntil(smuggled, /\}/), /^HTTP\/1\.1 400 /);
    assertEquals((await ask(server, "/healthz")).status, 200);
  });
});

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["with 413", `${HEAD}authorization: Bearer ${TOKEN}\r\n`, /^HTTP\/1\.1 413/],
  ["with 401", HEAD, /^HTTP\/1\.1 401/],
];
const LENGTHS = [
  ["of a known length", "content-length: 9000000000\r\n\r\n"],
  ["in chunks", "transfer-encoding: chunked\r\n\r\n10000000\r\n"],
] as const;

for (const [what, head, status] of REFUSED) {
  for (const [kind, length] of LENGTHS) {
    Deno.test(`a body ${kind} that is refused ${what} is not read on`, async () => {
      await withServer({ token: TOKEN }, async (server) => {
        using client = await connect(server);
        const text = readUntil(client, /\}$/).catch(() => "");
        await writeText(client, head + length);
        const sent = await flood(client, new Uint8Array(1 << 16).fill(97), 1500);
        // What the kernel's buffers hold, and the limit
        assert(sent < 16 << 20, `${sent} bytes`);
        assertMatch(await text, status);
      });
    });
  }
}

Deno.test("a connection that got 408 ends", async () => {
  await withServer({ limits: { bodyTimeoutMs: 100 } }, async (server) => {
    for (const length of ["content-length: 100", "transfer-encoding: chunked"]) {
      using client = await connect(server);
      await writeText(client, `${HEAD}${length}\r\n\r\n`);
      const text = await readUntil(client, /never/);
      assertMatch(text, /^HTTP\/1\.1 408/);
      assertMatch(text, /connection: close/i);
    }
  });
});

Deno.test("a client that asks whether to send its body hears so, or why not", async () => {
  await withServer({}, async (server) => {
    using polite = await connect(server);
    const expect = "expect: 100-continue\r\n";
    await writeText(polite, `${HEAD}${expect}content-length: ${BODY.length}\r\n\r\n`);
    assertMatch(await readUntil(polite, /\r\n\r\n/), /^HTTP\/1\.1 100 /);
    await writeText(polite, BODY);
    assertMatch(await readUntil(polite, /mapper_sha256/), /^HTTP\/1\.1 200/);
    using large = await connect(server);
    await writeText(large, `${HEAD}${expect}content-length: 9000000\r\n\r\n`);
    assertMatch(await readUntil(large, /body_too_large/), /^HTTP\/1\.1 413/);
  });
});

const HOSTS: readonly (readonly [string, number])[] = [
  ["localhost", 200],
  ["LOCALHOST:8088", 200],
  ["localhost.", 200],
  ["127.0.0.1:1", 200],
  ["127.9.9.9", 200],
  ["[::1]:8088", 200],
  ["sidecar:8088", 200],
  ["allowed.example.com", 200],
  ["evil.example.com:18303", 421],
  ["localhost.evil.example.com", 421],
  ["127.0.0.1.evil.example.com", 421],
  ["192.168.1.2", 421],
  ["2130706433", 421],
  ["[::2]", 421],
  ["", 421],
];

for (const [host, expected] of HOSTS) {
  Deno.test(`without a token the host "${host}" is answered with ${expected}`, async () => {
    await withServer({ allowedHosts: ["Allowed.example.com"] }, async (server) => {
      for (const target of ["/healthz", "/v1/map"]) {
        using client = await connect(server);
        const head = target === "/healthz"
          ? `GET ${target} HTTP/1.1\r\nhost: ${host}\r\n\r\n`
          : WHOLE.replace("host: localhost", `host: ${host}`);
        await writeText(client, head);
        const text = await readUntil(client, /\r\n\r\n/);
        assertEquals([target, Number(text.slice(9, 12))], [target, expected]);
      }
    });
  });
}

Deno.test("a whole address as target counts more than the header Host", async () => {
  await withServer({}, async (server) => {
    for (const [target, status] of [["http://evil.example.com", 421], [server.url, 200]] as const) {
      using client = await connect(server);
      await writeText(client, `GET ${target}/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      assertEquals(Number((await readUntil(client, /\r\n\r\n/)).slice(9, 12)), status);
    }
    using old = await connect(server);
    await writeText(old, "GET /healthz HTTP/1.0\r\n\r\n");
    assertMatch(await readUntil(old, /\r\n\r\n/), /^HTTP\/1\.1 421/);
  });
});

Deno.test("with a token any host is answered unless some are listed", async () => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  for (const [allowedHosts, expected] of [[[], 200], [["mine.example.com"], 421]] as const) {
    await withServer({ token: TOKEN, allowedHosts }, async (server) => {
      using client = await connect(server);
      await writeText(
        client,
        WHOLE.replace("host: localhost", "host: x.example.com")
          .replace("\r\n\r\n", `\r\nauthorization: ${headers.authorization}\r\n\r\n`),
      );
      assertEquals(Number((await readUntil(client, /\r\n\r\n/)).slice(9, 12)), expected);
    });
  }
});
