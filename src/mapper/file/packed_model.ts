import { z } from "zod";
import { packArray, packIntegers, unpackArray, unpackIntegers } from "../../core/packed_arrays.ts";
import type { CalibratedMember, CalibratedModel } from "../calibrate/calibration.ts";
import type { Calibrator } from "../calibrate/calibrators.ts";
import type { LinearClassifier, MergedWeights } from "../fit/linear_classifier.ts";

const CALIBRATOR = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("isotonic"), x: z.string(), y: z.string() }),
  z.strictObject({ kind: z.literal("sigmoid"), a: z.number(), b: z.number() }),
]);

/** A calibrated model as files have it. */
export const PACKED_MODEL = {
  classifier: z.strictObject({
    dense_columns: z.number().int().nonnegative(),
    sparse_columns: z.string(),
    merged: z.strictObject({ rows: z.string(), shares: z.string() }).optional(),
    members: z.array(z.union([
      z.strictObject({ weights: z.string(), intercepts: z.string() }),
      z.strictObject({ codes: z.string(), exponents: z.string(), intercepts: z.string() }),
    ])).min(1),
  }),
  calibration: z.strictObject({
    method: z.enum(["isotonic", "sigmoid", "temperature", "none"]),
    temperature: z.number().positive(),
    members: z.array(z.array(CALIBRATOR)),
  }),
};

const MODEL = z.object(PACKED_MODEL);
type PackedModel = z.infer<typeof MODEL>;
type PackedMember = PackedModel["classifier"]["members"][number];

/**
 * The largest number that a weight is of the step of its row: 12 bits with the sign. Of the 3,080 test
 * prompts of BANKING77 none gets another class by it, and no probability moves by more than 0.0005; with
 * 8 bits five classes change.
 */
const LARGEST = 2047;
/** Steps below are none: all numbers of the row are zero beside those of others. */
const LEAST_EXPONENT = -120;

/** Rounds the weights of a model as a file has them: what is stored is what is used. */
export function roundModel(model: CalibratedModel): CalibratedModel {
  const members = model.members.map(({ classifier, calibrators }) => {
    const weights = classifier.weights.slice();
    for (let at = 0; at < weights.length; at += classifier.classes) {
      const row = weights.subarray(at, at + classifier.classes);
      const step = 2 ** exponentOf(row);
      for (let k = 0; k < row.length; k++) row[k] = Math.round(row[k]! / step) * step + 0;
    }
    return { classifier: { ...classifier, weights }, calibrators };
  });
  return { ...model, members };
}

/** Of the least power of two that the largest weight is at most {@linkcode LARGEST} steps of. */
function exponentOf(row: Float32Array): number {
  let max = 0;
  for (const weight of row) if (Math.abs(weight) > max) max = Math.abs(weight);
  return Math.max(LEAST_EXPONENT, Math.ceil(Math.log2(max / LARGEST)));
}

/** In steps where all weights are such, as {@linkcode roundModel} leaves them, else as they are. */
function packMember({ classes, weights, intercepts }: LinearClassifier): PackedMember {
  const packed = { intercepts: packArray(intercepts) };
  const steps = new Int16Array(weights.length);
  const exponents = new Int8Array(weights.length / classes);
  for (let row = 0; row < exponents.length; row++) {
    const at = row * classes;
    exponents[row] = exponentOf(weights.subarray(at, at + classes));
    const step = 2 ** exponents[row]!;
    for (let i = at; i < at + classes; i++) {
      const value = weights[i]! / step;
      if (!Number.isInteger(value)) return { ...packed, weights: packArray(weights) };
      steps[i] = value;
    }
  }
  return {
    ...packed,
    codes: packIntegers(steps, classes),
    exponents: new Uint8Array(exponents.buffer).toBase64(),
  };
}

function unpackWeights(member: PackedMember, rows: number, classes: number): Float32Array {
  if ("weights" in member) return unpackArray(member.weights, Float32Array);
  const exponents = unpackArray(member.exponents, Int8Array);
  if (exponents.length !== rows) {
    throw new Error(`expected ${rows} exponents, found ${exponents.length}`);
  }
  const steps = unpackIntegers(member.codes, rows, classes);
  const weights = new Float32Array(steps.length);
  for (let row = 0; row < rows; row++) {
    const step = 2 ** exponents[row]!;
    for (let i = row * classes; i < (row + 1) * classes; i++) weights[i] = step * steps[i]!;
  }
  return weights;
}

function unpackMerged(
  packed: PackedModel["classifier"]["merged"],
  columns: number,
): MergedWeights | undefined {
  if (!packed) return undefined;
  const rows = unpackArray(packed.rows, Uint32Array);
  const shares = unpackArray(packed.shares, Float32Array);
  if (rows.length !== columns || shares.length !== columns) {
    throw new Error(`expected rows and shares of ${columns} columns, found others`);
  }
  requireFinite(shares, "the shares");
  return { rows, shares };
}

