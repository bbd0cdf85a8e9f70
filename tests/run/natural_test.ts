import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { openRuntime } from "../../src/run/runtime.ts";
import type { MicroRuntime } from "../../src/run/runtime_types.ts";
import { inTempFolder } from "../temp.ts";
import { HEALTHY, POINT, trainInto } from "./natural/trained.ts";

/** Held out: nothing was chosen by looking at it. */
const HELD_OUT = "tests/run/natural_prompts.txt";
/** Written to develop on. */
const DEVELOPMENT = "tests/run/natural/development.txt";

/**
 * What is known of the held-out set since an order has to be proved and an asset without a price is unknown risk: 0.564 of the single steps, 0.78 of the
 * plans of several steps, and no execution too many. Before, with 0.73 and 0.80, one prompt that asks for
 * nothing was acted on, and 5% of the plans were wrong ones; the aims are 0.85, 0.8 and none. These floors
 * keep it from getting worse.
 */
const FLOORS = { single: 0.56, multi: 0.75, executed: 0 };

interface Score {
  readonly single: number;
  readonly multi: number;
  /** Prompts that ask for nothing and were acted on. */
  readonly executed: readonly string[];
}

Deno.test("natural prompts become the plans that they ask for", async (t) => {
  await inTempFolder(async (folder) => {
    await using runtime = await openRuntime({ modelPath: await trainInto(folder), point: POINT });
    await t.step("of the development set", async () => {
      const { single, multi, executed } = await score(runtime, DEVELOPMENT);
      assertGreaterOrEqual(single, 0.65);
      assertGreaterOrEqual(multi, 0.64);
      assertEquals(executed, []);
    });
    await t.step("of the held-out set", async () => {
      const { single, multi, executed } = await score(runtime, HELD_OUT);
      assertGreaterOrEqual(single, FLOORS.single);
      assertGreaterOrEqual(multi, FLOORS.multi);
      assertLessOrEqual(executed.length, FLOORS.executed);
    });
  });
});

async function score(runtime: MicroRuntime, path: string): Promise<Score> {
  const hits = { single: [0, 0], multi: [0, 0] };
  const executed: string[] = [];
  for (const line of (await Deno.readTextFile(path)).split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [plan, prompt] = line.split("\t") as [string, string];
    const record = await runtime.run({ prompt, context: HEALTHY });
    const got = record.plan.sequence.join();
    if (plan === "abstain") {
      if (record.ok) executed.push(prompt);
      continue;
    }
    const hit = hits[plan.includes(",") ? "multi" : "single"];
    hit[0]! += got === plan ? 1 : 0;
    hit[1]! += 1;
  }
  const share = ([right, all]: number[]) => right! / all!;
  return { single: share(hits.single), multi: share(hits.multi), executed };
}
