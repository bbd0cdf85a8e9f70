import { z } from "zod";
import { ANY_ASSET, type AssetPolicy } from "../../domains/defi/guards/asset_policy.ts";
import { MicroLmError } from "../../core/errors.ts";
import { byCapitals } from "../../domains/by_capitals.ts";
import { readInput } from "../../core/read_input.ts";
import { DEFAULT_MAPPER_POLICY, type MapperPolicy } from "./mapper_policy.ts";

/** Gates of one action; what is absent is as for all. */
export interface GateOverride {
  readonly z_abs?: number | undefined;
  readonly keep_frac?: number | undefined;
  readonly z_min?: number | undefined;
}

/** Evidence from the rails. */
export interface AuditPolicy {
  readonly backend: "wdd" | null;
  readonly mode: "detector" | "family" | "passthrough";
  /** Whether the evidence may block. */
  readonly gate: boolean;
  readonly K: number;
  readonly template_width: number;
  /** Least height of a lobe that shows an action. */
  readonly z_abs: number;
  /** Least height of a lobe that a planned action needs: below it the evidence refutes the plan. */
  readonly z_refute: number;
  /** Share of right orders whose plans the evidence may refute for what the whole prompt says. */
  readonly refuse_rate: number;
  readonly keep_frac: number;
  /** Share of prompts without an action in which the evidence may find one. */
  readonly false_alarm_rate: number;
  /** Other gates for single actions. */
  readonly overrides: Readonly<Record<string, GateOverride>>;
  /** File of a warp instead of the evidence's own; null for that. */
  readonly pca_prior: string | null;
  /** Whether timings are written. */
  readonly profile: boolean;
}

/** All that a caller may decide about a run, complete. */
export interface Policy {
  readonly mapper: MapperPolicy;
  readonly audit: AuditPolicy;
  /** Greatest loan to value after a step. */
  readonly ltv_max: number;
  /** Least health factor after a step. */
  readonly hf_min: number;
  readonly ltv_margin: number;
  readonly hf_buffer: number;
  readonly liq_threshold: number;
  readonly risk: { readonly require: boolean };
  /** Greatest age of the prices in seconds, whatever the context allows; null: as it allows. */
  readonly oracle: { readonly max_age_sec: number | null };
  /** Which assets may be named. Symbols are compared in capitals. */
  readonly assets: AssetPolicy;
}

/** The same, with everything left out that stays as it is by default. */
export type PolicyInput = {
  readonly [K in keyof Policy]?: Policy[K] extends object ? Partial<Policy[K]> : Policy[K];
};

/** Options of {@linkcode resolvePolicy}. */
export interface ResolvePolicyOptions {
  /** Environment variables to honour. Default: none; {@linkcode POLICY_ENVIRONMENT} lists them. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The policy of a caller who says nothing. */
export const DEFAULT_POLICY: Policy = {
  mapper: DEFAULT_MAPPER_POLICY,
  audit: {
    backend: null,
    mode: "detector",
    gate: false,
    K: 12,
    template_width: 64,
    z_abs: 0.55,
    z_refute: 0.05,
    refuse_rate: 0.1,
    keep_frac: 0.7,
    false_alarm_rate: 0.01,
    overrides: {},
    pca_prior: null,
    profile: false,
  },
  ltv_max: 0.75,
  hf_min: 1,
  ltv_margin: 0,
  hf_buffer: 0,
  liq_threshold: 0.85,
  risk: { require: true },
  oracle: { max_age_sec: null },
  assets: ANY_ASSET,
};

const number = (error: string, min: number, max?: number) => {
  const least = z.number({ error }).min(min, { error });
  return max === undefined ? least : least.max(max, { error });
};
const share = number("a number from 0 to 1", 0, 1);
const least0 = number("a number of at least 0", 0);
const whole = (error: string, min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.int({ error }).min(min, { error }).max(max, { error });
const flag = z.boolean({ error: "true or false" });
const group = <T extends z.core.$ZodShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => issue.code === "unrecognized_keys" ? undefined : "an object",
  });

const THRESHOLD = "a number from 0 to 1, -1 or null";
const MAPPER = {
  model_path: z.string({ error: "a path or null" }).min(1, { error: "a path or null" }).nullable(),
  confidence_threshold: z.union([number(THRESHOLD, 0, 1), z.literal(-1), z.null()], {
    error: THRESHOLD,
  }),
  near_margin: share,
  use_wordmap_fallback: flag,
};
const AUDIT = {
  backend: z.literal("wdd", { error: '"wdd" or null' }).nullable(),
  mode: z.enum(["detector", "family", "passthrough"], {
    error: '"detector", "family" or "passthrough"',
  }),
  gate: flag,
  K: whole("a whole number of at least 1", 1),
  template_width: whole("a whole number of at least 2", 2),
  z_abs: least0,
  z_refute: least0,
  refuse_rate: number("a number from 0 to 0.5", 0, 0.5),
  keep_frac: share,
  false_alarm_rate: number("a number above 0, at most 0.5", 1e-6, 0.5),
  overrides: z.record(
    z.string(),
    group({ z_abs: least0, keep_frac: share, z_min: least0 }).partial(),
    { error: "an object of gates by action" },
  ),
  pca_prior: z.string({ error: "a path or null" }).nullable(),
  profile: flag,
};
const RISK = { require: flag };
const ORACLE = { max_age_sec: least0.nullable() };
const symbol = z.string({ error: "a symbol" }).regex(/\S/, { error: "a symbol" })
  .transform((name) => name.trim().toUpperCase());
