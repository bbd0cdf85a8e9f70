import type { OperatingPoint } from "../decide.ts";

/** A promise about an operating point, with all that it rests on. */
export interface Certificate {
  readonly schema: "micro-lm/certificate@1";
  /** First 16 hex digits of the sha256 of everything else: what decisions cite. */
  readonly id: string;
  readonly limit: number;
  readonly confidence: number;
  /** Labelled rows that acted, and wrong ones among them, at the certified point. */
  readonly n: number;
  readonly k: number;
  /** P(at most k errors in n rows, if the error rate were the limit). */
  readonly p_value: number;
  readonly point: OperatingPoint;
  /** How the points were ordered before any label was seen. */
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
  readonly data_sha256: string;
  readonly assumptions: readonly string[];
}

/** How the rows were divided. */
export interface CertificateSplit {
  readonly shares: readonly number[];
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
  /** Labelled rows, in all, that are missing; null where no number of rows would help. */
  readonly more_rows: number | null;
  /** At the point where the order starts. */
  readonly n: number;
  readonly k: number;
}

/** Outcome of {@linkcode certify}. */
export type Certification =
  & { readonly parts: readonly Uint32Array[]; readonly split: CertificateSplit }
  & (
    | { readonly certificate: Certificate; readonly failure?: undefined }
    | { readonly certificate?: undefined; readonly failure: CertificationFailure }
  );

/** Shares of the rows that fix the order, certify, and report. */
export const DEFAULT_SPLIT = [0.2, 0.5, 0.3] as const;
