import { DEFAULT_POINT, type OperatingPoint } from "../../evaluate/decide.ts";
import { fromPinned, type PinnedPoint } from "../../mapper/pinned_point.ts";

/** Options of {@linkcode pointOf}. */
export interface PointOptions {
  /** Whether the pinned point may only become stricter. Default: false. */
  readonly isFloor?: boolean | undefined;
  /** Parts that may be changed all the same: `mapper.confidence_threshold`, `mapper.near_margin`. */
  readonly open?: readonly string[] | undefined;
}

/**
 * The pinned point, or that of nobody's choice, with other parts. What is null stays as it is pinned.
 */
export function pointOf(
  pin: PinnedPoint | undefined,
  threshold: number | null,
  nearMargin: number | null,
  { isFloor = false, open = [] }: PointOptions = {},
): OperatingPoint {
  const base = pin ? fromPinned(pin) : DEFAULT_POINT;
  const isFree = (path: string) => !isFloor || open.includes(path);
  const point = threshold === null
    ? base
    : isFree("mapper.confidence_threshold")
    ? withThreshold(base, threshold)
    : raised(base, threshold);
  if (nearMargin === null) return point;
  const least = isFree("mapper.near_margin") ? 0 : point.nearMargin ?? 0;
  return withMargin(point, Math.max(least, nearMargin));
}

/** Another common threshold; where it is higher, no class stays below it. −1 is no threshold. */
export function withThreshold(point: OperatingPoint, threshold: number): OperatingPoint {
  if (threshold > point.threshold) return raised(point, threshold);
  return { ...point, threshold: Math.max(0, threshold) };
}

/** No threshold below a number; a class that never fires stays so. */
export function raised(point: OperatingPoint, least: number): OperatingPoint {
  const { threshold, perClass } = point;
  const classes = Object.entries(perClass ?? {}).map(([name, own]) =>
    [name, own === null ? null : Math.max(own, least)] as const
  );
  return {
    ...point,
    threshold: Math.max(threshold, least),
    ...(perClass && { perClass: Object.fromEntries(classes) }),
  };
}

/** Another least lead over the second class. */
export function withMargin(point: OperatingPoint, nearMargin: number): OperatingPoint {
  return (point.nearMargin ?? 0) === nearMargin ? point : { ...point, nearMargin };
}
