import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readLabeledCsv } from "../../../../src/data/dataset.ts";
import { splitSteps } from "../../../../src/domains/defi/read/segment.ts";

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ["swap 2 ETH to USDC then deposit into aave", ["swap 2 ETH to USDC", "deposit into aave"]],
  ["swap 2 eth to usdc, and then put it in aave", ["swap 2 eth to usdc", "put it in aave"]],
  ["claim rewards -> swap crv to eth → stake eth", [
    "claim rewards",
    "swap crv to eth",
    "stake eth",
  ]],
  ["withdraw 5 eth; repay 200 dai", ["withdraw 5 eth", "repay 200 dai"]],
  ["withdraw 5 eth\nrepay 200 dai", ["withdraw 5 eth", "repay 200 dai"]],
  [
    "withdraw 100 dai, swap it to usdc, and repay my loan",
    ["withdraw 100 dai", "swap it to usdc", "repay my loan"],
  ],
  ["withdraw 100 dai and repay my loan", ["withdraw 100 dai", "repay my loan"]],
  ["swap 2 eth to usdc & deposit it on aave", ["swap 2 eth to usdc", "deposit it on aave"]],
  [
    "Withdraw 5 ETH from Aave. Swap it for USDC. Deposit the USDC.",
    ["Withdraw 5 ETH from Aave", "Swap it for USDC", "Deposit the USDC"],
  ],
  ["1. withdraw 5 eth 2. swap it for usdc", ["withdraw 5 eth", "swap it for usdc"]],
  ["before you stake 2 ETH, swap 5,000 USDC for ETH", ["swap 5,000 USDC for ETH", "stake 2 ETH"]],
  ["swap 2 eth to usdc before depositing it", ["swap 2 eth to usdc", "depositing it"]],
  ["deposit 5 eth after claiming my rewards", ["claiming my rewards", "deposit 5 eth"]],
  ["after withdrawing 5 eth, swap it for usdc", ["withdrawing 5 eth", "swap it for usdc"]],
  ["stake 5 eth, but first swap 9 usdc to eth", ["swap 9 usdc to eth", "stake 5 eth"]],
  ["stake 5 eth, but swap 9 usdc to eth first", ["swap 9 usdc to eth", "stake 5 eth"]],
  [
    "first claim rewards, second swap crv for eth, finally stake the eth",
    ["claim rewards", "swap crv for eth", "stake the eth"],
  ],
  ["claim my rewards, claim my rewards", ["claim my rewards"]],
  ["swap ETH and USDC", ["swap ETH and USDC"]],
  ["deposit 1,000 USDC", ["deposit 1,000 USDC"]],
  ["deposit 1.5 eth, 200 usdc into aave", ["deposit 1.5 eth, 200 usdc into aave"]],
  ["swap usdc -> eth, 250", ["swap usdc -> eth, 250"]],
  ["deposit 10 eth into aave, please", ["deposit 10 eth into aave"]],
  ["sell 1 btc and buy dai with it", ["sell 1 btc and buy dai with it"]],
  ["unstake 5 eth and send it to my wallet", ["unstake 5 eth"]],
  ["deposit nothing, just stake 2 eth", []],
  ["unstake my atom, and when it arrives swap it for dai", ["unstake my atom", "swap it for dai"]],
  ["stake 2 eth; but before that, claim my rewards", ["claim my rewards", "stake 2 eth"]],
  ["swap 1 eth for dai then ".repeat(100), []],
  ["", []],
  [" ;\n;; -> then ", []],
];

for (const [prompt, steps] of CASES) {
  Deno.test(`splitSteps() reads ${JSON.stringify(prompt)} as ${steps.length} steps`, () => {
    assertEquals(splitSteps(prompt).map(({ text }) => text), steps);
  });
}

Deno.test("splitSteps() keeps a step that comes again later", () => {
  const steps = splitSteps("swap 1 eth to dai then swap 1 dai to eth then swap 1 eth to dai");
  assertEquals(steps.length, 3);
  assertEquals(steps[0]?.text, steps[2]?.text);
});

Deno.test("splitSteps() gives each step as an order", () => {
  const orders = (prompt: string) => splitSteps(prompt).map(({ order }) => order);
  assertEquals(orders("after swapping 2 eth for usdc, deposit it"), [
    "swap 2 ETH for USDC",
    "deposit USDC",
  ]);
  assertEquals(orders("once you've claimed my rewards, stake 2 eth"), [
    "claim my rewards",
    "stake 2 ETH",
  ]);
});

Deno.test("splitSteps() cuts few of the single orders of the development set", async () => {
  const { rows } = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  const orders = rows.filter(({ label }) => label !== "abstain");
  const cut = orders.filter(({ prompt }) => splitSteps(prompt).length > 1);
  assert(cut.length / orders.length < 0.02, cut.map(({ prompt }) => prompt).join("\n"));
});

Deno.test("splitSteps() cuts words of the prompt, at the span that it states", () => {
  const words = [
    "swap 2 eth to usdc",
    "then",
    ",",
    "before",
    "stake 5 eth",
    "->",
    "\u200B",
    "½",
    "é",
    ".",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
      const prompt = parts.join(" ");
      for (const { text, span } of splitSteps(prompt)) {
        assertEquals(prompt.slice(...span), text);
        assert(text.trim() !== "");
      }
    }),
    { seed: 5, numRuns: 500 },
  );
});
