import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/exit_codes.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import { createPhaseClock } from "../../src/run/profile.ts";
import { runTask } from "../tasks/run_task.ts";
import { inTempFolder } from "../temp.ts";

Deno.test("a pinned limit of novelty is refused where nothing measures it", async () => {
  const open = () => openRuntime({ backend: "wordmap", point: { threshold: 0, max_novelty: 0.5 } });
  const error = await assertRejects(open, MicroLmError, "how new a prompt is");
  assertEquals(error.kind, "usage");
});

Deno.test("a config of wordmap and max_novelty is wrong use, no defect", async () => {
  await inTempFolder(async (folder) => {
    const config = { backend: "wordmap", threshold: 0.3, max_novelty: 0.5 };
    await Deno.writeTextFile(`${folder}/pin.json`, JSON.stringify(config));
    const { code, stderr } = await runTask("run", ["swap 1 ETH", "--config", `${folder}/pin.json`]);
    assertEquals(code, EXIT.usage);
    assertStringIncludes(stderr, "max_novelty");
  });
});

Deno.test("a run of a folder's domain tells its phases", async () => {
  await using runtime = await openRuntime({ domain: "examples/home", backend: "wordmap" });
  const clock = createPhaseClock();
  await runtime.run({ prompt: "turn off the fan", onPhase: clock.start });
  assertEquals(clock.stop().map(({ phase }) => phase), ["parse", "map", "rails"]);
});

Deno.test("a runtime that only maps says the same of prompts, has no planner and refuses a run", async () => {
  const prompts = ["swap 2 ETH for USDC", "is it raining?"];
  await using whole = await openRuntime({ backend: "wordmap" });
  await using maps = await openRuntime({ backend: "wordmap", mapsOnly: true });
  assertEquals(await maps.map(prompts), await whole.map(prompts));
  assertEquals([whole.opened.planner === null, maps.opened.planner], [false, null]);
  const error = await assertRejects(() => maps.run({ prompt: prompts[0]! }), MicroLmError);
  assertEquals([error.kind, error.hint], ["usage", "Open it without mapsOnly"]);
});
