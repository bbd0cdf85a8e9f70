import type { OperatingPoint } from "../evaluate/decide.ts";
import { fromPinned, type PinnedPoint } from "../mapper/pinned_point.ts";
import { canonicalJson } from "../core/canonical_json.ts";
import type { MapperPolicy } from "./policy/mapper_policy.ts";
import { pointOf, type PointOptions } from "./policy/point.ts";

export { fromPinned } from "../mapper/pinned_point.ts";

/** An operating point, and the certificate that it has. */
export interface ActivePoint {
  readonly point: OperatingPoint;
  /** Id of the certificate; null if there is none, or the point is not the certified one. */
  readonly certificate: string | null;
}

/**
 * The operating point of a run: what the policy says, else what was pinned, else 0.7. A policy changes
 * the part that it names alone, and whatever it changes, the certificate is given up.
 *
 * @example
 * ```ts
 * import { resolvePoint, resolvePolicy } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const pinned = { threshold: 0.6, certificate: { id: "c1" } };
 * const { mapper } = resolvePolicy();
 * assertEquals(resolvePoint(pinned, mapper), { point: { threshold: 0.6 }, certificate: "c1" });
 * assertEquals(resolvePoint(pinned, { ...mapper, confidence_threshold: 0.9 }), {
 *   point: { threshold: 0.9 },
 *   certificate: null,
 * });
 * ```
 */
export function resolvePoint(
  pinned: PinnedPoint | undefined,
  { confidence_threshold, near_margin }: MapperPolicy,
  options: PointOptions = {},
): ActivePoint {
  const margin = near_margin > 0 ? near_margin : null;
  const point = pointOf(pinned, confidence_threshold, margin, options);
  const isPinned = pinned !== undefined &&
    canonicalJson(fromPinned(pinned)) === canonicalJson(point);
  return { point, certificate: isPinned ? pinned.certificate?.id ?? null : null };
}
