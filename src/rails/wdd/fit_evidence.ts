import { MicroLmError } from "../../core/errors.ts";
import type { Features } from "../../core/matrix.ts";
import { groupedFolds, stratifiedFolds } from "../../mapper/calibrate/folds.ts";
import {
  decisionFunction,
  expandClassifier,
  type LinearClassifier,
} from "../../mapper/fit/linear_classifier.ts";
import { createTrainer, crewFor } from "../../mapper/fit/logistic_regression.ts";
import type { PromptSpans } from "../spans.ts";
import { centre, createEvidenceReader, type EvidenceTrack, type SpanEvidence } from "./evidence.ts";
import type { EvidenceEncoder } from "./open_encoder.ts";
import { encodeSpanSums, encodeWordSums } from "./span_sums.ts";

/**
 * Of the gradient of the mean loss. Ten times less takes three times as long; judged by other authors than
 * those it was fitted on, the evidence is then no better.
 */
const TOLERANCE = 5e-4;

/** Options of {@linkcode fitEvidence}. */
export interface FitEvidenceOptions {
  /** Inverse strength of the penalty. Default: 4. */
  readonly C?: number;
  /** Folds of the cross-fitting. Default: 3. */
  readonly folds?: number;
  /** What each prompt belongs to, such as its author: folds do not tear it apart. Default: nothing. */
  readonly groups?: readonly string[];
  /** Threads; they change no byte. Default: as those of `trainMapper`. */
  readonly threads?: number | undefined;
}

/** Weight of each of the two judges of contextual evidence: it is the mean of their log-odds. */
const SHARE = 0.5;

/** Fitted span evidence, and what it says of its own training rows. */
export interface FittedEvidence {
  readonly evidence: SpanEvidence;
  /** Of each row, all that it says, from weights that were fitted without it: as new prompts look. */
  readonly totals: readonly Float64Array[];
  /** The tracks of some rows, from weights that were fitted without them. */
  heldOut(rows: readonly number[]): Promise<EvidenceTrack[]>;
}

/**
 * Fits what spans say about classes: a multinomial logistic regression on the sums of the spans' vectors,
 * so that the weights of overlapping spans are found together and no word is counted twice. Cross-fitted:
 * each fold's weights speak for the rows outside it, and their mean is the result. Contextual evidence has
 * a second judge of the same kind, fitted apart, on the sums of the words' vectors in their prompt.
 *
 * @param labels One of `classes` a prompt.
 * @throws {MicroLmError} Kind `data` if a class has fewer rows than there are folds.
 */
export async function fitEvidence(
  prompts: readonly PromptSpans[],
  labels: readonly string[],
  classes: readonly string[],
  encoder: EvidenceEncoder,
  { C = 4, folds: count = 3, groups, threads }: FitEvidenceOptions = {},
): Promise<FittedEvidence> {
  const numbers = numberLabels(labels, classes, count);
  const folds = groups && new Set(groups).size >= count
    ? groupedFolds(numbers, groups, count)
    : stratifiedFolds(numbers, count);
  const fit = async (features: Features): Promise<Fitted> => {
    using crew = await crewFor([features], classes.length, threads);
    const how = { classes: classes.length, C, tol: TOLERANCE, ...(crew && { crew }) };
    const trainer = createTrainer(features, numbers, folds, how);
    const members = folds.map((_, fold) => {
      const others = folds.keys().filter((other) => other !== fold).toArray();
      return expandClassifier(trainer.fit(others).classifier);
    });
    return { members, logits: logitsOf(features, members, folds) };
  };
  const spans = await fit(await encodeSpanSums(prompts, encoder));
  const words = encoder.context === undefined
    ? null
    : await fit(await encodeWordSums(prompts, encoder.words!));
  const members = spans.members.map((member, fold): SpanEvidence =>
    words === null
      ? { classes, classifier: member }
      : { classes, ...joinJudges(member, words.members[fold]!) }
  );
  return {
    evidence: meanOf(members),
    totals: spans.logits.map((own, i) =>
      centre(
        words === null ? own : own.map((x, k) => SHARE * x + (1 - SHARE) * words.logits[i]![k]!),
      )
    ),
    heldOut: async (rows) => {
      const tracks: EvidenceTrack[] = [];
      for (const [fold, own] of folds.entries()) {
        const mine = new Set(own);
        const places = rows.keys().filter((at) => mine.has(rows[at]!)).toArray();
        const read = createEvidenceReader(members[fold]!, encoder);
        const found = await read(places.map((at) => prompts[rows[at]!]!));
        places.forEach((at, i) => tracks[at] = found[i]!.track);
      }
      return tracks;
    },
  };
}

/** Classifiers of all folds, and what they say of the rows that each did not see. */
interface Fitted {
  readonly members: readonly LinearClassifier[];
  readonly logits: readonly Float64Array[];
}

/** Evidence of spans and of words in their prompt, fitted apart, as one. */
function joinJudges(
  spans: LinearClassifier,
  words: LinearClassifier,
): Pick<Required<SpanEvidence>, "classifier" | "context"> {
  return {
    classifier: {
      ...spans,
      weights: spans.weights.map((x) => SHARE * x),
      intercepts: spans.intercepts.map((x, k) => SHARE * x + (1 - SHARE) * words.intercepts[k]!),
    },
    context: words.weights.map((x) => (1 - SHARE) * x),
  };
}

function logitsOf(
  features: Features,
  members: readonly LinearClassifier[],
  folds: readonly Uint32Array[],
): Float64Array[] {
  const logits: Float64Array[] = [];
  for (const [fold, member] of members.entries()) {
    const { data, cols } = decisionFunction(member, features);
    for (const row of folds[fold]!) logits[row] = data.slice(row * cols, (row + 1) * cols);
  }
  return logits;
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

/** Linear members average to one of their kind. */
function meanOf(members: readonly SpanEvidence[]): SpanEvidence {
  const { classes, classifier } = members[0]!;
  const mean = <T extends Float32Array | Float64Array>(out: T, parts: readonly T[]): T => {
    for (const part of parts) part.forEach((x, i) => out[i]! += x / parts.length);
    return out;
  };
  const { weights, intercepts } = classifier;
  const contexts = members.flatMap(({ context }) => context ?? []);
  return {
    classes,
    classifier: {
      ...classifier,
      weights: mean(
        new Float32Array(weights.length),
        members.map((member) => member.classifier.weights),
      ),
      intercepts: mean(
        new Float64Array(intercepts.length),
        members.map((member) => member.classifier.intercepts),
      ),
    },
    ...(contexts.length > 0 && {
      context: mean(new Float32Array(contexts[0]!.length), contexts),
    }),
  };
}
