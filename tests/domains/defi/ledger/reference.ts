/**
 * The rules of docs/guides/guards.md once more, by other means: fractions of bigints, one mutable
 * world, no line shared with the ledger.
 */

/** Numerator and denominator, the latter above 0. */
type Q = readonly [bigint, bigint];

export interface RefStep {
  readonly action: string;
  readonly inputs: readonly {
    readonly asset: string | null;
    readonly amount: null | "unread" | { readonly kind: string; readonly value?: string };
  }[];
  readonly to?: {
    readonly asset: string;
    readonly amount?: { readonly kind: string; readonly value?: string };
  };
  readonly elsewhere?: string | null;
}

export interface RefContext {
  readonly oracle?: { readonly age_sec: number; readonly max_age_sec?: number };
  readonly ltv?: number;
  readonly hf?: number;
  readonly risk?: { readonly ltv?: number; readonly hf?: number };
  readonly positions?: {
    readonly collateral_value?: number;
    readonly debt_value?: number;
    readonly assets?: Readonly<
      Record<string, { amount: number; price: number; liquidation_threshold?: number }>
    >;
    readonly debts?: Readonly<Record<string, { amount: number; price: number }>>;
  };
  readonly prices?: Readonly<Record<string, number>>;
  readonly balances?: Readonly<Record<string, number>>;
}

export interface RefPolicy {
  readonly ltv_max: number;
  readonly hf_min: number;
  readonly ltv_margin: number;
  readonly hf_buffer: number;
  readonly liq_threshold: number;
  readonly risk: { readonly require: boolean };
  readonly oracle: { readonly max_age_sec: number | null };
}

const q = (text: string | number): Q => {
  const [digits, power = "0"] = String(text).toLowerCase().split("e");
  const [whole, part = ""] = digits!.split(".");
  let n = BigInt(whole! + part);
  let d = 10n ** BigInt(part.length);
  if (whole === "-0") n = -n;
  const e = BigInt(power.replace("+", ""));
  if (e > 0n) n *= 10n ** e;
  else d *= 10n ** -e;
  return [n, d];
};
const add = ([a, b]: Q, [c, d]: Q): Q => small(a * d + c * b, b * d);
const neg = ([a, b]: Q): Q => [-a, b];
const mul = ([a, b]: Q, [c, d]: Q): Q => small(a * c, b * d);
const over = ([a, b]: Q, [c, d]: Q): Q => c < 0n ? small(-a * d, -b * c) : small(a * d, b * c);
const more = ([a, b]: Q, [c, d]: Q) => a * d > c * b;
const min = (a: Q, b: Q) => more(a, b) ? b : a;
const max = (a: Q, b: Q) => more(a, b) ? a : b;
const isZero = ([a]: Q) => a === 0n;
const zero: Q = [0n, 1n];
const one: Q = [1n, 1n];

function small(n: bigint, d: bigint): Q {
  let a = n < 0n ? -n : n;
  let b = d;
  while (b > 0n) [a, b] = [b, a % b];
  return a > 1n ? [n / a, d / a] : [n, d];
}

/** A ratio of debt to what backs it; "inf" without backing. */
type R = Q | "inf";

function ratio(debt: Q, backing: Q): R {
  if (debt[0] <= 0n) return zero;
  return backing[0] <= 0n ? "inf" : over(debt, backing);
}

const isMore = (a: R, b: R) => a === "inf" ? b !== "inf" : b !== "inf" && more(a, b);

/** The greatest ratios that hold after a step, and what kept the step from being followed. */
interface Look {
  readonly trouble: "" | "more_than_held" | "more_than_owed" | "unknown" | "open";
  readonly ltv: R | null;
  /** Of debt to weighted collateral, the inverse of the health factor. */
  readonly use: R | null;
  readonly blind: boolean;
  readonly unsized: number;
}

