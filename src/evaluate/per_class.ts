import { readCsv } from "../data/csv/csv.ts";
import { MicroLmError } from "../core/errors.ts";
import { ABSTAIN_CLASS, roundThreshold } from "./decide.ts";
import { type Rate, rate } from "./rate.ts";

/** What per-class analysis needs of a decision; rows CSVs of older tools have no more. */
export interface ClassifiedRow {
  readonly prompt: string;
  /** Empty where unknown. */
  readonly gold: string;
  readonly predicted: string;
  readonly confidence: number;
  readonly abstain: boolean;
}

/** The record of one class. */
export interface ClassReport {
  readonly class: string;
  /** Labelled rows of the class. */
  readonly n: number;
  /** Labelled rows fired as the class. */
  readonly fired: number;
  /** Rows of the class fired as the class. */
  readonly correct: number;
  /** Rows of the class that abstain. */
  readonly abstained: number;
  /** Rows of the class fired as another. */
  readonly misfired: number;
  readonly precision: Rate;
  readonly recall: Rate;
  /** Null if the class neither occurs nor fires. */
  readonly f1: number | null;
  readonly abstain_rate: Rate;
}

const COLUMNS = ["prompt", "gold_label", "predicted", "confidence", "abstain"];

/**
 * Reads a rows CSV, as sweeps write it.
 *
 * @throws {MicroLmError} Kind `data` for a missing column, a confidence that is no number, or an
 * abstain field that is none of true, false, 1, 0.
 *
 * @example
 * ```ts
 * import { readDecisionRows } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * await Deno.mkdir(".artifacts", { recursive: true });
 * const path = await Deno.makeTempFile({ dir: ".artifacts" });
 * const header = "prompt,gold_label,predicted,confidence,abstain";
 * await Deno.writeTextFile(path, `${header}\nswap it,swap,swap,0.9,false\n`);
 * const [row] = await readDecisionRows(path);
 * await Deno.remove(path);
 * assertEquals([row!.gold, row!.confidence, row!.abstain], ["swap", 0.9, false]);
 * ```
 */
export async function readDecisionRows(path: string): Promise<ClassifiedRow[]> {
  const rows: ClassifiedRow[] = [];
  for await (const { line, fields } of readCsv(path, { required: COLUMNS })) {
    const wrong = (column: string, expected: string) =>
      new MicroLmError("data", `Expected ${expected} as ${column}, found "${fields[column]}"`, {
        at: { file: path, line },
      });
    const text = fields["confidence"]!;
    const confidence = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(confidence)) throw wrong("confidence", "a number");
    const abstain = fields["abstain"]!.toLowerCase();
    if (!["true", "false", "1", "0"].includes(abstain)) throw wrong("abstain", "true or false");
    rows.push({
      prompt: fields["prompt"]!,
      gold: fields["gold_label"]!,
      predicted: fields["predicted"]!,
      confidence,
      abstain: abstain === "true" || abstain === "1",
    });
  }
  return rows;
}

/**
 * Reports on each class that occurs as label or prediction, in the order given and then by name.
 * Abstaining on a row of a class counts against its recall.
 *
 * @example
 * ```ts
 * import { reportClasses } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string, confidence: number, abstain = false) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence, abstain });
 * const reports = reportClasses([row("swap", 0.9), row("swap", 0.4, true), row("stake", 0.8)]);
 * const shown = reports.map((one) => [one.class, one.precision.value, one.recall.value]);
 * assertEquals(shown, [["stake", null, 0], ["swap", 0.5, 0.5]]);
 * ```
 */
export function reportClasses(
  rows: readonly ClassifiedRow[],
  order: readonly string[] = [],
): ClassReport[] {
  const labeled = rows.filter((row) => row.gold !== "");
  const seen = new Set(labeled.flatMap((row) => [row.gold, row.predicted]));
  seen.delete(ABSTAIN_CLASS);
  const names = [...order.filter((name) => seen.has(name)), ...[...seen].sort()];
  return [...new Set(names)].map((name) => reportClass(labeled, name));
}

