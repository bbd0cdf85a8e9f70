import type { Row } from "../../src/data/dataset.ts";
import { scoreRows } from "../../src/evaluate/decide.ts";
import { runSweep } from "../../src/evaluate/run_sweep.ts";
import { createRandom } from "../../src/core/random.ts";
import type { ReportInput } from "../../src/report/sweep/html_report.ts";

/** What a made-up sweep is made of. */
export interface SampleOptions {
  readonly classes: readonly string[];
  readonly rows: readonly { readonly prompt: string; readonly label: string | null }[];
  /** One distribution a row. */
  readonly probabilities: readonly ArrayLike<number>[];
  /** Default: 0.1 to 0.9. */
  readonly thresholds?: readonly number[];
  /** Default: 0 alone. */
  readonly nearMargins?: readonly number[];
  readonly bench?: string;
}

/** Sweeps over made-up probabilities, by the code that sweeps over real ones. */
export async function sampleReport(options: SampleOptions): Promise<ReportInput> {
  const { classes, bench = "sweep" } = options;
  const thresholds = options.thresholds ?? [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const rows: Row[] = options.rows.map((row, i) => ({ ...row, id: String(i + 1), line: i + 2 }));
  const data = new Float64Array(rows.length * classes.length);
  options.probabilities.forEach((row, i) => data.set(row, i * classes.length));
  const matrix = { data, rows: rows.length, cols: classes.length };
  const skipped = { emptyPrompts: [], emptyLabels: [] };
  const dataset = {
    source: "sample.csv",
    rows,
    sha256: "0".repeat(64),
    explicitIds: false,
    skipped,
  };
  const source = { backend: "sbert", encoder: "lite", sha256: "1".repeat(64) } as const;
  await using mapper = {
    classes,
    source,
    predictProbabilities: () => Promise.resolve(matrix),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const outcome = await runSweep(mapper, dataset, {
    thresholds,
    nearMargins: options.nearMargins ?? [0],
  });
  return {
    outcome,
    scored: scoreRows(matrix),
    context: {
      bench,
      mapper: source,
      prompts: "sample.csv",
      data_sha256: dataset.sha256,
      skipped,
      maxAbstainRate: 0.1,
      minOverallAcc: 0.85,
      chooseBy: "abstain_then_acc",
      timestamp: "2026-01-01T00:00:00.000Z",
    },
  };
}

/** Rows of a mapper that is mostly right, a few of them to abstain on; without labels if asked. */
export function mostlyRight(
  count: number,
  classes: readonly string[],
  label: (name: string) => string | null = (name) => name,
): Pick<SampleOptions, "classes" | "rows" | "probabilities"> {
  const random = createRandom(7);
  const answers = Array.from({ length: count }, (_, i) => {
    const gold = random.integer(classes.length);
    const top = random.uniform() < 0.8 ? gold : random.integer(classes.length);
    const scores = classes.map((_, k) => Math.exp((k === top ? 3 : 0) + random.normal()));
    const sum = scores.reduce((a, b) => a + b);
    const name = random.uniform() < 0.05 ? "abstain" : classes[gold]!;
    return {
      row: { prompt: `prompt ${i} about ${classes[gold]}`, label: label(name) },
      probabilities: scores.map((score) => score / sum),
    };
  });
  return {
    classes,
    rows: answers.map(({ row }) => row),
    probabilities: answers.map(({ probabilities }) => probabilities),
  };
}

/** Texts that break pages which trust them. */
export const HOSTILE: readonly string[] = [
  "<script>globalThis.hacked = 1</script>",
  '</script><script>globalThis.hacked = 1</script>"',
  "<!-- <script> -->]]>",
  "' onmouseover='globalThis.hacked=1' \" onfocus=\"globalThis.hacked=1\" autofocus",
  "<img src=x onerror=globalThis.hacked=1>",
  '<a href="javascript:globalThis.hacked=1">--good</a>',
  "line\u2028break\u2029and\nnew\u0000null\u202Eright to left\u{1b}[31m",
  "$\\sqrt{x}$ %{x} &lt;b&gt; ${1} __proto__",
  "\ud800 alone",
  "x".repeat(1_000_000),
];