/** All reasons for which a plan is refused, sorted. */
export function referenceFailures(
  steps: readonly RefStep[],
  policy: RefPolicy,
  context: RefContext,
): string[] {
  const [rich, poor] = [
    simulate(steps, policy, context, true),
    simulate(steps, policy, context, false),
  ];
  const failed = new Set<string>();
  steps.forEach(({ action }, i) => {
    const hope = rich[i]!;
    const proof = poor[i]!;
    if (hope.trouble.startsWith("more")) failed.add(hope.trouble);
    if (["swap_asset", "borrow_asset", "withdraw_asset"].includes(action)) {
      const { oracle } = context;
      if (!oracle) failed.add("oracle_unknown");
      else {
        const limits = [oracle.max_age_sec ?? 30, policy.oracle.max_age_sec ?? Infinity];
        if (limits.some((limit) => oracle.age_sec > limit)) failed.add("oracle_stale");
      }
    }
    if (action !== "borrow_asset" && action !== "withdraw_asset") return;
    const own = judge(hope, policy);
    if (hope.trouble.startsWith("more")) own.push(hope.trouble);
    if (own.length === 0) {
      const doubt = proof.trouble === hope.trouble ? judge(proof, policy) : ["ltv", "hf"];
      own.push(
        ...new Set(doubt.map((name) => `risk_unknown:${name.replace("risk_unknown:", "")}`)),
      );
    }
    for (const name of own) {
      if (policy.risk.require || !name.startsWith("risk_unknown")) failed.add(name);
    }
  });
  if (steps.length === 0) failed.add("abstain_non_exec");
  return [...failed].sort();
}

function judge({ ltv, use, trouble, blind, unsized }: Look, policy: RefPolicy): string[] {
  const times: Q = [BigInt(unsized), 1n];
  const isUnseen = blind && trouble !== "open";
  const failed: string[] = [];
  const greatest = add(q(policy.ltv_max), neg(mul(times, q(policy.ltv_margin))));
  if (ltv !== null && (ltv === "inf" || more(ltv, greatest))) failed.push("ltv");
  else if (ltv === null || isUnseen) failed.push("risk_unknown:ltv");
  // hf − buffers ≥ hf_min, or 1 ≥ use · (hf_min + buffers)
  const least = add(q(policy.hf_min), mul(times, q(policy.hf_buffer)));
  const isLow = use === "inf" ? least[0] > 0n : use !== null && more(mul(use, least), one);
  if (isLow || trouble === "open") failed.push("hf");
  else if (use === null || isUnseen) failed.push("risk_unknown:hf");
  return failed;
}

