import { MicroLmError, type OpenEncoderOptions } from "../mod.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type Evidence, openEvidence, railsPath } from "../src/run/mod.ts";

/** Flags of benches that put binding rails around a mapper. */
export const RAILS_FLAGS = {
  rails: {
    type: "string",
    choices: ["none", "stage10", "stage11"],
    default: "none",
    help: "Put gates and rails around the mapper: what its words refuse, or the evidence " +
      "refutes, never fires.",
  },
  T: {
    type: "integer",
    min: 16,
    max: 10_000,
    default: 180,
    help: "With --rails: samples of a trace.",
  },
  wdd_path: {
    type: "string",
    value: "FILE",
    help: "With --rails: the evidence. Default: what train left beside the mapper (.rails.json).",
  },
} as const;

/** What evidence reads, where it is fitted. */
export const EVIDENCE_FLAG = {
  evidence: {
    type: "string",
    choices: ["static", "contextual"],
    default: "static",
    help:
      "Whether evidence reads spans alone, or also each word in its prompt, by the encoder of " +
      "--sbert: use-lite, or a model in a folder or from the hub. That takes one run of it a prompt; " +
      "docs/numbers.md has what it buys.",
  },
} as const;

/** What the flags say that evidence reads. */
export function evidenceSpec(
  { evidence, sbert }: FlagValues<typeof EVIDENCE_FLAG> & { readonly sbert: string },
): { readonly context?: string } {
  return evidence === "contextual" ? { context: sbert } : {};
}

/** The evidence that the flags name. Whoever asks closes it. */
export async function openFlaggedEvidence(
  { wdd_path }: Pick<FlagValues<typeof RAILS_FLAGS>, "wdd_path">,
  mapperPath: string | undefined,
  encoder: OpenEncoderOptions,
): Promise<Evidence> {
  const path = wdd_path ?? (mapperPath === undefined ? undefined : railsPath(mapperPath));
  if (path !== undefined) return await openEvidence(path, { encoder });
  throw new MicroLmError("usage", "Rails need evidence, and the keyword mapper has none", {
    hint: "Name it with --wdd_path",
  });
}
