import { type Dataset, openDomain, readLabeledCsv } from "../mod.ts";
import { createMasker, mapLabels } from "../src/data/mod.ts";
import { detectDomain } from "../src/domains/mod.ts";
import { printable } from "../src/report/mod.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { applyAbstainLabels, INPUT_FLAGS, readOptions } from "./_input_flags.ts";

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

/** A labelled file as its domain reads it, and how prompts become templates. */
export async function openLabels(
  path: string,
  flags: FlagValues<typeof LABELS_FLAGS>,
  { warn }: Pick<CommandContext, "warn">,
): Promise<{ readonly dataset: Dataset; readonly mask: (prompt: string) => string }> {
  const read = await readLabeledCsv(path, { ...readOptions(flags), repeatedIds: "number" });
  for (const note of read.notes ?? []) warn(`${path}: ${printable(note)}`);
  const raw = applyAbstainLabels(read, flags.abstain_label, warn);
  const domain = flags.domain === "auto"
    ? (await detectDomain(raw.rows.map(({ label }) => label!))).domain
    : await openDomain(flags.domain);
  const dataset = mapLabels(raw, (label) => domain.canonicalLabel(label));
  return { dataset, mask: createMasker(domain.slots) };
}
