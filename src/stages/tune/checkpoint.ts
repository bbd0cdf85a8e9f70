import { z } from "zod";
import { MicroLmError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import type { TuneState } from "./options.ts";

const SCHEMA = "micro-lm/tune-checkpoint@1";

const count = z.int().nonnegative();
const measure = z.number();
const HEADER = z.strictObject({
  schema: z.literal(SCHEMA),
  key: z.string(),
  sha256: z.string(),
  encoder: count,
  head: count,
  step: count,
  best: z.strictObject({ step: count, value: z.number().nullable() }),
  stopping: z.strictObject({ best: z.number().nullable(), waited: count }),
  pending: z.strictObject({ loss: measure, updates: count }),
  evaluations: z.array(z.strictObject({
    step: count,
    epoch: count,
    loss: measure,
    accuracy: measure,
    precision: measure,
    recall: measure,
    f1: measure,
  })),
  logs: z.array(z.strictObject({ step: count, loss: measure, learning_rate: measure })),
});

/**
 * Writes the state of a fine-tuning: a line of JSON, padded with spaces to a multiple of eight bytes,
 * then the arrays, four of the head in double precision and four of the encoder in single, in the order
 * weights, mean, square, best. The line has the hash of what follows and of itself without the hash.
 *
 * @param key Names the experiment, its settings and data: a checkpoint continues nothing else.
 */
export function serializeTuneCheckpoint(
  { encoder, head, best, ...rest }: TuneState,
  key: string,
): Uint8Array<ArrayBuffer> {
  const arrays = [...inOrder(head, best.head), ...inOrder(encoder, best.encoder)].map(bytesOf);
  const header = {
    schema: SCHEMA,
    key,
    sha256: "",
    encoder: encoder.weights.length,
    head: head.weights.length,
    ...rest,
    best: { step: best.step, value: best.value },
  };
  const sha256 = sha256Hex(JSON.stringify(header), ...arrays);
  const line = JSON.stringify({ ...header, sha256 });
  const size = new TextEncoder().encode(line).length;
  const padded = Math.ceil((size + 1) / 8) * 8;
  const out = new Uint8Array(padded + arrays.reduce((sum, { length }) => sum + length, 0));
  out.set(new TextEncoder().encode(`${line}${" ".repeat(padded - size - 1)}\n`));
  let at = padded;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

/**
 * Reads the state of a fine-tuning; null if it is one of another experiment or of other settings.
 *
 * @throws {MicroLmError} Kind `data` if the file is damaged.
 */
export function parseTuneCheckpoint(
  bytes: Uint8Array<ArrayBuffer>,
  key: string,
  file: string,
): TuneState | null {
  const damaged = (cause?: unknown) =>
    new MicroLmError("data", "Expected a checkpoint of a fine-tuning, found something else", {
      at: { file },
      hint: "Delete the run folder, and the run starts again",
      ...(cause ? { cause } : {}),
    });
  const end = bytes.indexOf(10) + 1;
  const { header, text } = readHeader(bytes.subarray(0, end), damaged);
  const body = bytes.slice(end);
  if (body.length !== 32 * header.head + 16 * header.encoder) throw damaged();
  const { sha256 } = header;
  if (sha256Hex(text.replace(sha256, ""), body) !== sha256) throw damaged();
  if (header.key !== key) return null;
  const doubles = new Float64Array(body.buffer, 0, 4 * header.head);
  const singles = new Float32Array(body.buffer, 32 * header.head);
  const [head, bestHead] = split(doubles, header.head);
  const [encoder, bestEncoder] = split(singles, header.encoder);
  const { step, stopping, pending, evaluations, logs } = header;
  const best = { ...header.best, head: bestHead, encoder: bestEncoder };
  return { step, stopping, pending, evaluations, logs, head, encoder, best };
}

function readHeader(line: Uint8Array, damaged: (cause?: unknown) => MicroLmError) {
  const text = new TextDecoder().decode(line).trimEnd();
  try {
    return { header: HEADER.parse(JSON.parse(text)), text };
  } catch (cause) {
    throw damaged(cause);
  }
}

function inOrder<T>(group: { weights: T; mean: T; square: T }, best: T): T[] {
  return [group.weights, group.mean, group.square, best];
}

function split<T extends Float32Array | Float64Array>(all: T, length: number) {
  const [weights, mean, square, best] = [0, 1, 2, 3].map((i) =>
    all.subarray(i * length, (i + 1) * length) as T
  );
  return [{ weights: weights!, mean: mean!, square: square! }, best!] as const;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
