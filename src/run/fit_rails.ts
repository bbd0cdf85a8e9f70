import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Domain } from "../domains/domain.ts";
import type { OpenEncoderOptions } from "../encoders/open.ts";
import { type EvidenceSpec, openEvidenceEncoder } from "../rails/wdd/open_encoder.ts";
import { fitWdd, type WddModel } from "../rails/wdd/model.ts";

/** Options of {@linkcode fitRails}. */
export interface FitRailsOptions extends EvidenceSpec {
  /** How it is opened. */
  readonly encoder?: OpenEncoderOptions;
}

/** Prompts of a class that the evidence needs: one for each fold. */
const LEAST_ROWS = 3;

/**
 * Fits the evidence of a domain on the rows that a mapper is trained on. Actions with fewer than three rows
 * have none.
 *
 * @param data Labels in the spelling of the domain. Rows of one `group`, such as an author, stay together.
 * @throws {MicroLmError} Kind `data` where the rows cannot show what evidence is: no actions, or too few
 * prompts that ask for nothing to know what those look like.
 *
 * @example
 * ```ts
 * import { openDomain, readLabeledCsv } from "micro-lm";
 * import { fitRails } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * const model = await fitRails(data, await openDomain("defi"));
 * assertEquals(model.training, { rows: 360, data_sha256: data.sha256 });
 * ```
 */
export async function fitRails(
  data: Dataset,
  domain: Domain,
  { encoder: how, ...reads }: FitRailsOptions = {},
): Promise<WddModel> {
  const counts = new Map<string, number>();
  for (const { label } of data.rows) counts.set(label!, (counts.get(label!) ?? 0) + 1);
  const isCommon = (label: string) => (counts.get(label) ?? 0) >= LEAST_ROWS;
  const primitives = domain.primitives.filter(isCommon);
  if (primitives.length === 0 || !isCommon(ABSTAIN_CLASS)) {
    throw new MicroLmError(
      "data",
      primitives.length === 0
        ? `Expected ${LEAST_ROWS} rows of an action of the domain ${domain.name}, found fewer of each`
        : `Expected ${LEAST_ROWS} rows labelled ${ABSTAIN_CLASS}, found ${
          counts.get(ABSTAIN_CLASS) ?? 0
        }`,
      {
        at: { file: data.source },
        hint: "Evidence is judged against prompts that ask for nothing",
      },
    );
  }
  const known = new Set([...primitives, ABSTAIN_CLASS]);
  const rows = data.rows.filter(({ label }) => known.has(label!));
  const groups = rows.map(({ group, prompt }) => group ?? prompt);
  const { lexicon, slots, planner } = domain;
  await using encoder = await openEvidenceEncoder({ lexicon, slots }, reads, how);
  return await fitWdd(rows.map(({ prompt, label }) => ({ prompt, label: label! })), encoder, {
    primitives,
    lexicon,
    slots,
    groups,
    // What the words refuse anyway would make the null stricter than it states
    isBackground: (prompt) => planner === null || planner.read(prompt).refusal === null,
    dataSha256: data.sha256,
    threads: how?.threads,
  });
}
