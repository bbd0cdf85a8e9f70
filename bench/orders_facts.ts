/** Facts under which no guard objects, so that only the reading decides. */
export const HEALTHY = {
  oracle: { age_sec: 5, max_age_sec: 30 },
  positions: { collateral_value: 1e12, debt_value: 1e8 },
  prices: { ETH: 2000, WETH: 2000, STETH: 2000, WBTC: 60000, USDC: 1, USDT: 1, DAI: 1, GHO: 1 },
};

/** The policy for them. */
export const HEALTHY_POLICY = { risk: { require: false } };
