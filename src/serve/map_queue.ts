import { setImmediate } from "node:timers";
import { canonicalJson } from "../core/canonical_json.ts";
import type { ActivePoint } from "../run/operating_point.ts";
import { DEFAULT_TOP_K } from "../run/map_prompts.ts";
import type { MapOptions, MappedPrompt, MicroRuntime } from "../run/runtime_types.ts";

/** Options of {@linkcode createMapQueue}. */
export interface CreateMapQueueOptions {
  /** Prompts that are encoded at once, at most. Default: 256. */
  readonly maxRows?: number;
  /** UTF-16 units that are encoded at once, unless one prompt has more. Default: 65,536. */
  readonly maxUnits?: number;
  /** Is told how many prompts were encoded at once. */
  readonly onBatch?: (rows: number) => void;
}

/** Maps prompts of many callers together. */
export interface MapQueue {
  /** Prompts that wait. */
  readonly waiting: number;
  /**
   * Maps prompts, in order.
   *
   * @param active Only prompts at the same operating point share a call.
   */
  map(
    prompts: readonly string[],
    active: ActivePoint,
    options?: MapOptions,
  ): Promise<MappedPrompt[]>;
}

interface Job {
  readonly prompts: readonly string[];
  readonly active: ActivePoint;
  readonly topK: number;
  readonly mapped: MappedPrompt[];
  readonly resolve: (mapped: MappedPrompt[]) => void;
  readonly reject: (error: unknown) => void;
  /** Prompts that a call has been made for. */
  taken: number;
  /** One of its calls has failed: the others are not made. */
  isRejected?: true;
}

interface Share {
  readonly job: Job;
  readonly prompts: readonly string[];
}

/**
 * Gathers prompts that arrive together into one encoder call, and cuts large batches so that other
 * requests come in between. A vector does not depend on its neighbours, so neither does a decision.
 * Nothing waits on purpose: a call takes what has arrived by the time it begins.
 *
 * A call that fails is repeated for each caller alone: nobody fails because of another's prompt.
 */
export function createMapQueue(
  { map }: Pick<MicroRuntime, "map">,
  { maxRows = 256, maxUnits = 1 << 16, onBatch = () => {} }: CreateMapQueueOptions = {},
): MapQueue {
  let jobs: Job[] = [];
  let waiting = 0;
  let isRunning = false;

  const run = async () => {
    isRunning = true;
    while (jobs.length > 0) {
      await nextTurn();
      for (const { prompts, taken } of jobs.filter(({ isRejected }) => isRejected)) {
        waiting -= prompts.length - taken;
      }
      jobs = jobs.filter(({ isRejected }) => !isRejected);
      if (jobs.length === 0) break;
      const shares = takeShares(jobs, maxRows, maxUnits);
      waiting -= countRows(shares);
      const [served] = jobs;
      const left = jobs.filter(({ taken, prompts }) => taken < prompts.length);
      // What is left of a large batch waits for its next turn behind the others
      jobs = left[0] === served ? [...left.slice(1), ...left.slice(0, 1)] : left;
      onBatch(countRows(shares));
      await mapShares(map, shares);
    }
    isRunning = false;
  };

  return {
    get waiting() {
      return waiting;
    },
    map: (prompts, active, { topK = DEFAULT_TOP_K } = {}) => {
      if (prompts.length === 0) return Promise.resolve([]);
      const { promise, resolve, reject } = Promise.withResolvers<MappedPrompt[]>();
      jobs.push({ prompts, active, topK, mapped: [], resolve, reject, taken: 0 });
      waiting += prompts.length;
      if (!isRunning) void run();
      return promise;
    },
  };
}

/** Lets requests that have arrived be read. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Takes the oldest prompts, and with them others at the same operating point. */
function takeShares(jobs: readonly Job[], maxRows: number, maxUnits: number): Share[] {
  const { active } = jobs[0]!;
  const shares: Share[] = [];
  let free = maxRows;
  let units = 0;
  for (const job of jobs) {
    if (free === 0 || units >= maxUnits) break;
    if (!isSamePoint(job.active, active)) continue;
    let end = job.taken;
    // A prompt that goes beyond is the last: what is long keeps others waiting
    while (end < job.prompts.length && end < job.taken + free && units < maxUnits) {
      units += job.prompts[end++]!.length;
    }
    const prompts = job.prompts.slice(job.taken, end);
    job.taken += prompts.length;
    free -= prompts.length;
    shares.push({ job, prompts });
  }
  return shares;
}

function isSamePoint(a: ActivePoint, b: ActivePoint): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

function countRows(shares: readonly Share[]): number {
  return shares.reduce((sum, { prompts }) => sum + prompts.length, 0);
}

async function mapShares(map: MicroRuntime["map"], shares: readonly Share[]): Promise<void> {
  const { active } = shares[0]!.job;
  try {
    const topK = Math.max(...shares.map(({ job }) => job.topK));
    const mapped = await map(shares.flatMap(({ prompts }) => prompts), undefined, { topK, active });
    let at = 0;
    for (const { job, prompts } of shares) {
      settle(job, mapped.slice(at, at += prompts.length));
    }
  } catch (error) {
    if (shares.length === 1) {
      const { job } = shares[0]!;
      job.isRejected = true;
      return job.reject(error);
    }
    for (const share of shares) await mapShares(map, [share]);
  }
}

function settle(job: Job, mapped: readonly MappedPrompt[]): void {
  for (const one of mapped) job.mapped.push({ ...one, top: one.top.slice(0, job.topK) });
  if (job.mapped.length === job.prompts.length) job.resolve(job.mapped);
}
