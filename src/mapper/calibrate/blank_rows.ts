import { normalForm, vectorKeys } from "../../data/identity.ts";
import type { Encoder } from "../../encoders/encoder.ts";
import type { Features } from "../../core/matrix.ts";

/** A character for private use: no encoder knows it. */
const UNKNOWN = "\uE000";

/** Tells which texts an encoder saw nothing of, from their features: 1 for those. */
export type BlankFinder = (features: Features, texts: readonly string[]) => Promise<Uint8Array>;

/**
 * Makes a finder of texts that give a mapper nothing to go by: no feature at all, the vector of a symbol
 * that the encoder does not know, or nothing but punctuation.
 */
export function createBlankFinder(encoder: Encoder): BlankFinder {
  // An encoder that answers over the network is not asked for a symbol that nobody typed.
  const isRemote = encoder.spec.includes("://");
  const unknown = async () => {
    if (isRemote) return undefined;
    const [key] = vectorKeys(await encoder.encode([UNKNOWN]));
    return key;
  };
  let asked: Promise<string | undefined> | undefined;
  return async (features, texts) => {
    const key = await (asked ??= unknown());
    const keys = key === undefined ? [] : vectorKeys(features);
    return Uint8Array.from(
      texts,
      (text, row) =>
        isZero(features, row) || (key !== undefined && keys[row] === key) || normalForm(text) === ""
          ? 1
          : 0,
    );
  };
}

function isZero({ dense, sparse }: Features, row: number): boolean {
  if (sparse && sparse.indptr[row] !== sparse.indptr[row + 1]) return false;
  if (!dense) return true;
  const { data, cols } = dense;
  return data.subarray(row * cols, (row + 1) * cols).every((value) => value === 0);
}
