import { isAbsent, realPathOf, writeFileAtomic } from "../../core/atomic_write.ts";
import { canonicalJson } from "../../core/canonical_json.ts";
import { explainIoError } from "../../core/io_error.ts";
import { readJsonFile } from "../../core/text/json_text.ts";
import { MICRO_LM_VERSION } from "../../core/version.ts";
import type { ReadOptions } from "../../data/records.ts";
import { DEFAULT_TOP_K } from "../map_prompts.ts";
import { honouredEnvironment } from "../policy/environment.ts";
import { DEFAULT_MAPPER_POLICY, type MapperPolicy } from "../policy/mapper_policy.ts";
import type { MicroRuntime, RunRequest } from "../runtime_types.ts";
import { hashFile, type LineRange, type Shard } from "./input.ts";
import type { BulkTotals } from "./tally.ts";

/** Names the format of `OUT.meta.json`. */
const BULK_SCHEMA = "micro-lm/bulk@1";

/** Options of {@linkcode mapFile}. */
export interface MapFileOptions {
  /** The part of the input to work on. Default: all of it. */
  readonly shard?: Shard;
  /** Go on with what a killed process left. Default: false, begin anew. */
  readonly resume?: boolean;
  /** Mapper decisions only: what differs from the mapper's own operating point. Default: nothing. */
  readonly policy?: MapperPolicy;
  /** Mapper decisions only: most probable classes to name. Default: 3. */
  readonly topK?: number;
  /** Full runs instead of mapper decisions: what all of them are asked. Default: none. */
  readonly run?: Omit<RunRequest, "prompt">;
  /** How the input is to be read, where its content does not say it. Default: nothing. */
  readonly reading?: ReadOptions;
  /** Called with the lines that are done and those of the shard; not for standard input. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** All that the rows depend on: equal jobs give equal bytes. */
export function describeJob(
  { domain, source, isFallback, point }: MicroRuntime,
  { policy = DEFAULT_MAPPER_POLICY, topK = DEFAULT_TOP_K, run, reading = {} }: MapFileOptions,
  { input, shard }: { readonly input: unknown; readonly shard: Shard },
): Record<string, unknown> {
  return {
    schema: BULK_SCHEMA,
    input,
    shard,
    reading,
    mode: run ? "run" : "map",
    top_k: run ? null : topK,
    domain,
    mapper: source,
    is_fallback: isFallback,
    operating_point: point(run ? DEFAULT_MAPPER_POLICY : policy),
    request: run ? { ...run, env: honouredEnvironment(run.env ?? {}) } : null,
    version: MICRO_LM_VERSION,
  };
}

/** All files that are made for an output, the unfinished ones included. */
export function bulkFiles(output: string): string[] {
  if (output === "-") return [];
  return [output, metaPath(output), `${output}.part`, `${output}.part.json`];
}

const metaPath = (output: string): string => `${output}.meta.json`;

/**
 * The totals of a finished output of the same job, so that a repeated job has nothing to do; null where there
 * is none, or where the output is no longer what was written.
 */
export async function readFinished(output: string, job: unknown): Promise<BulkTotals | null> {
  try {
    const isUnfinished = await exists(`${output}.part`);
    if (isUnfinished || !await exists(output)) return null;
    const meta = await readJsonFile(metaPath(output)) as Record<string, unknown>;
    const { range: _, totals, output: written, ...before } = meta;
    const isSame = canonicalJson(before) === canonicalJson(job) &&
      canonicalJson(written) === canonicalJson(await hashFile(output));
    return isSame ? totals as BulkTotals : null;
  } catch {
    return null;
  }
}

/** Writes `OUT.meta.json` of an output whose content is in a file. */
export async function writeMeta(
  output: string,
  content: string,
  { job, range, totals }: {
    readonly job: Readonly<Record<string, unknown>>;
    /** Null for standard input. */
    readonly range: LineRange | null;
    readonly totals: BulkTotals;
  },
): Promise<void> {
  const written = await hashFile(content);
  const covered = range && { from: range.from + 1, to: range.to };
  const meta = { ...job, range: covered, totals, output: written };
  await writeFileAtomic(metaPath(output), `${JSON.stringify(meta, null, 2)}\n`);
}

/** Where a link leads; a path that is none stays as it is written. */
export async function linked(path: string): Promise<string> {
  try {
    return (await Deno.lstat(path)).isSymlink ? realPathOf(path) : path;
  } catch (error) {
    if (isAbsent(error)) return path;
    throw explainIoError(error, path, "write");
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
