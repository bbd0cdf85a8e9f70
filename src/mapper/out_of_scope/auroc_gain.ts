/** Scores of rows in scope and out of it; higher is more in scope. */
export interface TwoKinds {
  readonly inside: Float64Array;
  readonly outside: Float64Array;
}

/** How much better one score tells two kinds of rows apart than another. */
export interface AurocGain {
  readonly auroc: number;
  /** Of the other score. */
  readonly other: number;
  /** 95% interval of the difference. */
  readonly ci_low: number;
  readonly ci_high: number;
}

/** Of the normal distribution. */
const Z95 = 1.96;

/**
 * Compares two scores on the same rows, fold by fold, as every fold has a mapper of its own: mean areas,
 * and the interval of DeLong, DeLong and Clarke-Pearson (1988) for their difference. Rows are taken as
 * independent.
 */
export function compareAuroc(
  folds: readonly { readonly own: TwoKinds; readonly other: TwoKinds }[],
): AurocGain {
  let auroc = 0;
  let other = 0;
  let variance = 0;
  for (const fold of folds) {
    const own = placements(fold.own);
    const rival = placements(fold.other);
    auroc += mean(own.inside) / folds.length;
    other += mean(rival.inside) / folds.length;
    for (const side of ["inside", "outside"] as const) {
      const differences = own[side].map((value, i) => value - rival[side][i]!);
      variance += varianceOf(differences) / differences.length / folds.length ** 2;
    }
  }
  const half = Z95 * Math.sqrt(variance);
  return { auroc, other, ci_low: auroc - other - half, ci_high: auroc - other + half };
}

/** For each row the share of the other kind on its right side. */
function placements({ inside, outside }: TwoKinds): TwoKinds {
  const sortedInside = inside.toSorted();
  const sortedOutside = outside.toSorted();
  return {
    inside: inside.map((value) => below(sortedOutside, value)),
    outside: outside.map((value) => 1 - below(sortedInside, value)),
  };
}

/** Share of ascending values below one, equals counting half. */
function below(sorted: Float64Array, value: number): number {
  const first = bound(sorted, (other) => other < value);
  const last = bound(sorted, (other) => other <= value);
  return (first + last) / 2 / sorted.length;
}

function bound(sorted: Float64Array, isBefore: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) /
    Math.max(1, values.length - 1);
}
