import { crc32 } from "node:zlib";

/** First bytes of every cache file; the last digit is the version of the format. */
const MAGIC = "mlmvec1\n";
/** Magic (8), dims (4), generation (4), fingerprint (32), spec (76, padded with zeros), crc32 (4). */
export const HEADER_BYTES = 128;
const SPEC_BYTES = 76;
/** Bytes of a text hash at the start of each record. */
export const KEY_BYTES = 16;
/** What the header of a cache file says. */
export interface VectorFileHeader {
  /** Fingerprint of the encoder: 64 hex digits. */
  readonly fingerprint: string;
  /** What the user called the encoder; for people, cut to 76 bytes. */
  readonly spec: string;
  readonly dims: number;
  /** Grows when records move: the index of an older generation is worthless. */
  readonly generation: number;
}

/** A vector to be stored and the hash of its text. */
export interface VectorRecord {
  /** 16 bytes as a string of 32 hex digits. */
  readonly key: string;
  readonly vector: Float32Array;
}

/** Bytes of one record. */
export function recordBytesOf(dims: number): number {
  return KEY_BYTES + 4 * dims + 4;
}

/** Writes a header. */
export function packHeader({ dims, generation, fingerprint, spec }: VectorFileHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const text = new TextEncoder();
  text.encodeInto(MAGIC, bytes);
  view.setUint32(8, dims, true);
  view.setUint32(12, generation, true);
  bytes.set(Uint8Array.fromHex(fingerprint), 16);
  text.encodeInto(spec, bytes.subarray(48, 48 + SPEC_BYTES));
  view.setUint32(HEADER_BYTES - 4, crc32(bytes.subarray(0, HEADER_BYTES - 4)), true);
  return bytes;
}

/** Reads a header; undefined if it is none, or broken. */
export function unpackHeader(bytes: Uint8Array): VectorFileHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  if (bytes.length < HEADER_BYTES || text.decode(bytes.subarray(0, 8)) !== MAGIC) return undefined;
  const crc = crc32(bytes.subarray(0, HEADER_BYTES - 4));
  if (view.getUint32(HEADER_BYTES - 4, true) !== crc) return undefined;
  return {
    dims: view.getUint32(8, true),
    generation: view.getUint32(12, true),
    fingerprint: bytes.subarray(16, 48).toHex(),
    spec: text.decode(bytes.subarray(48, 48 + SPEC_BYTES)).replace(/\0+$/, ""),
  };
}

/** Writes a record over `out`, which has its size. */
export function packRecord({ key, vector }: VectorRecord, out: Uint8Array): void {
  out.set(Uint8Array.fromHex(key));
  out.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), KEY_BYTES);
  const end = out.length - 4;
  new DataView(out.buffer, out.byteOffset).setUint32(end, crc32(out.subarray(0, end)), true);
}

/** The text hash of the record that starts at byte `at`. */
export function keyAt(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + KEY_BYTES).toHex();
}

/** Whether a record is that of `key` and has the right checksum. */
export function isWhole(record: Uint8Array, key: string): boolean {
  const end = record.length - 4;
  const stored = new DataView(record.buffer, record.byteOffset).getUint32(end, true);
  return keyAt(record, 0) === key && stored === crc32(record.subarray(0, end));
}

/** Copies the vector of a record. */
export function copyVector(record: Uint8Array, out: Float32Array): void {
  const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  target.set(record.subarray(KEY_BYTES, record.length - 4));
}
