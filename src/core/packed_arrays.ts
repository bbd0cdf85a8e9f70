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

/** Whether a text is base64 with its padding and nothing in between. */
export function isBase64(text: string): boolean {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  try {
    return Uint8Array.fromBase64(text).length === (text.length / 4) * 3 - padding;
  } catch {
    return false;
  }
}

/** Bits of a row's Rice parameter. */
const PARAMETER_BITS = 4;
/** The largest of them. */
const MOST_PARAMETER = (1 << PARAMETER_BITS) - 1;

/**
 * Packs rows of small whole numbers as base64 of a Rice code (Rice, 1979, "Some practical universal
 * noiseless coding techniques"): each row has the parameter that suits it best, four bits, then each
 * number zigzag, the high bits in unary, the low ones as they are. Many numbers near zero take little.
 *
 * @param options `isQuick`: the parameter follows from the mean alone, as in files of before.
 */
export function packIntegers(
  values: Int16Array,
  cols: number,
  { isQuick = false }: { readonly isQuick?: boolean } = {},
): string {
  const bits = new BitWriter(values.length);
  const folded = new Uint32Array(cols);
  for (let at = 0; at < values.length; at += cols) {
    for (let i = 0; i < cols; i++) {
      const value = values[at + i]!;
      folded[i] = value < 0 ? -2 * value - 1 : 2 * value;
    }
    const parameter = isQuick ? meanParameter(values.subarray(at, at + cols)) : undefined;
    bits.writeRice(folded, PARAMETER_BITS, parameter);
  }
  return bits.finish().toBase64();
}

/** About where a geometric distribution of the mean of these numbers has its least code. */
function meanParameter(row: Int16Array): number {
  let sum = 0;
  for (const value of row) sum += 2 * Math.abs(value);
  const mean = sum / Math.max(1, row.length);
  return Math.min(MOST_PARAMETER, Math.max(0, Math.ceil(Math.log2(0.7 * mean + 1e-9))));
}

/** The parameter with the least code: about where a geometric distribution of this mean has it. */
function riceParameter(values: Uint32Array, most: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / Math.max(1, values.length);
  const guess = Math.max(0, Math.ceil(Math.log2(0.7 * mean + 1e-9)));
  let best = 0;
  let least = Infinity;
  for (let p = Math.max(0, Math.min(most, guess) - 1); p <= Math.min(most, guess + 1); p++) {
    let cost = p * values.length;
    for (let i = 0; i < values.length; i++) cost += values[i]! >>> p;
    if (cost < least) [best, least] = [p, cost];
  }
  return best;
}

/** Bits of a word that stand in it wherever in its first byte it is read from. */
const WINDOW = 25;

/**
 * Unpacks what {@linkcode packIntegers} packed, each row times 2 to the power of its exponent.
 *
 * One loop over local numbers: with a reader of bits in an object the weights of a mapper take three
 * times as long.
 *
 * @param exponents One for all rows, or one each.
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If it holds another number of integers.
 */
export function unpackIntegers(
  text: string,
  rows: number,
  cols: number,
  exponents: number | Int8Array = 0,
): Float32Array {
  const bytes = Uint8Array.fromBase64(text);
  const end = 8 * bytes.length;
  const wrong = () =>
    new RangeError(`Expected ${rows} × ${cols} weights in steps, found another number`);
  // After the end there are zeros enough for a row, each number of which takes two bytes at most there.
  const padded = new Uint8Array(bytes.length + 2 * cols + 16);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  const out = new Float32Array(rows * cols);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    if (at > end) throw wrong();
    const step = 2 ** (typeof exponents === "number" ? exponents : exponents[row]!);
    const parameter = (words.getUint32(at >>> 3, true) >>> (at & 7)) & MOST_PARAMETER;
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
      out[i] = step * (folded & 1 ? -((folded + 1) >> 1) : folded >> 1);
    }
  }
  if (at > end || end - at >= 8) throw wrong();
  return out;
}

/** Bits of the Rice parameter of whole numbers up to 2^32. */
const COUNT_PARAMETER_BITS = 5;
/** Largest counts that are packed: a place of a bit fits into 31 bits. */
const MOST_COUNTS = 1 << 24;

/**
 * Packs whole numbers from 0 to 2^31 of which most are small, as base64: their count, then a Rice code with
 * one parameter.
 */
export function packCounts(values: Uint32Array): string {
  const bits = new BitWriter(values.length);
  bits.write(values.length, 32);
  bits.writeRice(values, COUNT_PARAMETER_BITS);
  return bits.finish().toBase64();
}

/**
 * Unpacks what {@linkcode packCounts} packed.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If it holds another number of integers than it says.
 */
export function unpackCounts(text: string): Uint32Array {
  const bits = new BitReader(Uint8Array.fromBase64(text));
  const length = bits.read(32);
  if (length > Math.min(bits.left, MOST_COUNTS)) throw wrongCount(length);
  const parameter = bits.read(COUNT_PARAMETER_BITS);
  const out = new Uint32Array(length);
  for (let i = 0; i < length; i++) out[i] = bits.readRice(parameter);
  if (bits.left < 0 || bits.left >= 8) throw wrongCount(length);
  return out;
}

function wrongCount(length: number): RangeError {
  return new RangeError(`Expected ${length} packed numbers, found another number`);
}

/** Packs ascending whole numbers, of which none comes twice, by what lies between them. */
export function packAscending(values: Uint32Array): string {
  return packCounts(values.map((value, i) => i === 0 ? value : value - values[i - 1]! - 1));
}

/**
 * Unpacks what {@linkcode packAscending} packed.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} As {@linkcode unpackCounts}, and if the numbers exceed 2^32.
 */
