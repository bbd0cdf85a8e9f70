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

/**
 * Unpacks what {@linkcode packIntegers} packed.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If it holds another number of integers.
 */
export function unpackIntegers(text: string, rows: number, cols: number): Int16Array {
  const bits = new BitReader(Uint8Array.fromBase64(text));
  const out = new Int16Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const parameter = bits.read(PARAMETER_BITS);
    for (let i = row * cols; i < (row + 1) * cols; i++) {
      const folded = (bits.countOnes() << parameter) | bits.read(parameter);
      out[i] = folded & 1 ? -((folded + 1) >> 1) : folded >> 1;
    }
  }
  if (!bits.isAtEnd()) {
    throw new RangeError(`Expected ${rows} × ${cols} weights in steps, found another number`);
  }
  return out;
}

/** Bits from the lowest of each byte on, zeros after the end. */
class BitReader {
  readonly #bytes: Uint8Array;
  #next = 0;
  /** Bits that were taken from the bytes and not yet read, and their number. */
  #held = 0;
  #count = 0;
  #missing = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** At most 16 bits. */
  read(count: number): number {
    if (this.#count < count) this.#fill();
    if (this.#count < count) this.#missing++;
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#count -= count;
    return value;
  }

  /** The number of ones before the next zero; takes the zero, too. */
  countOnes(): number {
    let ones = 0;
    for (;;) {
      if (this.#count < 17) this.#fill();
      const zeros = ~this.#held;
      const run = Math.min(24, 31 - Math.clz32(zeros & -zeros));
      if (run < this.#count || this.#count <= 0) {
        if (this.#count <= 0) this.#missing++;
        this.#held >>>= run + 1;
        this.#count -= run + 1;
        return ones + run;
      }
      ones += this.#count;
      this.#held = 0;
      this.#count = 0;
    }
  }

  /** Whether all bytes were read, and none beyond them. */
  isAtEnd(): boolean {
    return this.#missing === 0 && this.#next === this.#bytes.length && this.#count < 8;
  }

  #fill(): void {
    while (this.#count <= 16 && this.#next < this.#bytes.length) {
      this.#held |= this.#bytes[this.#next++]! << this.#count;
      this.#count += 8;
    }
  }
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
