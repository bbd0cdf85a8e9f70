import { assertEquals } from "@std/assert";
import { mapFile } from "../../../src/run/mod.ts";
import { policyOf } from "../../../src/run/policy/of_runtime.ts";
import { openRuntime } from "../../../src/run/runtime.ts";

const point = {
  threshold: 0.3,
  near_margin: 0.2,
  per_class_thresholds: { swap_asset: null },
};
const THRESHOLD = (confidence_threshold: number) => ({ mapper: { confidence_threshold } });
const MARGIN = (near_margin: number) => ({ mapper: { near_margin } });

Deno.test("policyOf() changes no more of the operator's point than is said", async () => {
  await using runtime = await openRuntime({ backend: "wordmap", point });
  const active = (operator: unknown) => policyOf(runtime, { operator }).active.point;
  const perClass = { swap_asset: null };
  assertEquals(active({}), { threshold: 0.3, nearMargin: 0.2, perClass });
  assertEquals(active(THRESHOLD(0.9)), { threshold: 0.9, nearMargin: 0.2, perClass });
  assertEquals(active(THRESHOLD(0.1)), { threshold: 0.1, nearMargin: 0.2, perClass });
  assertEquals(active(MARGIN(0.01)), { threshold: 0.3, nearMargin: 0.01, perClass });
  assertEquals(runtime.point({ ...runtimePolicy, confidence_threshold: 0.9 }).point, {
    threshold: 0.9,
    nearMargin: 0.2,
    perClass,
  });
});

const runtimePolicy = {
  model_path: null,
  confidence_threshold: null,
  near_margin: 0,
  use_wordmap_fallback: true,
};

Deno.test("policyOf() lets nobody loosen a point that is a floor, but for open keys", async () => {
  const options = { backend: "wordmap", point, isPointFloor: true } as const;
  await using runtime = await openRuntime(options);
  const env = { MICRO_LM_MAPPER_THRESHOLD: "0.1" };
  for (const operator of [THRESHOLD(0.1), THRESHOLD(-1), MARGIN(0.01), {}]) {
    const { active } = policyOf(runtime, { operator, caller: THRESHOLD(0), env });
    assertEquals(active.point, { threshold: 0.3, nearMargin: 0.2, perClass: { swap_asset: null } });
  }
  assertEquals(policyOf(runtime, { operator: MARGIN(0.01) }).ignored, [
    { path: "mapper.near_margin", asked: 0.01, kept: 0.2 },
  ]);
  const openKeys = ["mapper.near_margin"];
  await using opened = await openRuntime({ ...options, openKeys });
  assertEquals(policyOf(opened, { operator: MARGIN(0.01) }).active.point.nearMargin, 0.01);
});

Deno.test("the policy of a line makes that of all lines stricter and throws none of it away", async () => {
  const folder = await Deno.makeTempDir({ dir: ".artifacts" });
  const context = {
    oracle: { age_sec: 1, max_age_sec: 30 },
    positions: { collateral_value: 1000, debt_value: 0 },
    prices: { USDC: 1 },
  };
  const line = (policy?: unknown) => JSON.stringify({ prompt: "borrow 500 USDC", policy });
  const lines = [line(), line({ ltv_max: 0.9 }), line({ hf_min: 0 }), line({ ltv_max: 0.2 })];
  await Deno.writeTextFile(`${folder}/in.jsonl`, lines.join("\n"));
  const reasons = async (policy: unknown) => {
    await using runtime = await openRuntime({ backend: "wordmap" });
    await mapFile(runtime, `${folder}/in.jsonl`, `${folder}/out.jsonl`, {
      run: { policy, context },
    });
    const rows = (await Deno.readTextFile(`${folder}/out.jsonl`)).trimEnd().split("\n");
    return rows.map((row) => JSON.parse(row).record.reason);
  };
  assertEquals(await reasons({ ltv_max: 0.4 }), ["ltv", "ltv", "ltv", "ltv"]);
  assertEquals(await reasons({ ltv_max: 0.6 }), ["ok", "ok", "ok", "ltv"]);
  await Deno.remove(folder, { recursive: true });
});
