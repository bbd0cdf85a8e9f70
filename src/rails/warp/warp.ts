import { z } from "zod";
import { writeFileAtomic } from "../../core/atomic_write.ts";
import { MicroLmError } from "../../core/errors.ts";
import { packArray, unpackArray } from "../../core/packed_arrays.ts";
import type { Matrix } from "../../core/matrix.ts";
import type { FileCheck } from "../../core/input_file.ts";
import { readSealed, requireFinite, seal } from "../../core/sealed_json.ts";
import { symmetricEigen } from "./eigen.ts";

/** A whitening projection: y = (P (x − mean)) / scale. */
export interface Warp {
  /** Length d. */
  readonly mean: Float64Array;
  /** k × d; rows of length one, by descending spread. */
  readonly components: Matrix<Float64Array>;
  /** Standard deviations (n − 1) of the projected points, length k. */
  readonly scales: Float64Array;
}

/** Options of {@linkcode fitWarp}. */
export interface FitWarpOptions {
  /** Components to keep; directions in which nothing varies are left out. Default: 3. */
  readonly k?: number;
}

/** Spread below this share of the greatest one is rounding. */
const LEAST_SPREAD = 1e-7;

/**
 * Fits a whitening projection by principal components (Pearson, 1901): the points have mean 0 and
 * variance 1 along each kept direction. The entry of greatest size of each component is positive, so that
 * equal points give equal warps.
 *
 * @param points n × d.
 * @throws {MicroLmError} Kind `data` if there are fewer than two points or they do not differ.
 * @throws {RangeError} If `k` is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { applyWarp, fitWarp } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const points = { data: Float64Array.of(0, 0, 2, 2, 4, 4), rows: 3, cols: 2 };
 * const warp = fitWarp(points, { k: 1 });
 * assertAlmostEquals(applyWarp(warp, [4, 4])[0]!, 1, 1e-9);
 * ```
 */
export function fitWarp(points: Matrix<Float64Array>, { k = 3 }: FitWarpOptions = {}): Warp {
  const { data, rows, cols } = points;
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`Expected k of at least 1, got ${k}`);
  if (rows < 2) throw new MicroLmError("data", `Cannot fit a warp to ${rows} points`);
  const mean = new Float64Array(cols);
  data.forEach((x, i) => mean[i % cols]! += x / rows);
  const { values, vectors } = symmetricEigen(covarianceOf(points, mean), cols);
  const floor = LEAST_SPREAD ** 2 * values[0]!;
  const kept = Math.min(k, values.filter((value) => value > floor).length);
  if (kept === 0) throw new MicroLmError("data", "Cannot fit a warp to points that do not differ");
  const components = vectors.slice(0, kept * cols);
  for (let i = 0; i < kept; i++) fixSign(components.subarray(i * cols, (i + 1) * cols));
  return {
    mean,
    components: { data: components, rows: kept, cols },
    scales: values.slice(0, kept).map(Math.sqrt),
  };
}

function covarianceOf({ data, rows, cols }: Matrix<Float64Array>, mean: Float64Array) {
  const sum = new Float64Array(cols * cols);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < cols; i++) {
      const di = data[r * cols + i]! - mean[i]!;
      for (let j = 0; j <= i; j++) sum[i * cols + j]! += di * (data[r * cols + j]! - mean[j]!);
    }
  }
  for (let i = 0; i < cols; i++) {
    for (let j = 0; j <= i; j++) sum[j * cols + i] = sum[i * cols + j]! /= rows - 1;
  }
  return sum;
}

/** Entries within rounding of the greatest count as equal: the first of them decides. */
function fixSign(component: Float64Array): void {
  const greatest = component.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  const leader = component.find((x) => Math.abs(x) > greatest * (1 - 1e-9))!;
  if (leader < 0) component.forEach((x, i) => component[i] = -x);
}

/**
 * Projects a point of length d to k whitened coordinates.
 *
 * @example
 * ```ts
 * import { applyWarp, fitWarp } from "micro-lm/rails";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 2, 4, 4), rows: 3, cols: 2 });
 * assertAlmostEquals(applyWarp(warp, [0, 0])[0]!, -1, 1e-9);
 * ```
 */
export function applyWarp(
  { mean, components, scales }: Warp,
  point: ArrayLike<number>,
): Float64Array {
  const { data, cols } = components;
  if (point.length !== cols) {
    throw new RangeError(`Expected a point of ${cols} coordinates, got ${point.length}`);
  }
  return scales.map((scale, i) => {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[i * cols + j]! * (point[j]! - mean[j]!);
    return sum / scale;
  });
}

/**
 * The same warp with its leading `k` components.
 *
 * @example
 * ```ts
 * import { applyWarp, fitWarp, truncateWarp } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 1, 5, 5), rows: 3, cols: 2 });
 * const first = truncateWarp(warp, 1);
 * assertEquals([...applyWarp(first, [1, 2])], [...applyWarp(warp, [1, 2]).slice(0, 1)]);
 * ```
 */
