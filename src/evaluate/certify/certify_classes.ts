import { zeroErrorRows } from "./binomial.ts";
import type { CertificationFailure, ClassCertificate } from "./certificate.ts";
import { type PathBase, pointAt } from "./certify_path.ts";
import { type CertifyTask, layPath, type Proof, walkPath } from "./certify_walk.ts";
import { ABSTAIN_CLASS } from "../decide.ts";
import { explainFailure } from "./explain_failure.ts";
import { countOutcomes } from "../metrics.ts";

/**
 * Tests each class with its share of the allowance (Bonferroni): all promises hold together. A class that
 * the first part gives no chance, for want of actions, has no share and never acts.
 */
export function certifyClasses(
  task: CertifyTask,
  base: PathBase,
  allowance: number,
): Proof | CertificationFailure {
  const { first, second, classes, limit } = task;
  const actions = classes.filter((name) => name !== ABSTAIN_CLASS);
  const paths = actions.map((name) => layPath(task, base, classes.indexOf(name)));
  const ratio = second.scored.top.length / Math.max(1, first.scored.top.length);
  const least = zeroErrorRows(limit, 1 - allowance / actions.length) / 2;
  const tried = paths.filter((path) => ratio * (path.firstCounts.n.at(-1) ?? 0) >= least);
  const share = allowance / Math.max(1, tried.length);
  const walks = paths.map((path) => tried.includes(path) ? walkPath(task, path, share) : undefined);
  const passed = walks.flatMap((walk) => walk?.passed ?? []);
  if (passed.length === 0) {
    const best = walks.reduce(
      (most, walk, i) => (walk?.begun.n ?? -1) > (walks[most]?.begun.n ?? -1) ? i : most,
      0,
    );
    const walk = walks[best] ?? walkPath(task, paths[best]!, 0);
    return explainFailure(task, paths[best]!, walk, allowance / actions.length);
  }
  const found = actions.map((name, i): ClassCertificate => {
    const { passed, begun } = walks[i] ?? {};
    const tested = passed ?? begun;
    const least = base.perClass?.[name];
    return {
      class: name,
      certified: passed !== undefined,
      n: tested?.n ?? 0,
      k: tested?.k ?? 0,
      p_value: tested?.p_value ?? 1,
      threshold: passed ? Math.max(passed.floor, least ?? 0) : null,
    };
  });
  const perClass = Object.fromEntries(found.map((one) => [one.class, one.threshold]));
  const point = { ...pointAt(0, base), threshold: 1, perClass };
  const counts = countOutcomes(second.scored, second.gold, point, classes);
  return {
    n: counts.firedLabeled,
    k: counts.wrongFires,
    p_value: Math.max(...passed.map((one) => one.p_value)),
    bound: passed.some((one) => one.bound === "betting") ? "betting" : "binomial",
    acting_groups: Math.max(...passed.map((one) => one.acting_groups)),
    largest_group: Math.max(...passed.map((one) => one.largest_group)),
    point,
    order: {
      rule: `for each of ${tried.length} classes on its own, with ${share.toPrecision(3)} of the ` +
        "error allowance: thresholds at quantiles of the confidences of the first part, from the " +
        "one that the first part expects to pass most clearly to looser ones",
      points: paths[0]!.floors.length,
      started_at: 0,
      stopped_at: 0,
      near_margin: base.nearMargin,
    },
    classes: found,
  };
}
