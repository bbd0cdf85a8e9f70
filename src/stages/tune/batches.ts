import type { Transformer, TransformerBatch } from "../transformer/transformer.ts";

/** Most bytes of the lower layers' outputs that are kept instead of computed again. */
const LOWER_BYTES = 256 * 2 ** 20;

/** Puts texts one after the other into batches that a transformer has room for. */
export class PieceBatches {
  /** The latest batch. Its arrays are used again for the next. */
  readonly batch: { -readonly [K in keyof TransformerBatch]: TransformerBatch[K] };
  readonly #pieces: readonly Uint32Array[];
  readonly #transformer: Transformer;
  /** What the lower layers make of each text. */
  #lower: readonly Float32Array[] | undefined;
  #rows: Float32Array | undefined;

  constructor(transformer: Transformer, pieces: readonly Uint32Array[]) {
    const { maxRows } = transformer;
    this.#transformer = transformer;
    this.#pieces = pieces;
    this.batch = {
      texts: 0,
      rows: 0,
      starts: new Int32Array(maxRows + 1),
      ids: new Uint32Array(maxRows),
    };
  }

  /** Fills the batch with texts from `order[from]` on, and says where the next batch begins. */
  fill(order: Uint32Array, from: number, to: number): number {
    const { batch } = this;
    const { maxRows, shape: { width } } = this.#transformer;
    let rows = 0;
    let texts = 0;
    for (; from + texts < to && texts < maxRows; texts++) {
      const text = order[from + texts]!;
      const pieces = this.#pieces[text]!;
      if (rows + pieces.length > maxRows) break;
      batch.ids.set(pieces, rows);
      if (this.#lower) this.#rows!.set(this.#lower[text]!, rows * width);
      rows += pieces.length;
      batch.starts[texts + 1] = rows;
    }
    batch.texts = texts;
    batch.rows = rows;
    batch.lower = this.#rows?.subarray(0, rows * width);
    return from + texts;
  }

  /** Computes once what the layers below the last make of the texts, where there is room for that. */
  keepLower(): void {
    const { maxRows, shape: { width } } = this.#transformer;
    const rows = this.#pieces.reduce((sum, { length }) => sum + length, 0);
    if (rows * width * 4 > LOWER_BYTES) return;
    const lower: Float32Array[] = [];
    this.forEach((batch) => {
      const all = this.#transformer.lower(batch);
      for (let text = 0; text < batch.texts; text++) {
        const from = batch.starts[text]!;
        const to = batch.starts[text + 1]!;
        lower.push(all.subarray(from * width, to * width));
      }
    });
    this.#lower = lower;
    this.#rows = new Float32Array(maxRows * width);
  }

  /** Vectors of all texts: texts × width. */
  encode(): Float32Array {
    const { shape: { width }, vectors } = this.#transformer;
    const out = new Float32Array(this.#pieces.length * width);
    this.forEach((batch, first) => {
      this.#transformer.forward(batch);
      out.set(vectors.subarray(0, batch.texts * width), first * width);
    });
    return out;
  }

  /** Goes through all texts in their order. */
  forEach(visit: (batch: TransformerBatch, first: number) => void): void {
    const order = Uint32Array.from(this.#pieces, (_, i) => i);
    for (let from = 0; from < order.length;) {
      const next = this.fill(order, from, order.length);
      visit(this.batch, from);
      from = next;
    }
  }
}
