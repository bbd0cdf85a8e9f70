import { sha256Hex } from "../../core/hash.ts";
import { zeroErrorRows } from "./binomial.ts";
import {
  type Certificate,
  type CertificateSplit,
  type Certification,
  type CertificationFailure,
  type ClassCertificate,
  DEFAULT_SPLIT,
} from "./certificate.ts";
import { type PathBase, pathFloors, pointAt, takeScored } from "./certify_path.ts";
import { ABSTAIN_CLASS, type OperatingPoint, type ScoredRows } from "../decide.ts";
import { type CertifyTask, explainFailure, walkPath } from "./certify_walk.ts";
import { countOutcomes, type Gold } from "../metrics.ts";
import { splitGroups } from "./split_groups.ts";

/** What a certificate is to promise. */
export interface CertificateGoal {
  /** Largest P(wrong action | acted). */
  readonly maxWrongRate: number;
  /** Probability with which the promise holds, over draws of the certifying rows. Default: 0.95. */
  readonly confidence?: number;
}

/** Options of {@linkcode certify}. */
export interface CertifyOptions extends CertificateGoal {
  /** Margins to choose from, on rows that certify nothing. Default: 0 alone. */
  readonly nearMargins?: readonly number[];
  /** Thresholds that classes have at least; null: never fires. */
  readonly perClass?: OperatingPoint["perClass"];
  readonly maxNovelty?: number;
  /** Shares of the rows that fix the order, certify, and report. Default: 0.2, 0.5, 0.3. */
  readonly split?: readonly [number, number, number];
  /** Seed of the split. Default: 0. */
  readonly seed?: number;
  /** Certify each class on its own, with its share of the error allowance. Default: false. */
  readonly eachClass?: boolean;
  /** Hash of the rows. */
  readonly dataSha256: string;
}

const ASSUMPTIONS = [
  "The rows that certify and the prompts that follow are exchangeable: nothing is promised under shift.",
  "Every certifying row counts by itself, also where several share a template: templates come back as " +
  "often as they do here.",
  "The labels are right.",
  "A prompt that must abstain counts as wrong when the mapper acts.",
];

/** How many times the zero-error need the first point is expected to accept. */
const HEADROOM = 1.5;

/**
 * Finds the operating point with the highest coverage whose wrong actions are at most a given share of
 * all actions, with a given confidence, whatever the distribution.
 *
 * Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021) with fixed-sequence testing: the
 * points are ordered from strict to loose without the certifying labels; each is tested with the exact
 * binomial tail, and the first that fails ends the sequence. So the chance to certify a point that breaks
 * the promise is at most 1 − confidence, for the whole rule of decision: threshold, thresholds by class,
 * margin, novelty. Rows are split by group, and a third part is left for an honest report.
 *
 * @param groups The group of each row; rows of a group, for example of a template, stay together.
 * @throws {MicroLmError} Kind `usage` for shares that are not positive.
 * @throws {RangeError} Unless limit and confidence lie between 0 and 1.
 *
 * @example
 * ```ts
 * import { certify } from "micro-lm";
 * import { encodeGold, scoreRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const n = 1000;
 * const data = new Float64Array(2 * n).map((_, i) => i % 2 === 0 ? 0.9 : 0.1);
 * const scored = scoreRows({ data, rows: n, cols: 2 });
 * const gold = encodeGold(new Array(n).fill("stay"), ["stay", "go"]);
 * const groups = Array.from({ length: n }, (_, i) => `${i}`);
 * const { certificate } = certify(scored, gold, groups, ["stay", "go"], {
 *   maxWrongRate: 0.01,
 *   dataSha256: "0".repeat(64),
 * });
 * assertEquals([certificate?.k, certificate?.n], [0, 500]);
 * ```
 */
export function certify(
  scored: ScoredRows,
  gold: Gold,
  groups: readonly string[],
  classes: readonly string[],
  options: CertifyOptions,
): Certification {
  const { maxWrongRate: limit, confidence = 0.95, split = DEFAULT_SPLIT, seed = 0 } = options;
  for (const value of [limit, confidence]) {
    if (!(value > 0 && value < 1)) throw new RangeError(`Expected a share, got ${value}`);
  }
  const parts = splitGroups(groups, split, seed);
  const about: CertificateSplit = {
    shares: split,
    seed,
    rows: parts.map((part) => part.length),
    groups: new Set(groups).size,
  };
  const first = takeScored(scored, gold, parts[0]!);
  const second = takeScored(scored, gold, parts[1]!);
  const task: CertifyTask = { first, second, classes, limit, confidence, split };
  const base = chooseBase(task, options);
  const found = options.eachClass ? certifyClasses(task, base) : certifyWhole(task, base);
  if ("reason" in found) return { parts, split: about, failure: found };
  const body = {
    schema: "micro-lm/certificate@1" as const,
    limit,
    confidence,
    ...found,
    split: about,
    data_sha256: options.dataSha256,
    assumptions: ASSUMPTIONS,
  };
  const id = sha256Hex(JSON.stringify(body)).slice(0, 16);
  return { parts, split: about, certificate: { ...body, id } };
}

