import { MicroLmError } from "../../core/errors.ts";
import { readCsv } from "../../data/csv/csv.ts";

/** Labelled rows of a sweep, as the sliders of the playground need them: one entry a row. */
export interface SweepRows {
  /** Hundredths of a percent, rounded down: what is at least a threshold of two decimals stays so. */
  readonly confidence: readonly number[];
  readonly margin: readonly number[];
  /** `+` right if it fires, `x` wrong if it fires, `-` never fires, whatever threshold and margin. */
  readonly verdict: string;
}

/** More would make the page heavy, and change no slider's figure. */
const MOST_ROWS = 100_000;
/** Reasons that no threshold and no margin changes. */
const NEVER = new Set(["abstain_class", "no_evidence", "not_an_order", "out_of_scope"]);
const COLUMNS = ["gold_label", "predicted", "confidence", "margin", "reason"];

/**
 * Reads the rows CSV of a sweep; rows without a label are left out. The other limits of the operating
 * point (order, novelty, out of scope) are those of the sweep.
 *
 * @throws {MicroLmError} Kind `data` for a missing column, a share that is none, no labelled row, or more
 * than 100,000.
 */
export async function readSweepRows(path: string): Promise<SweepRows> {
  const confidence: number[] = [];
  const margin: number[] = [];
  const verdicts: string[] = [];
  for await (const { line, fields } of readCsv(path, { required: COLUMNS })) {
    const { gold_label: gold, predicted, reason } = fields as Record<string, string>;
    if (gold === "") continue;
    const share = (column: string) => {
      const value = Number(fields[column]!.trim() || NaN);
      if (value >= 0 && value <= 1) return Math.floor(value * 1e4);
      throw new MicroLmError(
        "data",
        `Expected a ${column} from 0 to 1, found "${fields[column]}"`,
        {
          at: { file: path, line },
        },
      );
    };
    confidence.push(share("confidence"));
    margin.push(share("margin"));
    verdicts.push(NEVER.has(reason!) ? "-" : gold === predicted ? "+" : "x");
    if (verdicts.length > MOST_ROWS) throw wrong(path, `more than ${MOST_ROWS}`);
  }
  if (verdicts.length === 0) throw wrong(path, "none");
  return { confidence, margin, verdict: verdicts.join("") };
}

function wrong(file: string, found: string): MicroLmError {
  return new MicroLmError("data", `Expected 1 to ${MOST_ROWS} labelled rows, found ${found}`, {
    at: { file },
    hint: "Name the rows CSV of a sweep over labelled prompts: --out_rows_csv of deno task sweep",
  });
}
