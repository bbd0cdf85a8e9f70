import { basename, dirname, join } from "node:path";
import { stringify } from "yaml";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import { readJsonFile } from "../../core/text/json_text.ts";

/** Names of the files in a run folder. */
export const RUN_FILES = {
  config: "config_used.yaml",
  weights: "model.onnx",
  sweep: "threshold_sweep_results.json",
  history: "training_history.json",
  validation: "validation_predictions.json",
  checkpoint: "checkpoint.json",
  status: "run.json",
} as const;

/** How far a run is: the content of `run.json`, the one file with times in it. */
export interface RunStatus {
  readonly state: "running" | "finished" | "failed";
  readonly name: string;
  readonly base: string;
  readonly seed: number;
  /** Hex sha256 over experiment, settings, data and encoder. */
  readonly key: string;
  /** ISO 8601. */
  readonly started: string;
  readonly finished?: string;
  /** Seconds of training, over all attempts of a resumed run the last. */
  readonly seconds?: number;
  /** Numbers that were trained. */
  readonly parameters?: number;
  /** Best score of the metric that weights were chosen by, and F1 at the chosen threshold. */
  readonly val_score?: number;
  readonly val_f1?: number;
  readonly threshold?: number | null;
  /** F1 of calling every finding of the validation set a TP. */
  readonly baseline_f1?: number;
  readonly error?: string;
  /** What PyTorch ran on, and the most memory of a GPU that it took, in bytes. */
  readonly engine?: {
    readonly device: string;
    readonly precision: string;
    readonly pooling: string;
    readonly max_length: number;
    readonly torch: string;
    readonly transformers: string;
    readonly peak_bytes: number | null;
  };
}

/** A run folder with what its `run.json` says. */
export interface StoredRun {
  readonly folder: string;
  /** Name of the folder. */
  readonly id: string;
  readonly status: RunStatus;
}

/**
 * Whether a run is no better than calling every finding a TP.
 *
 * @example
 * ```ts
 * import { hasLearntNothing } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hasLearntNothing({ val_f1: 0.602, baseline_f1: 0.602 }), true);
 * assertEquals(hasLearntNothing({ val_f1: 0.88, baseline_f1: 0.602 }), false);
 * ```
 */
export function hasLearntNothing({ val_f1, baseline_f1 }: Partial<RunStatus>): boolean {
  return val_f1 !== undefined && baseline_f1 !== undefined && val_f1 <= baseline_f1;
}

/** Name of a run folder: `<name>_<YYYYMMDD_HHMMSS>_job<id>`, the time in UTC. */
export function runFolderName(name: string, now: Date, jobId: string): string {
  const [date, time] = now.toISOString().slice(0, 19).split("T");
  return `${name}_${date!.replaceAll("-", "")}_${time!.replaceAll(":", "")}_job${jobId}`;
}

/** Writes a value as JSON, one file as a whole. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Writes a value as YAML, one file as a whole. */
export async function writeYaml(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
}

/**
 * Reads a JSON file; undefined if there is none and that is allowed.
 *
 * @throws {MicroLmError} Kind `data` if it is no JSON; as reading does.
 */
export async function readJson<T>(
  path: string,
  options: { optional: true },
): Promise<T | undefined>;
export async function readJson<T>(path: string): Promise<T>;
export async function readJson<T>(
  path: string,
  { optional = false }: { optional?: boolean } = {},
): Promise<T | undefined> {
  try {
    return await readJsonFile(path) as T;
  } catch (error) {
    const isAbsent = error instanceof MicroLmError && error.cause instanceof Deno.errors.NotFound;
    if (optional && isAbsent) return undefined;
    throw error;
  }
}

/**
 * Makes `<folder>/<name>` lead to `<folder>/<target>`: a symbolic link, or where links cannot be made
 * (Windows, no permission to run `ln`) a file that holds the target's name.
 */
export async function linkTo(folder: string, name: string, target: string): Promise<void> {
  const path = join(folder, name);
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await makeLink(target, temporary);
    await Deno.rename(temporary, path);
  } catch {
    await Deno.remove(temporary).catch(() => {});
    // Writing through a link that is there would change the run that it leads to.
    await Deno.remove(path).catch(() => {});
    await writeFileAtomic(path, `${target}\n`);
  }
}

/** Deno itself makes links with permission for all folders only; `ln` does with less. */
async function makeLink(target: string, path: string): Promise<void> {
  try {
    await Deno.symlink(target, path, { type: "dir" });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const { state } = await Deno.permissions.query({ name: "run", command: "ln" });
    if (state !== "granted") throw error;
    const { success } = await new Deno.Command("ln", { args: ["-s", "--", target, path] }).output();
    if (!success) throw error;
  }
}

/** The path that a path leads to where folders in it are files that hold a name; else itself. */
export async function followPointers(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  const real = await followPointers(parent);
  const here = join(real, basename(path));
  if (!here.endsWith("_latest") && basename(here) !== "model") return here;
  try {
    if (!(await Deno.stat(here)).isFile) return here;
    return await followPointers(join(real, (await Deno.readTextFile(here)).trim()));
  } catch {
    return here;
  }
}

/**
 * Lists the run folders below a folder, by name; links and folders without a `run.json` are skipped.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the folder cannot be read.
 *
 * @example
 * ```ts
 * import { listRuns } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = ".artifacts/example-runs";
 * await Deno.mkdir(`${folder}/lite_job1`, { recursive: true });
 * await Deno.writeTextFile(`${folder}/lite_job1/run.json`, '{ "state": "finished" }');
 * assertEquals((await listRuns(folder)).map(({ id }) => id), ["lite_job1"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function listRuns(baseDir: string): Promise<StoredRun[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(baseDir)) if (entry.isDirectory) names.push(entry.name);
  } catch (error) {
    throw explainIoError(error, baseDir, "read");
  }
  const runs: StoredRun[] = [];
  for (const id of names.sort()) {
    const folder = join(baseDir, id);
    const status = await readJson<RunStatus>(join(folder, RUN_FILES.status), { optional: true });
    if (status) runs.push({ folder, id, status });
  }
  return runs;
}
