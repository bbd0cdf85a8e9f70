import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { DEFAULT_POLICY, POLICY_KEYS, resolvePolicy } from "../../../src/run/policy/policy.ts";

Deno.test("resolvePolicy() without input gives the default", () => {
  assertEquals(resolvePolicy(), DEFAULT_POLICY);
  assertEquals(resolvePolicy({}), DEFAULT_POLICY);
  assertEquals(resolvePolicy({ mapper: {}, risk: {} }), DEFAULT_POLICY);
});

Deno.test("resolvePolicy() merges groups key by key", () => {
  const policy = resolvePolicy({ mapper: { confidence_threshold: 0.9 }, audit: { K: 3 } });
  assertEquals(policy.mapper, { ...DEFAULT_POLICY.mapper, confidence_threshold: 0.9 });
  assertEquals(policy.audit, { ...DEFAULT_POLICY.audit, K: 3 });
});

/** Another value than the default, for each key. */
const OTHER: Readonly<Record<string, unknown>> = {
  "mapper.model_path": "mapper.json",
  "mapper.confidence_threshold": -1,
  "mapper.near_margin": 0.1,
  "mapper.use_wordmap_fallback": false,
  "audit.backend": "wdd",
  "audit.mode": "family",
  "audit.gate": true,
  "audit.K": 4,
  "audit.template_width": 32,
  "audit.z_abs": 0.9,
  "audit.z_refute": 0.9,
  "audit.refuse_rate": 0.2,
  "audit.keep_frac": 0.5,
  "audit.false_alarm_rate": 0.05,
  "audit.overrides": { swap_asset: { z_abs: 1 } },
  "audit.pca_prior": "warp.json",
  "audit.profile": true,
  ltv_max: 0.6,
  hf_min: 1.2,
  ltv_margin: 0.05,
  hf_buffer: 0.1,
  liq_threshold: 0.8,
  "risk.require": false,
  "oracle.max_age_sec": 10,
  "assets.allow": ["ETH", "USDC.E"],
  "assets.deny": ["DAI"],
  "assets.known": { XYZ: { decimals: 6, chain: "base" } },
};

const PATHS = ["mapper.model_path", "audit.pca_prior"];
/** Keys that an empty list or object is a value of. */
const EMPTY: Readonly<Record<string, string>> = {
  "audit.overrides": "{}",
  "assets.known": "{}",
  "assets.allow": "[]",
  "assets.deny": "[]",
};

Deno.test("every key of a policy has a row in this test", () => {
  assertEquals(Object.keys(OTHER), [...POLICY_KEYS]);
});

for (const key of POLICY_KEYS) {
  Deno.test(`resolvePolicy() takes ${key} and nothing else`, () => {
    const nested = (value: unknown) =>
      key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
    const at = (policy: unknown) =>
      key.split(".").reduce<unknown>((v, part) => (v as Record<string, unknown>)[part], policy);
    const changed = resolvePolicy(nested(OTHER[key]));
    assertEquals(at(changed), OTHER[key]);
    const [head, tail] = key.split(".");
    const rest = tail === undefined
      ? { ...changed, [head!]: at(DEFAULT_POLICY) }
      : { ...changed, [head!]: { ...changed[head as "risk"], [tail]: at(DEFAULT_POLICY) } };
    assertEquals(rest, DEFAULT_POLICY);
    for (const wrong of [NaN, Infinity, "high", [], {}]) {
      if (wrong === "high" && PATHS.includes(key)) continue;
      if (EMPTY[key] === JSON.stringify(wrong)) continue;
      const error = assertThrows(() => resolvePolicy(nested(wrong)), MicroLmError);
      assertEquals(error.kind, "usage");
      assertStringIncludes(error.message, `Expected policy.${key} to be `);
    }
  });
}

Deno.test("resolvePolicy() compares symbols in capitals", () => {
  const { assets } = resolvePolicy({ assets: { allow: ["eth"], known: { xyz: {} } } });
  assertEquals(assets, { allow: ["ETH"], deny: [], known: { XYZ: {} } });
  const error = assertThrows(
    () => resolvePolicy({ assets: { known: { xyz: {}, XYZ: {} } } }),
    MicroLmError,
  );
  assertStringIncludes(error.message, "policy.assets.known to name XYZ once");
});

const REFUSED: readonly (readonly [unknown, string])[] = [
  [{ ltv_maxx: 0.6 }, 'Unknown key "policy.ltv_maxx", did you mean "ltv_max"?'],
  [
    { mapper: { confidence_treshold: 0.6 } },
    'Unknown key "policy.mapper.confidence_treshold", did you mean "mapper.confidence_threshold"?',
  ],
  [
    { confidence_threshold: 0.6 },
    'Unknown key "policy.confidence_threshold", did you mean "mapper.confidence_threshold"?',
  ],
  [{ mapper: { use_shim_fallback: true } }, 'Unknown key "policy.mapper.use_shim_fallback"'],
  [JSON.parse('{"__proto__": {"ltv_max": 1}}'), 'Unknown key "policy.__proto__"'],
  [{ constructor: 1 }, 'Unknown key "policy.constructor"'],
  [
    { mapper: { confidence_threshold: 1.5 } },
    "Expected policy.mapper.confidence_threshold to be a number from 0 to 1, -1 or null, got 1.5",
  ],
  [{ hf_min: -1 }, "Expected policy.hf_min to be a number of at least 0, got -1"],
  [{ ltv_max: null }, "Expected policy.ltv_max to be a number from 0 to 1, got null"],
  [{ audit: { K: 1.5 } }, "Expected policy.audit.K to be a whole number of at least 1, got 1.5"],
  [{ mapper: 3 }, "Expected policy.mapper to be an object, got 3"],
  [null, "Expected policy to be an object, got null"],
  ["{}", 'Expected policy to be an object, got "{}"'],
];

for (const [input, message] of REFUSED) {
  Deno.test(`resolvePolicy() says: ${message}`, () => {
    const error = assertThrows(() => resolvePolicy(input), MicroLmError);
    assertEquals(error.kind, "usage");
    assertStringIncludes(error.message, message);
  });
}

Deno.test("resolvePolicy() puts the caller before the environment before the default", () => {
  const env = {
    MICRO_LM_MAPPER_PATH: "env.json",
    MICRO_LM_MAPPER_THRESHOLD: "0.9",
    MICRO_LM_PROFILE: "1",
  };
  const ambient = resolvePolicy({}, { env });
  assertEquals(ambient.mapper.model_path, "env.json");
  assertEquals(ambient.mapper.confidence_threshold, 0.9);
  assertEquals(ambient.audit.profile, true);
  const given = resolvePolicy({
    mapper: { model_path: "own.json", confidence_threshold: 0.5 },
    audit: { profile: false },
  }, { env });
  assertEquals(given.mapper.model_path, "own.json");
  assertEquals(given.mapper.confidence_threshold, 0.5);
  assertEquals(given.audit.profile, false);
});

for (const text of ["high", "2", "NaN", " ", "-0.5"]) {
  Deno.test(`resolvePolicy() refuses the threshold "${text}" of the environment`, () => {
    const env = { MICRO_LM_MAPPER_THRESHOLD: text };
    const error = assertThrows(() => resolvePolicy({}, { env }), MicroLmError);
    assertStringIncludes(error.message, "MICRO_LM_MAPPER_THRESHOLD");
  });
}
