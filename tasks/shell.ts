import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { explainIoError, writeFileAtomic } from "../src/core/mod.ts";
import { createPaint } from "../src/report/mod.ts";
import { resolvePolicy } from "../src/run/mod.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { openFlaggedRuntime, policyEnvironment, RUNTIME_FLAGS } from "./_runtime_flags.ts";
import { answerLine, readIfThere, type Shell, shellHelp, shellWords } from "./_shell.ts";
import { openPipedLines, openTerminalLines } from "./_shell_lines.ts";

/** Lines of earlier sessions that are kept. */
const MOST_LINES = 500;

/** Flags of `shell`. */
const SHELL_FLAGS = {
  policy: {
    type: "string",
    value: "JSON|@FILE",
    help: 'What is allowed: {"ltv_max": 0.6}. Unknown keys are errors.',
  },
  context: {
    type: "string",
    value: "JSON|@FILE",
    help: "What is known of accounts and prices; :context changes it.",
  },
  input: {
    type: "string",
    value: "FILE",
    help: "Lines instead of those that are typed. Default: standard input.",
  },
  labels_csv: {
    type: "string",
    value: "FILE",
    default: ".artifacts/shell_labels.csv",
    writes: (path: string) => [path],
    help: "Where :label appends prompts with their labels: rows to train with.",
  },
  history: {
    type: "string",
    value: "FILE|off",
    default: ".cache/shell_history.txt",
    writes: (path: string) => path === "off" ? [] : [path],
    help: `The last ${MOST_LINES} lines typed on a terminal, readable by their owner alone; off ` +
      "keeps none.",
  },
  ...RUNTIME_FLAGS,
} as const;

await runCommand({
  name: "shell",
  summary: "Type prompts and watch what becomes of them: the plan with its words underlined, the " +
    "probabilities, and why something is refused. :help lists the commands. Prompts may come by a " +
    "pipe, too; --json prints one record a line.",
  example: "deno task shell --input examples/shell/session.txt",
  flags: SHELL_FLAGS,
}, async (flags, context) => {
  const policy = await readJsonFlag("policy", flags.policy) as Shell["policy"];
  const facts = await readJsonFlag("context", flags.context);
  const { mapper } = resolvePolicy(policy ?? {}, { env: policyEnvironment() });
  await using runtime = await openFlaggedRuntime(flags, context, {
    modelPath: mapper.model_path,
    useWordmapFallback: mapper.use_wordmap_fallback,
    outputs: [{ name: "--labels_csv", path: flags.labels_csv }],
  });
  const isTerminal = flags.input === undefined && Deno.stdin.isTerminal() &&
    Deno.stdout.isTerminal();
  const shell: Shell = {
    runtime,
    labelsCsv: flags.labels_csv,
    paint: createPaint(!Deno.noColor && Deno.stdout.isTerminal()),
    context,
    // Some terminals say 0
    width: () => Math.max(40, Deno.stdout.isTerminal() ? Deno.consoleSize().columns || 80 : 80),
    policy,
    facts,
    last: null,
  };
  const history = isTerminal && flags.history !== "off"
    ? (await readIfThere(flags.history)).split("\n").filter((line) => line !== "")
    : [];
  using lines = isTerminal
    ? openTerminalLines({ history, words: shellWords(runtime) })
    : openPipedLines(await openInput(flags.input));
  if (isTerminal) context.say(shellHelp());
  for await (const line of lines) {
    if (line.trim() !== "") history.unshift(line);
    if (!await answerLine(shell, line, lines.isEchoed)) break;
  }
  if (isTerminal && flags.history !== "off") {
    await writeFileAtomic(flags.history, history.slice(0, MOST_LINES).join("\n") + "\n");
    if (Deno.build.os !== "windows") await Deno.chmod(flags.history, 0o600);
  }
  return EXIT.ok;
});

async function openInput(path: string | undefined): Promise<ReadableStream<Uint8Array>> {
  if (path === undefined) return Deno.stdin.readable;
  try {
    return (await Deno.open(path)).readable;
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
}
