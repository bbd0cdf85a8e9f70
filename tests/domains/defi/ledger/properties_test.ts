import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { verifySteps } from "../../../../src/domains/defi/guards/guards.ts";
import type { LedgerAmount, LedgerStep } from "../../../../src/domains/defi/ledger/step.ts";
import { MicroLmError } from "../../../../src/core/errors.ts";
import { resolveContext } from "../../../../src/domains/context.ts";
import { contexts, policies, steps } from "./arbitrary.ts";
import type { RefContext, RefPolicy } from "./reference.ts";

/** `LEDGER_RUNS=full` tries twenty times as many. */
const RUNS = Deno.env.get("LEDGER_RUNS") === "full" ? 20_000 : 1000;

type Json = { readonly [key: string]: unknown };

/** What fails; `invalid_input` for a context that is refused. */
function failures(
  plan: readonly LedgerStep[],
  policy: RefPolicy,
  context: unknown,
): readonly string[] {
  try {
    return verifySteps(plan, policy, resolveContext(context, policy)).failed;
  } catch (error) {
    if (error instanceof MicroLmError) return ["invalid_input"];
    throw error;
  }
}

/** Tries a change on plans; at least a twentieth of them has to be blocked before it. */
function property<T>(
  name: string,
  change: fc.Arbitrary<T>,
  check: (plan: LedgerStep[], policy: RefPolicy, context: RefContext, change: T) => boolean | null,
) {
  Deno.test(`${name} turns no block into a pass, in ${RUNS} tries`, () => {
    let tried = 0;
    let blocked = 0;
    for (let seed = 0; tried < RUNS && seed < 100; seed++) {
      fc.assert(
        fc.property(steps, policies, contexts, change, (plan, policy, context, change) => {
          const wasBlocked = tried < RUNS ? check(plan, policy, context, change) : null;
          if (wasBlocked === null) return;
          tried++;
          if (wasBlocked) blocked++;
        }),
        { seed, numRuns: RUNS, unbiased: true },
      );
    }
    assertEquals(tried, RUNS);
    assert(blocked > RUNS / 20, `only ${blocked} blocks: the property says little`);
  });
}

/** Both ways: what fails before and after a change that must not help. */
function staysBlocked(before: readonly string[], after: readonly string[]): boolean {
  assert(before.length === 0 || after.length > 0, `${before} became a pass`);
  return before.length > 0;
}

/**
 * Facts for which no other source stands in: without a stated ratio the positions speak, without a
 * list of assets or debts their sum, without a sum the list, without a limit or a threshold of the
 * context those of the policy (docs/guides/guards.md).
 */
function factsOf(context: RefContext): string[][] {
  const { positions } = context;
  const assets = Object.entries(positions?.assets ?? {});
  return [
    ["oracle"],
    ["oracle", "age_sec"],
    ["prices"],
    ...Object.keys(context.prices ?? {}).map((name) => ["prices", name]),
    ["balances"],
    ...Object.keys(context.balances ?? {}).map((name) => ["balances", name]),
    ["positions"],
    ["positions", "debt_value"],
    ...(positions?.assets ? [] : [["positions", "collateral_value"]]),
    ...(positions?.collateral_value === undefined
      ? assets.map(([name]) => ["positions", "assets", name])
      : []),
    ...assets.flatMap(([name]) => [
      ["positions", "assets", name, "amount"],
      ["positions", "assets", name, "price"],
    ]),
    ...Object.keys(positions?.debts ?? {}).map((name) => ["positions", "debts", name, "amount"]),
  ].filter((path) => has(context as Json, path));
}

function has(value: Json, [key, ...rest]: readonly string[]): boolean {
  if (!Object.hasOwn(value, key!)) return false;
  return rest.length === 0 || has(value[key!] as Json, rest);
}

function without(value: Json, [key, ...rest]: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      name !== key
        ? [[name, inner]]
        : rest.length === 0
        ? []
        : [[name, without(inner as Json, rest)]]
    ),
  );
}

property("leaving out a fact", fc.nat(), (plan, given, context, n) => {
  const policy = { ...given, risk: { require: true } };
  const facts = factsOf(context);
  if (facts.length === 0) return null;
  const before = failures(plan, policy, context);
  const after = failures(plan, policy, without(context as Json, facts[n % facts.length]!));
  // To pay back more than is owed is no risk: it is refused where the debt is known
  return staysBlocked(before.filter((name) => name !== "more_than_owed"), after);
});

const units = fc.integer({ min: 1, max: 400 }).map((n) => String(n / 20));
const roundTrip = fc.record({
  at: fc.nat(),
  pair: fc.constantFrom(
    ["repay_asset", "borrow_asset"] as const,
    ["withdraw_asset", "deposit_asset"] as const,
  ),
  asset: fc.constantFrom("ETH", "USDC", "LINK", "DAI"),
  amount: fc.record({ kind: fc.constantFrom("units" as const, "usd" as const), value: units }),
});

