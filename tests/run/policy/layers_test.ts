import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MicroLmError } from "../../../src/core/errors.ts";
import { decide, type OperatingPoint } from "../../../src/evaluate/decide.ts";
import type { PinnedPoint } from "../../../src/mapper/file/artifact.ts";
import { DEFAULT_POLICY, POLICY_KEYS, resolvePolicy } from "../../../src/run/policy/policy.ts";
import { mergePolicies } from "../../../src/run/policy/layers.ts";

const PIN: PinnedPoint = {
  threshold: 0.6,
  near_margin: 0.2,
  per_class_thresholds: { swap_asset: null, stake_asset: 0.8 },
  max_novelty: 0.3,
  certificate: { id: "c1" },
};
const PINNED_POINT = {
  threshold: 0.6,
  nearMargin: 0.2,
  perClass: { swap_asset: null, stake_asset: 0.8 },
  maxNovelty: 0.3,
};
const merge = (operator: unknown, caller: unknown, pin?: PinnedPoint) =>
  mergePolicies(DEFAULT_POLICY, pin, operator, caller);

Deno.test("mergePolicies() without words gives the defaults at the pinned point", () => {
  const { policy, active, setBy, ignored } = merge({}, {}, PIN);
  assertEquals(policy, DEFAULT_POLICY);
  assertEquals(active, { point: PINNED_POINT, certificate: "c1" });
  assertEquals(ignored, []);
  assertEquals(setBy["ltv_max"], "default");
  assertEquals(setBy["mapper.confidence_threshold"], "mapper");
  assertEquals(setBy["mapper.near_margin"], "mapper");
  assertEquals(setBy["mapper.per_class_thresholds"], "mapper");
  assertEquals(setBy["mapper.max_novelty"], "mapper");
  assertEquals(merge({}, {}).active, { point: { threshold: 0.7 }, certificate: null });
});

Deno.test("mergePolicies() gives the operator what resolvePolicy() gives", () => {
  const operator = { ltv_max: 0.9, audit: { K: 3 }, assets: { deny: ["dai"] } };
  assertEquals(merge(operator, undefined).policy, resolvePolicy(operator));
});

/** Key, operator, caller, and what comes of it. */
const ROWS: readonly (readonly [string, unknown, unknown, unknown, "caller" | "operator"])[] = [
  ["ltv_max", 0.6, 1, 0.6, "operator"],
  ["ltv_max", 0.6, 0.5, 0.5, "caller"],
  ["hf_min", 1.2, 0, 1.2, "operator"],
  ["hf_min", 1.2, 2, 2, "caller"],
  ["ltv_margin", 0.1, 0, 0.1, "operator"],
  ["ltv_margin", 0.1, 0.2, 0.2, "caller"],
  ["hf_buffer", 0.1, 0, 0.1, "operator"],
  ["hf_buffer", 0.1, 0.2, 0.2, "caller"],
  ["liq_threshold", 0.8, 0.9, 0.8, "operator"],
  ["liq_threshold", 0.8, 0.7, 0.7, "caller"],
  ["risk.require", true, false, true, "operator"],
  ["risk.require", false, true, true, "caller"],
  ["oracle.max_age_sec", 10, 1e300, 10, "operator"],
  ["oracle.max_age_sec", 10, null, 10, "operator"],
  ["oracle.max_age_sec", null, 5, 5, "caller"],
  ["assets.allow", ["ETH", "DAI"], ["ETH", "USDC"], ["ETH"], "caller"],
  ["assets.allow", ["ETH"], null, ["ETH"], "operator"],
  ["assets.allow", null, ["ETH"], ["ETH"], "caller"],
  ["assets.deny", ["DAI"], ["ETH"], ["DAI", "ETH"], "caller"],
  ["assets.deny", ["DAI"], [], ["DAI"], "operator"],
  ["assets.known", { XYZ: {} }, { ABC: {} }, { XYZ: {} }, "operator"],
  ["mapper.use_wordmap_fallback", false, true, false, "operator"],
  ["mapper.use_wordmap_fallback", true, false, false, "caller"],
  ["mapper.model_path", "a.json", "b.json", "a.json", "operator"],
  ["audit.backend", "wdd", null, "wdd", "operator"],
  ["audit.mode", "detector", "family", "detector", "operator"],
  ["audit.gate", true, false, true, "operator"],
  ["audit.gate", false, true, true, "caller"],
  ["audit.z_abs", 0.6, 0.1, 0.6, "operator"],
  ["audit.z_refute", 0.6, 0.1, 0.6, "operator"],
  ["audit.z_abs", 0.6, 0.9, 0.9, "caller"],
  ["audit.z_refute", 0.6, 0.9, 0.9, "caller"],
  ["audit.refuse_rate", 0.1, 0.05, 0.1, "operator"],
  ["audit.refuse_rate", 0.1, 0.2, 0.2, "caller"],
  ["audit.keep_frac", 0.6, 0.9, 0.9, "caller"],
  ["audit.false_alarm_rate", 0.01, 0.5, 0.01, "operator"],
  ["audit.false_alarm_rate", 0.01, 0.001, 0.001, "caller"],
  ["audit.K", 3, 12, 3, "operator"],
  ["audit.template_width", 32, 64, 32, "operator"],
  ["audit.overrides", { swap_asset: { z_abs: 1 } }, {}, { swap_asset: { z_abs: 1 } }, "operator"],
  ["audit.pca_prior", "a.json", "b.json", "a.json", "operator"],
  ["audit.profile", false, true, false, "operator"],
  ["mapper.confidence_threshold", 0.8, -1, 0.8, "operator"],
  ["mapper.confidence_threshold", 0.8, 0.9, 0.9, "caller"],
  ["mapper.near_margin", 0.3, 0.01, 0.3, "operator"],
  ["mapper.near_margin", 0.3, 0.4, 0.4, "caller"],
];

