import type { Matrix } from "../../core/matrix.ts";
import { calibrate, type Calibrator, fitIsotonic, fitSigmoid } from "./calibrators.ts";

/** One-vs-rest calibrators; for two classes one, of the difference of the logits. */
export function fitCalibrators(
  method: "isotonic" | "sigmoid",
  logits: Matrix<Float64Array>,
  labels: Int32Array,
): Calibrator[] {
  const fit = method === "isotonic" ? fitIsotonic : fitSigmoid;
  const targets = logits.cols === 2 ? [1] : Array.from({ length: logits.cols }, (_, k) => k);
  return targets.map((k) => {
    const scores = Float64Array.from({ length: logits.rows }, (_, i) => scoreOf(logits, i, k));
    return fit(scores, Uint8Array.from(labels, (label) => label === k ? 1 : 0));
  });
}

function scoreOf({ data, cols }: Matrix<Float64Array>, row: number, k: number): number {
  return cols === 2 ? data[row * 2 + 1]! - data[row * 2]! : data[row * cols + k]!;
}

/** Adds one member's normalised probabilities to `out`. */
export function addCalibrated(
  out: Float64Array,
  logits: Matrix<Float64Array>,
  calibrators: readonly Calibrator[],
): void {
  const { rows, cols } = logits;
  const row = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    if (cols === 2) {
      row[1] = calibrate(calibrators[0]!, scoreOf(logits, i, 1));
      row[0] = 1 - row[1]!;
    } else {
      let sum = 0;
      for (let k = 0; k < cols; k++) {
        row[k] = calibrate(calibrators[k]!, logits.data[i * cols + k]!);
        sum += row[k]!;
      }
      for (let k = 0; k < cols; k++) row[k] = sum > 0 ? row[k]! / sum : 1 / cols;
    }
    for (let k = 0; k < cols; k++) out[i * cols + k]! += row[k]!;
  }
}
