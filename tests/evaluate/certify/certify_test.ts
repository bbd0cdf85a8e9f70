import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  binomialTail,
  countedRows,
  rowsToCertify,
} from "../../../src/evaluate/certify/binomial.ts";
import { certify, type CertifyOptions } from "../../../src/evaluate/certify/certify.ts";
import { attemptShare } from "../../../src/evaluate/certify/attempts.ts";
import { logGains } from "../../../src/evaluate/certify/betting.ts";
import { certificateFault } from "../../../src/mapper/certificate_check.ts";
import { pointAt, takePart } from "../../../src/evaluate/certify/certify_path.ts";
import { costThresholds } from "../../../src/evaluate/cost.ts";
import { scoreRows } from "../../../src/evaluate/decide.ts";
import { countOutcomes, encodeGold } from "../../../src/evaluate/metrics.ts";
import {
  dealGroups,
  groupKeys,
  numberKeys,
  splitGroups,
} from "../../../src/evaluate/certify/split_groups.ts";
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

// By trying every number of rows.
const LEAST: readonly (readonly [number, number, number, number | null])[] = [
  [0, 0.05, 0.95, 59],
  [0.0022025, 0.01, 0.9, 388],
  [0.0105, 0.02, 0.95, 655],
  [0.0456, 0.1, 0.9, 65],
  [0.05, 0.05, 0.95, null],
];
for (const [rate, limit, confidence, least] of LEAST) {
  Deno.test(`rowsToCertify(${rate}, ${limit}, ${confidence}) is ${least}`, () => {
    assertEquals(rowsToCertify(rate, limit, confidence), least);
  });
}

