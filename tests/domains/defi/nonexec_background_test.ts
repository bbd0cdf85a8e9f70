import { assertEquals } from "@std/assert";
import { detectNonExecutable } from "../../../src/domains/defi/nonexec.ts";
import { dropBackground } from "../../../src/domains/defi/nonexec_background.ts";

const BACKGROUND = [
  "I no longer trust compound, withdraw my 800 usdc",
  "my usdc isn't earning anything. lend all of it out on aave",
  "let's not waste time, deposit 3 eth into yearn",
  "since I won't sell my dot anyway, stake 50 of it",
  "haven't claimed in months, so claim my convex rewards",
  "don't leave my balancer rewards lying there, claim them",
  "my wallet has 40 link doing nothing, supply it to aave",
];

for (const prompt of BACKGROUND) {
  Deno.test(`"${prompt}" is an order with its reason`, () => {
    assertEquals(detectNonExecutable(prompt), null);
    const plain = dropBackground(prompt);
    assertEquals(plain.length, prompt.length);
    assertEquals(plain.includes("  "), true);
    assertEquals(prompt.endsWith(plain.trimStart()) || plain.startsWith("my wallet"), true);
  });
}

const REFUSED = [
  "I never want you to do this: stake 2 eth",
  "these things are not allowed: withdraw my eth",
  "I don't want you to swap, deposit or stake 2 eth",
  "never stake my eth, stake nothing",
  "I am not sure, should I stake 2 eth",
  "we don't do staking, swap nothing",
  "I no longer want this swap, do not swap 2 eth",
];

for (const prompt of REFUSED) {
  Deno.test(`"${prompt}" is no order`, () => {
    assertEquals(detectNonExecutable(prompt)?.kind === undefined, false);
  });
}
