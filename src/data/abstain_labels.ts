import { type Dataset, mapLabels } from "./dataset.ts";
import { foldText } from "./fold_text.ts";

/** The label of rows that ask for none of the classes. */
const ABSTAIN = "abstain";

/** What other tools call it, in normal form with `_` for what joins words. */
const USUAL_NAMES = new Set([
  "none",
  "null",
  "n/a",
  "nan",
  "abstain",
  "no_intent",
  "no_match",
  "nomatch",
  ...[
    "oos",
    "ood",
    "out_of_scope",
    "out_of_domain",
    "nlu_fallback",
    "fallback",
    "default_fallback",
  ],
]);

/** A data set whose labels for none of the classes are `abstain`. */
export interface AbstainRewrite {
  readonly dataset: Dataset;
  /** Given names that no row has. */
  readonly unused: readonly string[];
}

/**
 * Rewrites labels that stand for none of the classes to `abstain`; case, width and the like do not count.
 *
 * @example
 * ```ts
 * import { readLabeledCsv } from "micro-lm";
 * import { rewriteAbstain } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const rows = [{ ...data.rows[0]!, label: "None" }];
 * const { dataset, unused } = rewriteAbstain({ ...data, rows }, ["none", "oos"]);
 * assertEquals([dataset.rows[0]!.label, unused], ["abstain", ["oos"]]);
 * ```
 */
export function rewriteAbstain(dataset: Dataset, names: readonly string[]): AbstainRewrite {
  const forms = new Map(names.map((name) => [foldText(name), name]));
  const used = new Set<string>();
  const rewritten = mapLabels(dataset, (label) => {
    const form = foldText(label);
    if (!forms.has(form)) return label;
    used.add(form);
    return ABSTAIN;
  });
  const unused = [...forms].filter(([form]) => !used.has(form)).map(([, name]) => name);
  return { dataset: rewritten, unused };
}

/**
 * Labels that likely stand for none of the classes without being `abstain`: trained, each becomes an action
 * that fires.
 *
 * @example
 * ```ts
 * import { suspectAbstainLabels } from "micro-lm/data";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(suspectAbstainLabels(["Out of Scope", "greet", "abstain"]), ["Out of Scope"]);
 * ```
 */
export function suspectAbstainLabels(labels: Iterable<string>): string[] {
  const isUsual = (label: string) => USUAL_NAMES.has(foldText(label).replace(/[\s-]+/g, "_"));
  return [...new Set(labels)].filter((label) => label !== ABSTAIN && isUsual(label));
}
