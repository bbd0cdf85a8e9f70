import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { ActivePoint } from "../../src/run/operating_point.ts";
import { DEFAULT_MAPPER_POLICY, type MapperPolicy } from "../../src/run/policy/mapper_policy.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import type { MapOptions, MappedPrompt } from "../../src/run/runtime_types.ts";
import { createMapQueue } from "../../src/serve/map_queue.ts";

const at = (threshold: number): ActivePoint => ({ point: { threshold }, certificate: null });
const POINT = at(0.5);

/** A runtime that answers each prompt with itself and writes down its calls. */
function echo(fails: (prompt: string) => boolean = () => false) {
  const calls: { prompts: readonly string[]; threshold: number | undefined }[] = [];
  const map = async (
    prompts: readonly string[],
    _policy?: MapperPolicy,
    options?: MapOptions,
  ) => {
    calls.push({ prompts, threshold: options?.active?.point.threshold });
    await Promise.resolve();
    if (prompts.some(fails)) throw new Error(`Cannot map ${prompts.join()}`);
    return prompts.map((predicted) => ({ predicted, top: [] })) as unknown as MappedPrompt[];
  };
  return { calls, map };
}

const names = (mapped: readonly MappedPrompt[]) => mapped.map(({ predicted }) => predicted);

Deno.test("createMapQueue() makes one call of what arrives together", async () => {
  const rows: number[] = [];
  const { calls, map } = echo();
  const queue = createMapQueue({ map }, { onBatch: (count) => rows.push(count) });
  const answers = Promise.all(["a", "b", "c"].map((prompt) => queue.map([prompt], POINT)));
  assertEquals(queue.waiting, 3);
  assertEquals((await answers).map(names), [["a"], ["b"], ["c"]]);
  assertEquals(calls.map(({ prompts }) => prompts), [["a", "b", "c"]]);
  assertEquals([rows, queue.waiting], [[3], 0]);
});

Deno.test("createMapQueue() cuts large batches and lets small ones in between", async () => {
  const { calls, map } = echo();
  const queue = createMapQueue({ map }, { maxRows: 2 });
  const large = queue.map(["1", "2", "3"], POINT);
  const small = queue.map(["a"], POINT);
  assertEquals([names(await large), names(await small)], [["1", "2", "3"], ["a"]]);
  assertEquals(calls.map(({ prompts }) => prompts), [["1", "2"], ["a", "3"]]);
});

Deno.test("createMapQueue() encodes no more text at once than its limit", async () => {
  const { calls, map } = echo();
  const queue = createMapQueue({ map }, { maxUnits: 10 });
  const batch = queue.map(["a".repeat(8), "bb", "c".repeat(30), "d"], POINT);
  const other = queue.map(["e"], POINT);
  assertEquals(names(await batch).map((text) => text.length), [8, 2, 30, 1]);
  assertEquals(names(await other), ["e"]);
  assertEquals(calls.map(({ prompts }) => prompts.map((text) => text.length)), [
    [8, 2],
    [1, 30],
    [1],
  ]);
});

Deno.test("createMapQueue() takes turns among large batches", async () => {
  const { calls, map } = echo();
  const queue = createMapQueue({ map }, { maxRows: 2 });
  const batches = ["a", "b"].map((name) =>
    queue.map([1, 2, 3, 4].map((i) => `${name}${i}`), POINT)
  );
  assertEquals((await Promise.all(batches)).map(names)[1], ["b1", "b2", "b3", "b4"]);
  assertEquals(calls.map(({ prompts }) => prompts[0]), ["a1", "b1", "a3", "b3"]);
});

Deno.test("createMapQueue() keeps operating points apart and joins equal ones", async () => {
  const { calls, map } = echo();
  const queue = createMapQueue({ map });
  const points = [at(0.5), at(0.9), at(0.5)];
  await Promise.all(points.map((point, i) => queue.map([String(i)], point)));
  assertEquals(
    calls.map(({ prompts, threshold }) => [prompts, threshold]),
    [[["0", "2"], 0.5], [["1"], 0.9]],
  );
});

Deno.test("createMapQueue() fails those alone whose prompts cannot be mapped", async () => {
  const { map } = echo((prompt) => prompt === "bad");
  const queue = createMapQueue({ map });
  const [good, bad, other] = ["good", "bad", "other"].map((prompt) => queue.map([prompt], POINT));
  await assertRejects(() => bad!, Error, "Cannot map bad");
  assertEquals([names(await good!), names(await other!)], [["good"], ["other"]]);
  assertEquals(names(await queue.map(["later"], POINT)), ["later"]);
});

Deno.test("createMapQueue() fails a batch of several calls once and goes on", async () => {
  const { map, calls } = echo((prompt) => prompt === "bad");
  const queue = createMapQueue({ map }, { maxRows: 1 });
  const batch = queue.map(["bad", "b", "bad"], POINT);
  const other = queue.map(["other"], POINT);
  await assertRejects(() => batch, Error, "Cannot map bad");
  assertEquals(names(await other), ["other"]);
  assert(calls.length <= 4);
});

Deno.test("createMapQueue() answers as the runtime does, whatever comes together", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const word = fc.constantFrom("swap", "borrow", "2", "ETH", "usdc", "do not", "?", "\ud800", "");
  const prompt = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
  const request = fc.record({
    prompts: fc.array(prompt, { maxLength: 6 }),
    threshold: fc.constantFrom(0.2, 0.9),
  });
  await fc.assert(fc.asyncProperty(fc.array(request, { maxLength: 12 }), async (requests) => {
    const queue = createMapQueue(runtime, { maxRows: 4 });
    const answers = await Promise.all(
      requests.map(({ prompts, threshold }) => queue.map(prompts, at(threshold))),
    );
    for (const [i, { prompts, threshold }] of requests.entries()) {
      assertEquals(
        answers[i],
        await runtime.map(prompts, {
          ...DEFAULT_MAPPER_POLICY,
          confidence_threshold: threshold,
        }),
      );
    }
  }));
});
