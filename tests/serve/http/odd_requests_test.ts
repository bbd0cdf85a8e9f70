import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect, readUntil, withServer, writeText } from "../serving.ts";

const BODY = '{"prompt":"deposit 1 ETH"}';
const POST = "POST /v1/run HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
const SIZED = `content-length: ${BODY.length}\r\n\r\n${BODY}`;
const GET = "GET /healthz HTTP/1.1\r\n";

/** What is sent, and the statuses of all answers; none for a connection that just ends. */
const REQUESTS: readonly (readonly [string, string, readonly number[]])[] = [
  ["HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", [400]],
  [
    "an upgrade to HTTP/2, which is answered in HTTP/1.1",
    `${POST}connection: close, upgrade\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n${SIZED}`,
    [200],
  ],
  ["a greeting of TLS", `\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${"\0".repeat(100)}`, [400]],
  ["two lengths", `${POST}content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef`, [400]],
  [
    "a length and chunks, with a request inside",
    `${POST}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${GET}\r\n`,
    [400],
  ],
  ["a negative length", `${POST}content-length: -1\r\n\r\n`, [400]],
  ["a length with a sign", `${POST}content-length: +5\r\n\r\nabcde`, [400]],
  ["a length beyond numbers", `${POST}content-length: ${"9".repeat(30)}\r\n\r\n`, [400]],
  ["two encodings", `${POST}transfer-encoding: chunked\r\ntransfer-encoding: x\r\n\r\n0\r\n\r\n`, [
    400,
  ]],
  ["lines that end with LF alone", "GET /healthz HTTP/1.1\nhost: localhost\n\n", [400]],
  ["a folded header", `${GET}host: localhost\r\nx: a\r\n b\r\nconnection: close\r\n\r\n`, [400]],
  ["a space before the colon", `${GET}host : localhost\r\n\r\n`, [400]],
  ["two hosts", `${GET}host: localhost\r\nhost: localhost\r\nconnection: close\r\n\r\n`, [421]],
  [
    "another host in the target",
    "GET http://evil.com/healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    [421],
  ],
  ["20,000 headers", `${GET}host: localhost\r\n${"x: y\r\n".repeat(20_000)}\r\n`, [431]],
  ["a target of 100,000 characters", `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`, [431]],
  ["an expectation", `${POST}connection: close\r\nexpect: 100-continue\r\n${SIZED}`, [100, 200]],
  ["another expectation", `${POST}connection: close\r\nexpect: more\r\n${SIZED}`, [417]],
  [
    "20 requests in one piece",
    `${POST}${SIZED}`.repeat(19) + `${POST}connection: close\r\n${SIZED}`,
    Array.from({ length: 20 }, () => 200),
  ],
  // Cut off at the garbage, be the first request answered by then or not
  ["a body that goes on after its length", `${POST}content-length: 2\r\n\r\n{}garbage\r\n\r\n`, []],
];

for (const [what, text, expected] of REQUESTS) {
  Deno.test(`the server that gets ${what} answers ${expected.join(", ") || "or ends it"} and goes on`, async () => {
    await withServer({ limits: { headTimeoutMs: 2000, bodyTimeoutMs: 2000 } }, async (server) => {
      using connection = await connect(server);
      await writeText(connection, text);
      const answers = await readUntil(connection, /never/).catch(() => "");
      const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) =>
        Number(status)
      );
      if (expected.length > 0) assertEquals(statuses, expected);
      assert(statuses.every((status) => status < 500), answers);
      using next = await connect(server);
      await writeText(next, `${POST}${SIZED}`);
      assertMatch(await readUntil(next, /det_hash/), /^HTTP\/1\.1 200/);
    });
  });
}
