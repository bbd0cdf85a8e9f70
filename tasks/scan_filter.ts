import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/mod.ts";
import { stringifyCsv } from "../src/data/mod.ts";
import { percentWithInterval, type Table, textTable } from "../src/report/mod.ts";
import {
  filterFindings,
  followPointers,
  isSarif,
  type JudgedFinding,
  markSarif,
  type RawFinding,
  rawSarifFinding,
  readRules,
  readSarif,
  readUnlabelledCsv,
  type ScanThreshold,
  scanThreshold,
} from "../src/stages/mod.ts";
import { ENCODER_FLAGS } from "./_encoder_flags.ts";
import { stageEncoderOpener } from "./_stages/encoder.ts";

/** Flags of `scan-filter`. */
const SCAN_FILTER_FLAGS = {
  run: {
    type: "string",
    value: "DIR",
    required: true,
    help: "The champion's folder, or a run's.",
  },
  findings: {
    type: "string",
    value: "FILE",
    data: true,
    required: true,
    help: "A .sarif log, or a CSV with the columns file, line and rule.",
  },
  scripts: { type: "string", value: "DIR", required: true, help: "Where their paths start." },
  rules: { type: "string", value: "YAML", help: "Kind of finding by rule, as for iac-data." },
  tech: { type: "string", value: "NAME", help: "Technology of findings that do not say theirs." },
  threshold: {
    type: "number",
    min: 0,
    max: 1,
    help: "On p(TP); below it a finding is a likely false alarm. Default: the run's own.",
  },
  keep: {
    type: "number",
    min: 0.01,
    max: 1,
    help: "Instead: share of the validation set's true positives that the threshold keeps.",
  },
  out: {
    type: "string",
    value: "FILE",
    writes: (path: string) => hasEnding(path) ? [path] : [`${path}.sarif`, `${path}.csv`],
    default: ".artifacts/scan/findings",
    help: "The marked findings; .sarif or .csv is added if the name has no ending.",
  },
  ...ENCODER_FLAGS,
} as const;

type Flags = FlagValues<typeof SCAN_FILTER_FLAGS>;

function hasEnding(path: string): boolean {
  return /\.[a-z]+$/i.test(path);
}

/** Columns that a CSV gets. */
const MARKS = ["micro_lm_verdict", "micro_lm_p_tp", "micro_lm_reason"];

/** Findings of a file, and the file with a verdict on each. */
interface FindingsFile {
  readonly raw: readonly RawFinding[];
  readonly mark: (judged: readonly JudgedFinding[], threshold: ScanThreshold) => string;
  readonly ending: string;
}

/** The body of `scan-filter`. */
async function scanFilterCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  if (flags.threshold !== undefined && flags.keep !== undefined) {
    throw usage({ name: "scan-filter" }, "Expected --threshold or --keep, got both");
  }
  const folder = await followPointers(flags.run);
  const threshold = await scanThreshold(folder, flags);
  const rules = flags.rules === undefined ? {} : await readRules(flags.rules);
  const file = isSarif(flags.findings)
    ? await openSarif(flags.findings, rules)
    : await openCsv(flags.findings);
  const judged = await filterFindings(folder, flags.scripts, file.raw, {
    openEncoder: stageEncoderOpener(flags),
    threshold,
    rules,
    ...(flags.tech === undefined ? {} : { tech: flags.tech }),
  });
  const out = hasEnding(flags.out) ? flags.out : `${flags.out}${file.ending}`;
  await context.refuseChanges();
  await writeFileAtomic(out, file.mark(judged, threshold));
  tell(judged, threshold, context);
  context.say(`Wrote ${out}`);
  context.result({ out, threshold, findings: judged });
  return EXIT.ok;
}

async function openSarif(
  path: string,
  rules: Readonly<Record<string, string | null>>,
): Promise<FindingsFile> {
  const log = await readSarif(path);
  return {
    raw: log.results.map((result) => rawSarifFinding(result, rules)),
    mark: (judged, threshold) => `${JSON.stringify(markSarif(log, judged, threshold), null, 2)}\n`,
    ending: ".sarif",
  };
}

async function openCsv(path: string): Promise<FindingsFile> {
  const rows = await Array.fromAsync(readUnlabelledCsv(path));
  return {
    raw: rows.map(({ raw }) => raw),
    mark: (judged) =>
      stringifyCsv(
        rows.map(({ fields }, i) => {
          const { verdict, probability, reason = "" } = judged[i]!;
          const said = [verdict, probability, reason];
          const cells = MARKS.map((name, k) => [name, said[k]] as const);
          return { ...fields, ...Object.fromEntries(cells) };
        }),
        [...Object.keys(rows[0]?.fields ?? {}), ...MARKS],
      ),
    ending: ".csv",
  };
}

function tell(
  judged: readonly JudgedFinding[],
  threshold: ScanThreshold,
  { say, warn }: Pick<CommandContext, "say" | "warn">,
): void {
  say(textTable(kindsTable(judged, threshold)));
  const { value, origin, evidence } = threshold;
  const from = { run: "the run's own", keep: "chosen to keep that share", given: "as given" };
  say(
    `\nThreshold ${value.toFixed(3)}, ${from[origin]}: on the run's validation set it keeps ` +
      `${percentWithInterval(evidence.kept)} of ${evidence.kept.n} true positives and marks ` +
      `${percentWithInterval(evidence.removed)} of ${evidence.removed.n} false ones. ` +
      "Scripts of another make may fare worse: label some of yours and evaluate on them.",
  );
  const reasons = Map.groupBy(judged.flatMap(({ reason }) => reason ?? []), (reason) => reason);
  for (const [reason, own] of [...reasons].slice(0, 10)) {
    warn(`${own.length} not judged: ${reason}`);
  }
  if (reasons.size > 10) warn(`and ${reasons.size - 10} more reasons, in the file`);
}

function kindsTable(judged: readonly JudgedFinding[], { byKind }: ScanThreshold): Table {
  const kinds = Map.groupBy(judged, ({ kind }) => kind);
  return {
    columns: ["kind", "findings", "keep", "likely false", "not judged", "TP kept", "FP marked"],
    rows: [...kinds].sort().map(([kind, own]) => {
      const count = (verdict: JudgedFinding["verdict"]) =>
        own.filter((finding) => finding.verdict === verdict).length;
      const evidence = Object.hasOwn(byKind, kind) ? byKind[kind] : undefined;
      return [
        kind || "(none)",
        own.length,
        count("keep"),
        count("likely_false_alarm"),
        count("not_judged"),
        evidence ? percentWithInterval(evidence.kept) : null,
        evidence ? percentWithInterval(evidence.removed) : null,
      ];
    }),
  };
}

await runCommand({
  name: "scan-filter",
  summary: "Marks the likely false alarms among a scanner's findings, with what speaks for the " +
    "threshold; nothing is left out.",
  example: "deno task scan-filter --run .artifacts/stages/champion " +
    "--findings fixtures/iac/sample/detections.csv --scripts fixtures/iac/sample/scripts",
  flags: SCAN_FILTER_FLAGS,
}, scanFilterCommand);
