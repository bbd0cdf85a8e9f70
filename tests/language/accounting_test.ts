import { assert, assertNotEquals } from "@std/assert";
import { buildPlan } from "../../src/domains/defi/plan.ts";
import { readOrders } from "../../src/domains/defi/read/orders.ts";

/** Orders with every part that bears load. */
const PROMPTS = [
  "deposit 5 ETH into aave on arbitrum",
  "withdraw half of my DAI from spark",
  "swap 2 ETH for USDC on uniswap",
  "buy 2 ETH with USDC on uniswap",
  "borrow 500 USDC from aave against my ETH",
  "repay 300 DAI on compound",
  "stake 32 ETH with rocket pool",
  "unstake all my ATOM",
  "claim my CRV rewards on convex",
  "could you please deposit $500 of ETH into compound, thanks",
];

/** Words that may stand anywhere and would mean something. */
const LOADED = [
  "not",
  "never",
  "if",
  "unless",
  "maybe",
  "tomorrow",
  "daily",
  "7",
  "DAI",
  "compound",
  "except",
  "without",
  "twice",
  "polygon",
  "0xdAC17F958D2ee523a2206206994597C13D831ec7",
  "€",
];

/** What the plan of a prompt says, or null where it is refused. */
function planOf(prompt: string): string | null {
  const { orders, refusal } = readOrders(prompt);
  if (refusal) return null;
  const { steps } = buildPlan(orders.map((segment) => ({ action: segment.allowed[0]!, segment })));
  if (steps.some(({ ambiguous }) => ambiguous.length > 0)) return null;
  // A verb that is gone leaves the action open
  return JSON.stringify(steps.map(({ text: _, span: __, amount, ...step }, i) => ({
    ...step,
    allowed: orders[i]!.allowed,
    amount: amount && { ...amount, text: "" },
  })));
}

for (const prompt of PROMPTS) {
  Deno.test(`no word of "${prompt}" is dropped`, () => {
    const { parsed } = readOrders(prompt);
    const whole = planOf(prompt);
    assertNotEquals(whole, null);
    const loaded = ["verb", "amount", "asset", "place", "chain"];
    for (const [i, { start, end, norm }] of parsed.tokens.entries()) {
      if (!loaded.includes(parsed.roles[i]!) || /^(?:of|my|a|the)$/.test(norm)) continue;
      const without = `${prompt.slice(0, start)}${prompt.slice(end)}`.replace(/ +/g, " ");
      assertNotEquals(planOf(without), whole, `without "${norm}": ${without}`);
    }
  });
  Deno.test(`no word put into "${prompt}" is overlooked`, () => {
    const { parsed } = readOrders(prompt);
    const whole = planOf(prompt)!;
    const others = LOADED.filter((word) => !prompt.toLowerCase().includes(word.toLowerCase()));
    for (const word of others) {
      for (const { start } of parsed.tokens) {
        const more = `${prompt.slice(0, start)}${word} ${prompt.slice(start)}`;
        assert(planOf(more) !== whole, more);
      }
      assert(planOf(`${prompt} ${word}`) !== whole, `${prompt} ${word}`);
    }
  });
}
