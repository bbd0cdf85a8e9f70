import type { RunRecord, RunRequest } from "../mod.ts";
import { MicroLmError } from "../src/core/errors.ts";
import { DEFAULT_DOMAIN, openDomain } from "../src/domains/registry.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeFileAtomic } from "../src/core/atomic_write.ts";
import { percent } from "../src/report/page/escape.ts";
import { textTable } from "../src/report/tables.ts";
import type { ArcStepRecord, Rails } from "../src/run/mod.ts";
import { resolvePolicy } from "../src/run/policy/policy.ts";
import { createPhaseClock, writeProfile } from "../src/run/profile.ts";
import { DEFAULT_RAILS, minimalRecord } from "../src/run/record/record.ts";
import { appendSigned } from "../src/run/trace/sign.ts";
import { openTrace } from "../src/run/trace/trace.ts";
import { OPEN_FLAGS, openKeys, warnOfIgnored } from "./_policy_flags.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { openSigner, SIGN_FLAG } from "./_signing.ts";
import { openFlaggedRuntime, policyEnvironment, RUNTIME_FLAGS } from "./_runtime_flags.ts";

/** The flags of `run`. */
const RUN_FLAGS = {
  policy: {
    type: "string",
    value: "JSON|@FILE",
    help: 'What is allowed: {"ltv_max": 0.6}. Unknown keys are errors.',
  },
  ...OPEN_FLAGS,
  context: {
    type: "string",
    value: "JSON|@FILE",
    help: 'What is known: {"oracle": {"age_sec": 5}, "positions": {"collateral_value": 2000, ' +
      '"debt_value": 0}, "prices": {"ETH": 2000}}.',
  },
  rails: {
    type: "string",
    choices: ["stage11", "stage10", "none"],
    default: DEFAULT_RAILS,
    help: "Which rails look at the prompt beside the mapper, where there is evidence.",
  },
  T: { type: "integer", min: 16, max: 10_000, default: 180, help: "Samples of a trace." },
  grid: { type: "string", value: "JSON|@FILE", help: "For arc: the grid, [[1,2],[3,4]]." },
  pairs: {
    type: "string",
    value: "JSON|@FILE",
    help: 'For arc: what the plan has to explain, [{"input": [[1]], "output": [[1]]}].',
  },
  ...SIGN_FLAG,
  ...RUNTIME_FLAGS,
  dry_run: { type: "boolean", help: "Say what would be allowed, and hand out no plan." },
  out_html: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path],
    help: "For arc: write a page with every grid.",
  },
  trace: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Append the run to a trace that deno task trace verifies and deno task replay repeats.",
  },
  verbose: { type: "boolean", help: "Print the whole record, not the plan and the verdict alone." },
} as const;

type RunFlags = FlagValues<typeof RUN_FLAGS>;

/** The body of `run`: one prompt to one record, printed as JSON. */
async function runMicroCommand(flags: RunFlags, context: CommandContext): Promise<ExitCode> {
  const [prompt, ...rest] = context.positional;
  if (prompt === undefined || rest.length > 0) {
    throw new MicroLmError("usage", "Expected one prompt", {
      hint: 'Put it into quotes: deno task run "deposit 10 ETH into aave"',
    });
  }
  const signer = await openSigner(flags);
  const request = await readRequest(prompt, flags);
  const { mapper, audit } = resolvePolicy(request.policy ?? {}, { env: request.env ?? {} });
  await using runtime = await openFlaggedRuntime(flags, context, {
    modelPath: mapper.model_path,
    openKeys: openKeys(flags),
    useWordmapFallback: mapper.use_wordmap_fallback,
    outputs: Object.entries({ trace: flags.trace, out_html: flags.out_html })
      .flatMap(([flag, path]) => path === undefined ? [] : [{ name: `--${flag}`, path }]),
  });
  const { policy: operator, env } = request;
  await warnOfIgnored(runtime, { operator, env: env ?? {} }, context);
  const clock = createPhaseClock();
  const record = await runtime.run({ ...request, onPhase: clock.start });
  const phases = clock.stop();
  if (flags.trace !== undefined) {
    const trace = openTrace(flags.trace);
    const append = () => trace.append(record, request, runtime);
    await (signer ? appendSigned(trace, signer, append) : append());
  }
  if (flags.out_html !== undefined) await writePage(flags.out_html, record, request);
  if (audit.profile) context.warn(`profile in ${await writeProfile(record, phases)}`);
  await printRecord(record, flags, context);
  context.result(flags.verbose ? record : minimalRecord(record));
  return record.ok || (flags.dry_run && record.reason === "ok") ? EXIT.ok : EXIT.gate;
}

