import type { MicroRuntime, RunRecord } from "../mod.ts";

/** Facts of an account that owes enough to pay back any of what it is asked to. */
const OWING = {
  oracle: { age_sec: 5, max_age_sec: 30 },
  positions: { collateral_value: 1e12, debt_value: 1e8 },
  prices: { ETH: 2000, WETH: 2000, STETH: 2000, WBTC: 60000, USDC: 1, USDT: 1, DAI: 1, GHO: 1 },
};

/** The same without a debt: all that is pledged may be taken out. */
const FREE = { ...OWING, positions: { ...OWING.positions, debt_value: 0 } };

/** The policy for them. */
const POLICY = { risk: { require: false } };

/**
 * Runs a prompt so that the reading decides and no guard: as an account that owes, and where a guard objects to
 * that ("withdraw everything") as one that does not.
 */
export async function runHealthy(runtime: MicroRuntime, prompt: string): Promise<RunRecord> {
  const record = await runtime.run({ prompt, context: OWING, policy: POLICY });
  if (record.ok || record.aux.gates.find(({ ok }) => !ok)?.gate !== "guards") return record;
  const free = await runtime.run({ prompt, context: FREE, policy: POLICY });
  return free.ok ? free : record;
}
