import type { Features } from "../../core/matrix.ts";
import type { CalibratedModel } from "../calibrate/predictor.ts";
import { decisionFunction, indexColumns } from "../fit/linear_classifier.ts";

/**
 * How two kinds of evidence add up to one score: the log-odds that a prompt is out of scope, where as many
 * prompts are as are not, is intercept + confidence · lead + novelty · share of the prompt that is new.
 */
export interface OosScore {
  readonly intercept: number;
  /** Weight of the lead; at most 0. */
  readonly confidence: number;
  /** Weight of the novelty; at least 0. */
  readonly novelty: number;
}

/** What a score looks at, one a row. */
export interface OosEvidence {
  /** Log-odds of the leading action, before any calibration. */
  readonly lead: Float64Array;
  readonly novelty: Float64Array;
}

/**
 * The probability that each row is out of scope, from 0 to 1.
 *
 * @example
 * ```ts
 * import { scoreOos } from "micro-lm/mapper";
 * import { assert } from "@std/assert";
 *
 * const evidence = { lead: Float64Array.of(4, -1), novelty: Float64Array.of(0.1, 0.8) };
 * const [known, other] = scoreOos({ intercept: 0, confidence: -1, novelty: 2 }, evidence);
 * assert(known! < 0.1 && other! > 0.9);
 * ```
 */
export function scoreOos(
  { intercept, confidence, novelty }: OosScore,
  evidence: OosEvidence,
): Float64Array {
  return evidence.lead.map((lead, row) =>
    1 / (1 + Math.exp(-(intercept + confidence * lead + novelty * evidence.novelty[row]!)))
  );
}

/**
 * Prepares a model for its leads: the log-odds of the most probable class that acts, by the softmax of
 * the logits as they are. A temperature below 1, which calibration finds where the penalty left the
 * classifier unsure, would make the lead one over the second class alone; what is out of scope shows in
 * that many classes are about equally far. Averaged over the members of a model.
 *
 * @param abstain Number of the class that never acts, or −1.
 */
export function createLeadMeter(
  model: CalibratedModel,
  abstain: number,
): (features: Features) => Float64Array {
  const members = model.members.map(({ classifier }) => ({
    classifier,
    index: indexColumns(classifier),
  }));
  return (features) => {
    const leads = new Float64Array(features.rows);
    for (const { classifier, index } of members) {
      const { data, cols } = decisionFunction(classifier, features, index);
      for (let row = 0; row < leads.length; row++) {
        const logits = data.subarray(row * cols, (row + 1) * cols);
        leads[row]! += leadOf(logits, abstain) / members.length;
      }
    }
    return leads;
  };
}

/** The highest logit of an action over the log of the summed exponentials of all others. */
function leadOf(logits: Float64Array, abstain: number): number {
  let best = -1;
  for (let k = 0; k < logits.length; k++) {
    if (k !== abstain && (best < 0 || logits[k]! > logits[best]!)) best = k;
  }
  let most = -Infinity;
  for (let k = 0; k < logits.length; k++) if (k !== best) most = Math.max(most, logits[k]!);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) if (k !== best) sum += Math.exp(logits[k]! - most);
  return logits[best]! - most - Math.log(sum);
}
