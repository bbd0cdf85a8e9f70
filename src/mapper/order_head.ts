import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import type { Features } from "../core/matrix.ts";
import {
  fitCalibrated,
  type FitCalibratedOptions,
  type FitCalibratedResult,
} from "./calibrate/calibration.ts";

/** Whether a mapper learns to tell orders from what is none; `auto`: where the rows can teach it. */
export type OrderHeadChoice = "auto" | "on" | "off";

/** Rows that must abstain from which `auto` learns a head. */
const ENOUGH_ROWS = 50;
/** Share of the rows that must abstain from which `auto` learns a head. */
const ENOUGH_SHARE = 0.1;

/**
 * Whether a training set gets an order head.
 *
 * @param labels One a row.
 *
 * @example
 * ```ts
 * import { wantsOrderHead } from "micro-lm/mapper";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = ["send", "keep", "abstain"].flatMap((label) => new Array(60).fill(label));
 * assertEquals(wantsOrderHead(labels, "auto"), true);
 * assertEquals(wantsOrderHead(labels.slice(0, 160), "auto"), false);
 * ```
 */
export function wantsOrderHead(labels: readonly string[], choice: OrderHeadChoice): boolean {
  if (choice !== "auto") return choice === "on";
  // Nothing would be left to choose from
  if (new Set(labels).size < 3) return false;
  const none = labels.filter((label) => label === ABSTAIN_CLASS).length;
  return none >= ENOUGH_ROWS && none >= ENOUGH_SHARE * labels.length;
}

/**
 * Fits the head: a logistic regression of order or none over the features of the classifier, its
 * temperature fitted on rows of other groups. Class 1 is "an order".
 *
 * @param isOrder 1 for each row that asks for an action, else 0.
 */
export function fitOrderHead(
  features: Features,
  isOrder: Int32Array,
  options: Omit<FitCalibratedOptions, "classes" | "method">,
): FitCalibratedResult {
  return fitCalibrated(features, isOrder, { ...options, classes: 2, method: "temperature" });
}
