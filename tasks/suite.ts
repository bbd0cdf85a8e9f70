import { openRuntime, type OpenRuntimeOptions } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { nothingToVerify, openFileCheck, VERIFY_FLAG } from "./_signing.ts";
import { createProgress } from "../src/cli/progress.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import type { PinnedPoint } from "../src/mapper/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { readSuite, runSuite, type SuiteReference, type SuiteResult } from "../src/run/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { type MapperConfig, readMapperConfig } from "./_mapper_config.ts";
import { DEFAULT_MAPPER } from "./_runtime_flags.ts";

/** Flags of `suite`. */
const SUITE_FLAGS = {
  name: {
    type: "string",
    choices: ["edges", "exec", "perturbation"],
    help: "Which suite. Default: all.",
  },
  suite_file: {
    type: "string",
    value: "FILE",
    data: true,
    help: "A suite of your own instead; fixtures/suites/ shows the form.",
  },
  runs: { type: "integer", min: 1, max: 1000, default: 5, help: "How often each case is run." },
  config: {
    type: "string",
    value: "FILE",
    help:
      `Mapper and operating point, as --pin writes them. Default: ${DEFAULT_MAPPER} and the point ` +
      "that its file names, as for run.",
  },
  mapper_path: {
    type: "string",
    value: "FILE",
    help: "Mapper that train wrote, in place of the one that the config names.",
  },
  backend: {
    type: "string",
    choices: ["sbert", "wordmap"],
    default: "sbert",
    help: "A trained mapper (sbert) or the keyword mapper, which needs no file.",
  },
  ...VERIFY_FLAG,
  ...OPEN_MAPPER_FLAGS,
} as const;

/** The body of `suite`: runs suites, prints them beside upstream's results, fails unless all green. */
async function suiteCommand(
  flags: FlagValues<typeof SUITE_FLAGS>,
  context: CommandContext,
): Promise<ExitCode> {
  const suites = await Promise.all(suitePaths(flags).map(readSuite));
  await using runtime = await openRuntime(await runtimeOptions(flags, context));
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    const progress = createProgress(suite.name);
    results.push(await runSuite(runtime, suite, { runs: flags.runs, onProgress: progress.update }));
    progress.end();
  }
  for (const result of results) printSuite(result, context);
  printSummary(results, suites.flatMap(({ upstream }) => upstream), context);
  const green = results.every((result) => result.green);
  context.result({ green, mapper: runtime.source, suites: results });
  return green ? EXIT.ok : EXIT.gate;
}

function suitePaths({ name, suite_file }: FlagValues<typeof SUITE_FLAGS>): string[] {
  if (suite_file !== undefined) return [suite_file];
  const names = name === undefined ? SUITE_FLAGS.name.choices : [name];
  return names.map((one) => `fixtures/suites/${one}.json`);
}

async function runtimeOptions(
  flags: FlagValues<typeof SUITE_FLAGS>,
  context: CommandContext,
): Promise<OpenRuntimeOptions> {
  const check = await openFileCheck(flags);
  const shared = {
    mapper: mapperOptions(flags, context),
    useWordmapFallback: false,
    ...(check && { check }),
  };
  if (flags.backend === "wordmap") {
    if (check) throw nothingToVerify();
    return { ...shared, backend: "wordmap" };
  }
  if (flags.config === undefined) {
    return { ...shared, modelPath: flags.mapper_path ?? DEFAULT_MAPPER };
  }
  const config = await readMapperConfig(flags.config, check);
  const { backend, model_path, ...point } = config;
  const modelPath = flags.mapper_path ?? model_path;
  return {
    ...shared,
    backend,
    ...(modelPath !== null && { modelPath }),
    // A certificate is of one mapper: it does not pass to another
    point: pinnedPoint(
      flags.mapper_path === undefined ? point : { ...point, certificate: undefined },
    ),
  };
}

/** Without the keys that are undefined. */
function pinnedPoint(point: Partial<MapperConfig>): PinnedPoint {
  const { threshold } = point;
  const set = Object.entries(point).filter(([, value]) => value !== undefined);
  return { threshold: threshold!, ...Object.fromEntries(set) };
}

function printSuite({ name, rows, runs }: SuiteResult, { say }: CommandContext): void {
  say(textTable({
    columns: [name, "prompt", "expected", "plan", "reason", `same in ${runs}`, "green"],
    rows: rows.map((row) => [
      row.id,
      row.prompt,
      row.expected.plan.join(", ") || row.expected.reason.join(" or "),
      row.plan.join(", ") || null,
      row.reason,
      row.stable ? "yes" : "no",
      row.green ? "yes" : "NO",
    ]),
  }));
  say("");
}

function printSummary(
  results: readonly SuiteResult[],
  upstream: readonly SuiteReference[],
  { say }: CommandContext,
): void {
  say(textTable({
    columns: [
      "suite",
      "green",
      "false approvals",
      "precision",
      "recall",
      "hallucination",
      "omission",
      "records",
    ],
    rows: [
      ...results.map(({ name, green_cases, false_approvals, rates, records_sha256 }) => [
        name,
        `${green_cases.k} of ${green_cases.n}`,
        false_approvals,
        share(rates.precision.value),
        share(rates.recall.value),
        share(rates.hallucination.value),
        share(rates.omission.value),
        records_sha256.slice(0, 12),
      ]),
      ...upstream.map(({ run, cases, green, false_approvals }) => [
        `upstream, ${run}`,
        `${green} of ${cases}`,
        false_approvals,
        null,
        null,
        null,
        null,
        null,
      ]),
    ],
  }));
  const reasons = results.flatMap(({ name, rates }) =>
    Object.entries(rates.abstained).map(([reason, { k, n }]) => [name, reason, `${k} of ${n}`])
  );
  if (reasons.length === 0) return;
  say("");
  say(textTable({ columns: ["suite", "refused because", "cases"], rows: reasons }));
}

function share(value: number | null): string | null {
  return value === null ? null : value.toFixed(3);
}

await runCommand({
  name: "suite",
  summary: "Runs suites of prompts with known outcomes; exit 2 unless every case is green.",
  example: "deno task suite --name edges --runs 5",
  flags: SUITE_FLAGS,
}, suiteCommand);