export function truncateWarp({ mean, components, scales }: Warp, k: number): Warp {
  const rows = Math.min(k, components.rows);
  return {
    mean,
    components: {
      data: components.data.slice(0, rows * components.cols),
      rows,
      cols: components.cols,
    },
    scales: scales.slice(0, rows),
  };
}

const SCHEMA = "micro-lm/warp@1";

/** A warp as plain JSON values; floats as base64, little-endian. */
export interface PackedWarp {
  readonly schema: typeof SCHEMA;
  readonly mean: string;
  readonly components: string;
  readonly scales: string;
}

const WARP = z.strictObject({
  schema: z.literal(SCHEMA),
  mean: z.string(),
  components: z.string(),
  scales: z.string(),
});

/**
 * Packs a warp; {@linkcode unpackWarp} takes it back.
 *
 * @example
 * ```ts
 * import { fitWarp, packWarp, unpackWarp } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 1, 5, 5), rows: 3, cols: 2 });
 * assertEquals(packWarp(warp).schema, "micro-lm/warp@1");
 * assertEquals(unpackWarp(JSON.parse(JSON.stringify(packWarp(warp)))), warp);
 * ```
 */
export function packWarp({ mean, components, scales }: Warp): PackedWarp {
  return {
    schema: SCHEMA,
    mean: packArray(mean),
    components: packArray(components.data),
    scales: packArray(scales),
  };
}

/**
 * Reads what {@linkcode packWarp} made, and checks shapes and numbers.
 *
 * @throws {Error} Saying what is wrong.
 *
 * @example
 * ```ts
 * import { fitWarp, packWarp, unpackWarp } from "micro-lm/rails";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 1, 5, 5), rows: 3, cols: 2 });
 * assertEquals(unpackWarp(packWarp(warp)), warp);
 * assertThrows(() => unpackWarp({ ...packWarp(warp), scales: "" }), Error);
 * ```
 */
export function unpackWarp(json: unknown): Warp {
  const packed = WARP.parse(json);
  const [mean, data, scales] = [packed.mean, packed.components, packed.scales]
    .map((text) => unpackArray(text, Float64Array));
  const cols = mean!.length;
  const rows = scales!.length;
  if (cols === 0 || rows === 0 || data!.length !== rows * cols) {
    throw new Error(
      `expected ${rows} components of ${cols} numbers, found ${data!.length} numbers`,
    );
  }
  for (const array of [mean!, data!, scales!]) requireFinite(array, "the warp");
  if (scales!.some((scale) => scale <= 0)) throw new Error("a scale of the warp is not positive");
  return { mean: mean!, components: { data: data!, rows, cols }, scales: scales! };
}

/**
 * The sha256 that a file of this warp carries: equal warps have equal hashes.
 *
 * @example
 * ```ts
 * import { fitWarp, hashWarp, truncateWarp } from "micro-lm/rails";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 1, 5, 5), rows: 3, cols: 2 });
 * assertEquals(hashWarp(warp), hashWarp({ ...warp }));
 * assertNotEquals(hashWarp(warp), hashWarp(truncateWarp(warp, 1)));
 * ```
 */
export function hashWarp(warp: Warp): string {
  return seal(packWarp(warp)).sha256;
}

/**
 * Writes a warp as canonical JSON with a content hash.
 *
 * @throws {MicroLmError} Kind `write` or `permission`.
 *
 * @example
 * ```ts
 * import { fitWarp, hashWarp, saveWarp } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 1, 5, 5), rows: 3, cols: 2 });
 * await saveWarp(".artifacts/doc_save_warp.json", warp);
 * const { sha256 } = JSON.parse(await Deno.readTextFile(".artifacts/doc_save_warp.json"));
 * await Deno.remove(".artifacts/doc_save_warp.json");
 * assertEquals(sha256, hashWarp(warp));
 * ```
 */
export async function saveWarp(path: string, warp: Warp): Promise<void> {
  await writeFileAtomic(path, seal(packWarp(warp)).text);
}

/**
 * Reads a warp file and checks its hash, shapes and numbers.
 *
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` if it is no warp or was changed.
 *
 * @example
 * ```ts
 * import { fitWarp, loadWarp, saveWarp } from "micro-lm/rails";
 * import { assertEquals } from "@std/assert";
 *
 * const warp = fitWarp({ data: Float64Array.of(0, 0, 2, 1, 5, 5), rows: 3, cols: 2 });
 * await saveWarp(".artifacts/doc_load_warp.json", warp);
 * const loaded = await loadWarp(".artifacts/doc_load_warp.json");
 * await Deno.remove(".artifacts/doc_load_warp.json");
 * assertEquals(loaded, warp);
 * ```
 */
export async function loadWarp(path: string, check?: FileCheck): Promise<Warp> {
  return await readSealed(path, "warp", SCHEMA, unpackWarp, check);
}
