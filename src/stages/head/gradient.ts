import type { Features } from "../../core/matrix.ts";
import type { Random } from "../../core/random.ts";
import {
  activate,
  firstLayer,
  type HeadLayout,
  headLayout,
  type HeadShape,
  indexKeptColumns,
} from "./head.ts";

/** What {@linkcode createHeadGradient} works on. */
export interface HeadTrainingRows {
  readonly features: Features;
  /** Class number of each row. */
  readonly labels: Int32Array;
  /** Weight of each class in the loss. */
  readonly classWeights: Float64Array;
}

/** Adds up loss and gradient over rows. */
export interface HeadGradient {
  /**
   * Adds the gradient of Σ w·(−log p(label)) over `order[from]` to `order[to − 1]` to `gradient`, and
   * returns that sum. With `random`, dropout is on.
   */
  add(
    weights: Float64Array,
    gradient: Float64Array,
    order: Uint32Array,
    from: number,
    to: number,
    random?: Random,
  ): number;
}

/** Prepares the passes forward and back through a head; nothing is allocated in them. */
export function createHeadGradient(
  shape: HeadShape,
  { features, labels, classWeights }: HeadTrainingRows,
  dropout: number,
): HeadGradient {
  const { classes, hidden, activation } = shape;
  const layout = headLayout(shape);
  const index = indexKeptColumns(shape);
  const first = new Float64Array(layout.width);
  const delta = new Float64Array(layout.width);
  const logits = hidden === 0 ? first : new Float64Array(classes);
  const mask = new Float64Array(hidden).fill(1);
  const inputs = dropout > 0 && hidden === 0 ? new DroppedInputs(features, dropout) : undefined;
  const scale = 1 / (1 - dropout);

  const outputForward = (weights: Float64Array, random: Random | undefined) => {
    activate(first, activation);
    const { output, outputBias } = layout;
    for (let k = 0; k < classes; k++) logits[k] = weights[outputBias + k]!;
    for (let h = 0; h < hidden; h++) {
      if (random && dropout > 0) mask[h] = random.uniform() < dropout ? 0 : scale;
      const value = first[h]! * mask[h]!;
      const at = output + h * classes;
      for (let k = 0; k < classes; k++) logits[k]! += value * weights[at + k]!;
    }
  };
  /** From the gradient at the logits to the one at the first layer, in `delta`. */
  const outputBackward = (weights: Float64Array, gradient: Float64Array) => {
    const { output, outputBias } = layout;
    for (let k = 0; k < classes; k++) gradient[outputBias + k]! += logits[k]!;
    for (let h = 0; h < hidden; h++) {
      const value = first[h]!;
      const at = output + h * classes;
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        sum += logits[k]! * weights[at + k]!;
        gradient[at + k]! += logits[k]! * value * mask[h]!;
      }
      const slope = activation === "relu" ? Number(value > 0) : 1 - value * value;
      delta[h] = sum * mask[h]! * slope;
    }
  };

  return {
    add(weights, gradient, order, from, to, random) {
      let loss = 0;
      mask.fill(1);
      for (let i = from; i < to; i++) {
        const row = order[i]!;
        const label = labels[row]!;
        const weight = classWeights[label]!;
        const source = inputs && random ? inputs.draw(row, random) : features;
        const at = inputs && random ? 0 : row;
        firstLayer(first, source, at, weights, layout, index);
        if (hidden > 0) outputForward(weights, random);
        loss += weight * lossToGradient(logits, label, weight);
        if (hidden > 0) outputBackward(weights, gradient);
        addOuter(gradient, source, at, hidden > 0 ? delta : logits, layout, index);
      }
      return loss;
    },
  };
}

/** Replaces logits by w·(softmax − onehot) and returns −log p(label). */
function lossToGradient(logits: Float64Array, label: number, weight: number): number {
  let max = -Infinity;
  for (let k = 0; k < logits.length; k++) if (logits[k]! > max) max = logits[k]!;
  const own = logits[label]!;
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    const e = Math.exp(logits[k]! - max);
    logits[k] = e;
    sum += e;
  }
  for (let k = 0; k < logits.length; k++) logits[k]! *= weight / sum;
  logits[label]! -= weight;
  return Math.log(sum) - (own - max);
}

/** gradient of W += xᵀ·delta, of b += delta. */
function addOuter(
  gradient: Float64Array,
  { dense, sparse }: Features,
  row: number,
  delta: Float64Array,
  { width, bias }: HeadLayout,
  index: Int32Array,
): void {
  for (let h = 0; h < width; h++) gradient[bias + h]! += delta[h]!;
  if (dense) {
    const { data, cols } = dense;
    for (let j = 0; j < cols; j++) {
      const x = data[row * cols + j]!;
      if (x === 0) continue;
      const at = j * width;
      for (let h = 0; h < width; h++) gradient[at + h]! += x * delta[h]!;
    }
  }
  if (!sparse) return;
  const end = sparse.indptr[row + 1]!;
  for (let entry = sparse.indptr[row]!; entry < end; entry++) {
    const kept = index[sparse.indices[entry]!]!;
    if (kept < 0) continue;
    const x = sparse.values[entry]!;
    const at = kept * width;
    for (let h = 0; h < width; h++) gradient[at + h]! += x * delta[h]!;
  }
}

/** One row at a time with some of its values dropped and the others scaled up. */
class DroppedInputs {
  readonly #features: Features;
  readonly #dropout: number;
  readonly #dense: Float32Array;
  readonly #values: Float32Array;
  readonly #indices: Uint32Array;
  readonly #indptr = new Uint32Array(2);
  readonly #row: Features;

  constructor(features: Features, dropout: number) {
    const { dense, sparse } = features;
    let longest = 0;
    for (let row = 0; sparse && row < sparse.rows; row++) {
      longest = Math.max(longest, sparse.indptr[row + 1]! - sparse.indptr[row]!);
    }
    this.#features = features;
    this.#dropout = dropout;
    this.#dense = new Float32Array(dense?.cols ?? 0);
    this.#values = new Float32Array(longest);
    this.#indices = new Uint32Array(longest);
    const block = { indptr: this.#indptr, indices: this.#indices, values: this.#values, rows: 1 };
    this.#row = {
      rows: 1,
      ...(dense ? { dense: { data: this.#dense, rows: 1, cols: dense.cols } } : {}),
      ...(sparse ? { sparse: { ...block, cols: sparse.cols } } : {}),
    };
  }

  draw(row: number, random: Random): Features {
    const { dense, sparse } = this.#features;
    const scale = 1 / (1 - this.#dropout);
    const keep = (value: number) => random.uniform() < this.#dropout ? 0 : value * scale;
    for (let j = 0; dense && j < dense.cols; j++) {
      this.#dense[j] = keep(dense.data[row * dense.cols + j]!);
    }
    if (!sparse) return this.#row;
    const from = sparse.indptr[row]!;
    const length = sparse.indptr[row + 1]! - from;
    this.#indptr[1] = length;
    for (let i = 0; i < length; i++) {
      this.#indices[i] = sparse.indices[from + i]!;
      this.#values[i] = keep(sparse.values[from + i]!);
    }
    return this.#row;
  }
}
