import { logGains, portfolioGain, predictedGain } from "./betting.ts";
import { binomialTail, zeroErrorRows } from "./binomial.ts";
import type { Bound, Certificate } from "./certificate.ts";
import { type Part, type PathBase, pathFloors } from "./certify_path.ts";
import { countAlong, groupRecords, type PathCounts, type PathRows, pathRows } from "./path_rows.ts";

/** What is to be certified, on which rows. */
export interface CertifyTask {
  /** All rows that take part: what bounds the size of a group. */
  readonly all: Part;
  /** Fixes the order. */
  readonly first: Part;
  /** Certifies. */
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
  /** Rows of the largest group that acts at each floor, over all parts. */
  readonly largest: Uint32Array;
}

/** Lays out the path of a base, for all classes or for one. */
export function layPath(task: CertifyTask, base: PathBase, only?: number): Path {
  const { classes } = task;
  const floors = pathFloors(task.first.scored, classes);
  const first = pathRows(task.first, base, classes, only);
  return {
    floors,
    first,
    second: pathRows(task.second, base, classes, only),
    firstCounts: countAlong(first, floors),
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
  const begun = test(task, path, start);
  let passed: Tested | undefined;
  for (let at = start; at < floors.length; at++) {
    const tested = at === start ? begun : test(task, path, at);
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
function test({ limit }: CertifyTask, path: Path, at: number): Tested {
  const floor = path.floors[at]!;
  const records = groupRecords(path.second, floor);
  const sum = (of: "acted" | "wrong") =>
    records.reduce((total, record) => total + record.groups * record[of], 0);
  const n = sum("acted");
  const k = sum("wrong");
  const largest = path.largest[at]!;
  const bound: Bound = largest > 1 ? "betting" : "binomial";
  return {
    at,
    floor,
    n,
    k,
    bound,
    largest_group: largest,
    acting_groups: records.reduce((total, { groups }) => total + groups, 0),
    p_value: n === 0
      ? 1
      : bound === "binomial"
      ? binomialTail(k, n, limit)
      : Math.min(1, Math.exp(-gain(path, at, limit))),
  };
}

function gain(path: Path, at: number, limit: number): number {
  const scale = { limit, largest: path.largest[at]! };
  const [before, now] = [path.first, path.second].map((rows) =>
    logGains(groupRecords(rows, path.floors[at]!), scale)
  );
  return portfolioGain(before!, now!);
}
