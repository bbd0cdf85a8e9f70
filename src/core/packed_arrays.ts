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

/** Bits of a row's Rice parameter. */
const PARAMETER_BITS = 4;

/**
 * Packs rows of small whole numbers as base64 of a Rice code (Rice, 1979, "Some practical universal
 * noiseless coding techniques"): each row has the parameter that suits its mean, four bits, then each
 * number zigzag, the high bits in unary, the low ones as they are. Many numbers near zero take little.
 */
export function packIntegers(values: Int16Array, cols: number): string {
  const bits = new BitWriter(values.length);
  for (let at = 0; at < values.length; at += cols) {
    const parameter = riceParameter(values.subarray(at, at + cols));
    bits.write(parameter, PARAMETER_BITS);
    for (let i = at; i < at + cols; i++) {
      const value = values[i]!;
      const folded = value < 0 ? -2 * value - 1 : 2 * value;
      for (let left = folded >> parameter; left > 0; left -= 16) {
        const ones = Math.min(16, left);
        bits.write((1 << ones) - 1, ones);
      }
      bits.write(0, 1);
      bits.write(folded & ((1 << parameter) - 1), parameter);
    }
  }
  return bits.finish().toBase64();
}

/** About where a geometric distribution of this mean has its least code. */
function riceParameter(row: Int16Array): number {
  let sum = 0;
  for (const value of row) sum += 2 * Math.abs(value);
  const mean = sum / Math.max(1, row.length);
  return Math.min(15, Math.max(0, Math.ceil(Math.log2(0.7 * mean + 1e-9))));
}

/** Bits of a word that stand in it wherever in its first byte it is read from. */
const WINDOW = 25;

/**
 * Unpacks what {@linkcode packIntegers} packed.
 *
 * One loop over local numbers: with a reader of bits in an object the weights of a mapper take three
 * times as long.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If it holds another number of integers.
 */
export function unpackIntegers(text: string, rows: number, cols: number): Int16Array {
  const bytes = Uint8Array.fromBase64(text);
  const end = 8 * bytes.length;
  const wrong = () =>
    new RangeError(`Expected ${rows} × ${cols} weights in steps, found another number`);
  // After the end there are zeros enough for a row, each number of which takes two bytes at most there.
  const padded = new Uint8Array(bytes.length + 2 * cols + 16);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  const out = new Int16Array(rows * cols);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    if (at > end) throw wrong();
    const parameter = (words.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << PARAMETER_BITS) - 1);
    at += PARAMETER_BITS;
    const low = (1 << parameter) - 1;
    for (let i = row * cols; i < (row + 1) * cols; i++) {
      let window = words.getUint32(at >>> 3, true) >>> (at & 7);
      // The number of ones at the low end; of a word of ones alone it is 32.
      let ones = 31 - Math.clz32(~window & -~window);
      if (ones < 0) ones = 32;
      if (ones + 1 + parameter > WINDOW) {
        ones = 0;
        while (at < end && (bytes[at >>> 3]! >>> (at & 7)) & 1) {
          ones++;
          at++;
        }
        at++;
        window = words.getUint32(at >>> 3, true) >>> (at & 7);
      } else {
        at += ones + 1;
        window >>>= ones + 1;
      }
      at += parameter;
      const folded = (ones << parameter) | (window & low);
      out[i] = folded & 1 ? -((folded + 1) >> 1) : folded >> 1;
    }
  }
  if (at > end || end - at >= 8) throw wrong();
  return out;
}

/** Bits from the lowest of each byte on. */
class BitWriter {
  #bytes: Uint8Array;
  #at = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity + 16);
  }

  write(value: number, count: number): void {
    if ((this.#at >> 3) + 8 > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let i = 0; i < count; i++, this.#at++) {
      this.#bytes[this.#at >> 3]! |= ((value >> i) & 1) << (this.#at & 7);
    }
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, Math.ceil(this.#at / 8));
  }
}
