// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Load test of the server, from a process of its own: `deno task bench:serve [MAPPER] [SECONDS]`.
 *
 * Loads after one another: large batches, single prompts on 64 connections, the same beside an attacker who
 * sends prompts as long as the limit on 4 more, and for two minutes a mixture of valid, invalid, huge and slow
 * bodies on 64 connections. Exits with 2 if a bar is missed.
 */
import { readPrompts } from "../mod.ts";
import { createRandom } from "../src/core/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { Client, serverOf } from "./serve_client.ts";

const CONNECTIONS = 64;
const BATCH = 256;
const BODY_SECONDS = 2;
/** UTF-16 units that a prompt may have. */
const MOST_UNITS = 8000;
const HUGE = new TextEncoder().encode(JSON.stringify({ prompt: "a".repeat(2 << 20) }));
const [mapper = ".artifacts/defi_mapper.json", seconds = "120"] = Deno.args;

/** A kind of request. */
interface Kind {
  readonly name: string;
  /** How often it is sent, among all kinds. */
  readonly share: number;
  /** The status that is right; 0 for an answer that may get lost with the connection. */
  readonly expected: readonly number[];
  send(client: Client, at: number): Promise<number>;
}

const prompts = (await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl")).rows
  .map(({ prompt }) => prompt);
const promptAt = (i: number) => prompts[i % prompts.length]!;
const json = (value: unknown) => ({ body: JSON.stringify(value) });
const map = (client: Client, i: number) =>
  client.request("POST /v1/map", json({ prompt: promptAt(i) }));
const batch = (rows: number) => (client: Client, i: number) =>
  client.request(
    "POST /v1/map/batch",
    json({ prompts: Array.from({ length: rows }, (_, k) => promptAt(i * rows + k)) }),
  );
const context = { oracle: { age_sec: 5 }, positions: { collateral_value: 1000, debt_value: 100 } };

const MAP: Kind = { name: "map", share: 1, expected: [200], send: map };
const BATCHES: Kind = { name: "batch of 256", share: 1, expected: [200], send: batch(BATCH) };
const MIXTURE: readonly Kind[] = [
  { name: "map", share: 60, expected: [200], send: map },
  {
    name: "run",
    share: 10,
    expected: [200],
    send: (client, i) => client.request("POST /v1/run", json({ prompt: promptAt(i), context })),
  },
  { name: "batch of 32", share: 5, expected: [200], send: batch(32) },
  {
    name: "no JSON",
    share: 5,
    expected: [400],
    send: (client) => client.request("POST /v1/map", { body: '{"prompt": "swa' }),
  },
  {
    name: "wrong key",
    share: 5,
    expected: [422],
    send: (client) => client.request("POST /v1/run", json({ prompt: "swap", polcy: {} })),
  },
  {
    name: "wrong type",
    share: 4,
    expected: [415],
    send: (client) => client.request("POST /v1/map", { type: "text/plain", body: "swap" }),
  },
  {
    name: "wrong path",
    share: 4,
    expected: [404],
    send: (client, i) => client.request(`GET /v1/${i}`),
  },
  {
    name: "deep nesting",
    share: 2,
    expected: [422],
    send: (client) =>
      client.request("POST /v1/run", {
        body: `{"prompt":"x","policy":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
      }),
  },
  {
    name: "huge, 2 MiB",
    share: 1,
    expected: [413, 0],
    send: (client) => client.request("POST /v1/map", { body: HUGE }),
  },
  {
    name: "huge in chunks",
    share: 1,
    expected: [413, 0],
    send: (client) => client.request("POST /v1/map", { body: HUGE, chunked: true }),
  },
  {
    name: "slow, 0.5 s",
    share: 1,
    expected: [200],
    send: (client, i) =>
      client.request("POST /v1/map", { ...json({ prompt: promptAt(i) }), slowMs: 500 }),
  },
  {
    name: "too slow",
    share: 1,
    expected: [408, 0],
    send: (client, i) =>
      client.request("POST /v1/map", {
        ...json({ prompt: promptAt(i) }),
        slowMs: 1000 * BODY_SECONDS + 2000,
        chunked: i % 2 === 0,
      }),
  },
];

/** Prompts as long as the limit: runs of what readers look for. */
const PIECES = [
  " ",
  "a",
  "1",
  ",",
  "(",
  "swap ",
  "2 ETH and ",
  "if not ",
  "deposit 1 ETH into aave, ",
];
const LONG: Kind = {
  name: "run of 8,000 characters",
  share: 1,
  expected: [200],
  send: (client, i) => {
    const piece = PIECES[i % PIECES.length]!;
    const prompt = piece.repeat(Math.ceil(MOST_UNITS / piece.length)).slice(0, MOST_UNITS);
    return client.request("POST /v1/run", json({ prompt, context }));
  },
};

/** What happened to the requests of one kind. */
interface Tally {
  readonly statuses: Map<number, number>;
  readonly ms: number[];
}

interface Load {
  readonly tallies: ReadonlyMap<Kind, Tally>;
  readonly seconds: number;
  /** Bytes of the server, resident and on its heap, every five seconds. */
  readonly memory: readonly (readonly [number, number])[];
}

async function load(kinds: readonly Kind[], connections: number, duration: number): Promise<Load> {
  const tallies = new Map(kinds.map((kind): [Kind, Tally] => [
    kind,
    { statuses: new Map(), ms: [] },
  ]));
  const random = createRandom(7);
  const deck = kinds.flatMap((kind) => Array<Kind>(kind.share).fill(kind));
  const start = performance.now();
  const isOver = () => performance.now() - start > 1000 * duration;
  let count = 0;
  const work = async () => {
    const client = new Client();
    while (!isOver()) {
      const kind = deck[Math.floor(random.uniform() * deck.length)]!;
      const before = performance.now();
      const status = await kind.send(client, count++);
      const { statuses, ms } = tallies.get(kind)!;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      ms.push(performance.now() - before);
    }
    client.close();
  };
  const memory: [number, number][] = [];
  const watch = async () => {
    const client = new Client();
    while (!isOver()) {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await client.request("GET /metrics");
      const gauge = (name: string) =>
        Number(new RegExp(`^micro_lm_${name}_bytes (\\d+)`, "m").exec(client.body)?.[1]);
      memory.push([gauge("resident_memory"), gauge("heap_used")]);
    }
    client.close();
  };
  await Promise.all([...Array.from({ length: connections }, work), watch()]);
  return { tallies, seconds: (performance.now() - start) / 1000, memory };
}

const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ??
    NaN;
let missed = 0;

function bar(text: string, isMet: boolean): void {
  if (!isMet) missed++;
  console.log(`${isMet ? "met   " : "MISSED"}  ${text}`);
}

function printTallies({ tallies, seconds: duration }: Load): void {
  console.log(textTable({
    columns: ["request", "statuses", "per s", "p50 ms", "p99 ms", "max ms"],
    rows: [...tallies].map(([{ name }, { statuses, ms }]) => [
      name,
      [...statuses].sort().map(([status, n]) => `${status || "none"}: ${n}`).join(", "),
      (ms.length / duration).toFixed(0),
      ...[0.5, 0.99, 1].map((q) => quantile(ms, q).toFixed(1)),
    ]),
  }));
}

function okPerSecond({ tallies, seconds: duration }: Load, kind: Kind): number {
  return Math.round((tallies.get(kind)!.statuses.get(200) ?? 0) / duration);
}

async function main(): Promise<void> {
  await load([BATCHES, MAP], 8, 3);
  const batches = await load([BATCHES], 4, 10);
  printTallies(batches);
  const rate = okPerSecond(batches, BATCHES) * BATCH;
  bar(`${rate} prompts/s through /v1/map/batch, at least 5000`, rate >= 5000);
  const singles = await load([MAP], CONNECTIONS, 10);
  printTallies(singles);
  const requests = okPerSecond(singles, MAP);
  bar(`${requests} requests/s through /v1/map, at least 1500`, requests >= 1500);

  const [beside, attack] = await Promise.all([load([MAP], CONNECTIONS, 10), load([LONG], 4, 10)]);
  printTallies(beside);
  printTallies(attack);
  const [quiet, loud] = [singles, beside].map(({ tallies }) =>
    quantile(tallies.get(MAP)!.ms, 0.99)
  );
  bar(
    `p99 ${loud!.toFixed(1)} ms beside an attacker, ${quiet!.toFixed(1)} ms without: ` +
      `${(loud! / quiet!).toFixed(2)} times, at most 3`,
    loud! <= 3 * quiet!,
  );

  const mixed = await load(MIXTURE, CONNECTIONS, Number(seconds));
  printTallies(mixed);
  const wrong = [...mixed.tallies].flatMap(([{ name, expected }, { statuses }]) =>
    [...statuses.keys()].filter((status) => !expected.includes(status))
      .map((status) => `${name}: ${status}`)
  );
  bar(`no 5xx and no other status than expected ${wrong.join(", ")}`, wrong.length === 0);
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const mb = mixed.memory.map(([resident]) => megabytes(resident));
  console.log(`resident MB every 5 s: ${mb.join(" ")}`);
  console.log(`heap MB every 5 s: ${mixed.memory.map(([, heap]) => megabytes(heap)).join(" ")}`);
  const warm = Math.max(1, Math.floor(mb.length / 4));
  const before = Math.max(...mb.slice(0, warm));
  const growth = Math.max(...mb.slice(warm)) / before - 1;
  bar(
    `memory ${(100 * growth).toFixed(1)}% after the first quarter, at most 10%`,
    growth <= 0.1,
  );
}

const server = serverOf(mapper, "--body_seconds", String(BODY_SECONDS));
const output = server.stdout.getReader();
if ((await output.read()).done) throw new Error(`The server does not start with ${mapper}`);
await main();
server.kill("SIGTERM");
const { code } = await server.status;
await output.cancel();
bar(`the server stopped with exit code ${code}`, code === 0);
Deno.exit(missed === 0 ? 0 : 2);
