import { assertEquals } from "@std/assert";
import { splitSteps } from "../../src/domains/defi/segment.ts";
import { mapperTexts } from "../../src/run/mapper_text.ts";

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ["withdraw 4.96843 ETH", ["withdraw 5 ETH"]],
  ["withdraw 5.0102 ETH", ["withdraw 5 ETH"]],
  ["deposit 2,521.19 USDC on uniswap v3", ["deposit 2500 USDC on uniswap v3"]],
  ["hey, please stake 2 ETH, thanks", ["stake 2 ETH"]],
  ["swap 1 ETH to dai and repay my loan with it", ["swap 1 ETH to dai", "repay my loan with DAI"]],
  ["withdraw 600 dai, then change it to eth", ["withdraw 600 dai", "change DAI to eth"]],
  ["claim my rewards, then restake them", ["claim my rewards", "restake ETH"]],
  ["please", ["please"]],
];

for (const [prompt, texts] of CASES) {
  Deno.test(`mapperTexts() reads "${prompt}" as ${texts.join(" | ")}`, () => {
    assertEquals(mapperTexts(prompt, splitSteps(prompt)), texts);
  });
}
