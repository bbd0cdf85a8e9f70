import { MicroLmError } from "../../core/errors.ts";
import type { Matrix } from "../../core/matrix.ts";

/** Evidence over time for several actions: row p of `data` is the trace of `names[p]`. */
export interface Traces {
  readonly names: readonly string[];
  /** Channels × samples. */
  readonly data: Matrix<Float64Array>;
}

/**
 * Gathers one trace a name, or a plain list of traces (then named "0", "1", …).
 *
 * @throws {MicroLmError} Kind `data` if there is no trace, if one is empty, if lengths differ, or if a
 * value is not finite.
 *
 * @example
 * ```ts
 * import { createTraces } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const traces = createTraces({ rotate: [0, 1, 0], flip: [1, 0, 0] });
 * assertEquals(traces.names, ["rotate", "flip"]);
 * assertEquals(traces.data.cols, 3);
 * ```
 */
export function createTraces(
  channels: Readonly<Record<string, ArrayLike<number>>> | readonly ArrayLike<number>[],
): Traces {
  const entries = Object.entries<ArrayLike<number>>(
    channels as Record<string, ArrayLike<number>>,
  );
  const cols = entries[0]?.[1].length ?? 0;
  if (cols === 0) throw new MicroLmError("data", "Expected at least one trace with samples");
  const data = new Float64Array(entries.length * cols);
  entries.forEach(([name, trace], row) => {
    if (trace.length !== cols) {
      throw new MicroLmError(
        "data",
        `Expected ${cols} samples in trace "${name}", got ${trace.length}`,
      );
    }
    data.set(trace, row * cols);
    const bad = data.subarray(row * cols, (row + 1) * cols).findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) {
      throw new MicroLmError(
        "data",
        `Expected finite samples in trace "${name}", got ${trace[bad]}`,
      );
    }
  });
  return { names: entries.map(([name]) => name), data: { data, rows: entries.length, cols } };
}

/**
 * A view of one channel.
 *
 * @example
 * ```ts
 * import { channelOf, createTraces } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const traces = createTraces({ rotate: [0, 1], flip: [2, 3] });
 * assertEquals([...channelOf(traces, 1)], [2, 3]);
 * ```
 */
export function channelOf({ data }: Traces, row: number): Float64Array {
  return data.data.subarray(row * data.cols, (row + 1) * data.cols);
}