Deno.test("rowsToCertify() gives the least number whatever the rate", () => {
  const share = fc.double({ min: 0.001, max: 0.8, noNaN: true });
  fc.assert(
    fc.property(share, fc.constantFrom(0.02, 0.05, 0.1), (part, limit) => {
      const rate = part * limit;
      const found = rowsToCertify(rate, limit, 0.95)!;
      const passes = (n: number) => binomialTail(Math.ceil(rate * n), n, limit) <= 0.05;
      assert(passes(found));
      for (let n = 1; n < found; n++) assert(!passes(n), `${n} before ${found}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("countedRows() takes the last number up to n at which one more error passes", () => {
  for (const [limit, allowance] of [[0.05, 0.05], [0.02, 0.1], [0.3, 0.001]] as const) {
    const most = (n: number) => {
      let k = 0;
      while (k <= n && binomialTail(k, n, limit) <= allowance) k++;
      return k;
    };
    let tooth = 0;
    for (let n = 1; n <= 400; n++) {
      if (most(n) > most(n - 1)) tooth = n;
      assertEquals(countedRows(n, limit, allowance), most(n) === 0 ? n : tooth, `of ${n}`);
    }
  }
});

Deno.test("numberKeys() numbers by name alone, and anew for another seed", () => {
  const names = Array.from({ length: 50 }, (_, i) => `g${i}`);
  const number = (names: readonly string[], seed = 0) => numberKeys(groupKeys(names, seed));
  const numbers = number(names);
  assertEquals(number(names.toReversed()).toReversed(), numbers);
  assertEquals([...numbers].sort((a, b) => a - b), [...names.keys()]);
  assert(number(names, 1).join() !== numbers.join());
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
  assertLessOrEqual(certificate.p_value, certificate.allowance);
  assertAlmostEquals(binomialTail(certificate.k, certificate.n, 0.05), certificate.p_value, 1e-12);
  const second = new Set(parts[1]);
  const fired = [...scored.confidence.keys()].filter((row) =>
    second.has(row) && scored.confidence[row]! >= certificate.point.threshold
  );
  assertEquals([fired.length, countedRows(fired.length, 0.05, certificate.allowance)], [
    certificate.acting_groups,
    certificate.n,
  ]);
  const order = numberKeys(groupKeys(groups, 0));
  const counted = fired.toSorted((a, b) => order[a]! - order[b]!).slice(0, certificate.n);
  assertEquals(counted.filter((row) => gold.labels[row] !== 0).length, certificate.k);
});

Deno.test("certify() is the same twice, in any order of rows, and another attempt is dearer", () => {
  const { scored, gold, groups } = mixed(3000);
  const run = (order: readonly number[], attempt: number) => {
    const part = takePart(
      { scored, gold, group: numberKeys(groupKeys(groups, 0)) },
      Uint32Array.from(order),
    );
    const names = order.map((row) => groups[row]!);
    return certify(part.scored, part.gold, names, CLASSES, options({ attempt })).certificate!;
  };
  const rows = [...groups.keys()];
  const turned = createRandom(5).shuffle([...rows]);
  assertEquals(run(rows, 1), run(rows, 1));
  assertEquals(run(turned, 1), run(rows, 1));
  const again = run(rows, 2);
  assert(again.id !== run(rows, 1).id);
  assertAlmostEquals(again.allowance, 0.05 * 0.01, 1e-12);
});

Deno.test("dealGroups() keeps groups whole, near their shares, and one row less moves no other", () => {
  const groups = Array.from({ length: 3000 }, (_, i) => `g${i % 1500}`);
  const parts = dealGroups(groups, [2, 7, 1], 3);
  const part = (row: number) => parts.findIndex((rows) => rows.includes(row));
  for (const row of [0, 7, 900]) assertEquals(part(row), part(row + 1500));
  for (const [i, share] of [0.2, 0.7, 0.1].entries()) {
    assertAlmostEquals(parts[i]!.length / 3000, share, 0.03);
  }
  const fewer = dealGroups(groups.slice(1), [2, 7, 1], 3).map((rows) => rows.map((row) => row + 1));
  assertEquals(fewer.map((rows) => [...rows]), parts.map((rows) => [...rows].filter((r) => r > 0)));
});

Deno.test("all attempts together have the allowance of one", () => {
  const shares = Array.from({ length: 10_000 }, (_, i) => attemptShare(i + 1));
  const sum = shares.reduce((a, b) => a + b);
  assertLessOrEqual(sum, 1);
  assertGreaterOrEqual(sum, 0.9999);
  assertThrows(() => attemptShare(0), RangeError);
});

Deno.test("certify() says how many rows are missing, or that none would help", () => {
  const few = rows(Array.from({ length: 60 }, () => [0.95, true] as const));
  const { failure } = certify(few.scored, few.gold, few.groups, CLASSES, options());
  // 59 without an error are needed, 43 of 60 certify: 16 more there, 23 in all.
  assertEquals([failure?.n, failure?.k, failure?.more_rows], [43, 0, 23]);
  const bad = rows(Array.from({ length: 900 }, (_, i) => [0.95, i % 3 > 0] as const));
  const hopeless = certify(bad.scored, bad.gold, bad.groups, CLASSES, options()).failure;
  assertEquals(hopeless?.more_rows, null);
  const silent = rows([[0.1, true], [0.2, false]].map(([p, r]) => [p as number, r as boolean]));
  const abstains = ["go", "abstain"];
  const none = certify(silent.scored, silent.gold, silent.groups, abstains, options()).failure;
  assertEquals([none?.n, none?.more_rows], [0, null]);
});

Deno.test("certify() certifies more with more rows, also where confident errors cluster", () => {
  const random = createRandom(7);
  const share = (n: number) => {
    let found = 0;
    for (let draw = 0; draw < 40; draw++) {
      const confidence = Float64Array.from({ length: n }, () => 0.3 + 0.7 * random.uniform());
      const labels = Int32Array.from(confidence, (c) => {
        const wrong = c > 0.97 ? 0.06 : c > 0.6 ? 0.003 : 0.15;
        return random.uniform() < wrong ? 1 : 0;
      });
      const scored = { top: new Uint32Array(n), confidence, margin: confidence };
      const groups = Array.from({ length: n }, (_, i) => `${i}`);
      const gold = { labels, labeled: n };
      if (certify(scored, gold, groups, CLASSES, options()).certificate) found++;
    }
    return found / 40;
  };
  const [few, some, many] = [share(300), share(1000), share(5000)] as const;
  assert(few < some && some <= many, `${few} ${some} ${many}`);
  assertGreaterOrEqual(many, 0.95);
});

Deno.test("certify() certifies no fewer between two teeth of the exact tail", () => {
  // 70 and 91 certifying rows may both have no error at 5%; the more there are, the more chances of one.
  const random = createRandom(11);
  const share = (n: number) => {
    let found = 0;
    for (let draw = 0; draw < 500; draw++) {
      const list = Array.from(
        { length: n },
        () => [0.5 + 0.5 * random.uniform(), random.uniform() > 0.01] as const,
      );
      const { scored, gold, groups } = rows(list);
      if (certify(scored, gold, groups, CLASSES, options()).certificate) found++;
    }
    return found / 500;
  };
  const [few, many] = [share(100), share(130)];
  assertGreaterOrEqual(many, few - 0.02);
});

/** Templates of so many rows; all rows of a template are right or wrong together. */
function templates(count: number, size: number, wrong: (template: number) => boolean) {
  const list = Array.from({ length: count * size }, (_, i) => [0.95, !wrong(i % count)] as const);
  return { ...rows(list), groups: list.map((_, i) => `t${i % count}`) };
}

Deno.test("certify() counts templates, not rows", () => {
  // 40 right templates of 50 rows: 1,450 certifying rows without an error, and only 29 groups.
  const { scored, gold, groups } = templates(40, 50, () => false);
  const { certificate, failure } = certify(scored, gold, groups, CLASSES, options());
  assertEquals(certificate, undefined);
  assertMatch(failure!.reason, /29 groups that act count like 29 of the largest.* it takes 59/);
  const apart = groups.map((_, i) => `${i}`);
  assert(certify(scored, gold, apart, CLASSES, options()).certificate);
});

Deno.test("certify() certifies many small groups by betting, scaled by the largest", () => {
  const { scored, gold, groups } = templates(1000, 3, (template) => template % 200 === 0);
  const { certificate } = certify(scored, gold, groups, CLASSES, options());
  assertEquals([certificate?.bound, certificate?.largest_group], ["betting", 3]);
  assertEquals(certificate!.acting_groups * 3, certificate!.n);
  // A single template with a third of the rows: nothing can be shown.
  const heavy = groups.map((name, i) => i % 3 === 0 ? "heavy" : name);
  const { failure } = certify(scored, gold, heavy, CLASSES, options());
  assertMatch(failure!.reason, /largest/);
});

Deno.test("a bet on groups wins no more than its stake where the limit is not kept", () => {
  // The expected gain of each stake over one group, exactly: groups of 4 rows, wrong together.
  const scale = { limit: 0.05, largest: 4 };
  const wrong = logGains([{ acted: 4, wrong: 4, groups: 1 }], scale);
  const right = logGains([{ acted: 4, wrong: 0, groups: 1 }], scale);
  wrong.forEach((gain, i) => {
    const expected = 0.05 * Math.exp(gain) + 0.95 * Math.exp(right[i]!);
    assertAlmostEquals(expected, 1, 1e-12);
  });
});

Deno.test("a certificate is about its content, its point and its mapper", () => {
  const { scored, gold, groups } = mixed(3000);
  const mapperSha256 = "a".repeat(64);
  const certificate = certify(scored, gold, groups, CLASSES, options({ mapperSha256 }))
    .certificate!;
  const { point } = certificate;
  assertEquals(certificateFault(certificate, { point, mapperSha256 }), null);
  const restored = JSON.parse(JSON.stringify(certificate));
  assertEquals(certificateFault(restored, { point: { ...point, maxNovelty: 1 } }), null);
  const faults = [
    certificateFault({ ...certificate, limit: 1e-9 }, { point }),
    certificateFault({ ...certificate, id: "certified by nobody" }, { point }),
    certificateFault(certificate, { point: { ...point, threshold: 0.05 } }),
    certificateFault(certificate, { point: { ...point, perClass: { go: 0.1 } } }),
    certificateFault(certificate, { point, mapperSha256: "b".repeat(64) }),
  ];
  assertEquals(faults.map((fault) => fault?.split(" ").slice(0, 4).join(" ")), [
    "its id is not",
    "its id is not",
    "it is about threshold",
    "it is about threshold",
    "it is about mapper",
  ]);
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
