import { ABSTAIN_CLASS, type OperatingPoint, type ScoredRows } from "../decide.ts";
import { type Gold, GOLD_NONE } from "../metrics.ts";

/** What does not change along a path: the rule apart from its floor. */
export interface PathBase {
  readonly nearMargin: number;
  /** Thresholds that classes have at least. */
  readonly perClass?: Readonly<Record<string, number | null>>;
  readonly maxNovelty?: number;
  readonly minOrder?: number;
  readonly maxOos?: number;
}

/** Floors on a path: each step lets in about half a percent of the rows. */
const STEPS = 200;

/**
 * The operating point with a floor under every threshold: from 1 down to 0 the rule goes from strict to
 * loose, and every row that a stricter point lets through, a looser one lets through, too.
 */
export function pointAt(floor: number, base: PathBase): OperatingPoint {
  const perClass = base.perClass && Object.fromEntries(
    Object.entries(base.perClass).map(([name, least]) => [
      name,
      least === null ? null : Math.max(floor, least),
    ]),
  );
  return {
    threshold: floor,
    nearMargin: base.nearMargin,
    ...(perClass && { perClass }),
    ...(base.maxNovelty !== undefined && { maxNovelty: base.maxNovelty }),
    ...(base.minOrder !== undefined && { minOrder: base.minOrder }),
    ...(base.maxOos !== undefined && { maxOos: base.maxOos }),
  };
}

/**
 * Floors from strict to loose, spread evenly over the confidences of some rows.
 *
 * Only scores are looked at, not labels. Rounded down to six decimals, so that files hold them exactly.
 */
export function pathFloors(scored: ScoredRows, classes: readonly string[]): number[] {
  const abstain = classes.indexOf(ABSTAIN_CLASS);
  const sorted = scored.confidence.filter((_, row) => scored.top[row] !== abstain).sort();
  const floors = Array.from(
    { length: Math.min(STEPS, sorted.length) },
    (_, i, count = Math.min(STEPS, sorted.length)) =>
      Math.floor(sorted[Math.floor((i * sorted.length) / count)]! * 1e6) / 1e6,
  );
  return [...new Set([0, ...floors])].sort((a, b) => b - a);
}

/** Rows with their labels and groups. */
export interface Part {
  readonly scored: ScoredRows;
  readonly gold: Gold;
  /** Number of each row's group; the same over all parts. */
  readonly group: Uint32Array;
}

/** Some rows alone. */
export function takePart({ scored, gold, group }: Part, rows: Uint32Array): Part {
  const { top, confidence, margin, novelty, order, oos } = scored;
  const labels = Int32Array.from(rows, (row) => gold.labels[row]!);
  return {
    scored: {
      top: Uint32Array.from(rows, (row) => top[row]!),
      confidence: Float64Array.from(rows, (row) => confidence[row]!),
      margin: Float64Array.from(rows, (row) => margin[row]!),
      ...(novelty && { novelty: Float64Array.from(rows, (row) => novelty[row]!) }),
      ...(order && { order: Float64Array.from(rows, (row) => order[row]!) }),
      ...(oos && { oos: Float64Array.from(rows, (row) => oos[row]!) }),
    },
    gold: { labels, labeled: labels.filter((label) => label !== GOLD_NONE).length },
    group: Uint32Array.from(rows, (row) => group[row]!),
  };
}

/** Rows in the order of their groups' numbers; rows of one group in the order that they have. */
export function byGroup(rows: Uint32Array, group: Uint32Array): Uint32Array {
  return rows.toSorted((a, b) => group[a]! - group[b]! || a - b);
}
