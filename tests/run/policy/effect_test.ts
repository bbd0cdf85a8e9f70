import { assertEquals, assertNotEquals } from "@std/assert";
import { POLICY_KEYS } from "../../../src/run/policy/policy.ts";
import { runMicro } from "../../../src/run/runtime.ts";
import type { RunRecord } from "../../../src/run/record/record.ts";

const oracle = { age_sec: 5, max_age_sec: 30 };
const positions = { collateral_value: 10_000, debt_value: 5_000 };
const prices = { ETH: 2000, USDC: 1 };
const healthy = { oracle, positions, prices };

interface Effect {
  readonly key: string;
  readonly prompt: string;
  readonly context?: unknown;
  /** What the record shows without the key and with it. */
  readonly shows: (record: RunRecord) => unknown;
  readonly without: unknown;
  readonly with: unknown;
}

interface PolicyEffect extends Effect {
  readonly value: unknown;
  /** Where there has to be no keyword mapper. */
  readonly backend?: "sbert";
}

const reason = (record: RunRecord) => record.reason;
const notes = (record: RunRecord) => [reason(record), record.verify.steps[0]?.notes];
const threshold = (record: RunRecord) => record.aux.mappings[0]?.threshold;

const POLICY: readonly PolicyEffect[] = [
  {
    key: "mapper.confidence_threshold",
    value: 1,
    prompt: "stake 1 ETH into the pool",
    shows: (record) => [reason(record), threshold(record)],
    without: ["ok", 0.35],
    with: ["low_confidence", 1],
  },
  {
    key: "mapper.near_margin",
    value: 1,
    prompt: "stake 1 ETH into the pool",
    shows: (record) => [reason(record), record.aux.mappings[0]?.reason],
    without: ["ok", "fired"],
    with: ["low_confidence", "near_margin"],
  },
  {
    key: "mapper.use_wordmap_fallback",
    value: false,
    backend: "sbert",
    prompt: "stake 1 ETH",
    shows: (record) => [reason(record), record.flags],
    without: ["ok", ["mapper:wordmap_fallback"]],
    with: ["mapper_unavailable", []],
  },
  {
    key: "ltv_max",
    value: 0.4,
    prompt: "borrow 100 USDC",
    context: healthy,
    shows: reason,
    without: "ok",
    with: "ltv",
  },
  {
    key: "hf_min",
    value: 2,
    prompt: "borrow 100 USDC",
    context: healthy,
    shows: reason,
    without: "ok",
    with: "hf",
  },
  {
    key: "ltv_margin",
    value: 0.3,
    prompt: "borrow USDC",
    context: { oracle, prices, risk: { ltv: 0.5, hf: 3 } },
    shows: (record) => [reason(record), record.verify.failed],
    without: ["ok", []],
    with: ["ltv", ["ltv"]],
  },
  {
    key: "hf_buffer",
    value: 2.5,
    prompt: "borrow USDC",
    context: { oracle, prices, risk: { ltv: 0.5, hf: 3 } },
    shows: (record) => [reason(record), record.verify.failed],
    without: ["ok", []],
    with: ["hf", ["hf"]],
  },
  {
    key: "liq_threshold",
    value: 0.5,
    prompt: "borrow 100 USDC",
    context: healthy,
    shows: reason,
    without: "ok",
    with: "hf",
  },
  {
    key: "risk.require",
    value: false,
    prompt: "borrow 100 USDC",
    context: { oracle },
    shows: (record) => [reason(record), record.flags],
    without: ["risk_unknown:ltv", []],
    with: ["ok", ["risk_not_required:ltv", "risk_not_required:hf"]],
  },
  {
    key: "oracle.max_age_sec",
    value: 4,
    prompt: "borrow 100 USDC",
    context: healthy,
    shows: reason,
    without: "ok",
    with: "oracle_stale",
  },
  {
    key: "assets.allow",
    value: ["eth"],
    prompt: "borrow 100 USDC",
    context: healthy,
    shows: notes,
    without: ["ok", []],
    with: ["asset_refused", ["asset_not_allowed:USDC"]],
  },
  {
    key: "assets.deny",
    value: ["usdc"],
    prompt: "swap 1 ETH for USDC",
    context: healthy,
    shows: notes,
    without: ["ok", []],
    with: ["asset_refused", ["asset_denied:USDC"]],
  },
  {
    key: "assets.known",
    value: { usdc: { decimals: 6, chain: "base" } },
    prompt: "borrow 0.0000001 USDC on arbitrum",
    context: healthy,
    shows: notes,
    without: ["ok", []],
    with: ["asset_refused", ["asset_on_other_chain:USDC", "amount_too_fine:USDC"]],
  },
];

