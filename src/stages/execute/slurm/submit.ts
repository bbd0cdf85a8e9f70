import { MicroLmError } from "../../../core/errors.ts";
import type { BatchFolder, SubmittedArray } from "./batch_folder.ts";
import { jobLabel, type SlurmClient, type SlurmJobId } from "./client.ts";
import { slurmScript } from "./script.ts";
import type { SlurmSettings } from "./settings.ts";

/** Where arrays are submitted, and what they run. */
export interface ArrayPlace {
  readonly folder: BatchFolder;
  readonly client: SlurmClient;
  readonly settings: SlurmSettings;
  readonly workdir: string;
  /** The worker program and its arguments. */
  readonly command: readonly string[];
  /** Number of tasks of the whole batch. */
  readonly tasks: number;
}

/**
 * Submits tasks as job arrays of at most `max_array` tasks each, or of fewer where the cluster says
 * that they are too long. `max_parallel` counts within an array, so a later array then waits for the
 * one before.
 *
 * @returns The arrays that Slurm took: not all where it takes no more at the moment.
 * @throws {MicroLmError} As `submit` of the client, if Slurm takes none.
 */
export async function submitArrays(
  indices: readonly number[],
  place: ArrayPlace,
): Promise<SubmittedArray[]> {
  const { folder, settings } = place;
  const arrays: SubmittedArray[] = [];
  await folder.clearExits(indices);
  let size = Math.min(settings.max_array, place.tasks);
  for (let left = indices; left.length > 0;) {
    const part = Math.floor(left[0]! / size);
    const own = left.filter((index) => Math.floor(index / size) === part);
    const after = settings.max_parallel === undefined ? undefined : arrays.at(-1);
    const job = await submitOne(own, part * size, size, place, after).catch((error) => {
      // A limit of jobs a user is not the end: the others follow when these have ended.
      if (arrays.length === 0) throw error;
      return undefined;
    });
    if (job === undefined) return arrays;
    if (job === null) {
      if (size === 1) throw noArrays();
      size = Math.ceil(size / 2);
      continue;
    }
    arrays.push({ ...job, indices: own, offset: part * size });
    left = left.filter((index) => !own.includes(index));
  }
  return arrays;
}

async function submitOne(
  indices: readonly number[],
  offset: number,
  size: number,
  { folder, client, settings, workdir, command, tasks: total }: ArrayPlace,
  after: SlurmJobId | undefined,
): Promise<SlurmJobId | null> {
  const tasks = Math.min(size, total - offset);
  const text = slurmScript(settings, { workdir, batchDir: folder.path, tasks, offset, command });
  const script = await folder.writeScript(offset, text);
  const isWhole = indices.length === tasks;
  const some = isWhole ? {} : { indices: indices.map((index) => index - offset) };
  return await client.submit(script, { ...some, after });
}

function noArrays(): MicroLmError {
  return new MicroLmError("usage", "Slurm refuses the batch: it takes no job arrays", {
    hint: "See MaxArraySize of scontrol show config, or use --executor local",
  });
}

/** Name of a task as Slurm shows it: `17_3`, or `17_3;cluster`. */
export function taskLabel({ id, offset, ...rest }: SubmittedArray, index: number): string {
  return jobLabel({ ...rest, id: `${id}_${index - offset}` });
}
