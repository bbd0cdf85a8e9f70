import { loadMapper, MicroLmError, openMapper, readPrompts } from "../mod.ts";
import { z } from "zod";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { readLines } from "../src/data/mod.ts";
import { rate } from "../src/evaluate/mod.ts";
import { percentWithInterval } from "../src/report/mod.ts";
import { type MonitoredScores, openMonitor, timeUniformRate } from "../src/trust/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";

const SHARE = z.number().min(0).max(1);
const LINE = z.looseObject({
  confidence: SHARE,
  label: z.string().nullable(),
  order_score: SHARE.optional(),
  feedback: z.string().nullish(),
  gold_label: z.string().nullish(),
});

/** A line of the log. */
interface LoggedRow extends MonitoredScores {
  readonly line: number;
  /** Whether the action was wrong; undefined where nobody said. */
  readonly wrong?: boolean;
}

await runCommand({
  name: "monitor",
  summary:
    "Tells from a log of decisions, as map writes it, whether prompts have changed since the " +
    "calibration and how often actions are wrong; exits with 2 when it is time to recalibrate.",
  example: "deno task monitor --rows .artifacts/mapped.jsonl --reference " +
    "fixtures/defi/defi_mapper_labeled_mini.csv --mapper_path .artifacts/defi_mapper.json",
  flags: {
    rows: {
      type: "string",
      value: "FILE",
      required: true,
      help:
        "JSON Lines in order of time: confidence, label (null for abstain), order_score?, and " +
        "feedback? or gold_label?, what would have been right.",
    },
    mapper_path: {
      type: "string",
      value: "FILE",
      help: "The mapper of the log: scores --reference, and its certificate says which rate of " +
        "wrong actions was promised.",
    },
    reference: {
      type: "string",
      value: "FILE",
      help: "Prompts from the time of the calibration. Default: the first rows of the log.",
    },
    warmup: {
      type: "integer",
      min: 50,
      default: 200,
      help: "Rows of the log that are the reference where none is given.",
    },
    max_wrong_rate: {
      type: "number",
      min: 0,
      max: 1,
      help: "Promised rate of wrong actions. Default: that of the mapper's certificate, else 0.05.",
    },
    alpha: {
      type: "number",
      min: 1e-6,
      max: 0.5,
      default: 0.05,
      help: "Largest probability of a false alarm, ever.",
    },
    seed: { type: "integer", default: 0, help: "Of how ties are broken." },
    ...OPEN_MAPPER_FLAGS,
  },
}, async (flags, context) => {
  const { say, paint, result } = context;
  const log = await readLog(flags.rows);
  const { reference: path, mapper_path, alpha, seed } = flags;
  const known = path === undefined ? log.slice(0, flags.warmup) : await scoreReference(path);
  const stream = path === undefined ? log.slice(flags.warmup) : log;
  if (stream.length === 0) {
    throw new MicroLmError("data", `Expected more than ${flags.warmup} rows, found ${log.length}`, {
      at: { file: flags.rows },
      hint: "Give --reference, or a smaller --warmup",
    });
  }
  const monitor = openMonitor(known, { alpha, seed });
  for (const row of stream) monitor.add(row);
  const judged = stream.filter(({ wrong }) => wrong !== undefined);
  const wrong = timeUniformRate(judged.filter((row) => row.wrong).length, judged.length, alpha);
  const promise = flags.max_wrong_rate ?? await promisedRate();
  const abstains = [known, stream].map((rows) =>
    rate(rows.filter(({ fired }) => !fired).length, rows.length)
  );
  const means = [known, stream].map((rows) =>
    rows.reduce((sum, { confidence }) => sum + confidence, 0) / rows.length
  );
  const alarmLine = monitor.alarm === null ? null : stream[monitor.alarm - 1]!.line;
  const recalibrate = alarmLine !== null || wrong.ci_low > promise;
  say(`Abstain rate: ${abstains.map((one) => percentWithInterval(one)).join(" then ")}`);
  say(`Mean confidence: ${means.map((mean) => mean.toFixed(3)).join(" then ")}`);
  say(
    alarmLine === null
      ? `No change: the largest evidence is ${monitor.peak.toFixed(1)}, an alarm needs ${1 / alpha}`
      : `Prompts have changed: alarm on line ${alarmLine}, ${monitor.alarm} prompts after the start`,
  );
  say(
    judged.length === 0
      ? "Wrong actions: no feedback in the log"
      : `Wrong actions: ${wrong.k} of ${wrong.n}, between ${percent(wrong.ci_low)} and ` +
        `${percent(wrong.ci_high)} at all times; promised ${percent(promise)}`,
  );
  say(
    recalibrate
      ? `${paint.bad("Recalibrate")}: label new prompts and train again`
      : paint.good("Nothing to do"),
  );
  result({
    rows: flags.rows,
    ...{ reference_rows: known.length, stream_rows: stream.length, peak: monitor.peak },
    alarm_after: monitor.alarm,
    alarm_line: alarmLine,
    abstain_rate: { reference: abstains[0], stream: abstains[1] },
    mean_confidence: { reference: means[0], stream: means[1] },
    ...{ wrong_rate: wrong, promised: promise, recalibrate },
  });
  return recalibrate ? EXIT.gate : EXIT.ok;

  async function scoreReference(file: string): Promise<MonitoredScores[]> {
    if (mapper_path === undefined) {
      throw new MicroLmError("usage", 'Flag "--reference" needs "--mapper_path", which scores it');
    }
    await using mapper = await openMapper(mapper_path, mapperOptions(flags, context));
    const prompts = (await readPrompts(file)).rows.map(({ prompt }) => prompt);
    return (await mapper.decide(prompts, mapper.point)).map((decision) => ({
      confidence: decision.confidence,
      fired: decision.label !== null,
      ...(decision.order_score !== undefined && { order: decision.order_score }),
    }));
  }

  async function promisedRate(): Promise<number> {
    const pinned = mapper_path === undefined
      ? undefined
      : (await loadMapper(mapper_path)).operating_point;
    const certificate = pinned?.certificate as { limit?: unknown } | undefined;
    return typeof certificate?.limit === "number" ? certificate.limit : 0.05;
  }
});

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

async function readLog(file: string): Promise<LoggedRow[]> {
  const rows: LoggedRow[] = [];
  let line = 0;
  for await (const text of readLines(file)) {
    line++;
    if (text.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new MicroLmError("data", "Expected a line of JSON", { at: { file, line }, cause });
    }
    const parsed = LINE.safeParse(value);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      throw new MicroLmError("data", `Expected a decision: ${path.join(".")}: ${message}`, {
        at: { file, line },
        hint: 'Write {"confidence": 0.9, "label": "…" or null, "feedback": "…"}, as map does',
      });
    }
    const { confidence, label, order_score, feedback, gold_label } = parsed.data;
    const right = feedback ?? gold_label ?? undefined;
    rows.push({
      ...{ line, confidence, fired: label !== null },
      ...(order_score !== undefined && { order: order_score }),
      ...(label !== null && right !== undefined && { wrong: label !== right }),
    });
  }
  return rows;
}
