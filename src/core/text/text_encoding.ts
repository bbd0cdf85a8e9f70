/** How bytes are text. */
export interface Encoding {
  /** What `TextDecoder` calls it. */
  readonly label: string;
  /** What people call it. */
  readonly name: string;
  /** Number of bytes at the end that begin a character which the next bytes complete. */
  cutOff(bytes: Uint8Array): number;
  /** What the user can do about bytes that are none. */
  hint(bytes: Uint8Array): string;
}

const UTF_8: Encoding = {
  label: "utf-8",
  name: "UTF-8",
  cutOff: (bytes) => {
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back]!;
      if ((byte & 0xc0) === 0x80) continue;
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
      return length > back ? back : 0;
    }
    return 0;
  },
  hint: (bytes) =>
    looksLikeWindows(bytes)
      ? "It may be Windows-1252, as older programs write it; save it as UTF-8 " +
        '("CSV UTF-8" in a spreadsheet)'
      : "The file looks binary; save it as UTF-8 text",
};

function utf16(label: "utf-16le" | "utf-16be"): Encoding {
  const high = label === "utf-16le" ? 1 : 2;
  return {
    label,
    name: "UTF-16",
    cutOff: (bytes) => {
      const odd = bytes.length % 2;
      const last = bytes[bytes.length - odd - 3 + high];
      return odd + (last !== undefined && (last & 0xfc) === 0xd8 ? 2 : 0);
    },
    hint: () => "The file begins with the mark of UTF-16; save it as UTF-8 text",
  };
}

const UTF_16LE = utf16("utf-16le");
const UTF_16BE = utf16("utf-16be");

/** The encoding that the first bytes of a file speak for: UTF-8 unless a byte-order mark says other. */
export function findEncoding(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return UTF_16LE;
  if (head[0] === 0xfe && head[1] === 0xff) return UTF_16BE;
  return UTF_8;
}

interface Binary {
  readonly magic: readonly number[];
  readonly found: string;
  readonly hint: string;
}

const SHEET_HINT = "Save the sheet as CSV (UTF-8)";

const BINARIES: readonly Binary[] = [
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    found: "a zip archive, as .xlsx workbooks are",
    hint: SHEET_HINT,
  },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], found: "an .xls workbook", hint: SHEET_HINT },
  { magic: [0x1f, 0x8b], found: "gzip data", hint: "Unpack it first" },
  { magic: [0x25, 0x50, 0x44, 0x46], found: "a PDF", hint: "Save the text as CSV (UTF-8)" },
  { magic: [0x50, 0x41, 0x52, 0x31], found: "a Parquet file", hint: "Write it as CSV or JSONL" },
  {
    magic: [0xff, 0xfe, 0x00, 0x00],
    found: "UTF-32, which is not read",
    hint: "Save it as UTF-8 text",
  },
];

/** The kind of file that is no text, where its first bytes say so. */
export function nameBinary(head: Uint8Array): Binary | undefined {
  return BINARIES.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
}

/** Text but for single bytes above 127: no control characters, and few of the others. */
function looksLikeWindows(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 1 << 16);
  let high = 0;
  for (const byte of head) {
    if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
    // The five codes that Windows-1252 leaves free.
    if ([0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte)) return false;
    if (byte > 127) high++;
  }
  return high < head.length / 2;
}
