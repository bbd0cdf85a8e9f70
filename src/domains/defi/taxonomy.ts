import { MicroLmError } from "../../core/errors.ts";

/** The eight actions that the DeFi domain knows, in canonical order. */
export const DEFI_PRIMITIVES = [
  "deposit_asset",
  "withdraw_asset",
  "swap_asset",
  "borrow_asset",
  "repay_asset",
  "stake_asset",
  "unstake_asset",
  "claim_rewards",
] as const;

/** One of the eight actions. */
export type DefiPrimitive = typeof DEFI_PRIMITIVES[number];

/** The label of a prompt that asks for none of the actions. It is no action itself. */
export const ABSTAIN_LABEL = "abstain";

/** Every other spelling that older data and other systems use, mapped to the canonical one. */
const ALIASES: Readonly<Record<string, DefiPrimitive>> = {
  deposit: "deposit_asset",
  deposit_assets: "deposit_asset",
  add_collateral: "deposit_asset",
  add_liquidity: "deposit_asset",
  withdraw: "withdraw_asset",
  withdraw_assets: "withdraw_asset",
  remove_collateral: "withdraw_asset",
  remove_liquidity: "withdraw_asset",
  swap: "swap_asset",
  swap_assets: "swap_asset",
  swap_asset_pair: "swap_asset",
  borrow: "borrow_asset",
  borrow_assets: "borrow_asset",
  repay: "repay_asset",
  repay_assets: "repay_asset",
  repay_debt: "repay_asset",
  repay_loan: "repay_asset",
  stake: "stake_asset",
  stake_assets: "stake_asset",
  unstake: "unstake_asset",
  unstake_assets: "unstake_asset",
  claim: "claim_rewards",
  claim_reward: "claim_rewards",
  claim_rewards_asset: "claim_rewards",
};

/**
 * Maps a label in any known spelling to its canonical primitive, or to `"abstain"`.
 *
 * @param label A label as found in a file, a model or a request.
 * @returns The canonical label.
 * @throws {MicroLmError} Kind `data` if the label is none of the known spellings.
 *
 * @example
 * ```ts
 * import { canonicalLabel } from "micro-lm/domains";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(canonicalLabel("swap_assets"), "swap_asset");
 * assertEquals(canonicalLabel("abstain"), "abstain");
 * assertThrows(() => canonicalLabel("transfer_asset"));
 * ```
 */
export function canonicalLabel(label: string): DefiPrimitive | typeof ABSTAIN_LABEL {
  const folded = label.trim().toLowerCase();
  if (folded === ABSTAIN_LABEL) return ABSTAIN_LABEL;
  const known = DEFI_PRIMITIVES.find((name) => name === folded) ??
    (Object.hasOwn(ALIASES, folded) ? ALIASES[folded] : undefined);
  if (known) return known;
  throw new MicroLmError("data", `Unknown label "${label}"`, {
    hint: `Known labels: ${DEFI_PRIMITIVES.join(", ")}, ${ABSTAIN_LABEL}`,
  });
}
