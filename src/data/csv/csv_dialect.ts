/** How a CSV file is written. */
export interface CsvDialect {
  /** What stands between fields. */
  readonly delimiter: string;
  /** Characters of a `sep=` line in front, as spreadsheets write it; 0 without one. */
  readonly skip: number;
}

const DELIMITERS = [",", ";", "\t"];
const SEP_LINE = /^"?sep=(.)"?\r?\n/i;

/**
 * Finds the delimiter of a CSV file: what the user says, else what a `sep=` line says, else the one under
 * which the header makes sense, else the one that occurs most in it.
 *
 * @param head The text up to the end of its header.
 * @param given What the user says.
 * @param isHeader True for column names that make sense.
 */
export function findDialect(
  head: string,
  given: string | undefined,
  isHeader: (names: readonly string[]) => boolean,
): CsvDialect {
  const [line = "", separator] = SEP_LINE.exec(head) ?? [];
  const skip = line.length;
  if (given !== undefined || separator !== undefined) {
    return { delimiter: given ?? separator!, skip };
  }
  const headers = DELIMITERS.map((delimiter) => ({
    delimiter,
    names: splitHeader(head, delimiter),
  }));
  const fitting = headers.filter(({ names }) => isHeader(names));
  const candidates = fitting.length > 0 ? fitting : headers;
  const best = candidates.reduce((a, b) => b.names.length > a.names.length ? b : a);
  return { delimiter: best.delimiter, skip };
}

/** True once a text holds all that {@linkcode findDialect} looks at. */
export function hasHeader(head: string): boolean {
  const line = SEP_LINE.exec(head)?.[0].length ?? 0;
  return head.indexOf("\n", line) >= 0 || head.length > 1 << 16;
}

/** The fields of the first record. */
export function splitHeader(text: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = "";
  let isQuoted = false;
  for (const char of text.slice(0, 1 << 16)) {
    if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) name += char;
    else if (char === "\n" || char === "\r") break;
    else if (char === delimiter) {
      names.push(name.trim());
      name = "";
    } else name += char;
  }
  return [...names, name.trim()];
}
