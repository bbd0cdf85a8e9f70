import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import {
  bootstrapCounts,
  type BootstrapInterval,
  type McNemarResult,
  mcNemarTest,
} from "../evaluate/paired_tests.ts";

/** What two mappers did on the same labelled rows. */
export interface PairedDecisions {
  /** What is right; `abstain` for nothing. */
  readonly gold: readonly string[];
  /** The action of each mapper, or null where it abstained. */
  readonly first: readonly (string | null)[];
  readonly second: readonly (string | null)[];
  /** Rows of one group depend on each other, as those of a template do. */
  readonly groups: readonly string[];
}

/** How much more the second mapper has of something, as a share of all rows. */
export interface Comparison {
  readonly rows: number;
  readonly groups: number;
  /** Rows right, acted on, and acted on wrongly: second less first, with 95% intervals. */
  readonly accuracy: BootstrapInterval;
  readonly coverage: BootstrapInterval;
  readonly wrong_rate: BootstrapInterval;
  /** Row by row. */
  readonly mcnemar: McNemarResult;
  /** Over groups: which of the two has more rows of a group right. This one decides. */
  readonly group_test: McNemarResult;
  /** Whether the group test is below 0.01. */
  readonly different: boolean;
  /** Numbers of the rows on which exactly one of the two is right, or both err differently. */
  readonly flips: readonly number[];
}

/**
 * Two mappers of two draws of the same rows are not equally good, only equally made: at 0.05 the test calls
 * 9% of such pairs different.
 */
const ALPHA = 0.01;
const COLUMNS = 7;

/**
 * Tells whether two mappers differ on the same rows.
 *
 * Rows of one template stand and fall together, and McNemar's test takes them for independent; so the
 * verdict comes from the same exact test over groups (a sign test: Dixon and Mood, 1946), and the
 * intervals from a bootstrap that draws groups.
 *
 * @throws {RangeError} If the lists differ in length or are empty.
 *
 * @example
 * ```ts
 * import { compareDecisions } from "micro-lm/trust";
 * import { assertEquals } from "@std/assert";
 *
 * const gold = ["a", "a", "b", "b", "a", "b", "a", "b"];
 * const groups = gold.map((_, row) => `${row}`);
 * const first = gold.map(() => "a");
 * const { accuracy, different, flips } = compareDecisions({ gold, first, second: gold, groups });
 * assertEquals([accuracy.value, different, flips], [0.5, false, [2, 3, 5, 7]]);
 * ```
 */
export function compareDecisions({ gold, first, second, groups }: PairedDecisions): Comparison {
  const lengths = [first.length, second.length, groups.length];
  if (gold.length === 0 || lengths.some((length) => length !== gold.length)) {
    throw new RangeError(
      `Expected rows for each of two mappers, got ${gold.length} and ${lengths}`,
    );
  }
  const isRight = (said: readonly (string | null)[]) =>
    Uint8Array.from(gold, (label, row) => (said[row] ?? ABSTAIN_CLASS) === label ? 1 : 0);
  const [a, b] = [isRight(first), isRight(second)];
  const names = [...new Set(groups)];
  const numbers = new Map(names.map((name, i) => [name, i]));
  const counts = new Uint32Array(names.length * COLUMNS);
  gold.forEach((_, row) => {
    const at = numbers.get(groups[row]!)! * COLUMNS;
    const [fired, other] = [first[row] !== null, second[row] !== null];
    const seen = [true, a[row], b[row], fired, other, fired && !a[row], other && !b[row]];
    seen.forEach((value, column) => counts[at + column]! += value ? 1 : 0);
  });
  const difference = (from: number) =>
    bootstrapCounts(counts, COLUMNS, (sums) => (sums[from + 1]! - sums[from]!) / sums[0]!);
  const ahead = names.map((_, i) => counts[i * COLUMNS + 2]! - counts[i * COLUMNS + 1]!);
  const group_test = mcNemarTest(
    ahead.map((lead) => lead < 0 ? 1 : 0),
    ahead.map((lead) => lead > 0 ? 1 : 0),
  );
  return {
    rows: gold.length,
    groups: names.length,
    accuracy: difference(1),
    coverage: difference(3),
    wrong_rate: difference(5),
    mcnemar: mcNemarTest(a, b),
    group_test,
    different: group_test.p_value < ALPHA,
    flips: [...gold.keys()].filter((row) => first[row] !== second[row]),
  };
}
