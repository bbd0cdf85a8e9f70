import type { QualityName } from "../../evaluate/bootstrap.ts";
import type { SweepOutcome } from "../../evaluate/run_sweep.ts";
import { percent } from "../page/escape.ts";

/**
 * What training and evaluation share, and what a lookup table scores, in sentences.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { evidenceLines } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const outcome = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * const lines = evidenceLines(outcome);
 * assertEquals(lines, ["Overlap with training: unknown, the mapper was not trained."]);
 * ```
 */
export function evidenceLines({ overlap, baseline, notes }: SweepOutcome): string[] {
  if (!overlap || !baseline) {
    return [...notes.map(sentence), "Overlap with training: unknown, the mapper was not trained."];
  }
  const part = (name: string, { count, rate }: { count: number; rate: number }) =>
    `${count} of ${overlap.rows} (${percent(rate)}) ${name}`;
  return [
    ...notes.map(sentence),
    `Overlap with training: ${part("as the same prompt", overlap.exact)}, ${
      part("as the same template", overlap.template)
    }.`,
    `Baseline to beat: a lookup table of the first two words scores ${
      percent(baseline.two_words.accuracy)
    }, of the first word ${percent(baseline.first_word.accuracy)}.`,
  ];
}

function sentence(note: string): string {
  return `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;
}

/**
 * What is promised about the chosen point, or why nothing is; none if that was not asked.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { certificateLines } from "micro-lm/report";
 * import { assertEquals, assertMatch } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const outcome = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * assertEquals(certificateLines(outcome), []);
 * const options = { thresholds: [0.5], certify: { maxWrongRate: 0.01 } };
 * const [line] = certificateLines(await runSweep(mapper, data, options));
 * assertMatch(line!, /^Not certified: /);
 * ```
 */
export function certificateLines({ certification }: SweepOutcome): string[] {
  if (!certification) return [];
  const { certificate, failure, split, overlap } = certification;
  const [order, certify, report] = split.rows;
  const left = overlap && overlap.template > 0
    ? [
      `Left out: ${overlap.template} of ${overlap.rows} rows that the training knows, ` +
      `${overlap.exact} of them as the same prompt.`,
    ]
    : [];
  if (failure?.kind === "overlap") return [`Not certified: ${failure.reason}.`];
  const parts =
    `Of ${order! + certify! + report!} rows in ${split.groups} groups ${order} order the points, ` +
    `${certify} certify, ${report} report`;
  if (!certificate) {
    const { reason, more_rows } = failure!;
    const more = more_rows === null
      ? "No number of rows would certify this mapper at that limit."
      : `About ${more_rows} more labelled rows could certify it.`;
    return [`Not certified: ${reason}. ${more} ${parts}.`, ...left];
  }
  const { id, limit, confidence, n, k, p_value, classes, attempt, allowance } = certificate;
  const each = (classes ?? []).map((one) =>
    one.certified
      ? `${one.class}: ${one.k} wrong of ${one.n} at ${one.threshold}, p ${
        one.p_value.toPrecision(2)
      }`
      : `${one.class}: not certified (${one.k} wrong of ${one.n}), never acts`
  );
  const acting = certificate.acting_groups;
  const counted = certificate.bound === "binomial" && n < acting
    ? `the first ${n} of ${acting} certifying actions`
    : `${n} certifying actions in ${acting} groups`;
  const tried = attempt > 1
    ? [`Attempt ${attempt} on these rows: p may be ${allowance.toPrecision(2)} at most.`]
    : [];
  return [
    `Certified (${id}): with ${percent(confidence)} confidence at most ${
      percent(limit)
    } of actions ` +
    `are wrong; ${k} of ${counted} were, ` +
    `p = ${p_value.toPrecision(2)} (${certificate.bound}).`,
    `Holds for: ${certificate.population}`,
    ...tried,
    ...each,
    ...left,
    `${parts}: the numbers here are theirs.`,
    ...certificate.assumptions,
  ];
}

/**
 * What the probabilities are worth, in a sentence; none without labels.
 *
 * @example
 * ```ts
 * import { readLabeledCsv, runSweep } from "micro-lm";
 * import { DEFI_LEXICON } from "micro-lm/domains";
 * import { openWordmap } from "micro-lm/mapper";
 * import { qualityLines } from "micro-lm/report";
 * import { assertMatch } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using mapper = openWordmap(DEFI_LEXICON);
 * const outcome = await runSweep(mapper, data, { thresholds: [0.5, 0.9] });
 * const [line] = qualityLines(outcome);
 * assertMatch(line!, /^Probabilities: calibration error 0\.\d{3}, Brier 0\.\d{3}, /);
 * ```
 */
export function qualityLines({ quality, intervals, selection }: SweepOutcome): string[] {
  if (quality.n === 0) return [];
  const digits = (value: number | null) => value === null ? "–" : value.toFixed(3);
  const show = (name: QualityName) => {
    const { value, ci_low, ci_high } = intervals[name];
    if (ci_low === null) return digits(value);
    return `${digits(value)} (${digits(ci_low)}–${digits(ci_high)})`;
  };
  const { auroc_scope, auroc_oos, fpr_at_95_recall, must_abstain } = selection;
  const scope = auroc_scope === null ? [] : [
    `Actions above the ${must_abstain} rows that must abstain: AUROC ${digits(auroc_scope)}, ` +
    `${percent(fpr_at_95_recall?.value)} of them above 95% of the actions` +
    (auroc_oos === null ? "." : `; by the score as out of scope AUROC ${digits(auroc_oos)}.`),
  ];
  return [
    `Probabilities: calibration error ${show("ece")}, Brier ${show("brier")}, log-loss ` +
    `${show("log_loss")}; right above wrong (AUROC) ${
      show("auroc_correct")
    }; area under risk–coverage ` +
    `${show("aurc")}.`,
    ...scope,
  ];
}
