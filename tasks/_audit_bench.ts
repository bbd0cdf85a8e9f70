import {
  type Dataset,
  type DecidingMapper,
  type Domain,
  type Encoder,
  joinLabels,
  MicroLmError,
  openDomain,
  openMapper,
  type OperatingPoint,
  readLabeledCsv,
  readPrompts,
} from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import { MICRO_LM_VERSION, sha256Hex, writeFileAtomic } from "../src/core/mod.ts";
import { mapLabels, stringifyCsv } from "../src/data/mod.ts";
import { DEFAULT_DOMAIN } from "../src/domains/mod.ts";
import { encodeGold } from "../src/evaluate/mod.ts";
import {
  AUDIT_COLUMNS,
  auditCsvRow,
  type AuditGates,
  type AuditInput,
  type AuditReport,
  type AuditRow,
  fitAuditGates,
  fitRefutation,
  hashWdd,
  openModelEncoder,
  refutationMetrics,
  refutesLabel,
  reportAudit,
  runAudit,
  type RunAuditOptions,
  type WddModel,
} from "../src/rails/mod.ts";
import {
  type AuditRefutation,
  auditTables,
  percentWithInterval,
  readPlotly,
  renderAuditReport,
  textTable,
} from "../src/report/mod.ts";
import { decideAll, fitRails, parseShard, shardRange } from "../src/run/mod.ts";
import { readAuditPart, writeAuditPart } from "./_audit_part.ts";
import { ENCODER_FLAGS, encoderOptions } from "./_encoder_flags.ts";
import {
  ablateRails,
  type AblationRequest,
  ablationTable,
  curveTable,
  timesLine,
} from "./_rails_ablation.ts";
import { EVIDENCE_FLAG, evidenceSpec } from "./_rails_flags.ts";
import { checkExecutor, EXECUTOR_FLAGS } from "./_shard_flags.ts";

const DEFI = "fixtures/defi/defi_mapper_labeled";

/** The flags of `audit-bench`. */
export const AUDIT_BENCH_FLAGS = {
  fit_csv: {
    type: "string",
    value: "FILE",
    data: true,
    default: `${DEFI}_large.csv`,
    help: "Prompts that the evidence is fitted on.",
  },
  tune_csv: {
    type: "string",
    value: "FILE",
    data: true,
    default: `${DEFI}_mini.csv`,
    help: "Prompts that the gates are chosen on.",
  },
  prompts_jsonl: {
    type: "string",
    value: "FILE",
    data: true,
    default: `${DEFI}_5k.csv`,
    help: "Prompts to audit: JSONL, CSV or plain text; every one is.",
  },
  labels_csv: {
    type: "string",
    value: "FILE",
    data: true,
    help: "Their labels, for scoring alone.",
  },
  mapper_path: {
    type: "string",
    value: "FILE",
    help: "Mapper whose answers the evidence is to check as well.",
  },
  threshold: {
    type: "number",
    min: 0,
    max: 1,
    help: "When the mapper acts. Default: at the point that its file names.",
  },
  max_hallucination: {
    type: "number",
    min: 0,
    max: 1,
    default: 0.01,
    help: "Wrong actions among all rows of --tune_csv, at most.",
  },
  rails: {
    type: "string",
    value: "LIST",
    help:
      "Compare rails beside that: none,stage10,stage11. What acts: the mapper of --mapper_path, the " +
      "rails, or both, behind the gates of the words. It is timed, so this process does it.",
  },
  T: {
    type: "string",
    value: "LIST",
    default: "180",
    help: "With --rails: samples of a trace to try: 90,180,360.",
  },
  domain: {
    type: "string",
    value: "NAME|FOLDER",
    default: DEFAULT_DOMAIN,
    help: "Whose actions, slots and words apply.",
  },
  group: {
    type: "string",
    value: "COLUMN",
    help: "Column of --fit_csv that says which rows belong together, such as an author.",
  },
  sbert: {
    type: "string",
    value: "SPEC",
    default: "lite",
    help: "Encoder of the words in their prompt, with --evidence contextual.",
  },
  ...EVIDENCE_FLAG,
  ...ENCODER_FLAGS,
  no_guard: { type: "boolean", help: "Leave out the gate for prompts that are no order." },
  ...EXECUTOR_FLAGS,
  resume: {
    type: "boolean",
    help: "With --executor slurm: go on with an earlier array of the same audit.",
  },
  out_dir: {
    type: "string",
    value: "FOLDER",
    writes: (folder: string) =>
      ["rows_audit.csv", "metrics_audit.json", "report.html"].map((name) => `${folder}/${name}`),
    default: ".artifacts/audit",
    help: "Where rows_audit.csv, metrics_audit.json and report.html go.",
  },
} as const;

type Flags = FlagValues<typeof AUDIT_BENCH_FLAGS>;

const OPEN = { tau_span: 0.05, tau_rel: 0, tau_abs: -Infinity };

