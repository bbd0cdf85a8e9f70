import { MicroLmError } from "../../core/errors.ts";
import type { BulkRow } from "./input.ts";
import type { MapperPolicy } from "../policy/mapper_policy.ts";
import type { RunRecord } from "../record/record.ts";
import type { MapOptions, MappedPrompt, MicroRuntime, RunRequest } from "../runtime_types.ts";

/** What is common to all rows of the output. `row` comes first: the line in the input, from 1. */
interface RowHead {
  readonly row: number;
  readonly id?: string;
  /** The label of the input, if there is one. */
  readonly gold_label?: string;
}

/** What the mapper says of a prompt: a row of the output. */
export interface MappedRow extends RowHead, Omit<MappedPrompt, "threshold"> {
  readonly prompt: string;
  /** The threshold that applied; null for a class that never fires. */
  readonly threshold: number | null;
}

/** A full run of a prompt: a row of the output. */
export interface RunRow extends RowHead {
  readonly record: RunRecord;
}

/** Makes rows of the output out of rows of the input, in order. */
export type RowMaker = (rows: readonly BulkRow[]) => Promise<readonly (MappedRow | RunRow)[]>;

/** Rows with the decision of the mapper. */
export function mapRows(
  runtime: MicroRuntime,
  policy?: MapperPolicy,
  options?: MapOptions,
): RowMaker {
  return async (rows) => {
    const mapped = await runtime.map(rows.map(({ prompt }) => prompt), policy, options);
    return mapped.map(({ threshold, ...decision }, i) => ({
      ...headOf(rows[i]!),
      prompt: rows[i]!.prompt,
      ...decision,
      threshold: Number.isFinite(threshold) ? threshold : null,
    }));
  };
}

/**
 * Rows with the record of a run. What a line of the input says outweighs the common request, but for its
 * policy, which only makes the common one stricter.
 */
export function runRows(runtime: MicroRuntime, request: Omit<RunRequest, "prompt">): RowMaker {
  return async (rows) => {
    const made: RunRow[] = [];
    for (const row of rows) {
      made.push({ ...headOf(row), record: await runRow(runtime, request, row) });
    }
    return made;
  };
}

/** Keys of an input line that a run takes, and what they are to it. */
const OWN_KEYS = {
  policy: "callerPolicy",
  context: "context",
  grid: "grid",
  pairs: "pairs",
} as const satisfies Readonly<Record<string, keyof RunRequest>>;

async function runRow(
  runtime: MicroRuntime,
  request: Omit<RunRequest, "prompt">,
  { prompt, file, line, fields }: BulkRow,
): Promise<RunRecord> {
  const own = Object.entries(OWN_KEYS).filter(([key]) => (fields[key] ?? null) !== null);
  try {
    return await runtime.run({
      ...request,
      ...Object.fromEntries(own.map(([key, name]) => [name, fields[key]])),
      prompt,
    });
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    const options = error.hint === undefined
      ? { cause: error }
      : { hint: error.hint, cause: error };
    throw new MicroLmError("data", error.message, { at: { file, line }, ...options });
  }
}

function headOf({ line, id, label }: BulkRow): RowHead {
  return {
    row: line,
    ...(id !== undefined && { id }),
    ...(label !== undefined && { gold_label: label }),
  };
}
