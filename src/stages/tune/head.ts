import type { Random } from "../../core/random.ts";
import { headLayout, type HeadShape } from "../head/head.ts";
import { createHeadGradient } from "../head/gradient.ts";

/** Adds up loss and gradients of a head, and finds those of its inputs. */
export interface TunedHeadGradient {
  /**
   * Loss Σ w·(−log p(label)) of the first `texts` rows of the vectors; adds the gradient of the head
   * to `gradient` and sets that of the vectors. With `random`, dropout is on.
   */
  add(
    weights: Float64Array,
    gradient: Float64Array,
    labels: Int32Array,
    texts: number,
    random?: Random,
  ): number;
}

/**
 * Prepares the way back from a head to its inputs.
 *
 * The head's own gradient is that of {@linkcode createHeadGradient}. What it adds to the bias of the
 * first layer is, of one row, the gradient δ at that layer's outputs; that of the row is W·δ.
 *
 * @param vectors Rows × dense columns; read when `add` is called.
 * @param vectorGradient Of the same size.
 */
export function createTunedHeadGradient(
  shape: HeadShape,
  vectors: Float32Array,
  vectorGradient: Float32Array,
  { dropout, classWeights }: { readonly dropout: number; readonly classWeights: Float64Array },
): TunedHeadGradient {
  const { width, bias } = headLayout(shape);
  const cols = shape.denseColumns;
  // A linear head drops inputs, which happens here, where it is known which; a hidden layer its units.
  const dropsInputs = dropout > 0 && shape.hidden === 0;
  const inputs = new Float32Array(cols);
  const mask = new Float64Array(cols).fill(1);
  const label = new Int32Array(1);
  const row = Uint32Array.of(0);
  const features = { rows: 1, dense: { data: inputs, rows: 1, cols } };
  const rows = { features, labels: label, classWeights };
  const head = createHeadGradient(shape, rows, dropsInputs ? 0 : dropout);
  const delta = new Float64Array(width);
  return {
    add(weights, gradient, labels, texts, random) {
      let loss = 0;
      for (let text = 0; text < texts; text++) {
        const at = text * cols;
        if (dropsInputs) drawMask(mask, dropout, random);
        for (let j = 0; j < cols; j++) inputs[j] = vectors[at + j]! * mask[j]!;
        label[0] = labels[text]!;
        for (let h = 0; h < width; h++) {
          delta[h] = gradient[bias + h]!;
          gradient[bias + h] = 0;
        }
        loss += head.add(weights, gradient, row, 0, 1, random);
        for (let j = 0; j < cols; j++) {
          let sum = 0;
          for (let h = 0; h < width; h++) sum += weights[j * width + h]! * gradient[bias + h]!;
          vectorGradient[at + j] = sum * mask[j]!;
        }
        for (let h = 0; h < width; h++) gradient[bias + h]! += delta[h]!;
      }
      return loss;
    },
  };
}

function drawMask(mask: Float64Array, dropout: number, random: Random | undefined): void {
  const scale = 1 / (1 - dropout);
  for (let j = 0; j < mask.length; j++) {
    mask[j] = !random ? 1 : random.uniform() < dropout ? 0 : scale;
  }
}
