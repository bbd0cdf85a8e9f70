import { assert, assertEquals } from "@std/assert";
import { createLogWriter } from "../../src/serve/log_writer.ts";

const now = () => new Date(0);

/** A place to write to that takes a few bytes at a time. */
function sink(most = Infinity) {
  const state = { text: "", writes: 0 };
  const write = async (bytes: Uint8Array) => {
    await Promise.resolve();
    const taken = bytes.subarray(0, most);
    state.text += new TextDecoder().decode(taken);
    state.writes++;
    return taken.length;
  };
  return { state, write };
}

Deno.test("createLogWriter() writes many entries at once, in order, whole", async () => {
  const { state, write } = sink(100);
  const log = createLogWriter(write, { now, intervalMs: 1 });
  for (let n = 0; n < 50; n++) log.write({ n });
  await log.close();
  const lines = state.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines, Array.from({ length: 50 }, (_, n) => ({ time: now().toISOString(), n })));
  assertEquals(state.writes, Math.ceil(state.text.length / 100));
});

Deno.test("createLogWriter() leaves lines out rather than keep them all", async () => {
  const { state, write } = sink();
  const gate = Promise.withResolvers<void>();
  const log = createLogWriter(async (bytes) => {
    await gate.promise;
    return await write(bytes);
  }, { now, intervalMs: 1, maxWaiting: 200 });
  log.write({ n: "first" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (let n = 0; n < 1000; n++) log.write({ n });
  gate.resolve();
  await log.close();
  const lines = state.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const written = lines.filter(({ n }) => n !== undefined).length;
  const { dropped } = lines.find(({ event }) => event === "dropped");
  assertEquals(written + dropped, 1001);
  assert(written < 20);
});

Deno.test("createLogWriter() goes on when nobody reads", async () => {
  let calls = 0;
  const log = createLogWriter(() => {
    calls++;
    return Promise.reject(new Deno.errors.BrokenPipe("gone"));
  }, { intervalMs: 1 });
  log.write({ n: 1 });
  await log.close();
  log.write({ n: 2 });
  await log.close();
  assertEquals(calls, 2);
});