/** Shown elsewhere: the path of a mapper in its own test below, evidence and timings with the rails. */
const ELSEWHERE = ["mapper.model_path", ...POLICY_KEYS.filter((key) => key.startsWith("audit."))];

Deno.test("every key of a policy has its effect shown", () => {
  assertEquals([...POLICY.map(({ key }) => key), ...ELSEWHERE].sort(), [...POLICY_KEYS].sort());
});

for (const effect of POLICY) {
  Deno.test(`policy.${effect.key} changes a record`, async () => {
    const { prompt, context = {}, key, value, shows, backend = "wordmap" } = effect;
    const nested = key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
    const run = (policy: unknown) => runMicro({ prompt, context, policy, backend });
    assertEquals(shows(await run({})), effect.without);
    assertEquals(shows(await run(nested)), effect.with);
  });
}

Deno.test("policy.mapper.model_path names the mapper that is opened", async () => {
  const policy = { mapper: { model_path: "tests/run/none.json" } };
  const { flags } = await runMicro({ prompt: "stake 1 ETH", policy });
  assertEquals(flags, ["mapper:wordmap_fallback"]);
  let message = "";
  await runMicro({
    prompt: "stake 1 ETH",
    policy: { mapper: { ...policy.mapper, use_wordmap_fallback: false } },
  }).catch((error: Error) => message = error.message);
  assertEquals(message.includes("tests/run/none.json"), true, message);
});

const ltv = (record: RunRecord) => record.verify.steps.at(-1)?.ltv;
const sources = (record: RunRecord) => record.artifacts.verify?.sources;