/** Whether a packed model has what the first formats had not. */
export function isInSteps({ classifier }: Pick<PackedModel, "classifier">): boolean {
  return classifier.merged !== undefined || classifier.members.some((one) => "codes" in one);
}

/** Packs a model into plain JSON. */
export function packModel(model: CalibratedModel): PackedModel {
  const [first] = model.members;
  return {
    classifier: {
      dense_columns: first!.classifier.denseColumns,
      sparse_columns: packArray(first!.classifier.sparseColumns),
      ...(first!.classifier.merged && {
        merged: {
          rows: packArray(first!.classifier.merged.rows),
          shares: packArray(first!.classifier.merged.shares),
        },
      }),
      members: model.members.map(({ classifier }) => packMember(classifier)),
    },
    calibration: {
      method: model.method,
      temperature: model.temperature,
      members: model.members.map(({ calibrators }) => calibrators.map(packCalibrator)),
    },
  };
}

function packCalibrator(calibrator: Calibrator): z.infer<typeof CALIBRATOR> {
  if (calibrator.kind === "sigmoid") return calibrator;
  return { ...calibrator, x: packArray(calibrator.x), y: packArray(calibrator.y) };
}

/**
 * Unpacks a model and checks its shapes and numbers.
 *
 * @param dims Columns of the encoder.
 * @throws {Error} Saying what is wrong.
 */
export function unpackModel(
  { classifier, calibration }: PackedModel,
  classes: number,
  dims: number,
): CalibratedModel {
  const { method, temperature } = calibration;
  const sparseColumns = unpackArray(classifier.sparse_columns, Uint32Array);
  if (sparseColumns.some((column, i) => i > 0 && column <= sparseColumns[i - 1]!)) {
    throw new Error("the sparse columns do not ascend");
  }
  const last = sparseColumns.at(-1) ?? -1;
  if (classifier.dense_columns + last + 1 > dims) {
    throw new Error(`expected at most ${dims} columns, found more`);
  }
  const merged = unpackMerged(classifier.merged, sparseColumns.length);
  const rows = classifier.dense_columns + countRows(sparseColumns, merged);
  const members = classifier.members.map((member, i): CalibratedMember => {
    const unpacked: LinearClassifier = {
      classes,
      denseColumns: classifier.dense_columns,
      sparseColumns,
      ...(merged && { merged }),
      weights: unpackWeights(member, rows, classes),
      intercepts: unpackArray(member.intercepts, Float64Array),
    };
    const calibrators = (calibration.members[i] ?? []).map(unpackCalibrator);
    checkMember(unpacked, calibrators, method);
    return { classifier: unpacked, calibrators };
  });
  return { method, classes, members, temperature };
}

function unpackCalibrator(json: z.infer<typeof CALIBRATOR>): Calibrator {
  if (json.kind === "sigmoid") return json;
  const x = unpackArray(json.x, Float64Array);
  const y = unpackArray(json.y, Float64Array);
  if (x.length === 0 || x.length !== y.length) {
    throw new Error(`a calibrator has ${x.length} scores and ${y.length} probabilities`);
  }
  requireFinite(x, "a calibrator's scores");
  requireFinite(y, "a calibrator's probabilities");
  return { kind: "isotonic", x, y };
}

function checkMember(
  { classes, denseColumns, sparseColumns, merged, weights, intercepts }: LinearClassifier,
  calibrators: readonly Calibrator[],
  method: CalibratedModel["method"],
): void {
  const expected = (denseColumns + countRows(sparseColumns, merged)) * classes;
  if (weights.length !== expected) {
    throw new Error(`expected ${expected} weights, found ${weights.length}`);
  }
  if (intercepts.length !== classes) {
    throw new Error(`expected ${classes} intercepts, found ${intercepts.length}`);
  }
  const single = method === "none" || method === "temperature";
  const needed = single ? 0 : classes === 2 ? 1 : classes;
  if (calibrators.length !== needed || calibrators.some(({ kind }) => kind !== method)) {
    throw new Error(`expected ${needed} ${method} calibrators, found ${calibrators.length}`);
  }
  requireFinite(weights, "the weights");
  requireFinite(intercepts, "the intercepts");
}

/** Rows of weights of the sparse columns. */
function countRows(columns: Uint32Array, merged: MergedWeights | undefined): number {
  if (!merged) return columns.length;
  let last = -1;
  for (let i = 0; i < merged.rows.length; i++) if (merged.rows[i]! > last) last = merged.rows[i]!;
  return last + 1;
}

function requireFinite(values: Float32Array | Float64Array, what: string): void {
  // By index: a call for each of millions of weights takes longer than all else of the loading.
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new Error(`${what} contain ${values[i]}`);
  }
}
