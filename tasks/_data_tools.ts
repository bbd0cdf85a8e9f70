import { openEncoder, openMapper, readLabeledCsv, readPrompts } from "../mod.ts";
import { readConfigText, writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv, takeDataset } from "../src/data/mod.ts";
import { percentWithInterval, printable, textTable } from "../src/report/mod.ts";
import {
  type CorpusFormat,
  findNearDuplicates,
  importCorpus,
  learningCurve,
  readCurve,
  suggestRows,
} from "../src/trust/mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import type { OpenedLabels } from "./_labels.ts";
import { labeledCsv } from "./_train.ts";

/** Flags of the commands of `data` that write rows or train. */
export const DATA_TOOL_FLAGS = {
  out_csv: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path],
    help: "dedupe, import, suggest: where the rows go.",
  },
  against: {
    type: "string",
    value: "FILE",
    help: "dedupe: leave out what nearly stands in this file, instead of in the same one.",
  },
  similarity: {
    type: "number",
    min: 0.1,
    max: 1,
    default: 0.8,
    help:
      "dedupe: cosine over words and letter n-grams from which a prompt nearly repeats another.",
  },
  from: {
    type: "string",
    choices: ["rasa", "semantic-router", "nlpjs"],
    help: "import: whose corpus it is.",
  },
  pool: { type: "string", value: "FILE", help: "suggest: prompts without labels." },
  mapper_path: {
    type: "string",
    value: "FILE",
    default: ".artifacts/defi_mapper.json",
    help: "suggest: the mapper that is to learn.",
  },
  n: { type: "integer", min: 1, default: 50, help: "suggest: how many prompts." },
  sbert: { type: "string", value: "SPEC", default: "lite", help: "learning-curve: encoder." },
  percentages: {
    type: "string",
    value: "A,B,…",
    default: "10,25,50,100",
    help: "learning-curve: shares of the training part.",
  },
  runs: {
    type: "integer",
    min: 1,
    max: 50,
    default: 3,
    help: "learning-curve: trainings a share, each with other templates held out.",
  },
} as const;

type Flags = FlagValues<typeof DATA_TOOL_FLAGS> & {
  readonly csv: string | undefined;
  readonly seed: number;
};

/** The value of a flag that this command of `data` needs. */
export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw usage({ name: "data" }, `Flag "--${name}" is required`);
}

/** `data dedupe`. */
export async function dedupeCommand(
  { dataset }: OpenedLabels,
  flags: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const out = required(flags.out_csv, "out_csv");
  const other = flags.against === undefined ? undefined : await readLabeledCsv(flags.against, {
    repeatedIds: "number",
  });
  const found = await findNearDuplicates(dataset.rows.map(({ prompt }) => prompt), {
    threshold: flags.similarity,
    ...(other && { against: other.rows.map(({ prompt }) => prompt) }),
  });
  const left = new Set(found.map(({ row }) => row));
  const kept = takeDataset(dataset, [...dataset.rows.keys()].filter((row) => !left.has(row)));
  const pairs = found.map(({ row, of, kind, similarity }) => {
    const [a, b] = [dataset.rows[row]!, (other ?? dataset).rows[of]!];
    const lines = { line: a.line, of_line: b.line, kind, similarity };
    return { ...lines, prompt: a.prompt, of: b.prompt, is_conflict: a.label !== b.label };
  });
  await writeFileAtomic(out, labeledCsv(kept));
  const shown = pairs.slice(0, 10).map((pair) => [
    ...[pair.line, pair.of_line, pair.kind, pair.similarity.toFixed(2)],
    ...[pair.is_conflict ? "labels differ" : "", printable(pair.prompt, 50)],
  ]);
  if (shown.length > 0) {
    say(textTable({ columns: ["line", "repeats", "how", "cosine", "", "prompt"], rows: shown }));
  }
  const conflicts = pairs.filter(({ is_conflict }) => is_conflict).length;
  say(
    `${found.length} of ${dataset.rows.length} rows repeat ${other ? flags.against : "another"}, ` +
      `${conflicts} with another label`,
  );
  say(`Wrote ${out} (${kept.rows.length} rows)`);
  result({ csv: flags.csv, out_csv: out, rows: kept.rows.length, left_out: pairs });
  return EXIT.ok;
}

