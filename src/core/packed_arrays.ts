/** Typed arrays as base64 of their little-endian bytes, the order of every machine that runs Deno. */
export function packArray(array: Float32Array | Float64Array | Uint32Array): string {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).toBase64();
}

/**
 * Unpacks base64 into a typed array.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If the bytes are no whole number of elements.
 */
export function unpackArray<T>(
  text: string,
  ArrayType: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const bytes = Uint8Array.fromBase64(text);
  if (bytes.length % ArrayType.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(`Expected whole elements, got ${bytes.length} bytes`);
  }
  return new ArrayType(bytes.buffer);
}
