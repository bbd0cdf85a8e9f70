import { MicroLmError } from "../core/errors.ts";

/** A place in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a record starts, and where it departs from the number of fields of the first one. */
export interface RecordPosition {
  readonly line: number;
  /** The first field too many, or the end of a record with too few. */
  readonly misfit?: Position;
}

/** What is wrong with a quote. */
export interface QuoteFault extends Position {
  readonly found: string;
}

/** Characters that a record may have: a quote that is never closed must not fill the memory. */
const MAX_RECORD = 1 << 26;

/**
 * `quote`: after a quote within a quoted field, which is its end or the first half of a doubled quote.
 */
type State = "start" | "plain" | "quoted" | "quote";

/**
 * Follows CSV text on its way to a parser and notes where things stand: parsers tell at best the line
 * of a mistake, and nothing about the records that they accept.
 */
export class CsvPositions {
  /** The first misplaced quote that was seen. */
  fault: QuoteFault | undefined;
  readonly #records: RecordPosition[] = [];
  readonly #file: string;
  readonly #maxRecord: number;
  #state: State = "start";
  #line = 1;
  #column = 0;
  #recordLine = 1;
  #recordLength = 0;
  #blank = true;
  #fields = 1;
  #expected = 0;
  #surplus: Position | undefined;
  #afterReturn = false;
  #quote: Position = { line: 1, column: 1 };

  /** `file` is for messages; `maxRecord` is the longest record in characters, default 2^26. */
  constructor(file: string, maxRecord = MAX_RECORD) {
    this.#file = file;
    this.#maxRecord = maxRecord;
  }

  /**
   * Passes the text on.
   *
   * @throws {MicroLmError} Kind `data` if a record is longer than any prompt can be.
   */
  async *track(chunks: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const chunk of chunks) {
      for (let i = 0; i < chunk.length && !this.fault; i++) this.#see(chunk.charCodeAt(i));
      if (this.#recordLength > this.#maxRecord) throw this.#tooLong();
      yield chunk;
    }
    if (this.#afterReturn) this.#seeLoneReturn();
    if (this.#state === "quoted") this.#fail("an opening quote that is never closed");
    this.#column++;
    this.#endRecord();
  }

  /** The position of the next record that the parser gives. */
  next(): RecordPosition {
    return this.#records.shift() ?? { line: this.#recordLine };
  }

  #see(code: number): void {
    if (this.#afterReturn && code !== 10) this.#seeLoneReturn();
    this.#afterReturn = code === 13;
    this.#column++;
    this.#recordLength++;
    if (code === 10) return this.#seeLineFeed();
    if (code === 13) return;
    this.#blank = false;
    if (code === 34) return this.#seeQuote();
    if (this.#state === "quoted") return;
    if (code === 44) return this.#seeComma();
    if (this.#state === "quote") {
      return this.#fail("text after a closing quote", this.#here());
    }
    this.#state = "plain";
  }

  /** A carriage return that no line feed follows is a character of its field. */
  #seeLoneReturn(): void {
    this.#blank = false;
    if (this.#state === "quote") this.#fail("text after a closing quote", this.#here());
    if (this.#state === "start") this.#state = "plain";
  }

  #seeLineFeed(): void {
    if (this.#state !== "quoted") this.#endRecord();
    this.#line++;
    this.#column = 0;
    if (this.#state !== "quoted") this.#recordLine = this.#line;
  }

  #seeQuote(): void {
    if (this.#state === "plain") return this.#fail("a quote within a field", this.#here());
    if (this.#state === "quoted") {
      this.#state = "quote";
      return;
    }
    if (this.#state === "start") this.#quote = this.#here();
    this.#state = "quoted";
  }

  #seeComma(): void {
    this.#state = "start";
    if (++this.#fields === this.#expected + 1) {
      this.#surplus = { line: this.#line, column: this.#column + 1 };
    }
  }

  #endRecord(): void {
    if (!this.#blank) {
      this.#expected ||= this.#fields;
      const misfit = this.#fields === this.#expected ? undefined : this.#surplus ?? this.#here();
      this.#records.push({ line: this.#recordLine, ...(misfit && { misfit }) });
    }
    this.#state = "start";
    this.#blank = true;
    this.#fields = 1;
    this.#surplus = undefined;
    this.#recordLength = 0;
  }

  #here(): Position {
    return { line: this.#line, column: this.#column };
  }

  #fail(found: string, at = this.#quote): void {
    this.fault ??= { ...at, found };
  }

  #tooLong(): MicroLmError {
    const at = this.#state === "quoted" ? this.#quote : { line: this.#recordLine, column: 1 };
    return new MicroLmError(
      "data",
      `Expected a row of at most ${this.#maxRecord} characters, found a longer one`,
      { at: { file: this.#file, ...at }, hint: "A quote that is opened here may not be closed" },
    );
  }
}
