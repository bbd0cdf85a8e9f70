import { type CsvError, parse } from "csv-parse";

/** Options of {@linkcode CsvParseStream}. */
export interface CsvParseStreamOptions {
  /** What stands between fields. Default: a comma. */
  readonly separator?: string;
}

/**
 * Parses a stream of CSV text (RFC 4180) into a stream of rows, as `CsvParseStream` of the real
 * package does without header: empty lines are skipped, rows may differ in length, and a line break
 * inside quotes becomes a line feed, however it was written.
 */
export class CsvParseStream implements TransformStream<string, string[]> {
  readonly #stream: TransformStream<string, string[]>;

  /** Makes the stream. */
  constructor({ separator = "," }: CsvParseStreamOptions = {}) {
    const parser = parse({
      delimiter: separator,
      // Left to itself, csv-parse takes the first line break that it sees for the only one.
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
    });
    let failure: SyntaxError | undefined;
    const settle = (resolve: () => void, reject: (error: SyntaxError) => void) =>
      failure ? reject(failure) : resolve();
    this.#stream = new TransformStream<string, string[]>({
      start(controller) {
        parser.on("data", (row: string[]) => controller.enqueue(row.map(withLineFeeds)));
        parser.on("error", (error: CsvError) => failure ??= syntaxError(error));
      },
      transform: (chunk) =>
        new Promise((resolve, reject) =>
          parser.write(chunk, (error) => {
            if (error) failure ??= syntaxError(error as CsvError);
            settle(resolve, reject);
          })
        ),
      flush: () =>
        new Promise((resolve, reject) => {
          parser.on("end", () => settle(resolve, reject));
          parser.on("error", () => settle(resolve, reject));
          parser.end();
        }),
    });
  }

  /** Rows. */
  get readable(): ReadableStream<string[]> {
    return this.#stream.readable;
  }

  /** Text. */
  get writable(): WritableStream<string> {
    return this.#stream.writable;
  }
}

function withLineFeeds(field: string): string {
  return field.includes("\r\n") ? field.replaceAll("\r\n", "\n") : field;
}

function syntaxError(error: CsvError): SyntaxError {
  const what = error.code === "CSV_QUOTE_NOT_CLOSED" ? 'extraneous or missing "' : 'bare "';
  return new SyntaxError(`parse error on line ${Number(error["lines"]) || 1}: ${what} in field`);
}
