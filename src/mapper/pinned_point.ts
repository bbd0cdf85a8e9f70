import { z } from "zod";
import { certificateFault } from "./certificate_check.ts";
import type { OperatingPoint } from "./operating_point.ts";

const SHARE = z.number().min(0).max(1);

/** The keys of an operating point in a file. */
export const PINNED_POINT: {
  readonly threshold: z.ZodNumber;
  readonly per_class_thresholds: z.ZodOptional<
    z.ZodRecord<z.ZodString, z.ZodNullable<z.ZodNumber>>
  >;
  readonly near_margin: z.ZodOptional<z.ZodNumber>;
  readonly max_novelty: z.ZodOptional<z.ZodNumber>;
  readonly min_order: z.ZodOptional<z.ZodNumber>;
  readonly max_oos: z.ZodOptional<z.ZodNumber>;
  readonly certificate: z.ZodOptional<z.ZodObject<{ id: z.ZodString }, z.core.$loose>>;
} = {
  threshold: SHARE,
  per_class_thresholds: z.record(z.string(), SHARE.nullable()).optional(),
  near_margin: SHARE.optional(),
  max_novelty: SHARE.optional(),
  min_order: SHARE.optional(),
  max_oos: SHARE.optional(),
  certificate: z.looseObject({ id: z.string() }).optional(),
};

/** An operating point as files have it. */
export interface PinnedPoint {
  readonly threshold: number;
  /** Null: the class never acts. */
  readonly per_class_thresholds?: Readonly<Record<string, number | null>>;
  readonly near_margin?: number;
  readonly max_novelty?: number;
  /** Least score as an order. */
  readonly min_order?: number;
  /** Largest probability that a prompt is out of scope. */
  readonly max_oos?: number;
  /** The promise about the point; decisions cite its `id`. */
  readonly certificate?: { readonly id: string };
}

/**
 * A pinned point in the words of the decision rule.
 *
 * @example
 * ```ts
 * import { fromPinned } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const pinned = { threshold: 0.6, per_class_thresholds: { swap_asset: 0.8 }, near_margin: 0.1 };
 * assertEquals(fromPinned(pinned), {
 *   threshold: 0.6,
 *   perClass: { swap_asset: 0.8 },
 *   nearMargin: 0.1,
 * });
 * ```
 */
export function fromPinned(pinned: PinnedPoint): OperatingPoint {
  const { threshold, per_class_thresholds, near_margin, max_novelty, min_order, max_oos } = pinned;
  return {
    threshold,
    ...(per_class_thresholds && { perClass: per_class_thresholds }),
    ...(near_margin !== undefined && { nearMargin: near_margin }),
    ...(max_novelty !== undefined && { maxNovelty: max_novelty }),
    ...(min_order !== undefined && { minOrder: min_order }),
    ...(max_oos !== undefined && { maxOos: max_oos }),
  };
}

/**
 * An operating point in the words of files: what {@linkcode fromPinned} reads.
 *
 * @example
 * ```ts
 * import { fromPinned, toPinned } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const point = { threshold: 0.6, nearMargin: 0.1 };
 * assertEquals(toPinned(point), { threshold: 0.6, near_margin: 0.1 });
 * assertEquals(fromPinned(toPinned(point)), point);
 * ```
 */
export function toPinned(
  { threshold, perClass, nearMargin, maxNovelty, minOrder, maxOos }: OperatingPoint,
  certificate?: { readonly id: string },
): PinnedPoint {
  return {
    threshold,
    ...(perClass && { per_class_thresholds: { ...perClass } }),
    ...(nearMargin !== undefined && { near_margin: nearMargin }),
    ...(maxNovelty !== undefined && { max_novelty: maxNovelty }),
    ...(minOrder !== undefined && { min_order: minOrder }),
    ...(maxOos !== undefined && { max_oos: maxOos }),
    ...(certificate && { certificate: { ...certificate } }),
  };
}

/**
 * Why the certificate of a pinned point does not hold; null where it does, or where there is none.
 *
 * @param mapperSha256 What decides, if known: the `core_sha256` of a mapper.
 */
export function pinnedFault(pinned: PinnedPoint, mapperSha256?: string): string | null {
  if (!pinned.certificate) return null;
  const use = { point: fromPinned(pinned), ...(mapperSha256 !== undefined && { mapperSha256 }) };
  const fault = certificateFault({ ...pinned.certificate }, use);
  return fault === null
    ? null
    : `the certificate "${pinned.certificate.id}" does not hold here: ${fault}`;
}
