import { rowsToCertify, zeroErrorRows } from "./binomial.ts";
import type { CertificationFailure } from "./certificate.ts";
import type { CertifyTask, Path, Walk } from "./certify_walk.ts";

/** Why a walk showed nothing, and how many more rows would let some floor pass. */
export function explainFailure(
  task: CertifyTask,
  path: Path,
  { begun }: Walk,
  allowance: number,
): CertificationFailure {
  const { limit } = task;
  const { n, k, largest_group } = begun;
  const found = { kind: "unproven" as const, n, k };
  const groups = fullGroups(path, begun.at);
  const least = zeroErrorRows(limit, 1 - allowance);
  if (n > 0 && begun.bound === "betting" && groups < least) {
    const share = largest_group / n;
    return {
      ...found,
      reason: `the ${begun.acting_groups} groups that act count like ${groups} of the largest, ` +
        `which has ${largest_group} rows; without an error it takes ${least}`,
      // Another largest group's worth of rows for each that is missing, as long as none grows.
      more_rows: k / n < limit
        ? Math.ceil((least - groups) * share * task.second.scored.top.length / task.share)
        : null,
    };
  }
  return {
    ...found,
    reason: n === 0
      ? "no labelled row acts at the point that the first part chose"
      : k / n >= limit
      ? `${k} of ${n} actions are wrong at the point that the first part chose, which is not ` +
        `below ${limit}`
      : `${k} wrong of ${n} actions do not show a rate of at most ${limit}`,
    more_rows: missingRows(task, path, allowance),
  };
}

/** How many groups as large as the largest would have as many actions. */
function fullGroups({ secondCounts, largest }: Path, at: number): number {
  return Math.floor(secondCounts.n[at]! / Math.max(1, largest[at]!));
}

/** Labelled rows that are missing at the floor that needs the fewest; null if no floor is good enough. */
function missingRows(task: CertifyTask, path: Path, allowance: number): number | null {
  const { limit, second, first, share } = task;
  const a = path.firstCounts;
  const b = path.secondCounts;
  const rows = first.scored.top.length + second.scored.top.length;
  const promising = path.floors.flatMap((_, at) => {
    const n = a.n[at]! + b.n[at]!;
    const k = a.k[at]! + b.k[at]!;
    // A rate from fewer actions than one error in them would explain says nothing.
    if (n * limit < 1 || k >= limit * n) return [];
    const units = path.largest[at]! * rows / n;
    return [{ rate: k / n, units, about: units / divergence(k / n, limit) }];
  });
  if (promising.length === 0) return null;
  const { rate, units } = promising.reduce((best, one) => one.about < best.about ? one : best);
  const needed = rowsToCertify(rate, limit, 1 - allowance)! * units;
  return Math.max(1, Math.ceil((needed - second.scored.top.length) / share));
}

/** Kullback–Leibler divergence of two error rates: what a row shows, on average. */
function divergence(rate: number, limit: number): number {
  const wrong = rate === 0 ? 0 : rate * Math.log(rate / limit);
  return wrong + (1 - rate) * Math.log((1 - rate) / (1 - limit));
}
