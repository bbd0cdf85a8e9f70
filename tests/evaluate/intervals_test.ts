import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import { bootstrapQuality } from "../../src/evaluate/bootstrap.ts";
import { scoreRows } from "../../src/evaluate/decide.ts";
import { encodeGold } from "../../src/evaluate/metrics.ts";
import { collectAnswers, qualityOf } from "../../src/evaluate/quality.ts";
import { measureSelection } from "../../src/evaluate/selection.ts";
import { createRandom } from "../../src/core/random.ts";

const CLASSES = ["go", "abstain"];

/** Confidence in "go" and label of each row. */
function answersOf(list: readonly (readonly [number, string])[], classes = CLASSES) {
  const data = Float64Array.from(list.flatMap(([p]) => [p, 1 - p]));
  const matrix = { data, rows: list.length, cols: 2 };
  const gold = encodeGold(list.map(([, label]) => label), classes);
  return { matrix, gold, answers: collectAnswers(matrix, scoreRows(matrix), gold, classes) };
}

Deno.test("qualityOf() with weights is qualityOf() of repeated rows", () => {
  const random = createRandom(2);
  const list = Array.from(
    { length: 40 },
    () =>
      [Math.round(random.uniform() * 20) / 20, random.uniform() < 0.7 ? "go" : "abstain"] as const,
  );
  const { answers } = answersOf(list);
  const weights = Uint16Array.from({ length: 40 }, () => random.integer(4));
  const repeat = <T extends ArrayLike<number>>(values: T) =>
    Array.from(weights).flatMap((weight, i) => new Array<number>(weight).fill(values[i]!));
  const repeated = {
    confidence: Float64Array.from(repeat(answers.confidence)),
    right: Uint8Array.from(repeat(answers.right)),
    brier: Float64Array.from(repeat(answers.brier)),
    loss: Float64Array.from(repeat(answers.loss)),
    label: Int32Array.from(repeat(answers.label)),
  };
  const a = qualityOf(answers, weights);
  const b = qualityOf(repeated);
  for (const [name, value] of Object.entries(b)) {
    assertAlmostEquals(a[name as keyof typeof a]!, value!, 1e-12, name);
  }
});

Deno.test("bootstrapQuality() covers the true Brier score about 95 times in a hundred", () => {
  const random = createRandom(9);
  let covered = 0;
  const TRIES = 120;
  for (let i = 0; i < TRIES; i++) {
    const list = Array.from({ length: 200 }, (_, row) => {
      const label = row % 2 === 0 ? "go" : "abstain";
      return [random.uniform() * 0.6 + (label === "go" ? 0.4 : 0), label] as const;
    });
    const { brier } = bootstrapQuality(answersOf(list).answers, { draws: 200, seed: i });
    // p of the label is uniform on 0.4 … 1: 2 · mean of (1 − p)² = 2 · 0.36 / 3.
    if (brier.ci_low! <= 0.24 && 0.24 <= brier.ci_high!) covered++;
  }
  assert(covered >= 0.87 * TRIES && covered <= TRIES, `${covered} of ${TRIES}`);
});

Deno.test("bootstrapQuality() is seeded, and has no interval where it has no draws or no rows", () => {
  const list = [[0.9, "go"], [0.2, "abstain"], [0.6, "abstain"]] as const;
  const { answers } = answersOf(list);
  assertEquals(bootstrapQuality(answers, { seed: 4 }), bootstrapQuality(answers, { seed: 4 }));
  assertEquals(bootstrapQuality(answers, { draws: 0 }).ece.ci_low, null);
  const none = bootstrapQuality(answersOf([]).answers);
  assertEquals([none.ece.value, none.ece.ci_low, none.ece.n], [null, null, 0]);
});

Deno.test("measureSelection() matches scikit-learn's AUROC and counts false positives", () => {
  const inside = [0.9, 0.8, 0.8, 0.6, 0.3];
  const outside = [0.8, 0.2, 0.1, 0.55];
  const list = [
    ...inside.map((p) => [p, "go"] as const),
    ...outside.map((p) => [p, "abstain"] as const),
  ];
  const { matrix, gold, answers } = answersOf(list);
  const found = measureSelection(
    matrix,
    answers,
    gold,
    CLASSES,
    {
      novelty: Float64Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9),
      oos: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.6, 0.7, 0.05),
    },
  );
  assertEquals([found.in_scope, found.must_abstain], [5, 4]);
  // roc_auc_score([1]*5 + [0]*4, inside + outside)
  assertAlmostEquals(found.auroc_scope!, 0.8, 1e-12);
  assertEquals(found.auroc_novelty, 1);
  // Three of four lie above all five, one of them level with the last; the fourth above none
  assertAlmostEquals(found.auroc_oos!, (4.5 + 5 + 5 + 0) / 20, 1e-12);
  // 0.3 keeps all of the actions; 0.8 and 0.55 lie above it.
  assertEquals([found.fpr_at_95_recall?.k, found.fpr_at_95_recall?.n], [2, 4]);
  const coverages = found.accuracy_at_coverage.map(({ coverage }) => coverage);
  assertEquals(coverages, [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]);
});

Deno.test("measureSelection() is null where one kind of rows is missing", () => {
  const { matrix, gold, answers } = answersOf([[0.9, "go"]]);
  const found = measureSelection(matrix, answers, gold, CLASSES);
  assertEquals([found.auroc_scope, found.fpr_at_95_recall], [null, null]);
  assertLessOrEqual(found.accuracy_at_coverage.length, 7);
});
