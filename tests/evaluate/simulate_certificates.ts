import { certify } from "../../src/evaluate/certify/certify.ts";
import { pathFloors } from "../../src/evaluate/certify/certify_path.ts";
import type { ScoredRows } from "../../src/evaluate/decide.ts";
import type { Gold } from "../../src/evaluate/metrics.ts";
import { createRandom, type Random } from "../../src/core/random.ts";

/** What is simulated. */
export interface Simulation {
  readonly rows: number;
  readonly limit: number;
  readonly draws: number;
  readonly seed: number;
}

/** How often a choice broke its promise. */
export interface SimulationResult {
  /** Draws in which something was chosen, and those in which its true rate is above the limit. */
  readonly certified: number;
  readonly broken: number;
  readonly naiveChosen: number;
  readonly naiveBroken: number;
}

/** The confidence of a row is uniform from 0.3 to 1; an action is wrong with this probability. */
const errorAt = (confidence: number) => 0.35 * ((1 - confidence) / 0.7) ** 1.2;

/** The true P(wrong | acted) at a floor: the mean of {@linkcode errorAt} above it. */
function trueRisk(floor: number): number {
  const u = Math.min(0.7, 1 - Math.max(0.3, floor)) / 0.7;
  return 0.35 * u ** 1.2 / 2.2;
}

const CLASSES = ["right", "wrong"];

function draw(rows: number, random: Random): { scored: ScoredRows; gold: Gold } {
  const confidence = new Float64Array(rows);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    confidence[i] = 0.3 + 0.7 * random.uniform();
    labels[i] = random.uniform() < errorAt(confidence[i]!) ? 1 : 0;
  }
  return {
    scored: { top: new Uint32Array(rows), confidence, margin: confidence },
    gold: { labels, labeled: rows },
  };
}

/** The loosest floor whose rate on the rows themselves is within the limit. */
function naiveFloor({ scored, gold }: ReturnType<typeof draw>, limit: number): number | null {
  const order = [...scored.confidence.keys()]
    .sort((a, b) => scored.confidence[b]! - scored.confidence[a]!);
  let wrong = 0;
  let chosen: number | null = null;
  order.forEach((row, i) => {
    wrong += gold.labels[row]!;
    if (wrong <= limit * (i + 1)) chosen = scored.confidence[row]!;
  });
  return chosen;
}

/** Draws many data sets from a known law, certifies each, and counts broken promises. */
export function simulate({ rows, limit, draws, seed }: Simulation): SimulationResult {
  const random = createRandom(seed);
  const result = { certified: 0, broken: 0, naiveChosen: 0, naiveBroken: 0 };
  for (let i = 0; i < draws; i++) {
    const data = draw(rows, random);
    const groups = Array.from({ length: rows }, (_, row) => String(row));
    const { certificate } = certify(data.scored, data.gold, groups, CLASSES, {
      maxWrongRate: limit,
      dataSha256: "",
    });
    if (certificate) {
      result.certified++;
      if (trueRisk(certificate.point.threshold) > limit) result.broken++;
    }
    const naive = naiveFloor(data, limit);
    if (naive !== null) {
      result.naiveChosen++;
      if (trueRisk(naive) > limit) result.naiveBroken++;
    }
  }
  return result;
}

/** Floors of one draw, for a check that the path goes from strict to loose. */
export function floorsOfOneDraw(rows: number): number[] {
  return pathFloors(draw(rows, createRandom(1)).scored, CLASSES);
}
