import { canonicalJson } from "../../core/canonical_json.ts";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { readChunks } from "../../core/input_file.ts";
import type { MicroRuntime } from "../runtime_types.ts";
import type { MapFileSummary } from "./bulk.ts";
import { refuseChange, type Shard, surveyInput } from "./input.ts";
import { describeJob, linked, type MapFileOptions, readFinished, writeMeta } from "./job.ts";
import { openPart } from "./output.ts";
import { type BulkTotals, sumTotals } from "./tally.ts";

/** A bulk run whose shards other processes make, such as the tasks of a job array. */
export interface ShardedMap {
  /** Hex sha256 over all that the rows depend on. */
  readonly key: string;
  /** What is there already, if the output of this very job is; null otherwise. */
  readonly finished: MapFileSummary | null;
  /** Whether a file is the whole output of a shard of this job, as `mapFile` wrote it. */
  isPart(path: string, shard: Shard): Promise<boolean>;
  /**
   * Puts the outputs of all shards, in order, into the output, whose bytes and facts are those of one
   * process.
   *
   * @throws {MicroLmError} Kind `data` for a part that is not of this job, or an input that has changed.
   */
  merge(parts: readonly string[]): Promise<MapFileSummary>;
}

/**
 * Describes a bulk run that is to be done in shards elsewhere.
 *
 * @param input A file.
 * @param output A file.
 * @throws {MicroLmError} Kind `missing` or `permission` for the input.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { mapFile, planShards } from "micro-lm/run";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir({ dir: ".artifacts" });
 * const input = `${folder}/in.jsonl`;
 * await Deno.writeTextFile(input, '"swap 2 ETH for USDC"\n"hello"\n');
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const plan = await planShards(runtime, input, `${folder}/out.jsonl`);
 * for (const index of [1, 2]) {
 *   await mapFile(runtime, input, `${folder}/${index}`, { shard: { index, count: 2 } });
 * }
 * const { rows } = await plan.merge([`${folder}/1`, `${folder}/2`]);
 * assertEquals(rows, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function planShards(
  runtime: MicroRuntime,
  input: string,
  output: string,
  options: Omit<MapFileOptions, "shard" | "onProgress"> = {},
): Promise<ShardedMap> {
  const target = await linked(output);
  const facts = await surveyInput(input);
  const jobOf = (shard: Shard) => describeJob(runtime, options, { input: facts, shard });
  const job = jobOf({ index: 1, count: 1 });
  const done = options.resume ? await readFinished(target, job) : null;
  return {
    key: sha256Hex(canonicalJson(job)),
    finished: done && { ...done, resumed: done.rows },
    isPart: async (path, shard) => await readFinished(path, jobOf(shard)) !== null,
    merge: async (parts) => {
      const found: BulkTotals[] = [];
      for (const [i, path] of parts.entries()) {
        found.push(await partTotals(path, jobOf({ index: i + 1, count: parts.length })));
      }
      await refuseChange(input, facts);
      const range = { from: 0, to: facts.lines };
      const { sink } = await openPart(target, { job, range, onRow: () => {} });
      using open = sink;
      for (const path of parts) for await (const bytes of readChunks(path)) open.writeBytes(bytes);
      const totals = sumTotals(found);
      await writeMeta(target, `${target}.part`, { job, range, totals });
      await open.finish();
      return { ...totals, resumed: 0 };
    },
  };
}

async function partTotals(path: string, job: unknown): Promise<BulkTotals> {
  const totals = await readFinished(path, job);
  if (totals) return totals;
  throw new MicroLmError("data", "Expected a shard of this very job, found other rows", {
    at: { file: path },
    hint: "The input, the mapper or the program was changed while the shards ran: begin anew " +
      "without --resume",
  });
}
