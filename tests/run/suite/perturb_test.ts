import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { perturb } from "../../../src/run/suite/perturb.ts";

const RUN = {
  prompt: "deposit 10 ETH into aave, swap 2,000 USDC for 0.5 WBTC on uniswap v3",
  context: { oracle: { age_sec: 20, max_age_sec: 30 }, risk: { ltv: 0.4 } },
  id: "a",
};

Deno.test("perturb() gives the same variants for the same seed, and others for another", () => {
  assertEquals(perturb(RUN, { seed: 3 }), perturb(RUN, { seed: 3 }));
  assertEquals(perturb(RUN), perturb(RUN, { k: 3, seed: 20259 }));
  assert(perturb(RUN, { seed: 3 })[0]!.prompt !== perturb(RUN, { seed: 4 })[0]!.prompt);
});

Deno.test("perturb() keeps everything else and stays within its bounds", () => {
  const variants = perturb(RUN, { k: 200 });
  assertEquals(variants.length, 200);
  for (const { id, prompt, context } of variants) {
    assertEquals([id, context.risk], ["a", RUN.context.risk]);
    assertMatch(
      prompt,
      /^(?:deposit|add) [\d.]+ ETH (?:into|to) aave, (?:swap|exchange) 2,000 USDC (?:for|into) [\d.]+ WBTC on uniswap v3$/,
    );
    const [, ten, half] = /^\w+ ([\d.]+) .* ([\d.]+) WBTC/.exec(prompt)!;
    assertLessOrEqual(Math.abs(Number(ten) / 10 - 1), 0.01);
    assertLessOrEqual(Math.abs(Number(half) / 0.5 - 1), 0.01);
    assertLessOrEqual(Math.abs(context.oracle.age_sec / 20 - 1), 0.05);
    assertLessOrEqual(Math.abs(context.oracle.max_age_sec / 30 - 1), 0.05);
  }
  const first = new Set(variants.map(({ prompt }) => prompt.split(" ")[0]));
  assertEquals([...first].sort(), ["add", "deposit"]);
});

Deno.test("perturb() gives no context to a run without one", () => {
  assertEquals(Object.keys(perturb({ prompt: "swap 1 ETH" })[0]!), ["prompt"]);
});
