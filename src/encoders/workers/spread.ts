import type { CsrMatrix, Features } from "../../core/matrix.ts";
import { createPause } from "../batches.ts";
import type { EncodeOptions, Encoder } from "../encoder.ts";
import { claim } from "./messages.ts";
import { type EncodingWorker, startWorkers, type WorkerClass, type WorkerPool } from "./pool.ts";

/** How {@linkcode spreadEncoder} spreads texts. */
export interface SpreadOptions {
  /** What opens the same encoder in a worker: the address of a module with `openEncoder`, and its arguments. */
  readonly module: string;
  readonly spec: string;
  readonly options: object;
  /** Workers beside this thread. */
  readonly workers: number;
  readonly WorkerClass: WorkerClass;
  /** Texts before workers start: fewer are done sooner than those have opened the encoder. */
  readonly startAfter: number;
  /** Texts that a thread takes at a time. */
  readonly part: number;
}

/** Milliseconds without work after which workers end, and with them their memory. */
const IDLE_MS = 1000;

/**
 * Lets workers help an encoder where there are many texts.
 *
 * Texts are cut into parts of fixed size: workers begin with the first ones, in turn, this thread with the
 * last, and each claims a part before it encodes it. The results are joined in order. The vector of a text
 * depends on that text alone, so that the bytes are the same for any number of workers, and none. Until
 * workers are ready, and where they cannot start, this thread encodes alone.
 */
export function spreadEncoder(encoder: Encoder, how: SpreadOptions): Encoder {
  const { spec, fingerprint, dims, runtime, dtype, blocks, words } = encoder;
  let pool: WorkerPool | undefined;
  let seen = 0;
  let busy = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(idle);
    pool?.[Symbol.dispose]();
    pool = undefined;
    seen = 0;
  };
  const encodeParts = async (
    texts: readonly string[],
    options: EncodeOptions,
    alone: (texts: readonly string[], options?: EncodeOptions) => Promise<readonly Features[]>,
    asBlocks: boolean,
  ): Promise<readonly Features[]> => {
    seen += texts.length;
    if (!pool && seen >= how.startAfter) {
      const { module, spec } = how;
      const message = { module, spec, options: { ...how.options, threads: 1 } };
      pool = startWorkers(how.WorkerClass, how.workers, message, fingerprint);
    }
    if (!pool || texts.length < 2 * how.part) return await alone(texts, options);
    clearTimeout(idle);
    busy++;
    try {
      const parts = await spread(texts, options, { pool, alone, asBlocks, size: how.part });
      // Whatever failed in a part fails again, and says so of the right text.
      return parts ? joinParts(parts) : await alone(texts, options);
    } finally {
      if (--busy === 0) {
        idle = setTimeout(stop, IDLE_MS);
        Deno.unrefTimer(idle as unknown as number);
      }
    }
  };
  return {
    spec,
    fingerprint,
    dims,
    ...(runtime && { runtime }),
    ...(dtype && { dtype }),
    ...(words && { words }),
    encode: async (texts, options = {}) => {
      const alone = async (some: readonly string[], how?: EncodeOptions) => [
        await encoder.encode(some, how),
      ];
      return (await encodeParts(texts, options, alone, false))[0]!;
    },
    ...(blocks && {
      blocks: {
        ...blocks,
        encode: (texts: readonly string[], options: EncodeOptions = {}) =>
          encodeParts(texts, options, blocks.encode, true),
      },
    }),
    [Symbol.asyncDispose]: async () => {
      stop();
      await encoder[Symbol.asyncDispose]();
    },
  };
}

interface Spreading {
  readonly pool: WorkerPool;
  readonly alone: (texts: readonly string[]) => Promise<readonly Features[]>;
  readonly asBlocks: boolean;
  readonly size: number;
}

/**
 * The blocks of each part, in order; undefined if one of them failed.
 *
 * @throws What `signal` was aborted with.
 */
async function spread(
  texts: readonly string[],
  { onProgress, signal }: EncodeOptions,
  { pool, alone, asBlocks, size }: Spreading,
): Promise<(readonly Features[])[] | undefined> {
  const count = Math.ceil(texts.length / size);
  const parts: (readonly Features[])[] = [];
  const claims = new Int32Array(new SharedArrayBuffer(4 * count));
  const textsOf = (part: number) => texts.slice(part * size, (part + 1) * size);
  const work: Promise<void>[] = [];
  let done = 0;
  let hasFailed = false;
  const keep = (part: number, blocks: readonly Features[]) => {
    parts[part] = blocks;
    done += blocks[0]!.rows;
    if (!signal?.aborted) onProgress?.(done, texts.length);
  };
  const fail = () => {
    hasFailed = true;
  };
  const hired = new Set<EncodingWorker>();
  /** Gives workers that have become ready what is left, in turn. */
  const hire = () => {
    const fresh = pool.ready.filter((worker) => !hired.has(worker));
    fresh.forEach((worker) => hired.add(worker));
    for (let part = 0; part < count && fresh.length > 0; part++) {
      if (claims[part] === 1) continue;
      const message = { texts: textsOf(part), claims, part, asBlocks };
      const answer = fresh[part % fresh.length]!.encode(message);
      work.push(
        answer.then((blocks) => {
          if (blocks) keep(part, blocks);
        }).catch(fail),
      );
    }
  };
  const pause = createPause();
  for (let part = count - 1; part >= 0 && !hasFailed && !signal?.aborted; part--) {
    hire();
    if (!claim(claims, part)) continue;
    await alone(textsOf(part)).then((blocks) => keep(part, blocks)).catch(fail);
    await pause();
  }
  // What nobody has begun stays so.
  if (hasFailed || signal?.aborted) claims.fill(1);
  await Promise.all(work);
  signal?.throwIfAborted();
  return hasFailed ? undefined : parts;
}

/** Puts the rows of parts one below the other, block by block. */
function joinParts(parts: readonly (readonly Features[])[]): readonly Features[] {
  return parts[0]!.map((_, block) => joinRows(parts.map((blocks) => blocks[block]!)));
}

function joinRows(parts: readonly Features[]): Features {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const { dense, sparse } = parts[0]!;
  return {
    rows,
    ...(dense && {
      dense: {
        data: concat(Float32Array, parts.map((part) => part.dense!.data)),
        rows,
        cols: dense.cols,
      },
    }),
    ...(sparse && { sparse: joinSparse(parts.map((part) => part.sparse!), rows) }),
  };
}

function joinSparse(parts: readonly CsrMatrix[], rows: number): CsrMatrix {
  const indptr = new Uint32Array(rows + 1);
  let row = 0;
  let before = 0;
  for (const part of parts) {
    for (let i = 1; i <= part.rows; i++) indptr[++row] = before + part.indptr[i]!;
    before += part.indices.length;
  }
  return {
    indptr,
    indices: concat(Uint32Array, parts.map((part) => part.indices)),
    values: concat(Float32Array, parts.map((part) => part.values)),
    rows,
    cols: parts[0]!.cols,
  };
}

function concat<T extends Float32Array | Uint32Array>(
  ArrayType: { new (length: number): T },
  arrays: readonly T[],
): T {
  const joined = new ArrayType(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
