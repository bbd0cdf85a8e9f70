import { MicroLmError } from "../../../core/errors.ts";
import { refusedProgram } from "../refused_program.ts";

/** What a program printed and how it ended. */
export interface ProgramOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export type RunProgram = (name: string, args: readonly string[]) => Promise<ProgramOutput>;

/** States of a job's array tasks by index, in Slurm's words; `unknown` if Slurm forgot the job. */
export type TaskStates = ReadonlyMap<number, string> | "unknown";

/** A job as `sbatch --parsable` names it. */
export interface SlurmJobId {
  readonly id: string;
  /** The cluster that has it, where it is not the one of this machine. */
  readonly cluster?: string;
}

/** How to submit a script. */
export interface SubmitOptions {
  /** The array tasks. Default: those that the script names. */
  readonly indices?: readonly number[];
  /** A job that has to end before. */
  readonly after?: SlurmJobId | undefined;
}

/** The part of Slurm that a batch needs. */
export interface SlurmClient {
  /**
   * Submits a script as a job array; null if the cluster takes no array with such indices.
   *
   * @throws {MicroLmError} Kind `missing` without Slurm, `usage` if Slurm refuses.
   */
  submit(script: string, options?: SubmitOptions): Promise<SlurmJobId | null>;
  /** Looks at a job; null if Slurm does not answer at the moment. */
  states(job: SlurmJobId): Promise<TaskStates | null>;
}

/** States that a task does not leave by itself. */
const ENDED = new Set([
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "TIMEOUT",
  "NODE_FAIL",
  "PREEMPTED",
  "OUT_OF_MEMORY",
  "BOOT_FAIL",
  "DEADLINE",
  "REVOKED",
  "LAUNCH_FAILED",
  "RECONFIG_FAIL",
]);

/** Whether a task in this state runs no more. */
export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

/** A job in one word, as `sbatch --parsable` prints it: `17` or `17;cluster`. */
export function jobLabel({ id, cluster }: SlurmJobId): string {
  return cluster === undefined ? id : `${id};${cluster}`;
}

/** Talks to Slurm through its programs: sbatch, squeue, and sacct where the cluster keeps accounts. */
export function createSlurmClient(run: RunProgram = runProgram): SlurmClient {
  return {
    async submit(script, { indices, after } = {}) {
      const array = indices === undefined ? [] : [`--array=${indices.join(",")}`];
      const order = after === undefined ? [] : [`--dependency=afterany:${after.id}`];
      const args = ["--parsable", ...array, ...order, script];
      const { code, stdout, stderr } = await run("sbatch", args);
      if (code === 0) return parseJobId(stdout);
      if (/Invalid job array specification/i.test(stderr)) return null;
      throw new MicroLmError("usage", `Slurm refuses the batch: ${lastLine(stderr)}`, {
        hint: `Look at the block "slurm" of the config, and at ${script}`,
      });
    },
    async states({ id, cluster }) {
      const where = cluster === undefined ? [] : [`--clusters=${cluster}`];
      const queue = await run("squeue", [
        ...where,
        "--noheader",
        "--array",
        "--states=all",
        `--jobs=${id}`,
        "--format=%i|%T",
      ]);
      if (queue.code !== 0 && !/Invalid job id/i.test(queue.stderr)) return null;
      const queued = queue.code === 0 ? parseStates(queue.stdout, id) : new Map();
      // The queue forgets what ended minutes ago.
      const accounts = await run("sacct", [
        ...where,
        "--noheader",
        "--parsable2",
        "--allocations",
        "--array",
        `--jobs=${id}`,
        "--format=JobID,State",
      ]).catch(() => null);
      const kept = accounts?.code === 0 ? parseStates(accounts.stdout, id) : new Map();
      if (queued.size === 0 && kept.size === 0) return "unknown";
      return new Map([...kept, ...queued]);
    },
  };
}

/** `--parsable` prints "id" or "id;cluster"; a wrapper may say something before. */
function parseJobId(stdout: string): SlurmJobId {
  const word = stdout.trim().split(/\s+/).at(-1)!;
  const [, id, cluster] = /^(\d+)(?:;(.+))?$/.exec(word) ?? [];
  if (id === undefined) {
    throw new MicroLmError("unavailable", `Expected the id of a job from sbatch, got "${word}"`, {
      hint: "sbatch --parsable prints it in its last line; is sbatch a wrapper here?",
    });
  }
  return cluster === undefined ? { id } : { id, cluster };
}

/** Reads lines such as `17_3|RUNNING` and `17_4|CANCELLED by 0`. */
function parseStates(text: string, jobId: string): Map<number, string> {
  const states = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [id = "", state = ""] = line.trim().split("|");
    const [, job, index] = /^(\d+)_(\d+)$/.exec(id) ?? [];
    if (job === jobId && index !== undefined) states.set(Number(index), state.split(/[ +]/)[0]!);
  }
  return states;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)!.replace(/^sbatch: error: /, "") || "it does not say why";
}

async function runProgram(name: string, args: readonly string[]): Promise<ProgramOutput> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(name, { args: [...args] }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (cause) {
    const hint = "Run this on a machine that can submit to Slurm, or use --executor local";
    throw refusedProgram(name, cause, hint);
  }
}