property("a round trip", roundTrip, (plan, policy, context, { at, pair, asset, amount }) => {
  const i = at % (plan.length + 1);
  const trip = pair.map((action) => ({ action, inputs: [{ asset, amount }] }));
  const longer = [...plan.slice(0, i), ...trip, ...plan.slice(i)];
  return staysBlocked(failures(plan, policy, context), failures(longer, policy, context));
});

/** Half of a decimal number, exactly. */
function half(value: string): string {
  const [digits, power = "0"] = value.split("e");
  const [whole, part = ""] = digits!.split(".");
  return `${BigInt(whole! + part) * 5n}e${Number(power) - part.length - 1}`;
}

function halves(amount: LedgerAmount): readonly [LedgerAmount, LedgerAmount] | null {
  if (amount.kind === "all") return [{ kind: "fraction", value: "0.5" }, amount];
  if (!/^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(amount.value)) return null;
  if (amount.kind === "fraction") {
    // A quarter, and a third of the rest, would not be decimal: 0.75 is one half after the other
    if (Number(amount.value) < 0.75 || Number(amount.value) > 1) return null;
    const first = { kind: amount.kind, value: "0.5" };
    return [first, { kind: amount.kind, value: String(2 * Number(amount.value) - 1) }];
  }
  const part = { kind: amount.kind, value: half(amount.value) };
  return [part, part];
}

property("splitting a step in two", fc.nat(), (plan, policy, context, n) => {
  const i = n % plan.length;
  const step = plan[i]!;
  const [input] = step.inputs;
  if (step.inputs.length !== 1 || !input?.amount || input.amount === "unread") return null;
  const parts = halves(input.amount);
  if (!parts) return null;
  const bought = step.to?.amount?.kind === "units" && halves(step.to.amount);
  const split = parts.map((amount, k): LedgerStep => ({
    ...step,
    inputs: [{ ...input, amount }],
    ...(bought && { to: { ...step.to!, amount: bought[k]! } }),
  }));
  const longer = [...plan.slice(0, i), ...split, ...plan.slice(i + 1)];
  return staysBlocked(failures(plan, policy, context), failures(longer, policy, context));
});

property("another order or case of keys", fc.nat(), (plan, policy, context, seed) => {
  const verdict = (given: unknown) => verifySteps(plan, policy, resolveContext(given, policy));
  const before = verdict(context);
  assertEquals(verdict(shuffled(context, seed)), before);
  return !before.ok;
});

/** The same JSON with its keys in another order, symbols in other letters. */
function shuffled(value: unknown, seed: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner], i) =>
    [
      /^[A-Z]+$/.test(key) && seed % 2 === 0 ? key.toLowerCase() : key,
      shuffled(inner, seed),
      (seed * (i + 7) * 2654435761) % 1009,
    ] as const
  );
  return Object.fromEntries(
    entries.toSorted((a, b) => a[2] - b[2]).map(([key, inner]) => [key, inner]),
  );
}

const poorer = fc.record({ n: fc.nat(), share: fc.constantFrom(0, 0.1, 0.5, 0.99) });

property("a poorer wallet", poorer, (plan, policy, context, { n, share }) => {
  const names = Object.keys(context.balances ?? {});
  if (names.length === 0) return null;
  const name = names[n % names.length]!;
  const balances = { ...context.balances, [name]: context.balances![name]! * share };
  const before = failures(plan, policy, context);
  return staysBlocked(before, failures(plan, policy, { ...context, balances }));
});

const ANY = { allow: null, deny: [], known: {} };
const stricter: fc.Arbitrary<(policy: RefPolicy) => RefPolicy> = fc.tuple(
  fc.nat({ max: 8 }),
  fc.constantFrom(0, 0.1, 0.5, 0.9, 0.99),
).map(([key, share]) => (policy) => {
  const more = policy.hf_min + 1 - share;
  switch (key) {
    case 0:
      return { ...policy, ltv_max: policy.ltv_max * share };
    case 1:
      return { ...policy, hf_min: more };
    case 2:
      return { ...policy, ltv_margin: policy.ltv_margin + share };
    case 3:
      return { ...policy, hf_buffer: policy.hf_buffer + share };
    case 4:
      return { ...policy, liq_threshold: policy.liq_threshold * share };
    case 5:
      return { ...policy, risk: { require: true } };
    case 6:
      return { ...policy, oracle: { max_age_sec: (policy.oracle.max_age_sec ?? 60) * share } };
    case 7:
      return { ...policy, assets: { ...ANY, deny: ["LINK"] } };
    default:
      return { ...policy, assets: { ...ANY, allow: ["ETH", "USDC"] } };
  }
});

property(
  "a stricter policy",
  stricter,
  (plan, policy, context, tighten) =>
    staysBlocked(failures(plan, policy, context), failures(plan, tighten(policy), context)),
);
