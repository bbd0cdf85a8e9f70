/** Tickers and everyday names of the assets that the DeFi domain recognises, lower case. */
export const ASSETS: readonly string[] = [
  "eth", "ether", "weth", "steth", "wsteth", "reth", "cbeth", "btc", "wbtc", "bitcoin", "usdc",
  "usdt", "tether", "dai", "frax", "lusd", "gho", "link", "uni", "aave", "comp", "crv", "ldo",
  "rpl", "mkr", "snx", "bal", "matic", "pol", "arb", "op", "avax", "sol", "atom", "dot", "ada",
  "bnb", "near",
];

/** Protocols and venues, lower case. Some share a name with their token (`aave`). */
export const VENUES: readonly string[] = [
  "aave", "compound", "morpho", "spark", "maker", "makerdao", "lido", "rocket pool", "rocketpool",
  "uniswap", "curve", "balancer", "sushiswap", "sushi", "yearn", "convex", "frax", "eigenlayer",
  "pendle", "1inch", "pancakeswap", "gmx", "benqi", "euler", "fluid",
];

/** Chains, lower case. */
export const CHAINS: readonly string[] = [
  "ethereum", "mainnet", "arbitrum", "optimism", "base", "polygon", "avalanche", "bnb chain",
  "gnosis", "zksync", "linea", "scroll", "solana",
];
