import type { CERTIFICATE_SCHEMA } from "../../mapper/certificate_check.ts";
import type { OperatingPoint } from "../decide.ts";

/** A promise about an operating point, with all that it rests on. */
export interface Certificate {
  readonly schema: typeof CERTIFICATE_SCHEMA;
  /** First 16 hex digits of the sha256 of everything else: what decisions cite. */
  readonly id: string;
  /** The mapper that the promise is about; null where it was not named. */
  readonly mapper_sha256: string | null;
  readonly limit: number;
  readonly confidence: number;
  /** Which attempt on these data this was, from 1, and the largest p-value that it allowed. */
  readonly attempt: number;
  readonly allowance: number;
  /**
   * Labelled actions at the certified point that the test counts, and wrong ones among them. The binomial
   * test counts the first of them by hash, as many as it makes use of (`countedRows`): of
   * `acting_groups` at most.
   */
  readonly n: number;
  readonly k: number;
  /** P(such a record, or a better one, if the error rate were the limit), at most. */
  readonly p_value: number;
  /** `binomial` where every group that acts is a single row, else `betting` on sums of groups. */
  readonly bound: Bound;
  /** Groups that acted, and rows of the largest one, by which the bound is scaled. */
  readonly acting_groups: number;
  readonly largest_group: number;
  readonly point: OperatingPoint;
  /** How the points were ordered before any certifying label was seen. */
  readonly order: {
    readonly rule: string;
    readonly points: number;
    readonly started_at: number;
    readonly stopped_at: number;
    readonly near_margin: number;
  };
  /** By class, where each was certified; the promise then holds for all of them at once. */
  readonly classes?: readonly ClassCertificate[];
  readonly split: CertificateSplit;
  /** Different prompts among the rows of all parts; null where copies were not looked for. */
  readonly distinct_prompts: number | null;
  /** Rows that were left out because the training knows them; null where that is not known. */
  readonly overlap: LeftOut | null;
  readonly data_sha256: string;
  /** For which prompts the promise holds, in a sentence. */
  readonly population: string;
  readonly assumptions: readonly string[];
}

/** How a p-value was found. */
export type Bound = "binomial" | "betting";

/** Rows that neither certify nor report, because the training knows them. */
export interface LeftOut {
  /** Rows of the data before. */
  readonly rows: number;
  /** Rows left out: copies of training prompts, and all of a training template. */
  readonly exact: number;
  readonly template: number;
}

/** How the rows were divided. */
export interface CertificateSplit {
  readonly shares: readonly number[];
  /** Seed of the hash that deals out groups. */
  readonly seed: number;
  /** Rows in each part. */
  readonly rows: readonly number[];
  /** Groups of rows that stayed together. */
  readonly groups: number;
}

/** The promise about one class. */
export interface ClassCertificate {
  readonly class: string;
  readonly certified: boolean;
  readonly n: number;
  readonly k: number;
  readonly p_value: number;
  /** Null for a class that could not be certified, and never fires. */
  readonly threshold: number | null;
}

/** Why there is no certificate, and what it would take. */
export interface CertificationFailure {
  readonly reason: string;
  /** `overlap`: refused, because the training knows too many of the rows. */
  readonly kind: "unproven" | "overlap";
  /** Labelled rows, in all, that are missing; null where no number of rows would help. */
  readonly more_rows: number | null;
  /** At the point that the reason is about. */
  readonly n: number;
  readonly k: number;
}

/** Outcome of a certification. */
export type Certification =
  & { readonly parts: readonly Uint32Array[]; readonly split: CertificateSplit }
  & { readonly overlap?: LeftOut }
  & (
    | { readonly certificate: Certificate; readonly failure?: undefined }
    | { readonly certificate?: undefined; readonly failure: CertificationFailure }
  );

/** Shares of the rows that fix the order, certify, and report. */
export const DEFAULT_SPLIT = [0.2, 0.7, 0.1] as const;
