/** Ways to spoil a context, and the path that the error has to name. */
export const MALFORMED: readonly (readonly [path: string, spoil: object])[] = [
  ["context.prices.ETH", { prices: { ETH: -1 } }],
  ["context.prices.ETH", { prices: { ETH: 0 } }],
  ["context.prices.ETH", { prices: { ETH: NaN } }],
  ["context.prices.ETH", { prices: { ETH: "2000" } }],
  ["context.prices", { prices: { ETH: 2000, eth: 2000 } }],
  ["context.prices", { prices: { USDC: 1, usdc: 1e-9 } }],
  ["context.balances", { balances: { dai: 1, DAI: 2 } }],
  ["context.balances.ETH", { balances: { ETH: -0.1 } }],
  ["context.account.balances.ETH", { balances: { ETH: 1 }, account: { balances: { eth: 2 } } }],
  ["context.account.balances", { account: { balances: { eth: 2, Eth: 3 } } }],
  ["context.positions.debt_value", { positions: { collateral_value: 5 } }],
  ["context.positions.collateral_value", { positions: { debt_value: 5 } }],
  ["context.positions.debt_value", {
    positions: { collateral_value: 5, debts: { USDC: { amount: 1, price: 1 } } },
  }],
  ["context.positions.collateral_value", { positions: { collateral_value: -5, debt_value: 0 } }],
  ["context.positions.collateral_value", {
    positions: { collateral_value: Infinity, debt_value: 0 },
  }],
  ["context.positions.assets.ETH.price", { positions: { assets: { ETH: { amount: 1 } } } }],
  ["context.positions.assets.ETH.amount", {
    positions: { assets: { ETH: { amount: -1, price: 2000 } } },
  }],
  ["context.positions.assets.ETH.liquidation_threshold", {
    positions: { assets: { ETH: { amount: 1, price: 2000, liquidation_threshold: 1.2 } } },
  }],
  ["context.positions.assets", {
    positions: { assets: { ETH: { amount: 1, price: 2000 }, eth: { amount: 1, price: 2000 } } },
  }],
  ["context.positions.assets.ETH.price", {
    prices: { ETH: 2000 },
    positions: { assets: { ETH: { amount: 1, price: 1999 } } },
  }],
  ["context.positions.debts.USDC.price", {
    prices: {},
    positions: {
      assets: { USDC: { amount: 1, price: 1 } },
      debt_value: 2,
      debts: { usdc: { amount: 1, price: 2 } },
    },
  }],
  ["context.risk.ltv", {
    risk: { ltv: 0 },
    ltv: 0.5,
    positions: { collateral_value: 10, debt_value: 5 },
  }],
  ["context.ltv", {
    risk: {},
    ltv: -0,
    positions: { collateral_value: 10, debt_value: 5 },
  }],
  ["context.risk.hf", { risk: { hf: -1 } }],
  ["context.oracle.age_sec", { oracle: { age_sec: -1 } }],
];
