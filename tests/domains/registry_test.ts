import { assertEquals, assertRejects } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { detectDomain, openDomain } from "../../src/domains/registry.ts";

const EIGHT = ["deposit", "withdraw", "swap", "borrow", "repay", "stake", "unstake", "claim"];

/** Labels, the domain that they belong to, and how many of them it spells otherwise. */
const CASES: readonly (readonly [string, readonly string[], string, number])[] = [
  ["a bank's own labels", ["deposit", "withdraw"], "generic", 0],
  ["a bank's own labels, one foreign", ["deposit", "withdraw", "transfer"], "generic", 0],
  ["a library's labels", ["borrow", "return"], "generic", 0],
  ["labels of photos", ["rotate", "crop", "flip", "zoom"], "generic", 0],
  ["short names of all eight actions", EIGHT, "defi", 8],
  ["a misspelt action", ["swap_asset", "swap_aset", "abstain"], "defi", 0],
  ["names of the documented recipe", ["swap_asset", "add_collateral", "repay_loan"], "defi", 2],
  ["one action among strangers", ["swap_asset", "card_arrival"], "generic", 0],
  ["operations on grids", ["rotate", "flip_h", "mirror_tb"], "arc", 1],
  ["nothing but abstentions", ["abstain"], "generic", 0],
];

for (const [what, labels, name, renamed] of CASES) {
  Deno.test(`detectDomain() takes ${what} for ${name}`, async () => {
    const detected = await detectDomain(labels);
    assertEquals([detected.domain.name, detected.renamed.size], [name, renamed]);
  });
}

Deno.test("openDomain() names the closest known name", async () => {
  const error = await assertRejects(() => openDomain("dfi"), MicroLmError);
  assertEquals(error.hint?.startsWith('Did you mean "defi"?'), true);
});