/** The body of `audit-bench`: fits, tunes, audits every row, and scores with the labels at last. */
export async function auditBenchCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const { say, result } = context;
  checkExecutor("audit-bench", flags);
  if (flags.resume && flags.executor === "local") {
    throw usage({ name: "audit-bench" }, 'Flag "--resume" needs --executor slurm');
  }
  const stages = readStages(flags.rails);
  const samples = readSamples(flags.T);
  await using audit = await prepareAudit(flags);
  const { domain, model, encoder, tuning, rows, gates, open } = audit;
  const found = flags.executor === "slurm"
    ? await auditOnSlurm(flags, audit, context)
    : await auditHere(audit, rows);
  if (found === null) return EXIT.gate;
  const refutation = flags.mapper_path === undefined
    ? null
    : await checkMapper(flags, found, open, { tuning, rows });
  const compared = stages.length === 0
    ? null
    : await compareRails(flags, { model, encoder, domain, rows, stages, samples });
  await writeAudit(flags.out_dir, found, { gates, refutation, ...compared });
  for (const { title, table } of auditTables(found)) say(`${title}\n${textTable(table)}\n`);
  if (refutation) {
    say(
      `Mapper errors that the evidence refutes: ${percentWithInterval(refutation.caught)}; right ` +
        `answers that it refutes: ${percentWithInterval(refutation.refused)}`,
    );
  }
  if (compared) {
    say(`Rails\n${textTable(ablationTable(compared.ablations))}\n`);
    say(`${timesLine(compared.ablations)}\n`);
    say(
      `Wrong actions against coverage, ${compared.curve_of ?? "no rails"}\n${
        textTable(curveTable(compared.curve))
      }\n`,
    );
  }
  say(`Wrote ${flags.out_dir}/: rows_audit.csv, metrics_audit.json, report.html`);
  result({
    ...found.metrics,
    per_class: found.perClass,
    params: found.params,
    gates,
    refutation: withoutRows(refutation),
    ...compared,
  });
  return EXIT.ok;
}

/** Does a shard of an audit, for a process that gathers all of them. */
export async function auditShard(
  flags: Flags,
  { key, shard, out }: {
    /** Names the audit that the shard belongs to. */
    readonly key: string;
    /** Which of how many: `2/8`. */
    readonly shard: string;
    readonly out: string;
  },
): Promise<void> {
  await using audit = await prepareAudit(flags);
  if (audit.key !== key) throw otherAudit(flags.prompts_jsonl);
  const part = parseShard(shard);
  const { from, to } = shardRange(part, audit.rows.length);
  const { rows } = await auditHere(audit, audit.rows.slice(from, to));
  const own = rows.map((row) => ({ ...row, idx: row.idx + from }));
  await writeAuditPart(out, { key, shard: part, rows: own });
}

async function auditOnSlurm(
  flags: Flags,
  { key, model, gates }: PreparedAudit,
  context: CommandContext,
): Promise<AuditReport | null> {
  const { runShards } = await import("./_shards.ts");
  const shards = await runShards(flags, {
    ...{ task: "audit-bench", key, resume: flags.resume },
    isPart: async (path, shard) =>
      await readAuditPart(path, { key, shard }).catch(() => null) !== null,
  }, context);
  if (shards === null) return null;
  const rows: AuditRow[] = [];
  for (const [i, path] of shards.parts.entries()) {
    const shard = { index: i + 1, count: shards.parts.length };
    const part = await readAuditPart(path, { key, shard });
    if (part === null) throw otherAudit(path);
    for (const row of part) rows.push(row);
  }
  await shards.remove();
  return reportAudit(rows, model, { gates });
}

function otherAudit(file: string): MicroLmError {
  return new MicroLmError("data", "Expected the rows of this very audit, found others", {
    at: { file },
    hint: "An input or the program was changed while the shards ran: begin anew without --resume",
  });
}

/** All that an audit takes before its first row. */
interface PreparedAudit extends AsyncDisposable {
  /** Hex sha256 over all that the audited rows depend on. */
  readonly key: string;
  readonly domain: Domain;
  readonly model: WddModel;
  readonly encoder: Encoder;
  readonly tuning: readonly AuditInput[];
  readonly rows: readonly AuditInput[];
  readonly gates: AuditGates;
  readonly forbids: Pick<RunAuditOptions, "forbids">;
  /** The tuning rows at open gates. */
  readonly open: AuditReport;
}

