import {
  add,
  divide,
  type Exact,
  exceeds,
  isPositive,
  multiply,
  type Ratio,
  ratioOf,
  subtract,
} from "./exact.ts";

/** Debt, and what stands behind it: collateral, or collateral times liquidation thresholds. */
export interface Backed {
  readonly debt: Exact;
  readonly backing: Exact;
}

/**
 * A stated ratio after moves of the positions.
 *
 * Where it disagrees with the positions, either their debt is off by an amount or the ratio is off
 * by a factor, and nobody knows which. The worse of the two counts: the ratio is safer only where
 * both are, and the positions of the start give the stated ratio again.
 *
 * - the amount: (s · B₀ + D − D₀) / B
 * - the factor: s · (D / D₀) · (B₀ / B)
 *
 * @param stated The ratio s of debt to backing at the start.
 * @param start D₀ and B₀.
 * @param now D and B.
 */
export function carryRatio(stated: Ratio, start: Backed, now: Backed): Ratio {
  if (stated === "infinite") return stated;
  const moved = subtract(now.debt, start.debt);
  const byAmount = ratioOf(add(multiply(stated, start.backing), moved), now.backing);
  const byFactor = scale(stated, start, now);
  return exceeds(byFactor, byAmount) ? byFactor : byAmount;
}

/** A start without debt or without collateral has no factor: the ratio stays as it was stated. */
function scale(stated: Exact, start: Backed, now: Backed): Ratio {
  if (!isPositive(start.debt) || !isPositive(start.backing)) return stated;
  const implied = multiply(multiply(now.debt, stated), start.backing);
  return ratioOf(divide(implied, start.debt), now.backing);
}
