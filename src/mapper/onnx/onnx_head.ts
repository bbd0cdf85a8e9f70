import type { OnnxGraph } from "../../encoders/onnx/graph.ts";
import type { CalibratedModel } from "../calibrate/predictor.ts";
import type { Calibrator, IsotonicCalibrator } from "../calibrate/calibrators.ts";
import { expandClassifier, type LinearClassifier } from "../fit/linear_classifier.ts";

const DOUBLE = 11;
const INT64 = 7;

/** Names of the values that are a classifier's features. */
export interface HeadInputs {
  /** float32, rows × dense columns. */
  readonly dense?: string;
  /** int64, rows × width, padded with anything. */
  readonly sparseColumns?: string;
  /** float32, rows × width, padded with zeros. */
  readonly sparseValues?: string;
}

/**
 * Adds a calibrated classifier to a graph: features in, probabilities (float64, rows × classes) out.
 *
 * Only operators that mean the same in the operator sets 11 to 17 are used.
 *
 * @param sparseWidth Number of columns that the sparse block of the encoder has.
 */
export function addHead(
  graph: OnnxGraph,
  model: CalibratedModel,
  inputs: HeadInputs,
  sparseWidth: number,
): string {
  const cast = (value: string) => graph.node("Cast", [value], { ints: { to: DOUBLE } });
  const dense = inputs.dense && cast(inputs.dense);
  const values = inputs.sparseValues && addAxis(graph, cast(inputs.sparseValues));
  const [first] = model.members;
  const rows = inputs.sparseColumns &&
    addColumnLookup(graph, first!.classifier, inputs.sparseColumns, sparseWidth);
  const parts = model.members.map(({ classifier, calibrators }) => {
    const logits = addLogits(graph, classifier, { dense, rows, values });
    return model.method === "none" || model.method === "temperature"
      ? addSoftmax(graph, logits, model.temperature)
      : addCalibrators(graph, logits, calibrators, model.classes);
  });
  const sum = parts.reduce((a, b) => graph.node("Add", [a, b]));
  return graph.node("Div", [sum, scalar(graph, parts.length)]);
}

function scalar(graph: OnnxGraph, value: number): string {
  return graph.constant(Float64Array.of(value), []);
}

/** rows × width to rows × 1 × width. */
function addAxis(graph: OnnxGraph, value: string): string {
  const shape = graph.node("Shape", [value]);
  const at = (from: bigint, to: bigint) =>
    graph.node("Slice", [
      shape,
      graph.constant(BigInt64Array.of(from), [1]),
      graph.constant(BigInt64Array.of(to), [1]),
    ]);
  const one = graph.constant(BigInt64Array.of(1n), [1]);
  const target = graph.node("Concat", [at(0n, 1n), one, at(1n, 2n)], { ints: { axis: 0 } });
  return graph.node("Reshape", [value, target]);
}

/** Sparse columns of the encoder to rows of weights; unseen ones to a row of zeros at the end. */
function addColumnLookup(
  graph: OnnxGraph,
  { sparseColumns }: LinearClassifier,
  columns: string,
  width: number,
): string {
  const table = new BigInt64Array(width).fill(BigInt(sparseColumns.length));
  sparseColumns.forEach((column, i) => table[column] = BigInt(i));
  return graph.node("Gather", [graph.constant(table, [width]), columns]);
}

function addLogits(
  graph: OnnxGraph,
  classifier: LinearClassifier,
  { dense, rows, values }: {
    readonly dense: string | undefined;
    readonly rows: string | undefined;
    readonly values: string | undefined;
  },
): string {
  const { classes, denseColumns, sparseColumns, weights, intercepts } = expandClassifier(
    classifier,
  );
  const split = denseColumns * classes;
  const terms: string[] = [];
  if (dense) {
    const kernel = Float64Array.from(weights.subarray(0, split));
    terms.push(graph.node("MatMul", [dense, graph.constant(kernel, [denseColumns, classes])]));
  }
  if (rows && values) {
    const table = new Float64Array((sparseColumns.length + 1) * classes);
    table.set(weights.subarray(split));
    const stored = graph.constant(table, [sparseColumns.length + 1, classes]);
    const product = graph.node("MatMul", [values, graph.node("Gather", [stored, rows])]);
    const flat = graph.constant(BigInt64Array.of(-1n, BigInt(classes)), [2]);
    terms.push(graph.node("Reshape", [product, flat]));
  }
  const bias = graph.constant(intercepts, [classes]);
  return [...terms, bias].reduce((a, b) => graph.node("Add", [a, b]));
}

