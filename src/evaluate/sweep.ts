import { MicroLmError } from "../core/errors.ts";
import type { PathBase } from "./certify/certify_path.ts";
import type { OperatingPoint, ScoredRows } from "./decide.ts";
import { evaluatePoint, type Gold, type PointMetrics } from "./metrics.ts";

/** The points of a sweep: every threshold with every margin, least score as an order and largest one as out of scope. */
export interface SweepGrid {
  readonly thresholds: readonly number[];
  /** Default: 0 alone. */
  readonly nearMargins?: readonly number[];
  /** Thresholds of single classes, the same at every point. */
  readonly perClass?: OperatingPoint["perClass"];
  /** Largest novelty, the same at every point. */
  readonly maxNovelty?: number;
  /** Least scores as an order. Default: none; points then say nothing of them. */
  readonly minOrders?: readonly number[];
  /** Largest scores as out of scope. Default: none; points then say nothing of them. */
  readonly maxOosScores?: readonly number[];
}

/**
 * Evaluates all points of a grid on rows that were scored once; thresholds vary fastest.
 *
 * @example
 * ```ts
 * import { encodeGold, scoreRows, sweep } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const scored = scoreRows({ data: Float64Array.of(0.9, 0.1, 0.4, 0.6), rows: 2, cols: 2 });
 * const gold = encodeGold(["send", "keep"], ["send", "keep"]);
 * const points = sweep(scored, gold, ["send", "keep"], { thresholds: [0.5, 0.7, 0.95] });
 * assertEquals(points.map(({ coverage }) => coverage), [1, 0.5, 0]);
 * ```
 */
export function sweep(
  scored: ScoredRows,
  gold: Gold,
  classes: readonly string[],
  grid: SweepGrid,
): PointMetrics[] {
  return gridPoints(grid).map((point) => evaluatePoint(scored, gold, point, classes));
}

/** The points of a grid; thresholds vary fastest, then margins. */
export function gridPoints(
  { thresholds, nearMargins = [0], perClass, maxNovelty, minOrders, maxOosScores }: SweepGrid,
): OperatingPoint[] {
  return gridBases({ nearMargins, perClass, maxNovelty, minOrders, maxOosScores })
    .flatMap((base) => thresholds.map((threshold) => ({ threshold, ...base })));
}

/** The points of a grid without their thresholds; margins vary fastest. */
export function gridBases(
  { nearMargins = [0], perClass, maxNovelty, minOrders, maxOosScores }: {
    readonly [name in Exclude<keyof SweepGrid, "thresholds">]?: SweepGrid[name] | undefined;
  },
): PathBase[] {
  return (maxOosScores ?? [undefined]).flatMap((maxOos) =>
    (minOrders ?? [undefined]).flatMap((minOrder) =>
      nearMargins.map((nearMargin) => ({
        nearMargin,
        ...(perClass && { perClass }),
        ...(maxNovelty !== undefined && { maxNovelty }),
        ...(minOrder !== undefined && { minOrder }),
        ...(maxOos !== undefined && { maxOos }),
      }))
    )
  );
}

/**
 * Reads a list of thresholds: `0.5,0.7,0.9`, or a range `0.1:0.9:0.05` with both ends. The result is
 * ascending and without duplicates.
 *
 * @param name The flag, for messages.
 * @throws {MicroLmError} Kind `usage` for anything that is no number from 0 to 1.
 *
 * @example
 * ```ts
 * import { parseThresholds } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseThresholds("0.9,0.5"), [0.5, 0.9]);
 * assertEquals(parseThresholds("0:0.3:0.1"), [0, 0.1, 0.2, 0.3]);
 * ```
 */
export function parseThresholds(text: string, name = "thresholds"): number[] {
  const wrong = (found: string) =>
    new MicroLmError("usage", `Flag "--${name}" takes numbers from 0 to 1, got "${found}"`, {
      hint: "Write a list, 0.5,0.7,0.9, or a range, 0.1:0.9:0.05",
    });
  const read = (part: string) => {
    const value = part.trim() === "" ? NaN : Number(part);
    if (!(value >= 0 && value <= 1)) throw wrong(part);
    return value;
  };
  const values = text.split(",").flatMap((part) => {
    const ends = part.split(":");
    if (ends.length === 1) return [read(part)];
    if (ends.length !== 3) throw wrong(part);
    const [from, to, step] = ends.map(read) as [number, number, number];
    const count = Math.floor((to - from) / step + 1e-9);
    if (!(step > 0) || count < 0 || count > 10_000) throw wrong(part);
    // Whole steps from the start, rounded: sums of 0.1 would drift.
    return Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toFixed(9)));
  });
  return [...new Set(values)].sort((a, b) => a - b);
}
