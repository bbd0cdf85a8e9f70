import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openWordmap } from "../../src/mapper/wordmap.ts";
import { DEFI_LEXICON } from "../../src/domains/defi/read/lexicon.ts";
import { DEFI_PRIMITIVES } from "../../src/domains/defi/taxonomy.ts";

async function best(prompt: string): Promise<{ label: string; score: number }> {
  await using mapper = openWordmap(DEFI_LEXICON);
  const { data } = await mapper.predictProbabilities([prompt]);
  const score = Math.max(...data);
  return { label: mapper.classes[data.indexOf(score)]!, score };
}

const PROMPTS: readonly (readonly [string, string])[] = [
  ["deposit 10 ETH into aave", "deposit_asset"],
  ["Supply 500 usdc on Compound", "deposit_asset"],
  ["WITHDRAW everything from morpho", "withdraw_asset"],
  ["swap 2 ETH for USDC", "swap_asset"],
  ["please convert my dai to eth", "swap_asset"],
  ["borrow 1000 USDC", "borrow_asset"],
  ["take out a loan of 200 DAI", "borrow_asset"],
  ["pay back my dai debt", "repay_asset"],
  ["stake 32 eth with lido", "stake_asset"],
  ["withdraw my staked ETH", "unstake_asset"],
  ["unstake 4 SOL", "unstake_asset"],
  ["harvest yield on convex", "claim_rewards"],
  ["collect my rewards", "claim_rewards"],
  ["what a lovely day", "abstain"],
  ["", "abstain"],
];

for (const [prompt, label] of PROMPTS) {
  Deno.test(`openWordmap() reads "${prompt}" as ${label}`, async () => {
    assertEquals((await best(prompt)).label, label);
  });
}

Deno.test("openWordmap() matches whole words only", async () => {
  assertEquals((await best("mistake swapping")).label, "swap_asset");
  assertEquals((await best("a mistaken stakeholder")).label, "abstain");
});

Deno.test("openWordmap() grades: more evidence scores higher, contradiction lower", async () => {
  const one = (await best("stake")).score;
  const two = (await best("stake it with a validator")).score;
  const torn = (await best("stake or swap")).score;
  assert(torn < one && one < two);
  assertAlmostEquals(one, 0.8, 1e-12);
});

Deno.test("openWordmap() counts a repeated phrase once", async () => {
  assertEquals((await best("swap swap swap")).score, (await best("swap")).score);
});

Deno.test("openWordmap() knows all primitives and returns distributions", async () => {
  await using mapper = openWordmap(DEFI_LEXICON);
  assertEquals(mapper.classes, [...DEFI_PRIMITIVES, "abstain"]);
  const { data, rows, cols } = await mapper.predictProbabilities(["swap", "x", "\u202e\0💥"]);
  assertEquals([rows, cols], [3, 9]);
  for (let i = 0; i < rows; i++) {
    assertAlmostEquals(data.slice(i * cols, (i + 1) * cols).reduce((a, b) => a + b), 1, 1e-12);
  }
});
