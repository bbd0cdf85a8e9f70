import { loadUnigram } from "../../encoders/lite/unigram.ts";
import { USE_LITE_MAX_PIECES } from "../../encoders/use_lite/shape.ts";
import { readUseLiteWeights } from "../../encoders/use_lite/weights.ts";
import type { LabeledPieces, TunedUseLite, TuneUseLiteOptions } from "./options.ts";
import { TuneSession } from "./session.ts";

/**
 * The pieces of texts, as `use-lite` reads them: at most 128 a text.
 *
 * @throws {MicroLmError} Kind `missing` or `permission` if the pretrained package cannot be read.
 *
 * @example
 * ```ts
 * import { useLitePieces } from "micro-lm/stages";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const [short, long] = await useLitePieces(["a secret", "a secret ".repeat(100)]);
 * assert(short!.length < 10);
 * assertEquals(long!.length, 128);
 * ```
 */
export async function useLitePieces(texts: readonly string[]): Promise<Uint32Array[]> {
  const unigram = await loadUnigram();
  return texts.map((text) => unigram.encode(text).slice(0, USE_LITE_MAX_PIECES));
}

/**
 * Trains `use-lite` together with a classification head: cross-entropy, AdamW (Loshchilov and Hutter,
 * 2019), mini-batches. Gradients go through the last transformer layer (`last_layer`), or all of them
 * and the embeddings (`full`); `head` trains the head alone.
 *
 * The loss of an update is Σ w·(−log p(label)) / Σ w over its texts. Weight decay is for kernels and
 * embeddings, not for biases and layer norms. The result depends on texts and options alone: a training
 * that was stopped and resumed ends with the same bytes.
 *
 * @throws {MicroLmError} Kind `data` if a class has no text, or the loss stops being finite; `missing`
 * or `permission` if the pretrained package cannot be read.
 *
 * @example
 * ```ts
 * import { tuneUseLite, useLitePieces } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const pieces = await useLitePieces(["lost card", "card is gone", "send cash", "wire money"]);
 * const data = { pieces, labels: Int32Array.of(0, 0, 1, 1) };
 * const { evaluations } = await tuneUseLite(data, data, {
 *   tune: "last_layer",
 *   learningRate: 1e-4,
 *   batchSize: 4,
 *   epochs: 3,
 *   schedule: "constant",
 * });
 * assertEquals(evaluations.at(-1)!.accuracy, 1);
 * ```
 */
export async function tuneUseLite(
  train: LabeledPieces,
  validation: LabeledPieces,
  options: TuneUseLiteOptions,
): Promise<TunedUseLite> {
  const original = options.initialWeights ?? await readUseLiteWeights();
  const session = new TuneSession(original, train, validation, options);
  const { run, plan } = session;
  while (!run.isDone) {
    options.signal?.throwIfAborted();
    session.update();
    if (plan.evaluatesAfter(run.step)) {
      const evaluation = session.evaluate();
      run.evaluate(evaluation);
      await options.onEvaluation?.(evaluation, plan.total, () => run.state());
    }
  }
  return session.finish();
}
