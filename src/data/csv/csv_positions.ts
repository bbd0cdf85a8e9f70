import { MicroLmError } from "../../core/errors.ts";
import { MAX_FIELD } from "../limits.ts";

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

/** Options of {@linkcode CsvPositions}. */
export interface CsvPositionsOptions {
  /** What stands between fields. Default: a comma. */
  readonly delimiter?: string;
  /** Line on which the text begins. Default: 1. */
  readonly line?: number;
  /** Longest field in characters. Default: 2^20. */
  readonly maxField?: number;
}

/** Fields that a record may have: what a forgotten line end joins must not fill the memory. */
const MAX_FIELDS = 1 << 14;

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
  readonly #delimiter: number;
  readonly #maxField: number;
  #state: State = "start";
  #line = 1;
  #column = 0;
  #recordLine = 1;
  #fieldStart: Position = { line: 1, column: 1 };
  #fieldLength = 0;
  #limit: MicroLmError | undefined;
  #blank = true;
  #fields = 1;
  #expected = 0;
  #surplus: Position | undefined;
  #afterReturn = false;
  #quote: Position = { line: 1, column: 1 };

  /** `file` is for messages. */
  constructor(file: string, options: CsvPositionsOptions = {}) {
    const { delimiter = ",", line = 1, maxField = MAX_FIELD } = options;
    this.#file = file;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#line = this.#recordLine = line;
    this.#fieldStart = { line, column: 1 };
    this.#maxField = maxField;
  }

  /**
   * Passes the text on.
   *
   * @throws {MicroLmError} Kind `data` if a field is longer than any prompt can be, or a record has more
   * fields than any table.
   */
  async *track(chunks: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const chunk of chunks) {
      for (let i = 0; i < chunk.length && !this.fault; i++) {
        this.#see(chunk.charCodeAt(i));
        if (this.#limit) throw this.#limit;
      }
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
    if (++this.#fieldLength > this.#maxField) this.#failLimit();
    if (code === 10) return this.#seeLineFeed();
    if (code === 13) return;
    this.#blank = false;
    if (code === 34) return this.#seeQuote();
    if (this.#state === "quoted") return;
    if (code === this.#delimiter) return this.#seeDelimiter();
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
    if (this.#state !== "quoted") {
      this.#recordLine = this.#line;
      this.#startField();
    }
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

  #seeDelimiter(): void {
    this.#state = "start";
    this.#startField();
    if (this.#fields >= MAX_FIELDS) this.#failLimit();
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
  }

  #startField(): void {
    this.#fieldStart = { line: this.#line, column: this.#column + 1 };
    this.#fieldLength = 0;
  }

  #here(): Position {
    return { line: this.#line, column: this.#column };
  }

  #fail(found: string, at = this.#quote): void {
    this.fault ??= { ...at, found };
  }

  #failLimit(): void {
    const most = this.#fields >= MAX_FIELDS
      ? { expected: `a row of at most ${MAX_FIELDS} fields`, hint: "A line end may be missing" }
      : {
        expected: `a field of at most ${this.#maxField} characters`,
        hint: "No prompt is that long; a quote that is opened here may not be closed",
      };
    this.#limit ??= new MicroLmError("data", `Expected ${most.expected}, found more`, {
      at: { file: this.#file, ...this.#fieldStart },
      hint: most.hint,
    });
  }
}
