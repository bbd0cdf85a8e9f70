import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { scoreRows } from "../../src/evaluate/decide.ts";
import { encodeGold } from "../../src/evaluate/metrics.ts";
import { measureQuality, type ProbabilityQuality } from "../../src/evaluate/quality.ts";
import { createRandom } from "../../src/core/random.ts";

function quality(
  rows: readonly (readonly number[])[],
  labels: readonly (string | null)[],
  classes: readonly string[],
): ProbabilityQuality {
  const matrix = {
    data: Float64Array.from(rows.flat()),
    rows: rows.length,
    cols: classes.length,
  };
  return measureQuality(matrix, scoreRows(matrix), encodeGold(labels, classes), classes);
}

const ABC = ["a", "b", "c"];
const ROWS = [
  [0.7, 0.2, 0.1],
  [0.1, 0.6, 0.3],
  [0.4, 0.35, 0.25],
  [0.2, 0.2, 0.6],
  [0.5, 0.3, 0.2],
  [0.05, 0.9, 0.05],
  [0.34, 0.33, 0.33],
  [0.6, 0.3, 0.1],
];
const LABELS = ["a", "b", "b", "c", "c", "b", "a", "b"];

Deno.test("measureQuality() matches scikit-learn and numpy", () => {
  // log_loss(y, P); ((P - np.eye(3)[y])**2).sum(1).mean(); roc_auc_score(right, P.max(1));
  // mean of np.cumsum(wrong sorted by falling confidence) / np.arange(1, 9), and of wrong sorted; the
  // former averaged over the six orders of three equal confidences.
  const found = quality(ROWS, LABELS, ABC);
  assertEquals(found.n, 8);
  assertAlmostEquals(found.log_loss!, 0.803216151219898, 1e-12);
  assertAlmostEquals(found.brier!, 0.474175, 1e-12);
  assertAlmostEquals(found.auroc_correct!, 0.7333333333333334, 1e-12);
  assertAlmostEquals(found.aurc!, 0.20183531746031746, 1e-12);
  assertAlmostEquals(found.excess_aurc!, 0.20183531746031746 - 0.10342261904761904, 1e-12);
});

Deno.test("a calibrated forecast has a small calibration error, an overconfident one a large", () => {
  const labels = Array.from({ length: 1000 }, (_, i) => i % 10 < 7 ? "a" : "b");
  const rows = (p: number) => labels.map(() => [p, 1 - p]);
  assertAlmostEquals(quality(rows(0.7), labels, ["a", "b"]).ece!, 0, 0.02);
  assertAlmostEquals(quality(rows(0.99), labels, ["a", "b"]).ece!, 0.29, 0.02);
});

Deno.test("rows without a label, or of a class that the mapper lacks, do not count", () => {
  const found = quality(ROWS, ["a", null, "other", "abstain", ...LABELS.slice(4)], ABC);
  assertEquals(found.n, 5);
  assertEquals(quality([[1, 0]], [null], ["a", "b"]), {
    n: 0,
    ece: null,
    brier: null,
    log_loss: null,
    auroc_correct: null,
    aurc: null,
    excess_aurc: null,
  });
});

Deno.test("a perfect mapper has no risk and no ranking to judge; certainty that is wrong stays finite", () => {
  const perfect = quality([[1, 0], [0, 1]], ["a", "b"], ["a", "b"]);
  assertEquals([perfect.ece, perfect.brier, perfect.aurc, perfect.excess_aurc], [0, 0, 0, 0]);
  assertEquals(perfect.auroc_correct, null);
  const wrong = quality([[1, 0]], ["b"], ["a", "b"]);
  assert(Number.isFinite(wrong.log_loss!) && wrong.brier === 2);
});

Deno.test("an abstain label counts where abstain is a class", () => {
  const found = quality([[0.2, 0.8]], ["abstain"], ["a", "abstain"]);
  assertEquals(found.n, 1);
  assertAlmostEquals(found.log_loss!, -Math.log(0.8), 1e-12);
});

Deno.test("no measure depends on the order of the rows", () => {
  const random = createRandom(4);
  const levels = [0.4, 0.5, 0.6, 0.9];
  const list = Array.from({ length: 60 }, () => {
    const p = random.pick(levels);
    return { row: [p, 1 - p], label: random.uniform() < p ? "a" : "b" };
  });
  const measure = (rows: typeof list) =>
    quality(rows.map(({ row }) => row), rows.map(({ label }) => label), ["a", "b"]);
  const found = measure(list);
  for (let turn = 0; turn < 20; turn++) assertEquals(measure(random.shuffle([...list])), found);
});

Deno.test("ties share their mean: the area is the mean over the orders of equal confidences", () => {
  // Three answers of one confidence, one of them wrong: (1 + 1/2 + 1/3) / 3, (1/2 + 1/3) / 3, 1/9.
  const rows = [[0.6, 0.4], [0.6, 0.4], [0.6, 0.4]];
  const expected = ((1 + 1 / 2 + 1 / 3) + (1 / 2 + 1 / 3) + 1 / 3) / 9;
  assertAlmostEquals(quality(rows, ["a", "a", "b"], ["a", "b"]).aurc!, expected, 1e-12);
  assertAlmostEquals(quality(rows, ["a", "a", "b"], ["a", "b"]).ece!, 2 / 3 - 0.6, 1e-12);
});
