import type { Encoder } from "../../encoders/encoder.ts";
import { MicroLmError } from "../../core/errors.ts";
import {
  decisionFunction,
  expandClassifier,
  type LinearClassifier,
} from "../../mapper/fit/linear_classifier.ts";
import { createTrainer } from "../../mapper/fit/logistic_regression.ts";
import { stratifiedFolds } from "../../mapper/calibrate/stratified_folds.ts";
import type { Features } from "../../core/matrix.ts";
import type { PromptSpans } from "../spans.ts";
import {
  centre,
  createEvidenceReader,
  encodeSpanSums,
  type EvidenceTrack,
  type SpanEvidence,
} from "./evidence.ts";

/** Of the gradient of the summed loss: averages of folds need no more. */
const TOLERANCE = 0.1;

/** Options of {@linkcode fitEvidence}. */
export interface FitEvidenceOptions {
  /** Inverse strength of the penalty. Default: 30. */
  readonly C?: number;
  /** Folds of the cross-fitting. Default: 5. */
  readonly folds?: number;
}

/** Fitted span evidence, and what it says of its own training rows. */
export interface FittedEvidence {
  readonly evidence: SpanEvidence;
  /** Of each row, from weights that were fitted without it: as new prompts look. */
  readonly heldOut: readonly EvidenceTrack[];
}

/**
 * Fits what spans say about classes: a multinomial logistic regression on the sums of the spans' vectors,
 * so that the weights of overlapping spans are found together and no word is counted twice. Cross-fitted:
 * each fold's weights speak for the rows outside it, and their mean is the result.
 *
 * @param labels One of `classes` a prompt.
 * @throws {MicroLmError} Kind `data` if a class has fewer rows than there are folds.
 */
export async function fitEvidence(
  prompts: readonly PromptSpans[],
  labels: readonly string[],
  classes: readonly string[],
  encoder: Encoder,
  { C = 30, folds: count = 5 }: FitEvidenceOptions = {},
): Promise<FittedEvidence> {
  const numbers = numberLabels(labels, classes, count);
  const { features, scale } = await encodeSpanSums(prompts, encoder);
  const folds = stratifiedFolds(numbers, count);
  const complete = (classifier: LinearClassifier): SpanEvidence => ({
    classes,
    classifier,
    scale,
    ...splitMean(classifier, features, scale),
  });
  const trainer = createTrainer(features, numbers, folds, {
    classes: classes.length,
    C,
    tol: TOLERANCE / features.rows,
  });
  const heldOut: EvidenceTrack[] = [];
  const members: LinearClassifier[] = [];
  for (const [fold, rows] of folds.entries()) {
    const { classifier } = trainer.fit(folds.keys().filter((f) => f !== fold).toArray());
    members.push(expandClassifier(classifier));
    const read = createEvidenceReader(
      complete(classifier),
      encoder,
    );
    const tracks = await read([...rows].map((row) => prompts[row]!));
    rows.forEach((row, i) => heldOut[row] = tracks[i]!.track);
  }
  return { evidence: complete(meanOf(members)), heldOut };
}

/** Splits what an average prompt says into what each of its spans says and what remains. */
function splitMean(classifier: LinearClassifier, features: Features, scale: number) {
  const { classes, intercepts } = classifier;
  const { data } = decisionFunction(classifier, features);
  const mean = new Float64Array(classes);
  data.forEach((logit, i) => mean[i % classes]! += logit / features.rows);
  return {
    baseline: mean.map((logit, k) => (logit - intercepts[k]!) * scale * scale),
    prior: centre(mean),
  };
}

function numberLabels(
  labels: readonly string[],
  classes: readonly string[],
  folds: number,
): Int32Array {
  const counts = new Map(classes.map((name) => [name, 0]));
  for (const label of labels) {
    const seen = counts.get(label);
    if (seen === undefined) {
      throw new MicroLmError("data", `Unknown label "${label}"`, {
        hint: `Known labels: ${classes.join(", ")}`,
      });
    }
    counts.set(label, seen + 1);
  }
  for (const [name, rows] of counts) {
    if (rows < folds) {
      throw new MicroLmError(
        "data",
        `Expected at least ${folds} prompts for "${name}", got ${rows}`,
      );
    }
  }
  return Int32Array.from(labels, (label) => classes.indexOf(label));
}

/** Linear members average to one linear classifier. */
function meanOf(members: readonly LinearClassifier[]): LinearClassifier {
  const [first] = members;
  const mean = <T extends Float32Array | Float64Array>(out: T, parts: readonly T[]): T => {
    for (const part of parts) part.forEach((x, i) => out[i]! += x / parts.length);
    return out;
  };
  return {
    ...first!,
    weights: mean(new Float32Array(first!.weights.length), members.map((m) => m.weights)),
    intercepts: mean(new Float64Array(first!.classes), members.map((m) => m.intercepts)),
  };
}
