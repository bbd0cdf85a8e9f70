import { assertEquals } from "@std/assert";
import type { OpenRuntimeOptions } from "../../src/run/runtime.ts";
import { openRuntime } from "../../src/run/runtime.ts";
import { startServer, type StartServerOptions } from "../../src/serve/start_server.ts";
import { ask, posted } from "./serving.ts";

const BORROW = "borrow 999 USDC from aave";
const FACTS = {
  oracle: { age_sec: 1, max_age_sec: 30 },
  positions: { collateral_value: 1000, debt_value: 0 },
  prices: { USDC: 1 },
};
const LOOSE = { ltv_max: 1, hf_min: 0 };
const OLD = { oracle: { age_sec: 1e9, max_age_sec: 1e300 } };
const UNCHECKED = { risk: { require: false }, mapper: { confidence_threshold: -1 } };

interface Asked {
  readonly policy?: unknown;
  readonly context?: unknown;
  readonly rails?: string;
}

/** The outcome of a run on a server with these settings. */
async function runOn(
  options: StartServerOptions,
  asked: Asked,
  opened: OpenRuntimeOptions = {},
) {
  await using runtime = await openRuntime({ backend: "wordmap", ...opened });
  await using server = await startServer(runtime, { port: 0, ...options });
  const { status, body } = await ask(server, "/v1/run", posted({ prompt: BORROW, ...asked }));
  return { status, body };
}

const CASES:
  readonly (readonly [string, StartServerOptions, Asked, string, OpenRuntimeOptions?])[] = [
    ["says nothing", {}, { context: FACTS }, "ltv"],
    ["lifts the limits", {}, { context: FACTS, policy: LOOSE }, "ltv"],
    ["wants no risk looked at", {}, { context: OLD, policy: UNCHECKED }, "risk_unknown:ltv"],
    [
      "lifts what the operator set",
      { policy: { ltv_max: 0.3 } },
      {
        context: { ...FACTS, positions: { collateral_value: 2000, debt_value: 0 } },
        policy: LOOSE,
      },
      "ltv",
    ],
    [
      "sets keys that were opened",
      { policy: { liq_threshold: 0.99 } },
      { context: FACTS, policy: LOOSE },
      "ok",
      { openKeys: ["ltv_max", "hf_min"] },
    ],
    ["lives under a loose operator", { policy: { ltv_max: 1, hf_min: 0, liq_threshold: 1 } }, {
      context: FACTS,
    }, "ok"],
    ["is stricter than a loose operator", { policy: { ltv_max: 1, hf_min: 0, liq_threshold: 1 } }, {
      context: FACTS,
      policy: { ltv_max: 0.9 },
    }, "ltv"],
    [
      "states facts beside the operator's",
      { facts: () => Promise.resolve(FACTS) },
      { context: { ...FACTS, positions: { collateral_value: 1e9, debt_value: 0 } } },
      "ltv",
    ],
  ];

for (const [what, options, asked, reason, opened] of CASES) {
  Deno.test(`a caller who ${what} gets ${reason}`, async () => {
    const { body } = await runOn(options, asked, opened);
    assertEquals([body.reason, body.ok], [reason, reason === "ok"]);
  });
}

Deno.test("the record says who set what, and what was asked for in vain", async () => {
  const { body } = await runOn({ policy: { ltv_max: 0.6 } }, {
    context: FACTS,
    policy: { ltv_max: 1, hf_min: 1.5 },
  });
  assertEquals(body.aux.policy, {
    set_by: {
      "mapper.confidence_threshold": "mapper",
      ltv_max: "operator",
      hf_min: "caller",
    },
    ignored: [{ path: "ltv_max", asked: 1, kept: 0.6 }],
  });
  const { body: plain } = await runOn({}, { context: FACTS });
  assertEquals(plain.aux.policy, undefined);
});

Deno.test("facts of the operator that cannot be read are 503, not the caller's", async () => {
  const facts = () => Promise.reject(new Error("gone"));
  const wrong = () => Promise.resolve({ oracle: { age_sec: -1 } });
  for (const source of [facts, wrong]) {
    const { status, body } = await runOn({ facts: source }, { context: FACTS });
    assertEquals([status, body.code], [503, "no_facts"]);
  }
});

Deno.test("a caller who raises a threshold leaves the rest of the pinned point", async () => {
  const point = {
    threshold: 0.3,
    near_margin: 0.2,
    per_class_thresholds: { swap_asset: null },
  };
  await using runtime = await openRuntime({ backend: "wordmap", point, isPointFloor: true });
  await using server = await startServer(runtime, { port: 0 });
  const labels = async (policy?: unknown) => {
    const prompts = ["swap 2 ETH for USDC", "deposit 10 eth"];
    const { body } = await ask(server, "/v1/map/batch", posted({ prompts, policy }));
    return body.results.map(({ label }: { label: string | null }) => label);
  };
  const fired = await labels();
  assertEquals(fired, [null, "deposit_asset"]);
  for (const confidence_threshold of [0, 0.31, 0.5, -1]) {
    const changed = await labels({ mapper: { confidence_threshold } });
    assertEquals(changed[0], null);
  }
  assertEquals(await labels({ mapper: { near_margin: 0 } }), fired);
  assertEquals(await labels({ mapper: { confidence_threshold: 1 } }), [null, null]);
});

Deno.test("a caller cannot switch off the rails that the operator's audit needs", async () => {
  const policy = { audit: { backend: "wdd" } };
  const { body } = await runOn({ policy }, { context: FACTS, rails: "none" });
  // No evidence was opened: the run fails on it rather than do without
  assertEquals(body.code, "conflict");
});