/** The context of each row replaces `context` where the key is given. */
const CONTEXT: readonly (Effect & { readonly given: unknown })[] = [
  {
    key: "oracle.age_sec",
    prompt: "swap 1 ETH for USDC",
    context: { oracle },
    given: { oracle: { ...oracle, age_sec: 31 } },
    shows: reason,
    without: "ok",
    with: "oracle_stale",
  },
  {
    key: "oracle.max_age_sec",
    prompt: "swap 1 ETH for USDC",
    context: { oracle: { age_sec: 5 } },
    given: { oracle: { age_sec: 5, max_age_sec: 4 } },
    shows: reason,
    without: "ok",
    with: "oracle_stale",
  },
  {
    key: "oracle",
    prompt: "swap 1 ETH for USDC",
    context: {},
    given: { oracle },
    shows: reason,
    without: "oracle_unknown",
    with: "ok",
  },
  {
    key: "risk.ltv",
    prompt: "borrow 100 USDC",
    context: { oracle, risk: { hf: 3 } },
    given: { oracle, risk: { hf: 3, ltv: 0.9 } },
    shows: (record) => [reason(record), sources(record)],
    without: ["risk_unknown:ltv", { ltv: null, hf: "risk" }],
    with: ["ltv", { ltv: "risk", hf: "risk" }],
  },
  {
    key: "risk.hf",
    prompt: "borrow USDC",
    context: { oracle, prices, risk: { ltv: 0.1 } },
    given: { oracle, prices, risk: { ltv: 0.1, hf: 0.5 } },
    shows: reason,
    without: "risk_unknown:hf",
    with: "hf",
  },
  {
    key: "ltv",
    prompt: "borrow USDC",
    context: { oracle, prices, hf: 3 },
    given: { oracle, prices, hf: 3, ltv: 0.2 },
    shows: (record) => [reason(record), sources(record)],
    without: ["risk_unknown:ltv", { ltv: null, hf: "top_level" }],
    with: ["ok", { ltv: "top_level", hf: "top_level" }],
  },
  {
    key: "hf",
    prompt: "borrow USDC",
    context: { oracle, prices, ltv: 0.2 },
    given: { oracle, prices, ltv: 0.2, hf: 3 },
    shows: reason,
    without: "risk_unknown:hf",
    with: "ok",
  },
  {
    key: "positions.collateral_value",
    prompt: "borrow 100 USDC",
    context: healthy,
    given: { ...healthy, positions: { ...positions, collateral_value: 6000 } },
    shows: (record) => [reason(record), ltv(record)],
    without: ["ok", 0.51],
    with: ["ltv", 0.85],
  },
  {
    key: "positions.debt_value",
    prompt: "borrow 100 USDC",
    context: healthy,
    given: { ...healthy, positions: { ...positions, debt_value: 8000 } },
    shows: (record) => [reason(record), ltv(record)],
    without: ["ok", 0.51],
    with: ["ltv", 0.81],
  },
  {
    key: "positions.assets",
    prompt: "withdraw all my USDC",
    context: healthy,
    given: {
      ...healthy,
      positions: { ...positions, assets: { USDC: { amount: 1000, price: 1 } } },
    },
    shows: (record) => [reason(record), ltv(record)],
    without: ["ltv", "infinite"],
    with: ["ok", 5000 / 9000],
  },
  {
    key: "positions.debts",
    prompt: "repay 200 USDC",
    context: healthy,
    given: {
      ...healthy,
      positions: { ...positions, debts: { USDC: { amount: 100, price: 1 } } },
    },
    shows: reason,
    without: "ok",
    with: "more_than_owed",
  },
  {
    key: "prices",
    prompt: "borrow 3000 USDC",
    context: { oracle, positions },
    given: healthy,
    shows: (record) => [reason(record), record.verify.steps[0]?.priced, ltv(record)],
    without: ["risk_unknown:ltv", false, null],
    with: ["ltv", true, 0.8],
  },
  {
    key: "balances",
    prompt: "deposit 10 ETH into aave, then withdraw 100 USDC",
    context: healthy,
    given: { ...healthy, balances: { ETH: 0 } },
    shows: (record) => ltv(record),
    without: 5000 / 29_900,
    with: 5000 / 9_900,
  },
  {
    key: "account.balances",
    prompt: "deposit 10 ETH into aave, then withdraw 100 USDC",
    context: healthy,
    given: { ...healthy, account: { balances: { ETH: 0 } } },
    shows: (record) => ltv(record),
    without: 5000 / 29_900,
    with: 5000 / 9_900,
  },
];

for (const { key, prompt, context, given, shows, ...effect } of CONTEXT) {
  Deno.test(`context.${key} changes a record`, async () => {
    const run = (value: unknown) => runMicro({ prompt, context: value, backend: "wordmap" });
    const before = shows(await run(context));
    const after = shows(await run(given));
    assertEquals(before, effect.without);
    assertEquals(after, effect.with);
    assertNotEquals(before, after);
  });
}

Deno.test("environment variables act as the keys that they stand for", async () => {
  const run = (env: Record<string, string>) =>
    runMicro({ prompt: "stake 1 ETH into the pool", env });
  assertEquals((await run({})).reason, "ok");
  assertEquals((await run({ MICRO_LM_MAPPER_THRESHOLD: "1" })).reason, "low_confidence");
});
