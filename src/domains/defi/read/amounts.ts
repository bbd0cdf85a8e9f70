import type { Quantity } from "../../../language/quantities/types.ts";
import { isDollar } from "./known_names.ts";

/** How much of something an order asks for. `exact` is the value without rounding, as decimal digits. */
export type Amount =
  /** Units of the asset. */
  | {
    readonly kind: "units";
    readonly value: number;
    readonly text: string;
    readonly exact: string;
  }
  /** Money's worth of the asset, in dollars. */
  | { readonly kind: "usd"; readonly value: number; readonly text: string; readonly exact: string }
  /** A share of what there is, above 0 and below 1. */
  | {
    readonly kind: "fraction";
    readonly value: number;
    readonly text: string;
    readonly exact: string;
  }
  /** As much as there is or as is allowed. */
  | { readonly kind: "all"; readonly text: string };

/**
 * The amount that a quantity states; null for one that states none ("some").
 *
 * @param text The quantity as it is written.
 * @param asset What it counts.
 */
export function toAmount(quantity: Quantity, text: string, asset: string | null): Amount | null {
  const { kind, value } = quantity;
  if (kind === "all") return { kind, text };
  if (value === undefined || quantity.refusal) return null;
  const number = Number(value);
  if (kind === "amount") return { kind: "units", value: number, text, exact: value };
  // "three grand of USDC": thousands, of what is a dollar itself
  const counts = kind === "money" && /\bgrand$/i.test(text) && isDollar(asset ?? "");
  if (counts) return { kind: "units", value: number, text, exact: value };
  if (kind === "money") return { kind: "usd", value: number, text, exact: value };
  if (kind !== "fraction" && kind !== "percent") return null;
  return number === 1
    ? { kind: "all", text }
    : { kind: "fraction", value: number, text, exact: value };
}
