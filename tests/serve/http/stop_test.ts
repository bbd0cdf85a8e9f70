import { assert, assertEquals, assertMatch } from "@std/assert";
import { openRuntime } from "../../../src/run/runtime.ts";
import { type MicroServer, startServer } from "../../../src/serve/start_server.ts";
import { connect, readUntil, writeText } from "../serving.ts";

const BODY = JSON.stringify({ prompt: "swap 2 ETH for USDC", context: { oracle: { age_sec: 1 } } });
const WHOLE = "POST /v1/run HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" +
  `content-length: ${BODY.length}\r\n\r\n${BODY}`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What became of the last request of a client. */
interface Ending {
  readonly sentAt: number;
  /** 0 for an end without an answer. */
  readonly status: number;
  readonly isLast: boolean;
}

/** Sends one request after the other until the server says that the connection ends. */
async function keepAlive(server: MicroServer, delayMs: number): Promise<Ending> {
  using connection = await connect(server);
  for (;;) {
    const sentAt = performance.now();
    const text = await writeText(connection, WHOLE)
      .then(() => readUntil(connection, /\r\n\r\n\{.*\}$/s))
      .catch(() => "");
    const status = Number(text.slice(9, 12));
    const isLast = /^connection: close/im.test(text);
    if (status === 0 || isLast) return { sentAt, status, isLast };
    await pause(delayMs);
  }
}

for (const delayMs of [0, 5]) {
  Deno.test(`stopping answers what 64 clients had sent (${delayMs} ms between)`, async () => {
    await using runtime = await openRuntime({ backend: "wordmap" });
    for (let trial = 0; trial < 3; trial++) {
      const server = await startServer(runtime, { port: 0 });
      const clients = Array.from({ length: 64 }, () => keepAlive(server, delayMs));
      await pause(200 + 7 * trial);
      const signal = performance.now();
      await server.stop();
      assert(performance.now() - signal < 3000);
      const endings = await Promise.all(clients);
      const lost = endings.filter(({ status, sentAt }) => status === 0 && sentAt < signal);
      assertEquals(lost, []);
      assert(endings.every(({ status }) => [0, 200, 503].includes(status)));
      assert(endings.filter(({ isLast }) => isLast).length >= 60, "most are told to go");
    }
  });
}

Deno.test("stopping answers requests of connections that nobody has accepted yet", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const server = await startServer(runtime, { port: 0 });
  const connections = await Promise.all(Array.from({ length: 64 }, () => connect(server)));
  await Promise.all(connections.map((connection) => writeText(connection, WHOLE)));
  const stopped = server.stop();
  const texts = await Promise.all(connections.map((c) => readUntil(c, /\r\n\r\n\{.*\}$/s)));
  await stopped;
  for (const text of texts) {
    assertMatch(text, /^HTTP\/1\.1 (200|503) /);
    assertMatch(text, /^connection: close/im);
  }
  for (const connection of connections) connection.close();
});

Deno.test("stopping ends in time beside clients that do nothing", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const server = await startServer(runtime, { port: 0, limits: { stopTimeoutMs: 2000 } });
  const idle = await Promise.all(Array.from({ length: 20 }, () => connect(server)));
  await pause(20);
  const start = performance.now();
  await server.stop();
  assert(performance.now() - start < 2500);
  for (const connection of idle) connection.close();
});