const symbols = z.array(symbol, { error: "a list of symbols" });
const ASSETS = {
  allow: symbols.nullable(),
  deny: symbols,
  known: z.record(
    z.string(),
    group({
      decimals: whole("a whole number from 0 to 77", 0, 77),
      chain: z.string({ error: "the name of a chain" }).min(1, { error: "the name of a chain" }),
    }).partial(),
    { error: "an object of assets by symbol" },
  ).transform((known) => byCapitals(known, "policy.assets.known")),
};
const LIMITS = {
  ltv_max: share,
  hf_min: least0,
  ltv_margin: share,
  hf_buffer: least0,
  liq_threshold: share,
};
/** The shape of a policy. */
export const POLICY_TYPE = group({
  mapper: group(MAPPER).partial().optional(),
  audit: group(AUDIT).partial().optional(),
  risk: group(RISK).partial().optional(),
  oracle: group(ORACLE).partial().optional(),
  assets: group(ASSETS).partial().optional(),
  ...group(LIMITS).partial().shape,
});

/** Paths of all keys of a policy. */
export const POLICY_KEYS: readonly string[] = [
  ...Object.keys(MAPPER).map((key) => `mapper.${key}`),
  ...Object.keys(AUDIT).map((key) => `audit.${key}`),
  ...Object.keys(LIMITS),
  ...Object.keys(RISK).map((key) => `risk.${key}`),
  ...Object.keys(ORACLE).map((key) => `oracle.${key}`),
  ...Object.keys(ASSETS).map((key) => `assets.${key}`),
];

const SCHEMA = {
  name: "policy",
  keys: POLICY_KEYS,
  renamed: {
    "mapper.use_shim_fallback": 'Write "mapper.use_wordmap_fallback"',
    "mapper.skip_gate": 'Write "mapper.confidence_threshold": -1',
    strict_reason_tokens: "Reasons are always from a closed set",
  },
};

/**
 * Completes a policy: what is not given is as the environment says, or else by default.
 *
 * Groups are merged key by key: a policy that sets `mapper.confidence_threshold` keeps the other
 * keys of
 * `mapper`.
 *
 * @param input What the caller wrote; undefined for nothing.
 * @throws {MicroLmError} Kind `usage` for an unknown key (with the closest known one) or a value
 * that is not of the expected kind; the message names the path. NaN and infinity are refused.
 *
 * @example
 * ```ts
 * import { resolvePolicy } from "micro-lm/run";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const policy = resolvePolicy({ mapper: { confidence_threshold: 0.9 }, ltv_max: 0.6 });
 * assertEquals(policy.mapper.confidence_threshold, 0.9);
 * assertEquals(policy.mapper.use_wordmap_fallback, true);
 * assertThrows(() => resolvePolicy({ ltv_maxx: 0.6 }), Error, 'did you mean "ltv_max"?');
 * ```
 */
export function resolvePolicy(
  input: unknown = {},
  { env = {} }: ResolvePolicyOptions = {},
): Policy {
  return unflatten(
    new Map([
      ...flatten(DEFAULT_POLICY),
      ...flatten(readPolicyEnvironment(env)),
      ...flatten(readPolicy(input)),
    ]),
  );
}

/** Values by path; a key that is undefined is not given. */
export function flatten(policy: object): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const path of POLICY_KEYS) {
    const value = path.split(".").reduce<unknown>(
      (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
      policy,
    );
    if (value !== undefined) values.set(path, value);
  }
  return values;
}

/** The policy of values by path. */
export function unflatten(values: ReadonlyMap<string, unknown>): Policy {
  const policy: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const [head, tail] = path.split(".") as [string, string?];
    policy[head] = tail === undefined
      ? value
      : { ...(policy[head] as object | undefined), [tail]: value };
  }
  return policy as unknown as Policy;
}

/** The keys of a policy that are given, checked as {@linkcode resolvePolicy} does. */
export function readPolicy(input: unknown): z.output<typeof POLICY_TYPE> {
  return readInput(input, POLICY_TYPE, SCHEMA);
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** The keys of a policy that the environment gives. */
export function readPolicyEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): { readonly mapper: Loose<MapperPolicy>; readonly audit: Loose<AuditPolicy> } {
  const path = env["MICRO_LM_MAPPER_PATH"];
  const threshold = env["MICRO_LM_MAPPER_THRESHOLD"];
  return {
    mapper: {
      model_path: path === "" ? undefined : path,
      confidence_threshold: threshold ? readThreshold(threshold) : undefined,
    },
    audit: { profile: env["MICRO_LM_PROFILE"] === "1" ? true : undefined },
  };
}

function readThreshold(text: string): number {
  const value = Number(text.trim() || NaN);
  if ((value >= 0 && value <= 1) || value === -1) return value;
  throw new MicroLmError(
    "usage",
    `Expected MICRO_LM_MAPPER_THRESHOLD to be a number from 0 to 1 or -1, got "${text}"`,
  );
}
