import { EXIT, type ExitCode } from "../../src/cli/exit_codes.ts";
import type { CommandContext } from "../../src/cli/run_command.ts";

/** The flag that makes shared rows or files a reason to stop. */
export const FAIL_ON_OVERLAP = {
  type: "boolean",
  help: "Stop with exit code 4 where training, validation and test sets share rows or scripts.",
} as const;

/** What sets share, in words. */
export interface ToldOverlap {
  readonly sentences: readonly string[];
  /** Whether anything is shared; if not, sentences say what is unknown. */
  readonly isShared: boolean;
}

/** Warns of what sets share; an exit code if that is to stop the command. */
export function tellOverlap(
  { sentences, isShared }: ToldOverlap,
  failOnOverlap: boolean,
  { warn }: Pick<CommandContext, "warn">,
): ExitCode | undefined {
  for (const sentence of sentences) warn(sentence);
  if (!failOnOverlap || !isShared) return undefined;
  warn("nothing was done, as --fail_on_overlap asks; iac-data --split keeps scripts apart");
  return EXIT.overlap;
}
