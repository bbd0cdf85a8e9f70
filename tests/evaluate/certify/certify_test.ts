import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  binomialTail,
  rowsToCertify,
  zeroErrorRows,
} from "../../../src/evaluate/certify/binomial.ts";
import { certify, type CertifyOptions } from "../../../src/evaluate/certify/certify.ts";
import { pointAt } from "../../../src/evaluate/certify/certify_path.ts";
import { costThresholds } from "../../../src/evaluate/cost.ts";
import { scoreRows } from "../../../src/evaluate/decide.ts";
import { countOutcomes, encodeGold } from "../../../src/evaluate/metrics.ts";
import { splitGroups } from "../../../src/evaluate/certify/split_groups.ts";
import { createRandom } from "../../../src/core/random.ts";
import { floorsOfOneDraw, simulate } from "../simulate_certificates.ts";

// scipy.stats.binom.cdf(k, n, p)
const TAILS: readonly (readonly [number, number, number, number])[] = [
  [0, 59, 0.05, 0.04849452524942322],
  [3, 100, 0.1, 0.00783648712118442],
  [17, 1296, 0.02, 0.04093417382412831],
  [500, 1000, 0.5, 0.5126125090891801],
  [5, 5000, 0.01, 4.538453848069727e-16],
  [999, 1000, 0.9, 1],
  [40, 100_000, 0.0005, 0.08601624512809132],
];

for (const [k, n, p, expected] of TAILS) {
  Deno.test(`binomialTail(${k}, ${n}, ${p}) is scipy's`, () => {
    assertAlmostEquals(binomialTail(k, n, p), expected, 1e-9 * expected + 1e-18);
  });
}

Deno.test("binomialTail() grows with k and falls with p", () => {
  const n = fc.integer({ min: 1, max: 3000 });
  fc.assert(fc.property(n, fc.double({ min: 0.001, max: 0.98, noNaN: true }), (n, p) => {
    const k = Math.floor(n * p);
    assertLessOrEqual(binomialTail(Math.max(0, k - 1), n, p), binomialTail(k, n, p));
    assertLessOrEqual(binomialTail(k, n, Math.min(1, p + 0.01)), binomialTail(k, n, p) + 1e-12);
  }));
});

Deno.test("rowsToCertify() gives the least number that certifies, or none", () => {
  assertEquals(rowsToCertify(0, 0.05, 0.95), zeroErrorRows(0.05, 0.95));
  assertEquals(rowsToCertify(0.05, 0.05, 0.95), null);
  const n = rowsToCertify(0.02, 0.05, 0.95)!;
  assertLessOrEqual(binomialTail(Math.ceil(0.02 * n), n, 0.05), 0.05);
});

Deno.test("certificates break their promise within their allowance, the naive choice in half of the draws", () => {
  const { certified, broken, naiveBroken } = simulate({
    rows: 1200,
    limit: 0.05,
    draws: 1000,
    seed: 5,
  });
  assertGreaterOrEqual(certified, 300);
  // Five standard errors above the allowance of 5%.
  assertLessOrEqual(broken, 1000 * 0.05 + 5 * Math.sqrt(1000 * 0.05 * 0.95));
  assertGreaterOrEqual(naiveBroken, 400);
});

Deno.test("the path goes from strict to loose", () => {
  const floors = floorsOfOneDraw(500);
  assertEquals(floors.at(-1), 0);
  assert(floors.every((floor, i) => i === 0 || floor < floors[i - 1]!));
});

/** Rows of two classes: confidence, and whether the first class is right. */
function rows(list: readonly (readonly [number, boolean])[]) {
  const data = Float64Array.from(list.flatMap(([p]) => [p, 1 - p]));
  const scored = scoreRows({ data, rows: list.length, cols: 2 });
  const gold = encodeGold(list.map(([, right]) => right ? "go" : "abstain"), CLASSES);
  return { scored, gold, groups: list.map((_, i) => String(i)) };
}

const CLASSES = ["go", "stay"];
const options = (more: Partial<CertifyOptions> = {}): CertifyOptions => ({
  maxWrongRate: 0.05,
  dataSha256: "x",
  ...more,
});

/** Nine of ten right above 0.9, half below. */
function mixed(n: number) {
  const random = createRandom(3);
  return rows(Array.from({ length: n }, () => {
    const p = 0.6 + 0.4 * random.uniform();
    return [p, random.uniform() < (p > 0.9 ? 0.995 : 0.5)] as const;
  }));
}

Deno.test("certify() finds the loosest point that it can show, and its count is right", () => {
  const { scored, gold, groups } = mixed(4000);
  const { certificate, parts } = certify(scored, gold, groups, CLASSES, options());
  assert(certificate);
  assertAlmostEquals(certificate.point.threshold, 0.9, 0.02);
  assertLessOrEqual(certificate.p_value, 0.05);
  assertAlmostEquals(binomialTail(certificate.k, certificate.n, 0.05), certificate.p_value, 1e-12);
  const second = new Set(parts[1]);
  const fired = [...scored.confidence.keys()].filter((row) =>
    second.has(row) && scored.confidence[row]! >= certificate.point.threshold
  );
  assertEquals(fired.length, certificate.n);
  assertEquals(fired.filter((row) => gold.labels[row] !== 0).length, certificate.k);
});