async function writePage(path: string, record: RunRecord, request: RunRequest): Promise<void> {
  const { checkGrid } = await import("../src/domains/arc/grid/grid.ts");
  const { readPairs } = await import("../src/domains/arc/run.ts");
  const { renderArcPage } = await import("../src/report/arc/page.ts");
  const page = renderArcPage(record, {
    ...(request.grid !== undefined && { grid: checkGrid(request.grid) }),
    ...(request.pairs !== undefined && { pairs: readPairs(request.pairs) }),
  });
  await writeFileAtomic(path, page);
}

async function readRequest(prompt: string, flags: RunFlags): Promise<RunRequest> {
  const [policy, given, pairs] = await Promise.all([
    readJsonFlag("policy", flags.policy),
    readJsonFlag("context", flags.context),
    readJsonFlag("pairs", flags.pairs),
  ]);
  const { planner } = await openDomain(flags.domain ?? DEFAULT_DOMAIN);
  if (!planner?.takesGrids && (flags.grid ?? flags.pairs ?? flags.out_html) !== undefined) {
    throw new MicroLmError("usage", "Flags --grid, --pairs and --out_html belong to --domain arc");
  }
  const grid = flags.grid?.startsWith("@")
    ? await readJsonFlag("grid", flags.grid)
    : flags.grid === undefined
    ? undefined
    : (await import("../src/domains/arc/grid/grid.ts")).parseGrid(flags.grid);
  return {
    prompt,
    ...(policy !== undefined && { policy }),
    ...(given !== undefined && { context: given }),
    ...(grid !== undefined && { grid }),
    ...(pairs !== undefined && { pairs }),
    rails: flags.rails as Rails,
    T: flags.T,
    dryRun: flags.dry_run,
    env: policyEnvironment(),
  };
}

/** The record on stdout, tables and grids on stderr; with `--json` the record alone. */
async function printRecord(
  record: RunRecord,
  flags: RunFlags,
  { print, note }: CommandContext,
): Promise<void> {
  if ((flags as { json?: boolean }).json) return;
  const { verbose } = flags;
  if (verbose) {
    print(JSON.stringify(record, null, 2));
    return;
  }
  print(JSON.stringify(minimalRecord(record), null, 2));
  if (record.aux.mappings.length > 0) {
    note("");
    note(textTable({
      columns: ["step", "action", "confidence", "threshold"],
      rows: record.aux.mappings.map(({ text, label, predicted, confidence, threshold, reason }) => [
        text,
        label ?? `abstain: ${reason} (${predicted})`,
        percent(confidence),
        threshold ?? "never",
      ]),
    }));
  }
  const grids = record.plan.steps.filter((step): step is ArcStepRecord => "op" in step)
    .flatMap(({ op, grid }) => grid ? [{ grid, caption: op }] : []);
  if (grids.length > 0) {
    const { gridSequenceText } = await import("../src/domains/arc/grid/render_text.ts");
    note(`\n${gridSequenceText(grids, { color: !Deno.noColor && Deno.stdout.isTerminal() })}`);
  }
}

await runCommand({
  name: "run",
  summary: "From a prompt to a verified plan, or to the reason why there is none.",
  example: 'deno task run "deposit 10 ETH into aave" --trace .artifacts/trace.jsonl',
  positional: "PROMPT",
  flags: RUN_FLAGS,
}, runMicroCommand);
