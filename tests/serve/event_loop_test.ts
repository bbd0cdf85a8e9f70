import { assert, assertEquals, assertMatch } from "@std/assert";
import { watchEventLoop } from "../../src/serve/event_loop.ts";
import { ask, posted, withServer } from "./serving.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("watchEventLoop() says for how long nothing was looked at", async () => {
  const delays: number[] = [];
  using watch = watchEventLoop({ intervalMs: 10, onDelay: (seconds) => delays.push(seconds) });
  await pause(60);
  assert(delays.length >= 2);
  block(150);
  await pause(30);
  assert(watch.worst > 0.1 && watch.worst < 1, `${watch.worst}`);
  assertEquals(watch.worst, Math.max(...delays));
});

Deno.test("the metrics of a server show how late its event loop was", async () => {
  await withServer({}, async (server) => {
    await pause(120);
    block(300);
    await pause(120);
    const { body } = await ask(server, "/metrics");
    const worst = /^micro_lm_event_loop_delay_worst_seconds (\S+)$/m.exec(body)![1];
    assert(Number(worst) > 0.2, worst);
    assertMatch(body, /event_loop_delay_seconds_bucket\{le="\+Inf"\} \d+/);
  });
});

const LIMIT = 1990;
/** Runs of each separator and of what abstentions and orders begin with, at the length limit. */
const RUNS = [" ", "\t", "\n", "\ud800", ",", "1,", "and ", "then ", "not ", "if ", '"', "(", "."];

Deno.test("no prompt of one character over and over keeps a server from answering", async () => {
  await withServer({}, async (server) => {
    // Loads what a run needs
    await ask(server, "/v1/run", posted({ prompt: "deposit 1 ETH" }));
    let slowest = { ms: 0, run: "" };
    for (const run of RUNS) {
      const middle = run.repeat(Math.ceil(LIMIT / run.length)).slice(0, LIMIT - 15);
      const start = performance.now();
      await ask(server, "/v1/run", posted({ prompt: `deposit 1 ETH${middle}x` }));
      const ms = performance.now() - start;
      if (ms > slowest.ms) slowest = { ms, run };
    }
    assert(slowest.ms < 250, JSON.stringify(slowest));
  });
});
