// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * As many requests as an hour has at a given rate, sent as fast as they are answered, while the server reads
 * its mapper anew: `deno task bench:soak [REQUESTS_PER_SECOND] [HOURS] [MAPPER]`.
 *
 * No two prompts are the same, so that nothing that is kept by prompt goes unseen. Exits with 2 if an answer is
 * not 200, or if memory after the first quarter is more than a tenth above it.
 */
import { readPrompts } from "../mod.ts";
import { textTable } from "../src/report/mod.ts";
import { Client, serverOf } from "./serve_client.ts";

const [rate = "1000", hours = "1", mapper = ".artifacts/defi_mapper.json"] = Deno.args;
const WANTED = Math.round(Number(rate) * 3600 * Number(hours));
const CONNECTIONS = 64;
/** Prompts of a request: each is a decision of its own. */
const SINGLES = 4;
const RELOAD_MS = 15_000;
const WATCH_MS = 5000;

const texts = (await readPrompts("fixtures/defi/defi_mapper_5k_prompts.jsonl")).rows
  .map(({ prompt }) => prompt);
const server = serverOf(mapper, "--quiet");
const output = server.stdout.getReader();
if ((await output.read()).done) throw new Error(`The server does not start with ${mapper}`);

const wrong = new Map<number, number>();
const memory: { readonly requests: number; readonly mb: number }[] = [];
let sent = 0;
let answered = 0;
let reloads = 0;

/** Three of four requests map a prompt, one plans it. */
async function work(): Promise<void> {
  const client = new Client();
  while (sent < WANTED) {
    const i = sent++;
    const prompt = `${texts[i % texts.length]} ${i.toString(36)}`;
    const line = i % SINGLES === 0 ? "POST /v1/run" : "POST /v1/map";
    const status = await client.request(line, { body: JSON.stringify({ prompt }) });
    answered++;
    if (status !== 200) wrong.set(status, (wrong.get(status) ?? 0) + 1);
  }
  client.close();
}

async function resident(): Promise<number> {
  const client = new Client();
  await client.request("GET /metrics");
  client.close();
  return Number(/^micro_lm_resident_memory_bytes (\d+)/m.exec(client.body)?.[1]) / 1e6;
}

const start = performance.now();
const reloading = setInterval(() => {
  reloads++;
  server.kill("SIGHUP");
}, RELOAD_MS);
const watching = setInterval(async () => {
  memory.push({ requests: answered, mb: await resident() });
}, WATCH_MS);
await Promise.all(Array.from({ length: CONNECTIONS }, work));
clearInterval(reloading);
clearInterval(watching);
const seconds = (performance.now() - start) / 1000;
memory.push({ requests: answered, mb: await resident() });
server.kill("SIGTERM");
const { code } = await server.status;
await output.cancel();

const step = Math.max(1, Math.floor(memory.length / 12));
console.log(textTable({
  columns: ["requests", "resident MB"],
  rows: memory.filter((_, i) => i % step === 0 || i === memory.length - 1)
    .map(({ requests, mb }) => [requests, mb.toFixed(0)]),
}));
const quarter = Math.max(1, Math.floor(memory.length / 4));
const highest = (part: typeof memory) => part.reduce((most, { mb }) => Math.max(most, mb), 0);
const growth = highest(memory.slice(quarter)) / highest(memory.slice(0, quarter)) - 1;
console.log(
  `${answered} requests in ${seconds.toFixed(0)} s (an hour at ${
    (answered / 3600).toFixed(0)
  }/s), ` +
    `${reloads} reloads, other answers than 200: ${[...wrong].join(" ") || "none"}`,
);
console.log(
  `memory after the first quarter: ${(100 * growth).toFixed(1)}% above it; exit code ${code}`,
);
Deno.exit(wrong.size === 0 && growth <= 0.1 && code === 0 ? 0 : 2);