/** `data import`. */
export async function importCommand(
  flags: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const csv = required(flags.csv, "csv");
  const from = required(flags.from, "from") as CorpusFormat;
  const out = required(flags.out_csv, "out_csv");
  const rows = importCorpus(await readConfigText(csv), from, csv);
  const records = rows.map(({ prompt, label }) => ({ prompt, label }));
  await writeFileAtomic(out, stringifyCsv(records, ["prompt", "label"]));
  const labels = new Set(rows.map(({ label }) => label)).size;
  say(`Wrote ${out}: ${rows.length} rows, ${labels} labels`);
  say(`Next: deno task data validate --csv ${out}`);
  result({ from, csv, out_csv: out, rows: rows.length, labels });
  return EXIT.ok;
}

/** `data suggest`. */
export async function suggestCommand(
  flags: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const pool = required(flags.pool, "pool");
  const out = required(flags.out_csv, "out_csv");
  const prompts = (await readPrompts(pool)).rows.map(({ prompt }) => prompt);
  await using mapper = await openMapper(flags.mapper_path);
  const decisions = await mapper.decide(prompts, mapper.point);
  const chosen = await suggestRows(prompts, decisions, flags.n);
  const records = chosen.map(({ row, uncertainty }): Record<string, unknown> => ({
    prompt: prompts[row],
    label: "",
    suggested: decisions[row]!.label ?? "abstain",
    uncertainty: Number(uncertainty.toFixed(4)),
  }));
  await writeFileAtomic(
    out,
    stringifyCsv(records, ["prompt", "label", "suggested", "uncertainty"]),
  );
  say(`Wrote ${out}: ${records.length} of ${prompts.length} prompts; fill in the column label`);
  result({ pool, mapper_path: flags.mapper_path, out_csv: out, rows: records.length });
  return EXIT.ok;
}

/** `data learning-curve`. */
export async function curveCommand(
  { dataset, mask }: OpenedLabels,
  flags: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const percentages = flags.percentages.split(",").map(Number);
  const progress = createProgress("learning-curve");
  await using encoder = await openEncoder(flags.sbert);
  const { runs, seed } = flags;
  const curve = await learningCurve(dataset, {
    ...{ encoder, mask, percentages, runs, seed },
    onFit: progress.update,
  });
  progress.end();
  const labels = Object.keys(curve.at(-1)!.classes);
  const value = (rate?: { readonly value: number | null }) =>
    typeof rate?.value === "number" ? `${(100 * rate.value).toFixed(1)}%` : "–";
  say(textTable({
    columns: ["class", ...curve.map(({ percentage, rows }) => `${percentage}% (${rows})`)],
    rows: [
      ["all", ...curve.map(({ accuracy }) => percentWithInterval(accuracy))],
      ...labels.map((
        label,
      ) => [printable(label), ...curve.map(({ classes }) => value(classes[label]))]),
    ],
  }));
  const verdict = readCurve(curve);
  const brought = `the last step brought ${verdict.gain.toFixed(1)} points`;
  say(
    verdict.helps
      ? `More rows would help: ${brought}`
      : verdict.gain >= 1
      ? `More rows may help: ${brought}, which these rows cannot tell from noise`
      : `More rows like these would help little: ${brought}`,
  );
  if (verdict.classes.length > 0) {
    say(`They help most in: ${verdict.classes.map((label) => printable(label)).join(", ")}`);
  }
  result({ csv: flags.csv, curve, ...verdict });
  return EXIT.ok;
}
