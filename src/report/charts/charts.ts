import type { ScoredRows } from "../../evaluate/decide.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import { confusionChart, perClassChart } from "./classes.ts";
import { histogramChart, reliabilityChart, riskCoverageChart } from "./confidence.ts";
import { gridChart, thresholdChart } from "./points.ts";
import type { Chart } from "./shared.ts";

export type { Chart, Figure } from "./shared.ts";

/** The charts of a report, in reading order; each says why if there is nothing to draw. */
export function sweepCharts(outcome: SweepOutcome, scored: ScoredRows): Chart[] {
  return [
    thresholdChart(outcome),
    gridChart(outcome),
    riskCoverageChart(outcome, scored),
    reliabilityChart(outcome, scored),
    histogramChart(outcome, scored),
    confusionChart(outcome),
    perClassChart(outcome),
  ];
}