const nested = (key: string, value: unknown) =>
  key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
const at = (policy: unknown, key: string) =>
  key.split(".").reduce<unknown>((v, part) => (v as Record<string, unknown>)[part], policy);

Deno.test("every key of a policy has a row in this test", () => {
  assertEquals([...new Set(ROWS.map(([key]) => key))].sort(), [...POLICY_KEYS].sort());
});

for (const [key, operator, caller, expected, who] of ROWS) {
  const says = `${JSON.stringify(operator)} and ${JSON.stringify(caller)}`;
  Deno.test(`mergePolicies() makes of ${key} ${says} ${JSON.stringify(expected)}`, () => {
    const merged = merge(nested(key, operator), nested(key, caller), PIN);
    assertEquals(at(merged.policy, key), expected);
    assertEquals(merged.setBy[key], who);
    const isIgnored = who === "operator" && key !== "assets.deny";
    assertEquals(merged.ignored.map(({ path }) => path), isIgnored ? [key] : []);
  });
}

Deno.test("mergePolicies() changes one part of the pinned point alone", () => {
  const raised = merge({}, { mapper: { confidence_threshold: 0.95 } }, PIN);
  const everywhere = { swap_asset: null, stake_asset: 0.95 };
  assertEquals(raised.active, {
    point: { ...PINNED_POINT, threshold: 0.95, perClass: everywhere },
    certificate: null,
  });
  const byEnvironment = mergePolicies(DEFAULT_POLICY, PIN, {}, {}, {
    env: { MICRO_LM_MAPPER_THRESHOLD: "0.95" },
  });
  assertEquals(byEnvironment.active, raised.active);
  assertEquals(byEnvironment.setBy["mapper.confidence_threshold"], "operator");
  const lowered = merge({ mapper: { confidence_threshold: 0.3 } }, {}, PIN);
  assertEquals(lowered.active.point, { ...PINNED_POINT, threshold: 0.3 });
  const margin = merge({}, { mapper: { near_margin: 0.01 } }, PIN);
  assertEquals(margin.active, { point: PINNED_POINT, certificate: "c1" });
  assertEquals(margin.ignored, [{ path: "mapper.near_margin", asked: 0.01, kept: 0.2 }]);
});

Deno.test("mergePolicies() lets callers set the keys that are open", () => {
  const caller = { ltv_max: 0.9, hf_min: 0, mapper: { confidence_threshold: 0.1 } };
  const open = ["ltv_max", "mapper.confidence_threshold"];
  const merged = mergePolicies(DEFAULT_POLICY, PIN, {}, caller, { open });
  assertEquals([merged.policy.ltv_max, merged.policy.hf_min], [0.9, 1]);
  assertEquals(merged.active.point.threshold, 0.1);
  assertEquals(merged.active.point.perClass, PINNED_POINT.perClass);
  assertEquals(merged.ignored, [{ path: "hf_min", asked: 0, kept: 1 }]);
  const wrong = { open: ["ltv"] };
  const error = assertThrows(
    () => mergePolicies(DEFAULT_POLICY, PIN, {}, {}, wrong),
    MicroLmError,
  );
  assertEquals(error.kind, "usage");
});

Deno.test("mergePolicies() refuses what resolvePolicy() refuses, whoever says it", () => {
  assertThrows(() => merge({ ltv_maxx: 1 }, {}), MicroLmError, "policy.ltv_maxx");
  assertThrows(() => merge({}, { hf_min: -1 }), MicroLmError, "policy.hf_min");
});

const CLASSES = ["swap_asset", "stake_asset", "borrow_asset"];
const share = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("no caller makes the mapper fire where the operator's point does not", () => {
  fc.assert(
    fc.property(
      fc.array(share, { minLength: 3, maxLength: 3 }),
      fc.option(share),
      fc.oneof(share, fc.constant(-1), fc.constant(null)),
      share,
      (scores, own, threshold, margin) => {
        const sum = scores.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        const probabilities = scores.map((score) => score / sum);
        const fires = (point: OperatingPoint) =>
          decide(probabilities, CLASSES, { ...point, maxNovelty: 1 }).label;
        const operator = { mapper: { confidence_threshold: own } };
        const caller = { mapper: { confidence_threshold: threshold, near_margin: margin } };
        const before = fires(merge(operator, {}, PIN).active.point);
        const after = fires(merge(operator, caller, PIN).active.point);
        assert(after === null || after === before);
      },
    ),
    { numRuns: 2000 },
  );
});