function addSoftmax(graph: OnnxGraph, logits: string, temperature: number): string {
  const scaled = graph.node("Div", [logits, scalar(graph, temperature)]);
  return graph.node("Softmax", [scaled], { ints: { axis: 1 } });
}

function addCalibrators(
  graph: OnnxGraph,
  logits: string,
  calibrators: readonly Calibrator[],
  classes: number,
): string {
  const column = (k: number) =>
    graph.node("Gather", [logits, graph.constant(BigInt64Array.of(BigInt(k)), [1])], {
      ints: { axis: 1 },
    });
  const join = (columns: readonly string[]) => graph.node("Concat", columns, { ints: { axis: 1 } });
  if (classes === 2) {
    const score = graph.node("Sub", [column(1), column(0)]);
    const second = addCalibrator(graph, calibrators[0]!, score);
    return join([graph.node("Sub", [scalar(graph, 1), second]), second]);
  }
  const joined = join(
    calibrators.map((calibrator, k) => addCalibrator(graph, calibrator, column(k))),
  );
  const ones = graph.constant(new Float64Array(classes).fill(1), [classes, 1]);
  const sum = graph.node("MatMul", [joined, ones]);
  // Where every class has probability zero, all are equally probable.
  const isZero = graph.node("Equal", [sum, scalar(graph, 0)]);
  const safe = graph.node("Where", [isZero, scalar(graph, 1), sum]);
  const normalized = graph.node("Div", [joined, safe]);
  return graph.node("Where", [isZero, scalar(graph, 1 / classes), normalized]);
}

function addCalibrator(graph: OnnxGraph, calibrator: Calibrator, score: string): string {
  if (calibrator.kind === "isotonic") return addIsotonic(graph, calibrator, score);
  const { a, b } = calibrator;
  const z = graph.node("Add", [graph.node("Mul", [score, scalar(graph, a)]), scalar(graph, b)]);
  const one = scalar(graph, 1);
  return graph.node("Div", [one, graph.node("Add", [one, graph.node("Exp", [z])])]);
}

/** Linear between the points on both sides of the score; how many lie below tells which they are. */
function addIsotonic(graph: OnnxGraph, { x, y }: IsotonicCalibrator, score: string): string {
  const n = x.length;
  const isAbove = graph.node("Less", [score, graph.constant(x, [1, n])]);
  const below = graph.node("Cast", [graph.node("Not", [isAbove])], { ints: { to: DOUBLE } });
  const ones = graph.constant(new Float64Array(n).fill(1), [n, 1]);
  const count = graph.node("MatMul", [below, ones]);
  const index = (offset: number) => {
    const moved = graph.node("Sub", [count, scalar(graph, offset)]);
    const least = graph.node("Max", [moved, scalar(graph, 0)]);
    const kept = graph.node("Min", [least, scalar(graph, n - 1)]);
    return graph.node("Cast", [kept], { ints: { to: INT64 } });
  };
  const low = index(1);
  const high = index(0);
  const xs = graph.constant(x, [n]);
  const ys = graph.constant(y, [n]);
  const at = (values: string, i: string) => graph.node("Gather", [values, i]);
  const width = graph.node("Sub", [at(xs, high), at(xs, low)]);
  const isPoint = graph.node("Equal", [width, scalar(graph, 0)]);
  const share = graph.node("Div", [
    graph.node("Sub", [score, at(xs, low)]),
    graph.node("Where", [isPoint, scalar(graph, 1), width]),
  ]);
  const rise = graph.node("Sub", [at(ys, high), at(ys, low)]);
  return graph.node("Add", [at(ys, low), graph.node("Mul", [share, rise])]);
}
