import type Fraction from "fraction.js";
import { type Context, refused } from "./context.ts";
import { exactDecimal, rational } from "./decimal.ts";
import type { Quantity } from "./types.ts";

/** A count of base units as an amount of their asset: 1000 wei is 0.000000000000001 ETH. */
export function baseUnits(
  context: Context,
  from: number,
  to: number,
  count: Fraction,
  { name, asset, decimals }: { name: string; asset: string; decimals: number },
): Quantity {
  const said = exactDecimal(count);
  // there is no half of the smallest unit; gwei and their like have smaller ones
  const value = exactDecimal(count.div(rational(10n ** BigInt(decimals))));
  if (said === null || value === null) return refused(context, from, to, "unreadable", "inexact");
  const isSmallest = decimals === smallest(context, asset);
  if (isSmallest && said.includes(".")) return refused(context, from, to, "unreadable", "inexact");
  return { from, to, kind: "amount", value, unit: { name, asset, decimals, count: said } };
}

function smallest({ options }: Context, asset: string): number {
  let most = 0;
  for (const unit of Object.values(options.units ?? {})) {
    if (unit.asset === asset && unit.decimals > most) most = unit.decimals;
  }
  return most;
}
