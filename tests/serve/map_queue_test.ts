import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { MapperPolicy } from "../../src/run/policy/mapper_policy.ts";
import { DEFAULT_POLICY } from "../../src/run/policy/policy.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import type { MappedPrompt } from "../../src/run/runtime_types.ts";
import { createMapQueue } from "../../src/serve/map_queue.ts";

const { mapper: POLICY } = DEFAULT_POLICY;
const withThreshold = (confidence_threshold: number): MapperPolicy => ({
  ...POLICY,
  confidence_threshold,
});

/** A runtime that answers each prompt with itself and writes down its calls. */
function echo(fails: (prompt: string) => boolean = () => false) {
  const calls: { prompts: readonly string[]; policy: MapperPolicy | undefined }[] = [];
  const map = async (prompts: readonly string[], policy?: MapperPolicy) => {
    calls.push({ prompts, policy });
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
  const answers = Promise.all(["a", "b", "c"].map((prompt) => queue.map([prompt], POLICY)));
  assertEquals(queue.waiting, 3);
  assertEquals((await answers).map(names), [["a"], ["b"], ["c"]]);
  assertEquals(calls.map(({ prompts }) => prompts), [["a", "b", "c"]]);
  assertEquals([rows, queue.waiting], [[3], 0]);
});

Deno.test("createMapQueue() cuts large batches and lets small ones in between", async () => {
  const { calls, map } = echo();
  const queue = createMapQueue({ map }, { maxRows: 2 });
  const large = queue.map(["1", "2", "3"], POLICY);
  const small = queue.map(["a"], POLICY);
  assertEquals([names(await large), names(await small)], [["1", "2", "3"], ["a"]]);
  assertEquals(calls.map(({ prompts }) => prompts), [["1", "2"], ["3", "a"]]);
});

Deno.test("createMapQueue() keeps policies apart and joins equal ones", async () => {
  const { calls, map } = echo();
  const queue = createMapQueue({ map });
  const policies = [withThreshold(0.5), withThreshold(0.9), withThreshold(0.5)];
  await Promise.all(policies.map((policy, i) => queue.map([String(i)], policy)));
  assertEquals(
    calls.map(({ prompts, policy }) => [prompts, policy!.confidence_threshold]),
    [[["0", "2"], 0.5], [["1"], 0.9]],
  );
});

Deno.test("createMapQueue() fails those alone whose prompts cannot be mapped", async () => {
  const { map } = echo((prompt) => prompt === "bad");
  const queue = createMapQueue({ map });
  const [good, bad, other] = ["good", "bad", "other"].map((prompt) => queue.map([prompt], POLICY));
  await assertRejects(() => bad!, Error, "Cannot map bad");
  assertEquals([names(await good!), names(await other!)], [["good"], ["other"]]);
  assertEquals(names(await queue.map(["later"], POLICY)), ["later"]);
});

Deno.test("createMapQueue() fails a batch of several calls once and goes on", async () => {
  const { map, calls } = echo((prompt) => prompt === "bad");
  const queue = createMapQueue({ map }, { maxRows: 1 });
  const batch = queue.map(["bad", "b", "bad"], POLICY);
  const other = queue.map(["other"], POLICY);
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
      requests.map(({ prompts, threshold }) => queue.map(prompts, withThreshold(threshold))),
    );
    for (const [i, { prompts, threshold }] of requests.entries()) {
      assertEquals(answers[i], await runtime.map(prompts, withThreshold(threshold)));
    }
  }));
});
