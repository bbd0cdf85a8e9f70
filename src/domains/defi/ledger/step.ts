import type { DefiPrimitive } from "../taxonomy.ts";

/** How much a step says, in exact decimals. */
export type LedgerAmount =
  /** Units of the asset. */
  | { readonly kind: "units"; readonly value: string }
  /** Dollars' worth of the asset. */
  | { readonly kind: "usd"; readonly value: string }
  /** A share of what there is, from 0 to 1. */
  | { readonly kind: "fraction"; readonly value: string }
  /** As much as there is or as is allowed. */
  | { readonly kind: "all" };

/** What goes into a step. */
export interface LedgerInput {
  /** Symbol in capitals; null if the words name none. */
  readonly asset: string | null;
  /** Null if the words name none; `"unread"` if they name one that could not be read. */
  readonly amount: LedgerAmount | null | "unread";
}

/** All that the ledger has to know of a step. */
export interface LedgerStep {
  readonly action: DefiPrimitive;
  readonly inputs: readonly LedgerInput[];
  /** What comes out, where the words say so: of a swap, or rewards. */
  readonly to?: { readonly asset: string; readonly amount?: LedgerAmount };
  /** Where a deposit that is no collateral goes, or a withdrawal from there; else null. */
  readonly elsewhere?: string | null;
  readonly chain?: string | null;
  /** Whether the words name a second asset, in which a debt may be paid. */
  readonly hasSecondAsset?: boolean;
}
