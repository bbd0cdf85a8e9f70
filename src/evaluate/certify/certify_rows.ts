import type { Dataset } from "../../data/dataset.ts";
import { groupPrompts, identifyPrompts } from "../../data/identity.ts";
import { flagOverlap, type OverlapIndex } from "../../data/overlap.ts";
import { createMasker, type Masker } from "../../data/template.ts";
import { MicroLmError } from "../../core/errors.ts";
import { type Certification, DEFAULT_SPLIT, type LeftOut } from "./certificate.ts";
import { certify, type CertifyOptions } from "./certify.ts";
import { takePart } from "./certify_path.ts";
import { type CostTable, costThresholds } from "../cost.ts";
import type { ScoredRows } from "../decide.ts";
import type { Gold } from "../metrics.ts";
import { dealGroups } from "./split_groups.ts";
import type { SweepGrid } from "../sweep.ts";

/** What is to be certified. */
export interface CertifyRequest
  extends Pick<CertifyOptions, "maxWrongRate" | "confidence" | "split" | "attempt" | "eachClass"> {
  /** Thresholds by class with the least expected cost come first; the certificate may raise them. */
  readonly costs?: CostTable;
}

/** Scored rows of a data set, and what is known of the mapper that scored them. */
export interface ScoredDataset {
  readonly dataset: Dataset;
  readonly scored: ScoredRows;
  readonly gold: Gold;
  /** Key of each row's vector, as `vectorKeys` gives them. */
  readonly vectors?: readonly string[] | undefined;
  readonly classes: readonly string[];
  readonly mapperSha256: string;
  readonly training?: { readonly index: OverlapIndex; readonly mask: Masker } | undefined;
}

/** Where the training knows more than this share of the rows, the rest does not stand for them. */
const MOST_KNOWN = 0.5;

/**
 * Certifies an operating point on the rows of a data set that the training does not know. The parts of
 * the outcome are row numbers of the whole data set; where too many rows were left out, nothing is
 * certified and the third part holds all rows.
 *
 * @throws {MicroLmError} Kind `data` if a row has no label.
 */
export function certifyRows(
  data: ScoredDataset,
  request: CertifyRequest,
  { nearMargins, perClass, maxNovelty, minOrders, maxOosScores }: Omit<SweepGrid, "thresholds">,
): Certification {
  const { dataset, gold, scored, classes, training } = data;
  if (gold.labeled < dataset.rows.length) {
    throw new MicroLmError("data", "A certificate needs a label on every row", {
      at: { file: dataset.source },
      hint: "Give them with --labels_csv",
    });
  }
  const mask = training?.mask ?? createMasker([]);
  const prompts = dataset.rows.map((row) => row.prompt);
  const known = training && flagOverlap(training.index, prompts, mask, data.vectors);
  const rows = Uint32Array.from(
    dataset.rows.keys().filter((row) => !known?.template[row]),
  );
  const overlap: LeftOut | undefined = known && {
    rows: dataset.rows.length,
    exact: known.exact.filter(Boolean).length,
    template: dataset.rows.length - rows.length,
  };
  if (overlap && overlap.template > MOST_KNOWN * overlap.rows) return refuse(overlap);
  const take = <T>(values: readonly T[]) => Array.from(rows, (row) => values[row]!);
  const vectors = data.vectors && take(data.vectors);
  const groups = groupPrompts(take(prompts), {
    mask,
    column: take(dataset.rows).map((row) => row.group ?? ""),
    ...(vectors && { vectors }),
  });
  const part = takePart({ scored, gold, group: new Uint32Array(prompts.length) }, rows);
  const { costs, split = DEFAULT_SPLIT, attempt = 1, ...goal } = request;
  const base = costs === undefined
    ? perClass
    : costBase(part, groups, classes, costs, split, attempt);
  const found = certify(part.scored, part.gold, groups, classes, {
    ...goal,
    split,
    attempt,
    ...(nearMargins && { nearMargins }),
    ...(base && { perClass: base }),
    ...(maxNovelty !== undefined && { maxNovelty }),
    ...(minOrders && { minOrders }),
    ...(maxOosScores && { maxOosScores }),
    ...(overlap && { overlap }),
    dataSha256: dataset.sha256,
    mapperSha256: data.mapperSha256,
    distinctPrompts: new Set(identifyPrompts(take(prompts), vectors)).size,
  });
  return { ...found, parts: found.parts.map((part) => part.map((i) => rows[i]!)) };
}

function refuse(overlap: LeftOut): Certification {
  const rows = Uint32Array.from({ length: overlap.rows }, (_, row) => row);
  const known = `${overlap.template} of ${overlap.rows} rows`;
  return {
    parts: [new Uint32Array(), new Uint32Array(), rows],
    split: { shares: [0, 0, 1], seed: 0, rows: [0, 0, overlap.rows], groups: 0 },
    overlap,
    failure: {
      kind: "overlap",
      reason:
        `the training knows ${known} (${overlap.exact} as the same prompt), and rows that it ` +
        "knows prove nothing about others; certify on prompts that it never saw",
      more_rows: null,
      n: 0,
      k: 0,
    },
  };
}

/** Costs are weighed on the part that fixes the order, which certifies and reports nothing. */
function costBase(
  part: ReturnType<typeof takePart>,
  groups: readonly string[],
  classes: readonly string[],
  costs: CostTable,
  split: readonly number[],
  attempt: number,
): Record<string, number | null> {
  const first = takePart(part, dealGroups(groups, split, attempt - 1)[0]!);
  return costThresholds(first.scored, first.gold, classes, costs);
}