export function unpackAscending(text: string): Uint32Array {
  const values = unpackCounts(text);
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    last += values[i]! + 1;
    values[i] = last;
  }
  if (last >= 2 ** 32) throw new RangeError(`Expected numbers below 2^32, found ${last}`);
  return values;
}

/**
 * Packs the number of the group of each of many things, where groups are counted in the order in which they
 * first appear: a bit says whether a group is new, else its number follows.
 */
export function packGroups(groups: Uint32Array): string {
  const bits = new BitWriter(groups.length);
  bits.write(groups.length, 32);
  let known = 0;
  for (const group of groups) {
    const isNew = group === known;
    bits.write(isNew ? 1 : 0, 1);
    if (isNew) known++;
    else bits.write(group, bitsBelow(known));
  }
  return bits.finish().toBase64();
}

/** Bits of a number below another one. */
function bitsBelow(count: number): number {
  return 32 - Math.clz32(Math.max(0, count - 1));
}

/**
 * Unpacks what {@linkcode packGroups} packed.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If it holds another number of groups than it says, or one that never began.
 */
export function unpackGroups(text: string): { groups: Uint32Array; count: number } {
  const bits = new BitReader(Uint8Array.fromBase64(text));
  const length = bits.read(32);
  if (length > Math.min(bits.left, MOST_COUNTS)) throw wrongCount(length);
  const groups = new Uint32Array(length);
  let known = 0;
  for (let i = 0; i < length; i++) {
    if (bits.read(1) === 1) groups[i] = known++;
    else {
      groups[i] = bits.read(bitsBelow(known));
      if (groups[i]! >= known) {
        throw new RangeError(`Expected one of ${known} groups, found another`);
      }
    }
  }
  if (bits.left < 0 || bits.left >= 8) throw wrongCount(length);
  return { groups, count: known };
}

/** Packs numbers of which many are equal: those that differ, the most frequent first, and which each is. */
export function packRepeated(values: Float32Array): { values: string; which: string } {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([value]) => value);
  const rank = new Map(ranked.map((value, i) => [value, i]));
  return {
    values: packArray(Float32Array.from(ranked)),
    which: packCounts(Uint32Array.from(values, (value) => rank.get(value)!)),
  };
}

/**
 * Unpacks what {@linkcode packRepeated} packed.
 *
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} As {@linkcode unpackCounts}, and if a number is none of those that there are.
 */
export function unpackRepeated(packed: { values: string; which: string }): Float32Array {
  const values = unpackArray(packed.values, Float32Array);
  const which = unpackCounts(packed.which);
  const out = new Float32Array(which.length);
  for (let i = 0; i < which.length; i++) {
    if (which[i]! >= values.length) {
      throw new RangeError(`Expected one of ${values.length} numbers, found another`);
    }
    out[i] = values[which[i]!]!;
  }
  return out;
}

/** Bits from the lowest of each byte on. */
class BitWriter {
  #bytes: Uint8Array;
  #at = 0;
  /** Bits that do not make a byte yet, and their number. */
  #open = 0;
  #held = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity + 16);
  }

  /** Writes the low bits of a value, at most 32. */
  write(value: number, count: number): void {
    if (count > 16) {
      this.write(value & 0xffff, 16);
      this.write(value >>> 16, count - 16);
      return;
    }
    this.#open |= (value & ((1 << count) - 1)) << this.#held;
    this.#held += count;
    for (; this.#held >= 8; this.#held -= 8, this.#open >>>= 8) this.#put(this.#open & 0xff);
  }

  /** Writes whole numbers, and before them the parameter: that which suits them best unless it is given. */
  writeRice(
    values: Uint32Array,
    parameterBits: number,
    parameter = riceParameter(values, 2 ** parameterBits - 1),
  ): void {
    this.write(parameter, parameterBits);
    for (let i = 0; i < values.length; i++) {
      for (let left = values[i]! >>> parameter; left > 0; left -= 16) {
        this.write(0xffff, Math.min(16, left));
      }
      this.write(0, 1);
      this.write(values[i]!, parameter);
    }
  }

  finish(): Uint8Array {
    if (this.#held > 0) this.#put(this.#open);
    return this.#bytes.subarray(0, this.#at);
  }

  #put(byte: number): void {
    if (this.#at === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#at++] = byte;
  }
}

/** Reads what a {@linkcode BitWriter} wrote; beyond the end there are zeros. */
class BitReader {
  readonly #words: DataView;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    const padded = new Uint8Array(bytes.length + 16);
    padded.set(bytes);
    this.#words = new DataView(padded.buffer);
    this.#end = 8 * bytes.length;
  }

  /** Bits that have not been read; negative once more were read than there are. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** Reads a number of at most 32 bits. */
  read(count: number): number {
    if (count > 16) return this.read(16) + this.read(count - 16) * 2 ** 16;
    const at = Math.min(this.#at, this.#end);
    this.#at += count;
    return (this.#words.getUint32(at >>> 3, true) >>> (at & 7)) & ((1 << count) - 1);
  }

  /** Reads a number of a Rice code. */
  readRice(parameter: number): number {
    const at = Math.min(this.#at, this.#end);
    const window = this.#words.getUint32(at >>> 3, true) >>> (at & 7);
    const ones = 31 - Math.clz32(~window & -~window);
    if (ones >= 0 && ones + 1 + parameter <= WINDOW) {
      this.#at += ones + 1 + parameter;
      return (ones << parameter) | ((window >>> (ones + 1)) & ((1 << parameter) - 1));
    }
    let high = 0;
    while (this.#at < this.#end && this.read(1) === 1) high++;
    return high * 2 ** parameter + this.read(parameter);
  }
}