function reportClass(rows: readonly ClassifiedRow[], name: string): ClassReport {
  const own = rows.filter((row) => row.gold === name);
  const fired = rows.filter((row) => !row.abstain && row.predicted === name).length;
  const correct = own.filter((row) => !row.abstain && row.predicted === name).length;
  const abstained = own.filter((row) => row.abstain).length;
  return {
    class: name,
    n: own.length,
    fired,
    correct,
    abstained,
    misfired: own.length - correct - abstained,
    precision: rate(correct, fired),
    recall: rate(correct, own.length),
    f1: own.length + fired === 0 ? null : 2 * correct / (own.length + fired),
    abstain_rate: rate(abstained, own.length),
  };
}

/**
 * Rows that fired wrongly, the most confident first.
 *
 * @example
 * ```ts
 * import { listMisfires } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string, confidence: number) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence, abstain: false });
 * const rows = [row("stake", 0.7), row("swap", 0.9), row("abstain", 0.8)];
 * assertEquals(listMisfires(rows).map(({ gold }) => gold), ["abstain", "stake"]);
 * ```
 */
export function listMisfires(rows: readonly ClassifiedRow[]): ClassifiedRow[] {
  return rows
    .filter((row) => row.gold !== "" && !row.abstain && row.predicted !== row.gold)
    .sort((a, b) => b.confidence - a.confidence);
}

/**
 * Rows that abstain although their label is an action, the most confident first.
 *
 * @example
 * ```ts
 * import { listAbstains } from "micro-lm/evaluate";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string, confidence: number, abstain = false) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence, abstain });
 * const rows = [row("swap", 0.9), row("stake", 0.4, true), row("abstain", 0.3, true)];
 * assertEquals(listAbstains(rows).map(({ gold }) => gold), ["stake"]);
 * ```
 */
export function listAbstains(rows: readonly ClassifiedRow[]): ClassifiedRow[] {
  return rows
    .filter((row) => row.gold !== "" && row.gold !== ABSTAIN_CLASS && row.abstain)
    .sort((a, b) => b.confidence - a.confidence);
}

/** Options of {@linkcode suggestThresholds}. */
export interface SuggestThresholdsOptions {
  /** Precision that a class has to reach on these rows. Default: 0.99. */
  readonly precision?: number;
  /** Step of the thresholds. Default: 0.01. */
  readonly step?: number;
}

/**
 * Suggests a threshold for each class: the lowest at which the rows predicted as the class reach the
 * precision, or, where none does, the one with the highest precision. Abstentions of the rows are
 * ignored: what counts is the prediction and its confidence.
 *
 * The thresholds fit these rows and will look better on them than elsewhere: check them on others.
 *
 * @example
 * ```ts
 * import { suggestThresholds } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const row = (gold: string, confidence: number) =>
 *   ({ prompt: "", gold, predicted: "swap", confidence, abstain: false });
 * const rows = [row("swap", 0.9), row("swap", 0.8), row("stake", 0.4)];
 * assertEquals(suggestThresholds(rows), { swap: 0.41 });
 * ```
 */
export function suggestThresholds(
  rows: readonly ClassifiedRow[],
  { precision = 0.99, step = 0.01 }: SuggestThresholdsOptions = {},
): Record<string, number> {
  const labeled = rows.filter((row) => row.gold !== "" && row.predicted !== ABSTAIN_CLASS);
  const names = [...new Set(labeled.map((row) => row.predicted))].sort();
  const count = Math.round(1 / step);
  return Object.fromEntries(names.map((name) => {
    const own = labeled.filter((row) => row.predicted === name);
    let best = { threshold: 1, precision: -1 };
    for (let i = 0; i <= count; i++) {
      const threshold = roundThreshold(i / count);
      const fired = own.filter((row) => row.confidence >= threshold);
      if (fired.length === 0) break;
      const share = fired.filter((row) => row.gold === name).length / fired.length;
      if (share > best.precision) best = { threshold, precision: share };
      if (share >= precision) break;
    }
    return [name, best.threshold];
  }));
}
