import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";
import {
  copyVector,
  HEADER_BYTES,
  isWhole,
  keyAt,
  packHeader,
  packRecord,
  recordBytesOf,
  unpackHeader,
  type VectorFileHeader,
  type VectorRecord,
} from "./format.ts";

/** Files are read and moved in pieces of about this size. */
const PIECE_BYTES = 4 << 20;

/**
 * An append-only file of vectors of one encoder.
 *
 * After the header come records of one size: text hash (16 bytes), vector (float32, little-endian like
 * every machine that Deno runs on), crc32 of both. A record's place follows from its number, so a torn
 * tail is what remains after the last whole record. Whoever reads or writes holds an advisory lock
 * (`flock`), which the system releases when a process dies: a torn tail that is seen under the
 * exclusive lock belongs to nobody and is cut off. No lock is held across an `await`; several processes,
 * or several handles in one, can use one file. A record with a wrong checksum counts as absent.
 *
 * When an append would exceed `maxBytes`, the older records are dropped, so that the file falls to at
 * most half of it: records move to the front, and each stays whole or is recognised as broken if the
 * process is killed meanwhile.
 */
export class VectorFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #header: VectorFileHeader;
  readonly #recordBytes: number;
  readonly #maxRecords: number;
  /** Number of the newest record of each key. */
  readonly #index = new Map<string, number>();
  #generation = 0;
  /** Records that the index covers. */
  #indexed = 0;

  /**
   * Opens the file, or makes it, and reads its index.
   *
   * @throws {MicroLmError} Kind `data` if the file is another encoder's or no cache, `write` or
   * `permission` if it cannot be used.
   */
  constructor(path: string, header: Omit<VectorFileHeader, "generation">, maxBytes: number) {
    this.#path = path;
    this.#header = { ...header, generation: 0 };
    this.#recordBytes = recordBytesOf(header.dims);
    this.#maxRecords = Math.floor((maxBytes - HEADER_BYTES) / this.#recordBytes);
    if (this.#maxRecords < 1) throw new RangeError(`maxBytes ${maxBytes} holds no vector`);
    this.#file = this.#io(() => Deno.openSync(path, { read: true, write: true, create: true }));
    try {
      this.#locked(true, () => {
        this.#repair();
        this.#refresh();
      });
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Number of texts with a vector, as far as this handle has seen. */
  get entries(): number {
    return this.#index.size;
  }

  /** Copies the vector of each key that is there to `place(i)`; returns the positions of the others. */
  read(keys: readonly string[], place: (i: number) => Float32Array): number[] {
    return this.#locked(false, () => {
      this.#refresh();
      const missing: number[] = [];
      const wanted: { i: number; record: number }[] = [];
      keys.forEach((key, i) => {
        const record = this.#index.get(key);
        if (record === undefined) missing.push(i);
        else wanted.push({ i, record });
      });
      wanted.sort((a, b) => a.record - b.record);
      for (const { i, bytes } of this.#readRecords(wanted)) {
        if (isWhole(bytes, keys[i]!)) copyVector(bytes, place(i));
        else missing.push(i);
      }
      return missing.sort((a, b) => a - b);
    });
  }

  /** Appends records in one write. Those that the file cannot hold are left out. */
  append(records: readonly VectorRecord[]): void {
    const kept = records.slice(-this.#maxRecords);
    const bytes = new Uint8Array(kept.length * this.#recordBytes);
    kept.forEach((record, i) =>
      packRecord(record, bytes.subarray(i * this.#recordBytes, (i + 1) * this.#recordBytes))
    );
    this.#locked(true, () => {
      this.#repair();
      this.#makeRoom(kept.length);
      this.#writeAt(this.#place(this.#recordCount()), bytes);
      this.#refresh();
    });
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Under the exclusive lock: writes a header where none is whole, and cuts off a torn tail. */
  #repair(): void {
    const size = this.#file.statSync().size;
    if (size < HEADER_BYTES) {
      this.#file.truncateSync(0);
      this.#writeAt(0, packHeader(this.#header));
      return;
    }
    this.#checkHeader();
    const whole = this.#place(this.#recordCount());
    if (size > whole) this.#file.truncateSync(whole);
  }

  #checkHeader(): VectorFileHeader {
    const header = unpackHeader(this.#readAt(0, HEADER_BYTES));
    const { fingerprint, dims } = this.#header;
    if (header?.fingerprint === fingerprint && header.dims === dims) return header;
    const found = header ? `vectors of ${header.spec || header.fingerprint}` : "something else";
    throw new MicroLmError("data", `Expected cached vectors of ${fingerprint}, found ${found}`, {
      at: { file: this.#path },
      hint: "Clear the cache with: deno task cache clear",
    });
  }

  /** Takes in what this or another process has written since the last look. */
  #refresh(): void {
    const { generation } = this.#checkHeader();
    const count = this.#recordCount();
    if (generation !== this.#generation || count < this.#indexed) {
      this.#index.clear();
      this.#indexed = 0;
      this.#generation = generation;
    }
    const step = this.#recordBytes;
    const perPiece = Math.max(1, Math.floor(PIECE_BYTES / step));
    while (this.#indexed < count) {
      const some = Math.min(perPiece, count - this.#indexed);
      const bytes = this.#readAt(this.#place(this.#indexed), some * step);
      for (let i = 0; i < some; i++) this.#index.set(keyAt(bytes, i * step), this.#indexed++);
    }
  }

  /** Drops the oldest records if `more` of them do not fit. */
  #makeRoom(more: number): void {
    const count = this.#recordCount();
    if (count + more <= this.#maxRecords) return;
    const keep = Math.min(count, Math.max(0, Math.floor(this.#maxRecords / 2) - more));
    const header = this.#checkHeader();
    this.#writeAt(0, packHeader({ ...header, generation: (header.generation + 1) >>> 0 }));
    const perPiece = Math.max(1, Math.floor(PIECE_BYTES / this.#recordBytes));
    for (let done = 0; done < keep; done += perPiece) {
      const some = Math.min(perPiece, keep - done) * this.#recordBytes;
      this.#writeAt(this.#place(done), this.#readAt(this.#place(count - keep + done), some));
    }
    this.#file.truncateSync(this.#place(keep));
  }

  /** Reads records in ascending order, neighbours together. */
  *#readRecords(
    wanted: readonly { i: number; record: number }[],
  ): Generator<{ i: number; bytes: Uint8Array }> {
    const step = this.#recordBytes;
    const perPiece = Math.max(1, Math.floor(PIECE_BYTES / step));
    let to = 0;
    for (let from = 0; from < wanted.length; from = to) {
      const first = wanted[from]!.record;
      const isNear = (at: number) =>
        wanted[at]!.record - wanted[at - 1]!.record <= 1 && wanted[at]!.record < first + perPiece;
      for (to = from + 1; to < wanted.length && isNear(to);) to++;
      const bytes = this.#readAt(
        this.#place(first),
        (wanted[to - 1]!.record - first + 1) * step,
      );
      for (const { i, record } of wanted.slice(from, to)) {
        yield { i, bytes: bytes.subarray((record - first) * step, (record - first + 1) * step) };
      }
    }
  }

  #place(record: number): number {
    return HEADER_BYTES + record * this.#recordBytes;
  }

  #recordCount(): number {
    return Math.floor((this.#file.statSync().size - HEADER_BYTES) / this.#recordBytes);
  }

  #readAt(place: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(place, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const read = this.#file.readSync(bytes.subarray(at));
      if (read === null) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  }

  #writeAt(place: number, bytes: Uint8Array): void {
    this.#file.seekSync(place, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  #locked<T>(exclusive: boolean, run: () => T): T {
    return this.#io(() => {
      this.#file.lockSync(exclusive);
      try {
        return run();
      } finally {
        this.#file.unlockSync();
      }
    });
  }

  #io<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) throw error;
      throw explainIoError(error, this.#path, "write");
    }
  }
}
