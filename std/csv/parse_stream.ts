import { type CsvError, parse } from "csv-parse";

/**
 * Parses a stream of CSV text (RFC 4180) into a stream of rows, as `CsvParseStream` of the real
 * package does without options: empty lines are skipped and rows may differ in length.
 */
export class CsvParseStream implements TransformStream<string, string[]> {
  readonly #stream: TransformStream<string, string[]>;

  /** Makes the stream. */
  constructor() {
    const parser = parse({ relax_column_count: true, skip_empty_lines: true });
    let failure: SyntaxError | undefined;
    const settle = (resolve: () => void, reject: (error: SyntaxError) => void) =>
      failure ? reject(failure) : resolve();
    this.#stream = new TransformStream<string, string[]>({
      start(controller) {
        parser.on("data", (row: string[]) => controller.enqueue(row));
        parser.on("error", (error: CsvError) => failure = syntaxError(error));
      },
      transform: (chunk) =>
        new Promise((resolve, reject) => parser.write(chunk, () => settle(resolve, reject))),
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

function syntaxError(error: CsvError): SyntaxError {
  const what = error.code === "CSV_QUOTE_NOT_CLOSED" ? 'extraneous or missing "' : 'bare "';
  return new SyntaxError(`parse error on line ${Number(error["lines"]) || 1}: ${what} in field`);
}
