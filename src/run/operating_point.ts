import { DEFAULT_POINT, type OperatingPoint } from "../evaluate/decide.ts";
import { fromPinned, type PinnedPoint } from "../mapper/pinned_point.ts";
import type { MapperPolicy } from "./policy/mapper_policy.ts";

export { fromPinned } from "../mapper/pinned_point.ts";

/** An operating point, and the certificate that it has. */
export interface ActivePoint {
  readonly point: OperatingPoint;
  /** Id of the certificate; null if there is none, or the point is not the certified one. */
  readonly certificate: string | null;
}

/**
 * The operating point of a run: what the policy says, else what was pinned, else 0.7. A policy that
 * changes anything gives up the certificate.
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
): ActivePoint {
  const base = pinned ? fromPinned(pinned) : DEFAULT_POINT;
  const isChanged = confidence_threshold !== null || near_margin > 0;
  if (!isChanged) return { point: base, certificate: pinned?.certificate?.id ?? null };
  const margin = near_margin > 0 ? { nearMargin: near_margin } : {};
  if (confidence_threshold === null) return { point: { ...base, ...margin }, certificate: null };
  const threshold = Math.max(0, confidence_threshold);
  return { point: { threshold, ...margin }, certificate: null };
}
