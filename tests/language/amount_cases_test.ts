import { assertEquals } from "@std/assert";
import { buildPlan } from "../../src/domains/defi/plan.ts";
import { readOrders } from "../../src/domains/defi/read/orders.ts";

/** Orders after situations that people report, and the amount that was said; null for only refusal. */
const CASES: readonly (readonly [string, string | null])[] = [
  ["deposit US$500 of ETH into aave", "usd 500 ETH"],
  ["deposit A$500 of ETH into aave", null],
  ["swap €100 of ETH for USDC", null],
  ["swap 100 EUR worth of ETH for USDC", null],
  ["deposit 1000 wei of ETH into aave", "units 0.000000000000001 ETH"],
  ["deposit 500 cents of ETH into aave", "usd 5 ETH"],
  ["swap ½ ETH for USDC", "units 0.5 ETH"],
  ["withdraw ½ of my ETH from aave", "fraction 0.5 ETH"],
  ["deposit  1/2 ETH into aave", "units 0.5 ETH"],
  ["deposit: 1/2 ETH into aave", "units 0.5 ETH"],
  ["borrow two and a half thousand USDC from aave", "units 2500 USDC"],
  ["deposit one point five ETH into aave", "units 1.5 ETH"],
  ["deposit 3 dozen ETH into aave", "units 36 ETH"],
  ["swap 12 345 678 USDC for ETH", "units 12345678 USDC"],
  ["deposit 1'000 USDC into aave", "units 1000 USDC"],
  ["borrow 1.900,00 USDC from aave", "units 1900 USDC"],
  ["deposit 5-10 ETH into aave", null],
  ["deposit 5 or 10 ETH into aave", null],
  ["withdraw -5 ETH from aave", null],
  ["swap 10 ETH for USDC at 2500", null],
  ["deposit 10 ETH into aave twice", null],
  ["withdraw all but 5 ETH from aave", null],
  ["deposit all my ETH except 1 into aave", null],
  ["deposit 10 USDC.e into aave", "units 10 USDC.E"],
  ["withdraw 2 of my 5 ETH from aave", "units 2 ETH"],
  ["stake 2 ETH sorry 20 ETH with lido", "units 20 ETH"],
];

for (const [prompt, said] of CASES) {
  Deno.test(`"${prompt}" says ${said ?? "no one amount"}`, () => {
    const { orders } = readOrders(prompt);
    const { steps } = buildPlan(
      orders.map((segment) => ({ action: segment.allowed[0]!, segment })),
    );
    const amounts = steps.map(({ amount, asset }) =>
      `${amount?.kind} ${amount && "exact" in amount ? amount.exact : ""} ${asset}`
    );
    assertEquals(amounts, said === null ? [] : [said]);
  });
}
