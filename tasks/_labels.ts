import { type Dataset, openDomain, readLabeledCsv } from "../mod.ts";
import { createMasker, mapLabels } from "../src/data/mod.ts";
import { detectDomain, extendDomain } from "../src/domains/mod.ts";
import { printable } from "../src/report/mod.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { applyAbstainLabels } from "./_abstain_labels.ts";
import { INPUT_FLAGS, readOptions } from "./_input_flags.ts";

/** Flags of the tasks that look at one labelled file. */
export const LABELS_FLAGS = {
  ...INPUT_FLAGS,
  domain: {
    type: "string",
    value: "NAME|FOLDER",
    default: "auto",
    help: "Says which words are slots of a template and how labels are read: auto, defi, arc, " +
      "generic, or a folder with a slash.",
  },
} as const;

/** A labelled file, and how its prompts become templates. */
export interface OpenedLabels {
  readonly dataset: Dataset;
  readonly mask: (prompt: string) => string;
}

/** What {@linkcode openLabels} goes by. */
type Flags = FlagValues<typeof LABELS_FLAGS> & {
  readonly taxonomy?: string | undefined;
  readonly group?: string | undefined;
};

/**
 * A labelled file as its domain reads it. Labels that a domain was only recognised by stay as they stand
 * where `keepsDetected` is set.
 */
export async function openLabels(
  path: string,
  flags: Flags,
  { warn }: Pick<CommandContext, "warn">,
  { keepsDetected = false }: { readonly keepsDetected?: boolean } = {},
): Promise<OpenedLabels> {
  const read = await readLabeledCsv(path, {
    ...readOptions(flags),
    repeatedIds: "number",
    ...(flags.group !== undefined && { group: flags.group }),
  });
  for (const note of read.notes ?? []) warn(`${path}: ${printable(note)}`);
  const raw = applyAbstainLabels(read, flags.abstain_label, warn);
  if (flags.domain === "auto" && flags.taxonomy === undefined) {
    const { domain } = await detectDomain(raw.rows.map(({ label }) => label!));
    const mask = createMasker(domain.slots);
    if (keepsDetected) return { dataset: raw, mask };
    return { dataset: mapLabels(raw, (label) => domain.canonicalLabel(label)), mask };
  }
  const named = flags.domain === "auto" ? undefined : await openDomain(flags.domain);
  const domain = flags.taxonomy === undefined ? named! : await extendDomain(flags.taxonomy, named);
  const dataset = mapLabels(raw, (label) => domain.canonicalLabel(label));
  return { dataset, mask: createMasker(domain.slots) };
}
