import { z } from "zod";
import { packArray, unpackArray } from "../../core/packed_arrays.ts";
import type { CalibratedMember, CalibratedModel } from "../calibrate/calibration.ts";
import type { Calibrator } from "../calibrate/calibrators.ts";
import type { LinearClassifier } from "../fit/linear_classifier.ts";

const CALIBRATOR = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("isotonic"), x: z.string(), y: z.string() }),
  z.strictObject({ kind: z.literal("sigmoid"), a: z.number(), b: z.number() }),
]);

/** A calibrated model as files have it. */
export const PACKED_MODEL = {
  classifier: z.strictObject({
    dense_columns: z.number().int().nonnegative(),
    sparse_columns: z.string(),
    members: z.array(z.strictObject({ weights: z.string(), intercepts: z.string() })).min(1),
  }),
  calibration: z.strictObject({
    method: z.enum(["isotonic", "sigmoid", "temperature", "none"]),
    temperature: z.number().positive(),
    members: z.array(z.array(CALIBRATOR)),
  }),
};

const MODEL = z.object(PACKED_MODEL);
type PackedModel = z.infer<typeof MODEL>;

/** Packs a model into plain JSON. */
export function packModel(model: CalibratedModel): PackedModel {
  const [first] = model.members;
  return {
    classifier: {
      dense_columns: first!.classifier.denseColumns,
      sparse_columns: packArray(first!.classifier.sparseColumns),
      members: model.members.map(({ classifier }) => ({
        weights: packArray(classifier.weights),
        intercepts: packArray(classifier.intercepts),
      })),
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
  const members = classifier.members.map(({ weights, intercepts }, i): CalibratedMember => {
    const unpacked: LinearClassifier = {
      classes,
      denseColumns: classifier.dense_columns,
      sparseColumns,
      weights: unpackArray(weights, Float32Array),
      intercepts: unpackArray(intercepts, Float64Array),
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
  { classes, denseColumns, sparseColumns, weights, intercepts }: LinearClassifier,
  calibrators: readonly Calibrator[],
  method: CalibratedModel["method"],
): void {
  const expected = (denseColumns + sparseColumns.length) * classes;
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

function requireFinite(values: Float32Array | Float64Array, what: string): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`${what} contain ${values[bad]}`);
}
