import { setImmediate } from "node:timers";
import type { MapperPolicy } from "../run/policy/mapper_policy.ts";
import { DEFAULT_TOP_K } from "../run/map_prompts.ts";
import type { MapOptions, MappedPrompt, MicroRuntime } from "../run/runtime_types.ts";

/** Options of {@linkcode createMapQueue}. */
export interface CreateMapQueueOptions {
  /** Prompts that are encoded at once, at most. Default: 256. */
  readonly maxRows?: number;
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
   * @param policy Only prompts under the same thresholds share a call.
   */
  map(
    prompts: readonly string[],
    policy: MapperPolicy,
    options?: MapOptions,
  ): Promise<MappedPrompt[]>;
}

interface Job {
  readonly prompts: readonly string[];
  readonly policy: MapperPolicy;
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
  { maxRows = 256, onBatch = () => {} }: CreateMapQueueOptions = {},
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
      const shares = takeShares(jobs, maxRows);
      waiting -= countRows(shares);
      jobs = jobs.filter(({ taken, prompts }) => taken < prompts.length);
      onBatch(countRows(shares));
      await mapShares(map, shares);
    }
    isRunning = false;
  };

  return {
    get waiting() {
      return waiting;
    },
    map: (prompts, policy, { topK = DEFAULT_TOP_K } = {}) => {
      if (prompts.length === 0) return Promise.resolve([]);
      const { promise, resolve, reject } = Promise.withResolvers<MappedPrompt[]>();
      jobs.push({ prompts, policy, topK, mapped: [], resolve, reject, taken: 0 });
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

/** Takes the oldest prompts, and with them others under the same policy. */
function takeShares(jobs: readonly Job[], maxRows: number): Share[] {
  const { policy } = jobs[0]!;
  const shares: Share[] = [];
  let free = maxRows;
  for (const job of jobs) {
    if (free === 0) break;
    if (!isSamePoint(job.policy, policy)) continue;
    const prompts = job.prompts.slice(job.taken, job.taken + free);
    job.taken += prompts.length;
    free -= prompts.length;
    shares.push({ job, prompts });
  }
  return shares;
}

function isSamePoint(a: MapperPolicy, b: MapperPolicy): boolean {
  return a === b ||
    (a.confidence_threshold === b.confidence_threshold && a.near_margin === b.near_margin);
}

function countRows(shares: readonly Share[]): number {
  return shares.reduce((sum, { prompts }) => sum + prompts.length, 0);
}

async function mapShares(map: MicroRuntime["map"], shares: readonly Share[]): Promise<void> {
  const { policy } = shares[0]!.job;
  try {
    const topK = Math.max(...shares.map(({ job }) => job.topK));
    const mapped = await map(shares.flatMap(({ prompts }) => prompts), policy, { topK });
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