/** Reads, fits and tunes: the same for every shard of an audit. */
async function prepareAudit(flags: Flags): Promise<PreparedAudit> {
  const domain = await openDomain(flags.domain);
  const canonical = (data: Dataset) => mapLabels(data, (label) => domain.canonicalLabel(label));
  const { group } = flags;
  const fitting = canonical(
    await readLabeledCsv(flags.fit_csv, group === undefined ? {} : { group }),
  );
  const tuning = inputs(canonical(await readLabeledCsv(flags.tune_csv)));
  const prompts = await readPrompts(flags.prompts_jsonl);
  const rows = inputs(canonical(
    flags.labels_csv === undefined
      ? prompts
      : joinLabels(prompts, await readLabeledCsv(flags.labels_csv, { empty: "keep" })),
  ));
  const how = encoderOptions(flags);
  const model = await fitRails(fitting, domain, { ...evidenceSpec(flags), encoder: how });
  const encoder = await openModelEncoder(model, how);
  const forbids = flags.no_guard
    ? {}
    : { forbids: (prompt: string) => (domain.planner?.read(prompt).refusal ?? null) !== null };
  const open = await runAudit(tuning, model, encoder, { gates: OPEN, ...forbids });
  const gates = fitAuditGates(open.rows, { maxHallucination: flags.max_hallucination });
  const { name, trainingSha256 } = domain;
  const guard = !flags.no_guard;
  const facts = [hashWdd(model), name, trainingSha256, gates, guard, MICRO_LM_VERSION, rows];
  const key = sha256Hex(JSON.stringify(facts));
  return {
    ...{ key, domain, model, encoder, tuning, rows, gates, forbids, open },
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}

async function auditHere(
  { model, encoder, gates, forbids }: PreparedAudit,
  rows: readonly AuditInput[],
): Promise<AuditReport> {
  const progress = createProgress("audit");
  return await runAudit(rows, model, encoder, {
    ...{ gates, ...forbids },
    onProgress: progress.update,
  }).finally(progress.end);
}

async function compareRails(
  { mapper_path, threshold }: Flags,
  request: Pick<AblationRequest, "model" | "encoder" | "domain" | "rows" | "stages" | "samples">,
) {
  await using mapper = mapper_path === undefined ? null : await openMapper(mapper_path);
  const point = mapper && pointOf(mapper, threshold);
  return await ablateRails({ ...request, mapper: mapper && { mapper, point: point! } });
}

function pointOf({ point }: DecidingMapper, threshold: number | undefined): OperatingPoint {
  return threshold === undefined ? point : { ...point, threshold };
}

const STAGES = ["none", "stage10", "stage11"];

function readStages(list: string | undefined): string[] {
  const stages = list === undefined ? [] : list.split(",").map((stage) => stage.trim());
  const unknown = stages.find((stage) => !STAGES.includes(stage));
  if (unknown === undefined) return stages;
  throw usage(
    { name: "audit-bench" },
    `Flag "--rails" takes ${STAGES.join(", ")}, got "${unknown}"`,
  );
}

function readSamples(list: string): number[] {
  return list.split(",").map((text) => {
    const T = Number(text);
    if (Number.isInteger(T) && T >= 16 && T <= 10_000) return T;
    throw usage(
      { name: "audit-bench" },
      `Flag "--T" takes numbers from 16 to 10000, got "${text}"`,
    );
  });
}

function inputs({ rows }: Dataset): AuditInput[] {
  return rows.map(({ id, prompt, label }) => ({ id, prompt, label }));
}

/** The gate is fitted on the tuning rows; both sets are audited with open gates. */
async function checkMapper(
  { mapper_path, threshold }: Flags,
  found: AuditReport,
  open: AuditReport,
  { tuning, rows }: {
    readonly tuning: readonly AuditInput[];
    readonly rows: readonly AuditInput[];
  },
) {
  await using mapper = await openMapper(mapper_path!);
  const labelsOf = async (some: readonly AuditInput[]) =>
    (await decideAll(mapper, some.map(({ prompt }) => prompt), pointOf(mapper, threshold)))
      .map(({ label }) => label);
  const gold = encodeGold(rows.map(({ label }) => label), mapper.classes);
  if (gold.labeled === 0) return null;
  const tau = fitRefutation(open.rows, await labelsOf(tuning));
  const answers = await labelsOf(rows);
  const refuted = found.rows.flatMap((row, i) => {
    const answer = answers[i]!;
    if (answer === null || row.gold === null || !refutesLabel(row, answer, tau)) return [];
    return [{ prompt: row.prompt, answer, gold: row.gold }];
  });
  return { tau, ...refutationMetrics(found.rows, answers, tau), refuted };
}

async function writeAudit(
  folder: string,
  found: AuditReport,
  { gates, refutation }: {
    readonly gates: unknown;
    readonly refutation: AuditRefutation | null;
  },
): Promise<void> {
  const { metrics, perClass, params } = found;
  const json = { schema: "micro-lm/audit@1", ...metrics, per_class: perClass, params, gates };
  const checked = { ...json, refutation: withoutRows(refutation) };
  await writeFileAtomic(`${folder}/metrics_audit.json`, `${JSON.stringify(checked, null, 2)}\n`);
  await writeFileAtomic(
    `${folder}/rows_audit.csv`,
    stringifyCsv(found.rows.map(auditCsvRow), AUDIT_COLUMNS),
  );
  const page = renderAuditReport(found, await readPlotly(), { refutation });
  await writeFileAtomic(`${folder}/report.html`, page);
}

/** The numbers alone: the rows stand in the page. */
function withoutRows(refutation: AuditRefutation | null) {
  if (refutation === null) return null;
  const { refuted: _, ...numbers } = refutation;
  return numbers;
}
