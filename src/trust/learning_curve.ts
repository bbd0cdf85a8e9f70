import { MicroLmError } from "../core/errors.ts";
import { createRandom } from "../core/random.ts";
import type { Dataset } from "../data/dataset.ts";
import { splitRows, takeDataset } from "../data/split.ts";
import type { Masker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { trainMapper } from "../evaluate/deciding_mapper.ts";
import { type Rate, rate } from "../evaluate/rate.ts";

/** What a share of the rows brings. */
export interface CurvePoint {
  readonly percentage: number;
  /** Rows trained on, on average over the runs. */
  readonly rows: number;
  /** Held-out rows whose most likely label is right, over all runs; intervals take rows as independent. */
  readonly accuracy: Rate;
  /** The same by label. */
  readonly classes: Readonly<Record<string, Rate>>;
}

/** Options of {@linkcode learningCurve}. */
export interface LearningCurveOptions {
  readonly encoder: Encoder;
  readonly mask: Masker;
  /** Shares of the training part in percent. Default: 10, 25, 50, 100. */
  readonly percentages?: readonly number[];
  /** Each holds other templates out. Default: 3. */
  readonly runs?: number;
  /** Default: 0. */
  readonly seed?: number;
  readonly onFit?: (done: number, total: number) => void;
}

/**
 * Trains on growing shares of a data set, and judges on templates that are held out of all of them.
 *
 * @throws {MicroLmError} Kind `usage` for percentages outside 0 to 100, `data` if a share has not two
 * classes.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv } from "micro-lm";
 * import { createMasker } from "micro-lm/data";
 * import { learningCurve } from "micro-lm/trust";
 * import { assert } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const [few, all] = await learningCurve(data, {
 *   encoder,
 *   mask: createMasker([]),
 *   percentages: [20, 100],
 *   runs: 2,
 * });
 * assert(all!.accuracy.value! > few!.accuracy.value!);
 * ```
 */
export async function learningCurve(
  dataset: Dataset,
  { encoder, mask, percentages = [10, 25, 50, 100], runs = 3, seed = 0, onFit }:
    LearningCurveOptions,
): Promise<CurvePoint[]> {
  const wrong = percentages.find((share) => !(share > 0 && share <= 100));
  if (wrong !== undefined || percentages.length === 0) {
    throw new MicroLmError("usage", `Expected percentages above 0 and up to 100, got ${wrong}`);
  }
  const tallies = percentages.map(() => ({ rows: 0, right: new Map<string, [number, number]>() }));
  for (let run = 0; run < runs; run++) {
    const parts = splitRows(dataset, { shares: [4, 1], seed: seed + run, mask });
    const test = takeDataset(dataset, parts[1]!).rows;
    const order = createRandom(seed + run).shuffle([...parts[0]!]);
    for (const [i, share] of percentages.entries()) {
      const rows = order.slice(0, Math.round((order.length * share) / 100));
      const mapper = await trainMapper(takeDataset(dataset, rows.sort((a, b) => a - b)), encoder, {
        ...{ mask, method: "none", orderHead: "off", classWeight: "balanced", C: 8, tol: 1e-4 },
      });
      const said = await mapper.decide(test.map(({ prompt }) => prompt), { threshold: 0 });
      tallies[i]!.rows += rows.length / runs;
      test.forEach(({ label }, row) => {
        const [right, all] = tallies[i]!.right.get(label!) ?? [0, 0];
        const hit = said[row]!.predicted === label ? 1 : 0;
        tallies[i]!.right.set(label!, [right + hit, all + 1]);
      });
      onFit?.(run * percentages.length + i + 1, runs * percentages.length);
    }
  }
  return tallies.map(({ rows, right }, i) => {
    const sums = [...right.values()].reduce(([a, b], [k, n]) => [a + k, b + n], [0, 0]);
    const classes = [...right].sort().map(([label, [k, n]]) => [label, rate(k, n)]);
    return {
      percentage: percentages[i]!,
      rows: Math.round(rows),
      accuracy: rate(sums[0], sums[1]),
      classes: Object.fromEntries(classes),
    };
  });
}

/** Whether more rows would help, from the last step of a curve. */
export interface CurveVerdict {
  /** The interval of the last point lies above the value of the one before. */
  readonly helps: boolean;
  /** Points of accuracy that the last step brought. */
  readonly gain: number;
  /** Classes that the last step brought most, 5 points or more, the largest gain first. */
  readonly classes: readonly string[];
}

/**
 * Reads the end of a curve; a curve of one point tells nothing and helps nowhere.
 *
 * @example
 * ```ts
 * import { rate } from "micro-lm/evaluate";
 * import { readCurve } from "micro-lm/trust";
 * import { assertEquals } from "@std/assert";
 *
 * const point = (percentage: number, k: number) => ({
 *   ...{ percentage, rows: percentage, accuracy: rate(k, 100), classes: { pay: rate(k, 100) } },
 * });
 * const { helps, gain, classes } = readCurve([point(50, 60), point(100, 80)]);
 * assertEquals([helps, gain, classes], [true, 20, ["pay"]]);
 * ```
 */
export function readCurve(curve: readonly CurvePoint[]): CurveVerdict {
  const [before, last] = curve.slice(-2);
  if (!before || !last) return { helps: false, gain: 0, classes: [] };
  const gains = Object.entries(last.classes).map(([label, { value }]) =>
    [label, (value ?? 0) - (before.classes[label]?.value ?? 0)] as const
  );
  return {
    helps: last.accuracy.ci_low > before.accuracy.value!,
    gain: Number((100 * (last.accuracy.value! - before.accuracy.value!)).toFixed(2)),
    classes: gains.filter(([, gain]) => gain >= 0.05).sort((a, b) => b[1] - a[1])
      .map(([label]) => label),
  };
}
