import { hasDecimals, readExact } from "../ledger/exact.ts";
import type { LedgerAmount, LedgerStep } from "../ledger/step.ts";
import { ASSET_TICKERS, ASSETS, MORE_ASSETS } from "../read/slots.ts";

/** What is known of an asset. */
export interface KnownAsset {
  /** Digits after the point that an amount of it can have. */
  readonly decimals?: number | undefined;
  /** The one chain on which it is meant; steps that name another one are refused. */
  readonly chain?: string | undefined;
}

/** Which assets a plan may name. */
export interface AssetPolicy {
  /** Only these, by symbol in capitals; null for any. */
  readonly allow: readonly string[] | null;
  /** None of these. */
  readonly deny: readonly string[];
  /** Assets that are known beside those of this project. */
  readonly known: Readonly<Record<string, KnownAsset>>;
}

/** Any asset, and none known beside those of this project. */
export const ANY_ASSET: AssetPolicy = { allow: null, deny: [], known: {} };

/** The flag of a plan that names an asset which nobody has listed. */
export const UNLISTED_FLAG = "asset:unlisted";

const LISTED: ReadonlySet<string> = new Set(
  [...ASSETS, ...MORE_ASSETS].map((name) => (ASSET_TICKERS[name] ?? name).toUpperCase()),
);

/** Why a policy refuses the assets of a step; empty if it does not. */
export function refusedAssets(step: LedgerStep, policy: AssetPolicy): string[] {
  return named(step).flatMap(({ asset, amount }) => {
    const { decimals, chain } = knownAsset(policy, asset);
    const isOnOther = chain !== undefined && step.chain !== null && step.chain !== undefined &&
      step.chain.toLowerCase() !== chain.toLowerCase();
    return [
      ...(policy.deny.includes(asset) ? [`asset_denied:${asset}`] : []),
      ...(policy.allow && !policy.allow.includes(asset) ? [`asset_not_allowed:${asset}`] : []),
      ...(isOnOther ? [`asset_on_other_chain:${asset}`] : []),
      ...(decimals !== undefined && isFiner(amount, decimals) ? [`amount_too_fine:${asset}`] : []),
    ];
  });
}

/** Whether a step names an asset that neither the policy nor this project lists. */
export function namesUnlisted(step: LedgerStep, { allow, known }: AssetPolicy): boolean {
  return named(step).some(({ asset }) =>
    !LISTED.has(asset) && !Object.hasOwn(known, asset) && !allow?.includes(asset)
  );
}

interface Named {
  readonly asset: string;
  readonly amount: LedgerAmount | null;
}

function named({ inputs, to }: LedgerStep): Named[] {
  const given = inputs.flatMap(({ asset, amount }) =>
    asset === null ? [] : [{ asset, amount: amount === "unread" ? null : amount }]
  );
  return to ? [...given, { asset: to.asset, amount: to.amount ?? null }] : given;
}

function knownAsset({ known }: AssetPolicy, asset: string): KnownAsset {
  return Object.hasOwn(known, asset) ? known[asset]! : {};
}

/** Units that the asset cannot be divided into. */
function isFiner(amount: LedgerAmount | null, decimals: number): boolean {
  if (amount?.kind !== "units") return false;
  const units = readExact(amount.value);
  return units !== null && !hasDecimals(units, decimals);
}
