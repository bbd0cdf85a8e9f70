import { z } from "zod";
import {
  packArray,
  packAscending,
  packGroups,
  packIntegers,
  packRepeated,
  unpackArray,
  unpackAscending,
  unpackGroups,
  unpackIntegers,
  unpackRepeated,
} from "../../core/packed_arrays.ts";
import type { CalibratedMember, CalibratedModel } from "../calibrate/predictor.ts";
import type { Calibrator } from "../calibrate/calibrators.ts";
import type { LinearClassifier, MergedWeights } from "../fit/linear_classifier.ts";

const CALIBRATOR = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("isotonic"), x: z.string(), y: z.string() }),
  z.strictObject({ kind: z.literal("sigmoid"), a: z.number(), b: z.number() }),
]);

/** A calibrated model as files have it: columns and shares as @4 and before, or as @5, see {@linkcode ModelForm}. */
export const PACKED_MODEL = {
  classifier: z.strictObject({
    dense_columns: z.number().int().nonnegative(),
    sparse_columns: z.string(),
    merged: z.strictObject({
      rows: z.string(),
      shares: z.union([z.string(), z.strictObject({ values: z.string(), which: z.string() })]),
    }).optional(),
    members: z.array(z.union([
      z.strictObject({ weights: z.string(), intercepts: z.string() }),
      z.strictObject({ codes: z.string(), exponents: z.string(), intercepts: z.string() }),
      z.strictObject({ codes: z.string(), exponent: z.int(), intercepts: z.string() }),
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
type PackedMerged = NonNullable<PackedModel["classifier"]["merged"]>;

/**
 * How a file has a model: weights in float32 (@1 to @3); in steps of their row, columns as they are (@4);
 * in steps of the model, columns by what lies between them (@5).
 */
export type ModelForm = "singles" | "row steps" | "steps";

/**
 * The largest number that a weight is of the step of its model: 16 bits with the sign.
 */
const LARGEST = 32767;
/** The same of the step of its row, in files of before. */
const LARGEST_OF_ROW = 2047;
/** Steps below are none: all numbers of the row are zero beside those of others. */
const LEAST_EXPONENT = -120;

/**
 * The step of a model with at most so many weights, as a power of two. Rows of features have length one a
 * block, so that steps that are the same for all weights bound what rounding moves a logit by, whatever the
 * prompt; steps in proportion to the weights of a row take more room and move it more.
 *
 * Of the 3,080 test prompts of BANKING77 (77 classes, 1.8 million weights) none gets another class by 2^-10,
 * and no probability moves by more than 0.0004; 2^-8, for what would fill more than ten megabytes, moves
 * them by 0.0017 at most (`bench/steps.ts`).
 */
const EXPONENTS: readonly (readonly [weights: number, exponent: number])[] = [
  [1 << 22, -10],
  [1 << 23, -9],
  [Infinity, -8],
];

/** Rounds the weights of a model as a file has them: what is stored is what is used. */
export function roundModel(model: CalibratedModel): CalibratedModel {
  const members = model.members.map(({ classifier, calibrators }) => {
    const step = 2 ** exponentOf(classifier.weights);
    const weights = classifier.weights.map((weight) => Math.round(weight / step) * step + 0);
    return { classifier: orderRows({ ...classifier, weights }), calibrators };
  });
  return { ...model, members };
}

/** Of the step of a model. */
function exponentOf(weights: Float32Array): number {
  const [, exponent] = EXPONENTS.find(([most]) => weights.length <= most)!;
  return Math.max(exponent, Math.ceil(Math.log2(largestOf(weights) / LARGEST)));
}

function largestOf(weights: Float32Array): number {
  let max = 0;
  for (let i = 0; i < weights.length; i++) max = Math.max(max, Math.abs(weights[i]!));
  return max;
}

/** Puts the rows that columns share into the order in which columns name them first. */
function orderRows(classifier: LinearClassifier): LinearClassifier {
  const { merged, weights, classes, denseColumns } = classifier;
  if (!merged || isInOrder(merged.rows)) return classifier;
  const place = new Int32Array(weights.length / classes - denseColumns).fill(-1);
  const ordered = weights.slice();
  let known = 0;
  const rows = merged.rows.map((row) => {
    if (place[row] === -1) {
      const from = (denseColumns + row) * classes;
      ordered.set(weights.subarray(from, from + classes), (denseColumns + known) * classes);
      place[row] = known++;
    }
    return place[row]!;
  });
  return { ...classifier, weights: ordered, merged: { ...merged, rows } };
}

function isInOrder(groups: Uint32Array): boolean {
  let known = 0;
  for (const group of groups) {
    if (group > known) return false;
    if (group === known) known++;
  }
  return true;
}

/** The steps that weights are; undefined if some are between two. */
function stepsOf(weights: Float32Array, exponent: number): Int16Array | undefined {
  const step = 2 ** exponent;
  const steps = new Int16Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    steps[i] = weights[i]! / step;
    if (steps[i]! * step !== weights[i]) return undefined;
  }
  return steps;
}

/** As @4 has the weights: the least power of two that the largest of a row is some steps of. */
function rowExponent(row: Float32Array): number {
  return Math.max(LEAST_EXPONENT, Math.ceil(Math.log2(largestOf(row) / LARGEST_OF_ROW)));
}

function packMember(classifier: LinearClassifier, form: ModelForm): PackedMember {
  const { classes, weights } = classifier;
  const intercepts = packArray(classifier.intercepts);
  if (form === "singles") return { weights: packArray(weights), intercepts };
  if (form === "steps") {
    const exponent = exponentOf(weights);
    const steps = stepsOf(weights, exponent);
    if (!steps) return { weights: packArray(weights), intercepts };
    return { codes: packIntegers(steps, classes), exponent, intercepts };
  }
  const steps = new Int16Array(weights.length);
  const exponents = new Int8Array(weights.length / classes);
  for (let row = 0; row < exponents.length; row++) {
    const of = weights.subarray(row * classes, (row + 1) * classes);
    exponents[row] = rowExponent(of);
    const own = stepsOf(of, exponents[row]!);
    if (!own) return { weights: packArray(weights), intercepts };
    steps.set(own, row * classes);
  }
  return {
    codes: packIntegers(steps, classes, { isQuick: true }),
    exponents: new Uint8Array(exponents.buffer).toBase64(),
    intercepts,
  };
}

function unpackWeights(member: PackedMember, rows: number, classes: number): Float32Array {
  if ("weights" in member) {
    const weights = unpackArray(member.weights, Float32Array);
    requireFinite(weights, "the weights");
    return weights;
  }
  if ("exponent" in member) {
    // Beyond them no step is a number of single precision
    if (member.exponent < LEAST_EXPONENT || member.exponent > -LEAST_EXPONENT) {
      throw new Error(
        `expected an exponent of at most ${-LEAST_EXPONENT}, found ${member.exponent}`,
      );
    }
    return unpackIntegers(member.codes, rows, classes, member.exponent);
  }
  const exponents = unpackArray(member.exponents, Int8Array);
  if (exponents.length !== rows) {
    throw new Error(`expected ${rows} exponents, found ${exponents.length}`);
  }
  return unpackIntegers(member.codes, rows, classes, exponents);
}

function packMerged({ rows, shares }: MergedWeights, form: ModelForm): PackedMerged {
  return form === "steps"
    ? { rows: packGroups(rows), shares: packRepeated(shares) }
    : { rows: packArray(rows), shares: packArray(shares) };
}

/** What columns share, and the number of rows that they name. */
function unpackMerged(
  { rows, shares }: PackedMerged,
  columns: number,
): { merged: MergedWeights; count: number } {
  const unpacked = typeof shares === "string"
    ? { ...countGroups(unpackArray(rows, Uint32Array)), shares: unpackArray(shares, Float32Array) }
    : { ...unpackGroups(rows), shares: unpackRepeated(shares) };
  const merged = { rows: unpacked.groups, shares: unpacked.shares };
  if (merged.rows.length !== columns || merged.shares.length !== columns) {
    throw new Error(`expected rows and shares of ${columns} columns, found others`);
  }
  requireFinite(merged.shares, "the shares");
  return { merged, count: unpacked.count };
}

function countGroups(groups: Uint32Array): { groups: Uint32Array; count: number } {
  let last = -1;
  for (let i = 0; i < groups.length; i++) last = Math.max(last, groups[i]!);
  return { groups, count: last + 1 };
}

/** Whether a packed model has what only the files of another form have. */
export function isOfForm(
  { classifier: { merged, members } }: PackedModel,
  form: ModelForm,
): boolean {
  const isNew = members.some((one) => "exponent" in one) ||
    (merged !== undefined && typeof merged.shares !== "string");
  const isOld = members.some((one) => "exponents" in one) ||
    (merged !== undefined && typeof merged.shares === "string");
  return form === "steps" ? !isOld : !isNew && (form === "row steps" || !isOld);
}

/** Packs a model into plain JSON. */
export function packModel(model: CalibratedModel, form: ModelForm = "steps"): PackedModel {
  const members = form === "steps"
    ? model.members.map(({ classifier }) => orderRows(classifier))
    : model.members.map(({ classifier }) => classifier);
  const { denseColumns, sparseColumns, merged } = members[0]!;
  return {
    classifier: {
      dense_columns: denseColumns,
      sparse_columns: form === "steps" ? packAscending(sparseColumns) : packArray(sparseColumns),
      ...(merged && { merged: packMerged(merged, form) }),
      members: members.map((classifier) => packMember(classifier, form)),
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
  form: ModelForm = "steps",
): CalibratedModel {
  const { method, temperature } = calibration;
  const sparseColumns = unpackColumns(classifier.sparse_columns, form, "the sparse columns");
  const last = sparseColumns.at(-1) ?? -1;
  if (classifier.dense_columns + last + 1 > dims) {
    throw new Error(`expected at most ${dims} columns, found more`);
  }
  const { merged, count } = classifier.merged
    ? unpackMerged(classifier.merged, sparseColumns.length)
    : { merged: undefined, count: sparseColumns.length };
  const rows = classifier.dense_columns + count;
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
    checkMember(unpacked, rows, calibrators, method);
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

/** Columns as a file of this form has them. */
export function unpackColumns(text: string, form: ModelForm, what: string): Uint32Array {
  if (form === "steps") return unpackAscending(text);
  const columns = unpackArray(text, Uint32Array);
  if (columns.some((column, i) => i > 0 && column <= columns[i - 1]!)) {
    throw new Error(`${what} do not ascend`);
  }
  return columns;
}

function checkMember(
  { classes, weights, intercepts }: LinearClassifier,
  rows: number,
  calibrators: readonly Calibrator[],
  method: CalibratedModel["method"],
): void {
  const expected = rows * classes;
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
  requireFinite(intercepts, "the intercepts");
}

function requireFinite(values: Float32Array | Float64Array, what: string): void {
  // By index: a call for each of millions of weights takes longer than all else of the loading.
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new Error(`${what} contain ${values[i]}`);
  }
}
