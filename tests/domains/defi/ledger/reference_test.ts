import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { verifySteps } from "../../../../src/domains/defi/guards/guards.ts";
import { MicroLmError } from "../../../../src/core/errors.ts";
import { resolveContext } from "../../../../src/domains/context.ts";
import { contexts, policies, steps } from "./arbitrary.ts";
import { MALFORMED } from "./malformed.ts";
import { referenceFailures } from "./reference.ts";

/** `LEDGER_RUNS=full` compares ten times as many. */
const IS_FULL = Deno.env.get("LEDGER_RUNS") === "full";
const RUNS = IS_FULL ? 40_000 : 4000;

Deno.test(`the guards agree with the reference on ${RUNS} contexts and plans`, () => {
  const tally = { passed: 0, risky: 0, malformed: 0, unsafe: 0, unexplained: 0 };
  const reasons = new Map<string, number>();
  fc.assert(
    fc.property(
      steps,
      policies,
      contexts,
      fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, {
        weight: 1,
        arbitrary: fc.constantFrom(...MALFORMED),
      }),
      (plan, policy, context, spoilt) => {
        if (spoilt) {
          tally.malformed++;
          const [path, spoil] = spoilt;
          const error = assertThrows(
            () => resolveContext({ ...context, ...spoil }, policy),
            MicroLmError,
          );
          assertEquals(error.kind, "usage");
          assertStringIncludes(error.message, path);
          return;
        }
        const verdict = verifySteps(plan, policy, resolveContext(context, policy));
        const expected = referenceFailures(plan, policy, context);
        if (verdict.ok && expected.length > 0) tally.unsafe++;
        if (verdict.failed.toSorted().join() !== expected.join()) tally.unexplained++;
        if (verdict.ok) tally.passed++;
        const isRisky = plan.some(({ action }) => /withdraw|borrow/.test(action));
        if (verdict.ok && isRisky) tally.risky++;
        for (const name of verdict.failed) reasons.set(name, (reasons.get(name) ?? 0) + 1);
        assertEquals(verdict.failed.toSorted(), expected);
      },
    ),
    { seed: 23, numRuns: RUNS, unbiased: true },
  );
  assertEquals([tally.unsafe, tally.unexplained], [0, 0]);
  // Else agreement would say little
  assert(tally.risky > RUNS / 40, `only ${tally.risky} plans with a risky step passed`);
  for (const name of ["ltv", "hf", "more_than_held", "more_than_owed", "risk_unknown:ltv"]) {
    assert((reasons.get(name) ?? 0) > RUNS / 100, `${name} only ${reasons.get(name)} times`);
  }
  // deno-lint-ignore no-console
  if (IS_FULL) console.log({ ...tally, ...Object.fromEntries(reasons) });
});
