import { assert } from "@std/assert";
import fc from "fast-check";
import { verifySteps } from "../../../../src/domains/defi/guards/guards.ts";
import { resolveContext } from "../../../../src/domains/context.ts";
import { policies, steps } from "./arbitrary.ts";
import { carryOut, contextOf, worlds } from "./world.ts";

/** `LEDGER_RUNS=full` tries ten times as many. */
const RUNS = Deno.env.get("LEDGER_RUNS") === "full" ? 100_000 : 10_000;

Deno.test(`what passes keeps its limits in a world that carries it out, in ${RUNS} tries`, () => {
  let risky = 0;
  fc.assert(
    fc.property(steps, policies, worlds, (plan, given, world) => {
      const policy = { ...given, risk: { require: true } };
      // What an amount that is not named will be, nobody knows before it is done
      const isSized = plan.every(({ inputs }) =>
        inputs.every(({ asset, amount }) => asset !== null && amount !== null)
      );
      if (!isSized) return;
      const context = resolveContext(contextOf(world), policy);
      if (!verifySteps(plan, policy, context).ok) return;
      for (const { collateral, debt, done } of carryOut(plan, world)) {
        if (!done) continue;
        risky++;
        const rounding = 1e-9 * (1 + collateral + debt);
        const told = JSON.stringify({ plan, policy, world, collateral, debt });
        assert(debt <= policy.ltv_max * collateral + rounding, told);
        assert(policy.hf_min * debt <= policy.liq_threshold * collateral + rounding, told);
      }
    }),
    { seed: 29, numRuns: RUNS, unbiased: true },
  );
  // Else safety would say little
  assert(risky > RUNS / 20, `only ${risky} risky steps were done`);
  // deno-lint-ignore no-console
  if (RUNS > 10_000) console.log({ risky });
});