Deno.test("certify() is the same twice, and another seed gives another split", () => {
  const { scored, gold, groups } = mixed(6000);
  const run = (seed: number) =>
    certify(scored, gold, groups, CLASSES, options({ seed })).certificate;
  assertEquals(run(1), run(1));
  assert(run(1)!.id !== run(2)!.id);
});

Deno.test("certify() says how many rows are missing, or that none would help", () => {
  const few = rows(Array.from({ length: 60 }, () => [0.95, true] as const));
  const { failure } = certify(few.scored, few.gold, few.groups, CLASSES, options());
  // 59 without an error are needed, half of the rows certify: 29 more there, 58 in all.
  assertEquals([failure?.n, failure?.k, failure?.more_rows], [30, 0, 58]);
  const bad = rows(Array.from({ length: 900 }, (_, i) => [0.95, i % 3 > 0] as const));
  const hopeless = certify(bad.scored, bad.gold, bad.groups, CLASSES, options()).failure;
  assertEquals(hopeless?.more_rows, null);
  const silent = rows([[0.1, true], [0.2, false]].map(([p, r]) => [p as number, r as boolean]));
  const abstains = ["go", "abstain"];
  const none = certify(silent.scored, silent.gold, silent.groups, abstains, options()).failure;
  assertEquals([none?.n, none?.more_rows], [0, null]);
});

Deno.test("certify() certifies each class with its share, and silences the others", () => {
  const random = createRandom(8);
  const list = Array.from({ length: 3000 }, () => [random.uniform(), random.uniform()] as const);
  const data = Float64Array.from(list.flatMap(([a]) => a < 0.5 ? [0.9, 0.1] : [0.1, 0.9]));
  const scored = scoreRows({ data, rows: list.length, cols: 2 });
  // The first class is nearly always right, the second in two of three rows.
  const labels = list.map(([a, b]) =>
    a < 0.5 ? b < 0.995 ? "go" : "stay" : b < 0.66 ? "stay" : "go"
  );
  const groups = list.map((_, i) => String(i));
  const { certificate } = certify(
    scored,
    encodeGold(labels, CLASSES),
    groups,
    CLASSES,
    options({ eachClass: true }),
  );
  const found = certificate!.classes!.map((one) => [one.class, one.certified]);
  assertEquals(found, [["go", true], ["stay", false]]);
  assertEquals(certificate!.point.perClass!["stay"], null);
  const point = certificate!.point;
  const { firedAs } = countOutcomes(scored, encodeGold(labels, CLASSES), point, CLASSES);
  assert(firedAs[0]! > 1000 && firedAs[1] === 0);
});

Deno.test("pointAt() raises thresholds to the floor and keeps silenced classes silent", () => {
  const base = { nearMargin: 0.1, perClass: { go: 0.7, stay: null } };
  assertEquals(pointAt(0.8, base).perClass, { go: 0.8, stay: null });
  assertEquals(pointAt(0.2, base), { threshold: 0.2, nearMargin: 0.1, perClass: base.perClass });
});

for (const bad of [0, 1, -1, NaN]) {
  Deno.test(`certify() refuses a limit of ${bad}`, () => {
    const { scored, gold, groups } = mixed(20);
    const call = () => certify(scored, gold, groups, CLASSES, options({ maxWrongRate: bad }));
    assertThrows(call, RangeError);
  });
}

Deno.test("costThresholds() asks for more confidence where a mistake is dearer", () => {
  const { scored, gold } = mixed(4000);
  const at = (cost: number) =>
    costThresholds(scored, gold, CLASSES, { wrong: { go: cost }, abstain: 1 })["go"]!;
  assertLessOrEqual(at(0.1), 0.61);
  assertAlmostEquals(at(20), 0.9, 0.01);
  assertEquals(at(1e9) ?? null, at(1e9));
  assertEquals(costThresholds(scored, gold, CLASSES, { wrong: {}, abstain: 0 })["stay"], null);
});

Deno.test("splitGroups() keeps groups together and sizes near their shares", () => {
  const groups = Array.from({ length: 1000 }, (_, i) => `g${i % 137}`);
  const parts = splitGroups(groups, [0.2, 0.5, 0.3], 4);
  const names = parts.map((part) => new Set(Array.from(part, (row) => groups[row]!)));
  assertEquals([...names[0]!].filter((name) => names[1]!.has(name) || names[2]!.has(name)), []);
  assertEquals(parts.flatMap((part) => [...part]).sort((a, b) => a - b), [...groups.keys()]);
  for (const [i, share] of [0.2, 0.5, 0.3].entries()) {
    assertAlmostEquals(parts[i]!.length / 1000, share, 0.02);
  }
});