type Proof = Pick<Certificate, "n" | "k" | "p_value" | "point" | "order" | "classes">;

/** Of the margins the one that goes farthest on the first part; labels of that part may be used. */
function chooseBase(
  { first, classes, limit }: CertifyTask,
  options: CertifyOptions,
): PathBase {
  const { nearMargins = [0], perClass, maxNovelty } = options;
  const floors = pathFloors(first.scored, classes);
  const reach = (base: PathBase) => {
    let fired = 0;
    for (const floor of floors) {
      const counts = countOutcomes(first.scored, first.gold, pointAt(floor, base), classes);
      if (counts.wrongFires <= limit * counts.firedLabeled) fired = Math.max(fired, counts.fired);
    }
    return fired;
  };
  const bases = nearMargins.map((nearMargin): PathBase => ({
    nearMargin,
    ...(perClass && { perClass }),
    ...(maxNovelty !== undefined && { maxNovelty }),
  }));
  return bases.reduce((best, base) => reach(base) > reach(best) ? base : best);
}

/** Tests the whole rule, from the strictest point that is expected to accept enough rows. */
function certifyWhole(task: CertifyTask, base: PathBase): Proof | CertificationFailure {
  const { first, classes, limit, confidence } = task;
  const floors = pathFloors(first.scored, classes);
  const walk = walkPath(task, floors.map((floor) => pointAt(floor, base)), {
    needed: HEADROOM * zeroErrorRows(limit, confidence),
    allowance: 1 - confidence,
    countsOf: ({ firedLabeled, wrongFires }) => ({ n: firedLabeled, k: wrongFires }),
  });
  if (!walk.passed) return explainFailure(task, walk);
  const { at, ...proof } = walk.passed;
  return {
    ...proof,
    order: {
      rule:
        "floors under all thresholds, from strict to loose, at quantiles of the confidences of " +
        "the first part",
      points: floors.length,
      started_at: walk.start,
      stopped_at: at,
      near_margin: base.nearMargin,
    },
  };
}

/** Tests each class with its share of the allowance (Bonferroni): all promises hold together. */
function certifyClasses(task: CertifyTask, base: PathBase): Proof | CertificationFailure {
  const { second, classes, limit, confidence } = task;
  const actions = classes.filter((name) => name !== ABSTAIN_CLASS);
  const allowance = (1 - confidence) / actions.length;
  const floors = pathFloors(task.first.scored, classes);
  const found = actions.map((name): ClassCertificate => {
    const k = classes.indexOf(name);
    const path = floors.map((floor) => pointAt(floor, base));
    const { passed, begun } = walkPath(task, path, {
      needed: HEADROOM * zeroErrorRows(limit, 1 - allowance),
      allowance,
      countsOf: ({ firedAs, hits }) => ({ n: firedAs[k]!, k: firedAs[k]! - hits[k]! }),
    });
    const tested = passed ?? begun;
    return {
      class: name,
      certified: passed !== undefined,
      n: tested?.n ?? 0,
      k: tested?.k ?? 0,
      p_value: tested?.p_value ?? 1,
      threshold: passed ? passed.point.perClass?.[name] ?? passed.point.threshold : null,
    };
  });
  if (!found.some(({ certified }) => certified)) {
    const strictest = { point: pointAt(floors[0]!, base), at: 0, n: 0, k: 0, p_value: 1 };
    const largest = found.reduce((a, b) => b.n > a.n ? b : a);
    return explainFailure({ ...task, confidence: 1 - allowance }, {
      start: 0,
      begun: { ...strictest, n: largest.n, k: largest.k },
    });
  }
  const perClass = Object.fromEntries(found.map((one) => [one.class, one.threshold]));
  const point = { ...pointAt(0, base), threshold: 1, perClass };
  const counts = countOutcomes(second.scored, second.gold, point, classes);
  const n = counts.firedLabeled;
  const wrong = counts.wrongFires;
  return {
    n,
    k: wrong,
    p_value: Math.max(...found.filter((one) => one.certified).map((one) => one.p_value)),
    point,
    order: {
      rule: `for each class on its own, with ${allowance.toPrecision(3)} of the error allowance: ` +
        "thresholds from strict to loose at quantiles of the confidences of the first part",
      points: floors.length,
      started_at: 0,
      stopped_at: 0,
      near_margin: base.nearMargin,
    },
    classes: found,
  };
}
