import fc from "fast-check";
import type { LedgerInput, LedgerStep } from "../../../../src/domains/defi/ledger/step.ts";
import type { RefContext } from "./reference.ts";

/** Units by symbol. */
type Holdings = Readonly<Record<string, number>>;

/** All that there is, most of which a context need not tell. */
export interface World {
  readonly assets: Holdings;
  readonly debts: Holdings;
  readonly wallet: Holdings;
  readonly staked: Holdings;
  /** What of it the context tells. */
  readonly tells: {
    readonly assets: boolean;
    readonly debts: boolean;
    readonly sum: boolean;
    readonly prices: readonly string[];
    readonly wallet: readonly string[];
  };
  /** Which share of its worth a swap yields, and of ten units rewards do, in turns. */
  readonly luck: readonly number[];
}

const PRICES: Holdings = { ETH: 2000, USDC: 1, LINK: 12.5, DAI: 0.999 };
const SYMBOLS = Object.keys(PRICES);
/** Dollars of a unit; of what the guards have no price for, too. */
const priceOf = (symbol: string) => PRICES[symbol] ?? 1;

const holdings = (max: number): fc.Arbitrary<Holdings> =>
  fc.tuple(
    ...SYMBOLS.map((symbol) =>
      fc.option(fc.integer({ min: 0, max }).map((n) => n * 50 / priceOf(symbol)))
    ),
  ).map((units) =>
    Object.fromEntries(
      SYMBOLS.flatMap((symbol, i) => units[i] === null ? [] : [[symbol, units[i]!]]),
    )
  );

/** Worlds of an account. */
export const worlds: fc.Arbitrary<World> = fc.record({
  assets: holdings(60),
  debts: holdings(16),
  wallet: holdings(40),
  staked: holdings(20),
  tells: fc.record({
    assets: fc.boolean(),
    debts: fc.boolean(),
    sum: fc.boolean(),
    prices: fc.subarray(SYMBOLS),
    wallet: fc.subarray(SYMBOLS),
  }),
  luck: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
});

const worth = (held: Holdings) =>
  Object.entries(held).reduce((sum, [symbol, units]) => sum + units * priceOf(symbol), 0);

/** What the context of a world tells, all of it true. */
export function contextOf({ assets, debts, wallet, tells }: World): RefContext {
  const list = (held: Holdings) =>
    Object.fromEntries(
      Object.entries(held).map(([symbol, amount]) => [symbol, { amount, price: priceOf(symbol) }]),
    );
  return {
    oracle: { age_sec: 1 },
    positions: {
      debt_value: worth(debts),
      ...(tells.assets && { assets: list(assets) }),
      ...((!tells.assets || tells.sum) && { collateral_value: worth(assets) }),
      ...(tells.debts && { debts: list(debts) }),
    },
    prices: Object.fromEntries(tells.prices.map((symbol) => [symbol, priceOf(symbol)])),
    balances: Object.fromEntries(tells.wallet.map((symbol) => [symbol, wallet[symbol] ?? 0])),
  } as RefContext;
}

/** The account after a step, in dollars; `done` where the step raised the risk. */
export interface Outcome {
  readonly collateral: number;
  readonly debt: number;
  readonly done: boolean;
}

/**
 * Carries a plan out as well as a world can: nobody pays more than is there, and a step that cannot be
 * done is passed over. Where a context lists no debts, any asset pays any debt, as it does for the guards.
 */
export function carryOut(plan: readonly LedgerStep[], world: World): Outcome[] {
  const [assets, debts, wallet, staked, parked] = [
    world.assets,
    world.debts,
    world.wallet,
    world.staked,
    {},
  ].map((held) => new Map<string, number>(Object.entries(held)));
  let turns = 0;
  const give = (to: Map<string, number>, key: string, units: number) =>
    to.set(key, (to.get(key) ?? 0) + units);
  const move = (from: Map<string, number>, to: Map<string, number>, key: string, units: number) => {
    give(from, key, -units);
    give(to, key, units);
  };
  const pay = (from: Map<string, number>, input: LedgerInput) => {
    const there = from.get(input.asset!) ?? 0;
    return Math.min(unitsOf(input, there) ?? 0, there);
  };
  const dollars = (held: Map<string, number>) => worth(Object.fromEntries(held));
  const redeem = (dollarsPaid: number) => {
    let left = dollarsPaid;
    for (const [symbol, units] of debts!) {
      const share = Math.min(left / priceOf(symbol), units);
      give(debts!, symbol, -share);
      left -= share * priceOf(symbol);
    }
  };
  return plan.map(({ action, inputs, to, elsewhere }) => {
    let done = false;
    let spent = 0;
    for (const input of inputs) {
      const asset = input.asset!;
      const spot = `${elsewhere ?? ""}|${asset}`;
      if (action === "withdraw_asset") {
        const aside = parked!.get(spot) ?? 0;
        const held = (assets!.get(asset) ?? 0) + aside;
        const units = unitsOf(input, held);
        if (units === null || units > held * (1 + 1e-12)) continue;
        give(parked!, spot, -Math.min(units, aside));
        move(assets!, wallet!, asset, Math.max(0, units - aside));
        give(wallet!, asset, Math.min(units, aside));
        done = true;
      } else if (action === "borrow_asset") {
        const units = unitsOf(input, null);
        if (units === null) continue;
        give(debts!, asset, units);
        give(wallet!, asset, units);
        done = true;
      } else if (action === "repay_asset" && world.tells.debts) {
        const due = debts!.get(asset) ?? 0;
        const units = Math.min(unitsOf(input, due) ?? 0, due, wallet!.get(asset) ?? 0);
        give(wallet!, asset, -units);
        give(debts!, asset, -units);
      } else if (action === "repay_asset") {
        const price = priceOf(asset);
        const most = Math.min(wallet!.get(asset) ?? 0, dollars(debts!) / price);
        const units = Math.min(unitsOf(input, null) ?? 0, most);
        give(wallet!, asset, -units);
        redeem(units * price);
      } else if (action === "unstake_asset") {
        move(staked!, wallet!, asset, pay(staked!, input));
      } else if (action !== "claim_rewards") {
        const units = pay(wallet!, input);
        give(wallet!, asset, -units);
        if (action === "stake_asset") give(staked!, asset, units);
        else if (action === "swap_asset") spent += units * priceOf(asset);
        else if (elsewhere) give(parked!, spot, units);
        else give(assets!, asset, units);
      }
    }
    if (to && (action === "swap_asset" || action === "claim_rewards")) {
      const most = action === "swap_asset" ? spent / priceOf(to.asset) : 10;
      give(wallet!, to.asset, most * world.luck[turns++ % world.luck.length]!);
    }
    return { collateral: dollars(assets!), debt: dollars(debts!), done };
  });
}

/** Units of an amount; null where it is none, or a share of what nobody limits. */
function unitsOf({ asset, amount }: LedgerInput, whole: number | null): number | null {
  if (amount === null || amount === "unread") return null;
  if (amount.kind === "all") return whole;
  const value = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(amount.value)
    ? Number(amount.value)
    : NaN;
  const units = amount.kind === "fraction"
    ? value <= 1 && whole !== null ? whole * value : NaN
    : amount.kind === "usd"
    ? value / priceOf(asset!)
    : value;
  return Number.isFinite(units) ? units : null;
}
