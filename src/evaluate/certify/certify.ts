import { CERTIFICATE_SCHEMA, certificateId } from "../../mapper/certificate_check.ts";
import { attemptShare } from "./attempts.ts";
import {
  type Certificate,
  type CertificateSplit,
  type Certification,
  type CertificationFailure,
  DEFAULT_SPLIT,
  type LeftOut,
} from "./certificate.ts";
import { byGroup, type PathBase, pointAt, takePart } from "./certify_path.ts";
import { certifyClasses } from "./certify_classes.ts";
import { type CertifyTask, layPath, type Proof, walkPath } from "./certify_walk.ts";
import type { OperatingPoint, ScoredRows } from "../decide.ts";
import { gridBases } from "../sweep.ts";
import { explainFailure } from "./explain_failure.ts";
import type { Gold } from "../metrics.ts";
import { assumptionsOf, populationOf } from "./population.ts";
import { dealKeys, groupKeys, numberKeys } from "./split_groups.ts";

/** What a certificate is to promise. */
export interface CertificateGoal {
  /** Largest P(wrong action | acted). */
  readonly maxWrongRate: number;
  /** Probability with which the promise holds, over draws of the certifying rows. Default: 0.95. */
  readonly confidence?: number;
}

/** What a certificate says of the rows beside their scores. */
export interface CertificateBasis {
  /** Hash of the rows. */
  readonly dataSha256: string;
  /** Hash of the mapper that the promise is about. */
  readonly mapperSha256?: string;
  /** Different prompts among the rows. */
  readonly distinctPrompts?: number;
  /** Rows that were left out before, because the training knows them. */
  readonly overlap?: LeftOut;
}

/** Options of {@linkcode certify}. */
export interface CertifyOptions extends CertificateGoal, CertificateBasis {
  /** Margins to choose from, on rows that certify nothing. Default: 0 alone. */
  readonly nearMargins?: readonly number[];
  /** Thresholds that classes have at least; null: never fires. */
  readonly perClass?: OperatingPoint["perClass"];
  readonly maxNovelty?: number;
  /** Least scores as an order to choose from, on rows that certify nothing. */
  readonly minOrders?: readonly number[];
  /** Largest scores as out of scope to choose from, on rows that certify nothing. */
  readonly maxOosScores?: readonly number[];
  /** Shares of the rows that fix the order, certify, and report. Default: 0.2, 0.7, 0.1. */
  readonly split?: readonly [number, number, number];
  /**
   * Number of this attempt on the same rows, from 1; each has a split of its own, and later ones have a
   * small share of the error allowance (`attemptShare`). Default: 1.
   */
  readonly attempt?: number;
  /** Certify each class on its own, with its share of the error allowance. Default: false. */
  readonly eachClass?: boolean;
}

/**
 * Finds the operating point with the highest coverage whose wrong actions are at most a given share of
 * all actions, with a given confidence, whatever the distribution.
 *
 * Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021) with fixed-sequence testing: the
 * first part of the rows says where a path from strict to loose points is most likely to pass; from there
 * each point is tested on the second part, and the first that fails ends the sequence. So the chance to
 * certify a point that breaks the promise is at most 1 − confidence, for the whole rule of decision:
 * threshold, thresholds by class, margin, novelty, scores as an order and as out of scope. A third part is left for an honest report.
 *
 * What is independent are the groups. Where each that acts is a single row the test is the exact binomial
 * tail of as many of them as it makes use of (`countedRows`), else a bet on the sums of groups, scaled by the largest (`logGains`): rows of one template may
 * be as alike as they like. Each group falls into the part that the hash of its name says: the order of rows
 * changes nothing, and one row less is no new draw.
 *
 * Rows that the training knows certify nothing: leave them out, as `runSweep` does.
 *
 * @param groups The group of each row; rows of a group, for example of a template, stay together.
 * @throws {MicroLmError} Kind `usage` for shares that are not positive.
 * @throws {RangeError} Unless limit and confidence lie between 0 and 1 and `attempt` is from 1.
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
 * assertEquals([certificate?.k, certificate?.acting_groups], [0, certificate?.split.rows[1]]);
 * ```
 */
export function certify(
  scored: ScoredRows,
  gold: Gold,
  groups: readonly string[],
  classes: readonly string[],
  options: CertifyOptions,
): Certification {
  const { maxWrongRate: limit, confidence = 0.95, split = DEFAULT_SPLIT, attempt = 1 } = options;
  for (const value of [limit, confidence]) {
    if (!(value > 0 && value < 1)) throw new RangeError(`Expected a share, got ${value}`);
  }
  const allowance = (1 - confidence) * attemptShare(attempt);
  const keys = groupKeys(groups, attempt - 1);
  const parts = dealKeys(keys, split);
  const about: CertificateSplit = {
    shares: split,
    seed: attempt - 1,
    rows: parts.map((part) => part.length),
    groups: new Set(groups).size,
  };
  const group = numberKeys(keys);
  const all = { scored, gold, group };
  const task: CertifyTask = {
    all,
    classes,
    limit,
    first: takePart(all, parts[0]!),
    second: takePart(all, byGroup(parts[1]!, group)),
    share: split[1] / (split[0] + split[1] + split[2]),
  };
  const base = chooseBase(task, options);
  const found = options.eachClass
    ? certifyClasses(task, base, allowance)
    : certifyWhole(task, base, allowance);
  const { overlap } = options;
  const rest = { parts, split: about, ...(overlap && { overlap }) };
  if ("reason" in found) return { ...rest, failure: found };
  const body: Omit<Certificate, "id"> = {
    schema: CERTIFICATE_SCHEMA,
    mapper_sha256: options.mapperSha256 ?? null,
    limit,
    confidence,
    attempt,
    allowance,
    ...found,
    split: about,
    distinct_prompts: options.distinctPrompts ?? null,
    overlap: overlap ?? null,
    data_sha256: options.dataSha256,
    population: populationOf(about, found, overlap),
    assumptions: assumptionsOf(found.bound),
  };
  return { ...rest, certificate: { ...body, id: certificateId({ ...body }) } };
}

/** Of the margins, least scores as an order and largest as out of scope those that go farthest on the first part; labels of that part may be used. */
function chooseBase(task: CertifyTask, options: CertifyOptions): PathBase {
  const bases = gridBases(options);
  if (bases.length === 1) return bases[0]!;
  const reach = bases.map((base) => {
    const { n, k } = layPath(task, base).firstCounts;
    return n.reduce((most, fired, at) => k[at]! <= task.limit * fired ? fired : most, 0);
  });
  return bases[reach.indexOf(Math.max(...reach))]!;
}

function certifyWhole(
  task: CertifyTask,
  base: PathBase,
  allowance: number,
): Proof | CertificationFailure {
  const path = layPath(task, base);
  const walk = walkPath(task, path, allowance);
  if (!walk.passed) return explainFailure(task, path, walk, allowance);
  const { at, floor, ...proof } = walk.passed;
  return {
    ...proof,
    point: pointAt(floor, base),
    order: {
      rule: "floors under all thresholds at quantiles of the confidences of the first part, from " +
        "the one that the first part expects to pass most clearly to looser ones",
      points: path.floors.length,
      started_at: walk.start,
      stopped_at: at,
      near_margin: base.nearMargin,
    },
  };
}
