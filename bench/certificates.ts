// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How often certificates break their promise: many data sets from a law whose true error rates are known,
 * certified operating points against the loosest point that looks good enough on the same rows.
 */
import { percent, textTable } from "../src/report/mod.ts";
import { simulate } from "../tests/evaluate/simulate_certificates.ts";

const DRAWS = 2000;
const rows = [500, 2000, 5000].flatMap((rows) =>
  [0.05, 0.02, 0.01].map((limit) => {
    const found = simulate({ rows, limit, draws: DRAWS, seed: 20_261 + rows });
    return [
      rows,
      percent(limit),
      percent(found.certified / DRAWS),
      percent(found.broken / DRAWS),
      percent(found.naiveBroken / DRAWS),
    ];
  })
);
console.log(`${DRAWS} draws each; promised: at most 5.0% broken\n`);
console.log(textTable({
  columns: ["rows", "limit", "certified", "broken, certified", "broken, naive"],
  rows,
}));