function simulate(
  steps: readonly RefStep[],
  policy: RefPolicy,
  context: RefContext,
  isRich: boolean,
): Look[] {
  const { positions } = context;
  const price = new Map<string, Q>();
  for (const list of [positions?.assets, positions?.debts]) {
    for (const [name, entry] of Object.entries(list ?? {})) price.set(name, q(entry.price));
  }
  for (const [name, value] of Object.entries(context.prices ?? {})) price.set(name, q(value));
  const purse = new Map<string, Q>();
  for (const [name, value] of Object.entries(context.balances ?? {})) purse.set(name, q(value));
  const parked = new Map<string, Q>();
  const lots = positions?.assets &&
    new Map(Object.entries(positions.assets).map(([name, { amount }]) => [name, q(amount)]));
  const dues = positions?.debts &&
    new Map(Object.entries(positions.debts).map(([name, { amount }]) => [name, q(amount)]));
  const worthOf = (list: Readonly<Record<string, { amount: number; price: number }>> | undefined) =>
    Object.values(list ?? {}).reduce((sum, e) => add(sum, mul(q(e.amount), q(e.price))), zero);
  let pool = positions?.collateral_value === undefined
    ? zero
    : add(q(positions.collateral_value), neg(worthOf(positions.assets)));
  let left = one;
  const debtAtStart = positions?.debt_value === undefined
    ? null
    : max(q(positions.debt_value), worthOf(positions.debts));
  let debt = debtAtStart;
  let due = debtAtStart;
  let blind = false;
  let unsized = 0;

  const backing = (weighted: boolean, usual = weighted ? q(policy.liq_threshold) : one): Q => {
    let sum = mul(pool, pool[0] < 0n ? one : usual);
    for (const [name, units] of lots ?? []) {
      const own = positions!.assets![name]?.liquidation_threshold;
      const weight = weighted && own !== undefined ? q(own) : usual;
      sum = add(sum, mul(mul(units, price.get(name) ?? zero), weight));
    }
    return sum;
  };
  const start = { ltv: backing(false), use: backing(true), full: backing(true, one) };
  const statedLtv = context.risk?.ltv ?? context.ltv;
  const statedHf = context.risk?.hf ?? context.hf;
  const stated: { ltv: R | null; use: R | null } = {
    ltv: statedLtv === undefined ? null : q(statedLtv),
    use: statedHf === undefined ? null : statedHf === 0 ? "inf" : over(one, q(statedHf)),
  };
  const currently = (s: R | null, then: Q, now: Q): R | null => {
    if (s === "inf") return s;
    if (!positions) return s && ratio(s, left);
    if (s !== null && (then[0] < 0n || now[0] < 0n)) return "inf";
    if (debt === null || debtAtStart === null) {
      if (s === null) return null;
      if (isZero(then)) return now[0] > 0n ? s : ratio(s, zero);
      return now[0] <= 0n ? ratio(s, zero) : ratio(mul(s, then), now);
    }
    if (s === null) return ratio(debt, now);
    const first = ratio(add(mul(s, then), add(debt, neg(debtAtStart))), now);
    const second: R = debtAtStart[0] > 0n && then[0] > 0n
      ? ratio(mul(mul(s, debt), over(then, debtAtStart)), now)
      : s;
    return isMore(second, first) ? second : first;
  };
  const currentUse = (): R | null => {
    const usual = currently(stated.use, start.use, backing(true));
    if (stated.use === null) return usual;
    const full = currently(stated.use, start.full, backing(true, one));
    return usual && full && isMore(full, usual) ? full : usual;
  };

  const inPurse = (name: string) => purse.get(name) ?? (isRich ? null : zero);
  const spend = (name: string | null, wanted: Q | null): Q => {
    if (name === null) {
      if (!isRich) purse.clear();
      return zero;
    }
    const there = inPurse(name);
    if (wanted === null) {
      if (!isRich) purse.set(name, zero);
      return zero;
    }
    if (there === null) return wanted;
    const paid = min(wanted, there);
    purse.set(name, add(there, neg(paid)));
    return paid;
  };
  const earn = (name: string, units: Q) => {
    const there = inPurse(name);
    if (there !== null) purse.set(name, add(there, units));
  };
  const valid = (value: string | undefined) =>
    value !== undefined && /^\d*\.?\d*(?:e[+-]?\d+)?$/i.test(value) && /^\.?\d/.test(value) &&
    // A number beyond all that money can be is not read
    Math.abs(Number(value.toLowerCase().split("e")[1] ?? 0)) <= 650;
  const shareIn = (amount: RefStep["inputs"][0]["amount"]): Q | null => {
    if (amount === null || amount === "unread") return null;
    if (amount.kind === "all") return one;
    if (amount.kind !== "fraction" || !valid(amount.value)) return null;
    return more(q(amount.value!), one) ? null : q(amount.value!);
  };
  const dollarsIn = (amount: RefStep["inputs"][0]["amount"]) =>
    amount !== null && amount !== "unread" && amount.kind === "usd" && valid(amount.value)
      ? q(amount.value!)
      : null;
  const unitsIn = ({ asset, amount }: RefStep["inputs"][0], whole: Q | null): Q | null => {
    const part = shareIn(amount);
    if (part) return whole && mul(whole, part);
    if (asset === null || amount === null || amount === "unread") return null;
    if (amount.kind === "units" && valid(amount.value)) return q(amount.value!);
    const dollars = dollarsIn(amount);
    return dollars && price.has(asset) ? over(dollars, price.get(asset)!) : null;
  };

  return steps.map((step): Look => {
    const troubles = new Set<string>();
    let given = zero;
    for (const input of step.inputs) {
      const { asset, amount } = input;
      const cost = asset === null ? undefined : price.get(asset);
      const spot = `${step.elsewhere ?? ""}|${asset}`;
      if (step.action === "withdraw_asset") {
        if (asset !== null && !cost) {
          troubles.add("unknown");
          blind = true;
          continue;
        }
        if (amount === null) {
          unsized++;
          continue;
        }
        const there = parked.get(spot) ?? zero;
        const part = shareIn(amount);
        if (lots) {
          const held = asset === null ? null : add(lots.get(asset) ?? zero, there);
          const units = held && unitsIn(input, held);
          if (!held || !units) {
            troubles.add("unknown");
            blind = true;
          } else if (isZero(held) || more(units, held)) troubles.add("more_than_held");
          else {
            const own = min(units, there);
            parked.set(spot, add(there, neg(own)));
            lots.set(asset!, add(lots.get(asset!) ?? zero, neg(add(units, neg(own)))));
            earn(asset!, units);
          }
        } else if (part) {
          const own = mul(there, part);
          parked.set(spot, add(there, neg(own)));
          pool = mul(pool, add(one, neg(part)));
          left = mul(left, add(one, neg(part)));
          if (asset !== null) earn(asset, own);
        } else {
          const units = unitsIn(input, null);
          const own = units ? min(units, there) : zero;
          const value = units ? mul(add(units, neg(own)), cost!) : dollarsIn(amount);
          if (value === null || (!positions && !isZero(value))) {
            troubles.add("unknown");
            blind = true;
          } else if (positions && more(value, pool)) troubles.add("more_than_held");
          else {
            parked.set(spot, add(there, neg(own)));
            pool = positions ? add(pool, neg(value)) : pool;
            if (units) earn(asset!, units);
          }
        }
      } else if (step.action === "borrow_asset") {
        if (asset !== null && !cost) {
          troubles.add("unknown");
          blind = true;
        } else if (amount === null) unsized++;
        else if (shareIn(amount)) {
          troubles.add("open");
          blind = true;
        } else {
          const units = unitsIn(input, null);
          const value = units ? mul(units, cost!) : dollarsIn(amount);
          if (!value || !debt) {
            troubles.add("unknown");
            blind = true;
            continue;
          }
          debt = add(debt, value);
          due = add(due!, value);
          if (units) {
            dues?.set(asset!, add(dues.get(asset!) ?? zero, units));
            earn(asset!, units);
          }
        }
      } else if (step.action === "repay_asset") {
        const whole = dues && asset !== null ? dues.get(asset) ?? zero : null;
        const units = unitsIn(input, whole);
        const value = units && cost ? mul(units, cost) : dollarsIn(amount);
        if (
          whole && units
            ? isZero(whole) || more(units, whole)
            : value !== null && due !== null && more(value, due)
        ) {
          troubles.add("more_than_owed");
          continue;
        }
        const paid = spend(asset, units);
        if (debt && cost) debt = add(debt, neg(mul(paid, cost)));
        if (due && value) due = add(due, neg(value));
        if (whole && units) dues!.set(asset!, add(whole, neg(units)));
      } else if (step.action === "unstake_asset") {
        if (asset === null) continue;
        const there = parked.get(`staked|${asset}`) ?? zero;
        const units = unitsIn(input, there) ?? zero;
        parked.set(`staked|${asset}`, add(there, neg(min(units, there))));
        earn(asset, isRich ? units : min(units, there));
      } else if (step.action !== "claim_rewards") {
        const paid = spend(asset, unitsIn(input, asset === null ? null : inPurse(asset)));
        if (step.action === "stake_asset") {
          const at = `staked|${asset}`;
          parked.set(at, add(parked.get(at) ?? zero, paid));
        } else if (step.action === "swap_asset") given = cost ? add(given, mul(paid, cost)) : given;
        else if (step.elsewhere) parked.set(spot, add(parked.get(spot) ?? zero, paid));
        else if (positions && cost) {
          if (lots) lots.set(asset!, add(lots.get(asset!) ?? zero, paid));
          else pool = add(pool, mul(paid, cost));
        }
      }
    }
    const { to } = step;
    if (isRich && to && ["swap_asset", "claim_rewards"].includes(step.action)) {
      const units = to.amount?.kind === "units" && valid(to.amount.value)
        ? q(to.amount.value!)
        : null;
      const rate = price.get(to.asset);
      if (units) earn(to.asset, units);
      else if (step.action === "swap_asset" && rate) earn(to.asset, over(given, rate));
    }
    const grave = ["more_than_held", "more_than_owed", "unknown", "open"] as const;
    const trouble = grave.find((name) => troubles.has(name)) ?? "";
    return {
      trouble,
      ltv: currently(stated.ltv, start.ltv, backing(false)),
      use: currentUse(),
      blind,
      unsized,
    };
  });
}
