import { assertEquals, assertThrows } from "@std/assert";
import { canonicalLabel, DEFI_PRIMITIVES } from "../../../src/domains/defi/taxonomy.ts";
import { MicroLmError } from "../../../src/core/errors.ts";

const ALIASES: readonly (readonly [string, string])[] = [
  ["swap_assets", "swap_asset"],
  ["swap_asset_pair", "swap_asset"],
  ["repay_debt", "repay_asset"],
  ["repay_loan", "repay_asset"],
  ["claim_rewards_asset", "claim_rewards"],
  ["deposit", "deposit_asset"],
  [" Unstake ", "unstake_asset"],
  ["abstain", "abstain"],
];

for (const [label, canonical] of ALIASES) {
  Deno.test(`canonicalLabel() maps "${label}" to ${canonical}`, () => {
    assertEquals(canonicalLabel(label), canonical);
  });
}

Deno.test("canonicalLabel() keeps the eight primitives", () => {
  assertEquals(DEFI_PRIMITIVES.length, 8);
  for (const name of DEFI_PRIMITIVES) assertEquals(canonicalLabel(name), name);
});

for (const label of ["transfer_asset", "", "constructor", "__proto__"]) {
  Deno.test(`canonicalLabel() refuses "${label}"`, () => {
    assertThrows(() => canonicalLabel(label), MicroLmError, `Unknown label "${label}"`);
  });
}
