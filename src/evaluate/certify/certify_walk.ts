import { logGains, portfolioGain, predictedGain } from "./betting.ts";
import { binomialTail, countedRows, zeroErrorRows } from "./binomial.ts";
import type { Certificate } from "./certificate.ts";
import { type Part, type PathBase, pathFloors } from "./certify_path.ts";
import {
  countAlong,
  groupRecords,
  type PathCounts,
  type PathRows,
  pathRows,
  wrongAmongFirst,
} from "./path_rows.ts";

/** What is to be certified, on which rows. */
export interface CertifyTask {
  /** All rows that take part: what bounds the size of a group. */
  readonly all: Part;
  /** Fixes the order. */
  readonly first: Part;
  /** Certifies; its rows stand in the order in which the binomial test counts them. */
  readonly second: Part;
  readonly classes: readonly string[];
  readonly limit: number;
  /** Share of the rows that certify. */
  readonly share: number;
}

/** What the certifying rows say of a point: as in the certificate. */
type Evidence = "n" | "k" | "p_value" | "bound" | "acting_groups" | "largest_group";

/** A floor and what the certifying rows say of it. */
export interface Tested extends Pick<Certificate, Evidence> {
  readonly at: number;
  readonly floor: number;
}

/** What a certificate takes from the walks. */
export type Proof = Pick<Certificate, Evidence | "point" | "order" | "classes">;

/** What became of a walk along a path. */
export interface Walk {
  readonly floors: readonly number[];
  readonly start: number;
  /** The loosest floor before the first that failed. */
  readonly passed?: Tested;
  /** The floor where the walk began. */
  readonly begun: Tested;
}

/** The rows of each part along one path. */
export interface Path {
  readonly floors: readonly number[];
  readonly first: PathRows;
  readonly second: PathRows;
  readonly firstCounts: PathCounts;
  readonly secondCounts: PathCounts;
  /** Rows of the largest group that acts at each floor, over all parts. */
  readonly largest: Uint32Array;
}

/** Lays out the path of a base, for all classes or for one. */
export function layPath(task: CertifyTask, base: PathBase, only?: number): Path {
  const { classes } = task;
  const floors = pathFloors(task.first.scored, classes);
  const first = pathRows(task.first, base, classes, only);
  const second = pathRows(task.second, base, classes, only);
  return {
    floors,
    first,
    second,
    firstCounts: countAlong(first, floors),
    secondCounts: countAlong(second, floors),
    largest: countAlong(pathRows(task.all, base, classes, only), floors).largest,
  };
}

/**
 * Tests the floors of a path one by one until the first fails (fixed-sequence testing), from the one
 * whose p-value the first part predicts to be least to looser ones.
 */
export function walkPath(task: CertifyTask, path: Path, allowance: number): Walk {
  const { floors } = path;
  const needed = zeroErrorRows(task.limit, 1 - allowance);
  const predicted = floors.map((_, at) => predictLog(task, path, at, needed));
  const start = predicted.indexOf(Math.min(...predicted));
  const begun = test(task, path, start, allowance);
  let passed: Tested | undefined;
  for (let at = start; at < floors.length; at++) {
    const tested = at === start ? begun : test(task, path, at, allowance);
    if (tested.p_value > allowance) break;
    passed = tested;
  }
  return { floors, start, begun, ...(passed && { passed }) };
}

/** Right actions that a floor is credited with before its own are seen: few errors say little. */
const CREDIT = 30;

/** Logarithm of the p-value that the first part predicts for a floor. */
function predictLog(task: CertifyTask, path: Path, at: number, needed: number): number {
  const { limit } = task;
  const ratio = task.second.scored.top.length / Math.max(1, task.first.scored.top.length);
  const n = path.firstCounts.n[at]!;
  const k = path.firstCounts.k[at]!;
  const largest = path.largest[at]!;
  // Not even without an error: of such floors the one with the most actions comes nearest.
  if (ratio * n < needed * Math.max(1, largest)) return 1 - n / (n + 1);
  if (largest > 1) {
    const before = logGains(groupRecords(path.first, path.floors[at]!), { limit, largest });
    return -predictedGain(before, ratio, { largest });
  }
  const more = Math.round(ratio * n);
  const rate = (k + 0.5) / (n + CREDIT);
  return Math.log(binomialTail(Math.min(more, Math.floor(rate * more)), more, limit));
}

/** What the certifying rows say of a floor. */
function test({ limit }: CertifyTask, path: Path, at: number, allowance: number): Tested {
  const floor = path.floors[at]!;
  const largest_group = path.largest[at]!;
  const acted = path.secondCounts.n[at]!;
  if (largest_group > 1) {
    const groups = groupRecords(path.second, floor).reduce((sum, { groups }) => sum + groups, 0);
    const p_value = acted === 0 ? 1 : Math.min(1, Math.exp(-gain(path, at, limit)));
    const k = path.secondCounts.k[at]!;
    return {
      at,
      floor,
      n: acted,
      k,
      p_value,
      bound: "betting",
      acting_groups: groups,
      largest_group,
    };
  }
  const n = countedRows(acted, limit, allowance);
  const k = wrongAmongFirst(path.second, floor, n);
  const p_value = n === 0 ? 1 : binomialTail(k, n, limit);
  return { at, floor, n, k, p_value, bound: "binomial", acting_groups: acted, largest_group };
}

function gain(path: Path, at: number, limit: number): number {
  const scale = { limit, largest: path.largest[at]! };
  const [before, now] = [path.first, path.second].map((rows) =>
    logGains(groupRecords(rows, path.floors[at]!), scale)
  );
  return portfolioGain(before!, now!);
}
