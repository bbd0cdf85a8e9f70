import { UNPACK_WASM } from "./unpack_wasm.ts";

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

/**
 * Unpacks what {@linkcode packIntegers} packed, each row times 2 to the power of its exponent.
 *
 * @param exponents One for all rows, or one each; from −128 to 127.
 * @throws {SyntaxError} If the text is no base64.
 * @throws {RangeError} If it holds another number of integers.
 */
export function unpackIntegers(
  text: string,
  rows: number,
  cols: number,
  exponents: number | Int8Array = 0,
): Float32Array {
  const wrong = () =>
    new RangeError(`Expected ${rows} × ${cols} weights in steps, found another number`);
  const unpacker = new Unpacker(text);
  // Each takes a bit or more, so that no file asks for memory that it has not the size for.
  if (rows * cols > unpacker.kernel.end.value) throw wrong();
  const powers = unpacker.reserve(rows);
  const out = unpacker.reserve(4 * rows * cols);
  const { kernel } = unpacker;
  const bytes = new Int8Array(kernel.memory.buffer, powers, rows);
  if (typeof exponents === "number") bytes.fill(exponents);
  else bytes.set(exponents);
  kernel.steps(rows, cols, powers, out);
  if (!unpacker.isAtEnd()) throw wrong();
  return unpacker.take(Float32Array, out, rows * cols);
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
  const { unpacker, at, length } = loadCounts(text);
  return unpacker.take(Uint32Array, at, length);
}

/** Counts in the memory of the kernel. */
function loadCounts(text: string): { unpacker: Unpacker; at: number; length: number } {
  const unpacker = new Unpacker(text);
  const length = unpacker.readLength();
  const parameter = unpacker.kernel.read(COUNT_PARAMETER_BITS);
  const at = unpacker.reserve(4 * length);
  unpacker.kernel.counts(parameter, length, at);
  if (!unpacker.isAtEnd()) throw wrongCount(length);
  return { unpacker, at, length };
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
  const { unpacker, at, length } = loadCounts(text);
  const last = unpacker.kernel.ascend(at, length);
  if (last >= 2 ** 32) throw new RangeError(`Expected numbers below 2^32, found ${last}`);
  return unpacker.take(Uint32Array, at, length);
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
  const unpacker = new Unpacker(text);
  const length = unpacker.readLength();
  const at = unpacker.reserve(4 * length);
  const count = unpacker.kernel.groups(length, at);
  if (count < 0) throw new RangeError("Expected a group that has begun, found another");
  if (!unpacker.isAtEnd()) throw wrongCount(length);
  return { groups: unpacker.take(Uint32Array, at, length), count };
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
  const { unpacker, at, length } = loadCounts(packed.which);
  const numbers = unpacker.reserve(values.byteLength);
  new Float32Array(unpacker.kernel.memory.buffer, numbers, values.length).set(values);
  if (!unpacker.kernel.pick(numbers, values.length, at, length)) {
    throw new RangeError(`Expected one of ${values.length} numbers, found another`);
  }
  return unpacker.take(Float32Array, at, length);
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

/** What `unpack_kernel.wat` exports; it says what each does. */
interface UnpackKernel {
  readonly memory: WebAssembly.Memory;
  readonly at: WebAssembly.Global;
  readonly end: WebAssembly.Global;
  read(count: number): number;
  counts(parameter: number, count: number, out: number): void;
  steps(rows: number, cols: number, exponents: number, out: number): void;
  groups(count: number, out: number): number;
  ascend(values: number, count: number): number;
  pick(numbers: number, size: number, places: number, count: number): number;
}

const PAGE = 65_536;
/** Zeros after what is packed: the kernel reads a word where the last bit stands, and no further. */
const PADDING = 16;
/** A larger memory is not kept for the next text. */
const KEPT = 1 << 24;

let kept: UnpackKernel | undefined;

/**
 * A text of base64 in the memory of the kernel, with what is made of it. In WebAssembly, because a mapper
 * is mostly opened once a process: a loop in JavaScript runs a hundred thousand numbers long before it is
 * compiled.
 */
class Unpacker {
  readonly kernel: UnpackKernel;
  #free: number;

  constructor(text: string) {
    this.kernel = kept ??= openKernel();
    const { memory, at, end } = this.kernel;
    this.#free = 0;
    this.reserve(3 * Math.ceil(text.length / 4) + PADDING);
    const bytes = new Uint8Array(memory.buffer);
    const { written } = bytes.setFromBase64(text);
    bytes.fill(0, written, written + PADDING);
    at.value = 0;
    end.value = 8 * written;
  }

  /** Room for some bytes: its address, a multiple of eight. Views of the memory end with it. */
  reserve(bytes: number): number {
    const { memory } = this.kernel;
    const from = this.#free;
    this.#free = Math.ceil((from + bytes) / 8) * 8;
    const missing = this.#free - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return from;
  }

  /** Reads how many numbers there are, of which each takes a bit or more. */
  readLength(): number {
    const length = this.kernel.read(32) >>> 0;
    const left = this.kernel.end.value - this.kernel.at.value;
    if (length > Math.min(left, MOST_COUNTS)) throw wrongCount(length);
    return length;
  }

  /** Whether all was read, but for what fills the last byte. */
  isAtEnd(): boolean {
    const left = this.kernel.end.value - this.kernel.at.value;
    return left >= 0 && left < 8;
  }

  /** A copy of what was made. */
  take<T extends Uint32Array | Float32Array>(
    ArrayType: { new (buffer: ArrayBuffer, at: number, length: number): T },
    at: number,
    length: number,
  ): T {
    const { buffer } = this.kernel.memory;
    if (buffer.byteLength > KEPT) kept = undefined;
    return new ArrayType(buffer as ArrayBuffer, at, length).slice() as T;
  }
}

function openKernel(): UnpackKernel {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(UNPACK_WASM));
  return new WebAssembly.Instance(module).exports as unknown as UnpackKernel;
}
