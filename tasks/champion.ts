import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import { type FlagValues, usage } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { textTable } from "../src/report/mod.ts";
import {
  type ChampionCandidate,
  type ChampionChoice,
  type ChampionRecord,
  expandExperiments,
  findCandidates,
  freezeChampion,
  hasLearntNothing,
  readJson,
  readStageConfig,
  selectChampion,
  writeJson,
} from "../src/stages/mod.ts";
import { basename, join } from "node:path";

/** Flags of `champion`. */
const CHAMPION_FLAGS = {
  select_only: { type: "boolean", help: "Choose and remember the choice, freeze nothing." },
  freeze_only: { type: "boolean", help: "Freeze what was chosen before." },
  config: {
    type: "string",
    value: "FILE",
    help: "Config of stage 4: its experiments are the candidates, its base_dir is searched.",
  },
  base_dir: {
    type: "string",
    value: "DIR",
    help: "Folder of run folders. Default: the config's, else models/experiments/encoder.",
  },
  prefix: { type: "string", value: "TEXT", help: "Only runs whose name begins with this." },
  rule: {
    type: "string",
    choices: ["median", "best"],
    default: "median",
    help: "Which F1 on the validation set wins; a lucky seed cannot win the median.",
  },
  champion_dir: {
    type: "string",
    value: "DIR",
    default: "artifacts/models/champion",
    help: "Where the champion's files go.",
  },
  evaluation_dir: {
    type: "string",
    value: "DIR",
    default: "results/experiments/evaluation",
    help: "Where frozen_thresholds.yaml and champion_selection.json go.",
  },
  alias: {
    type: "string",
    value: "NAME",
    help: "Link to the champion beside the run folders. Default: what frozen evaluations read, " +
      "<family>_final_sweep_latest for <family>_champion, else <base>_latest.",
  },
  force: { type: "boolean", help: "Replace a champion that was frozen before." },
} as const;

type Flags = FlagValues<typeof CHAMPION_FLAGS>;

/** What `--select_only` leaves for `--freeze_only`. */
interface Selection extends ChampionChoice {
  readonly folder: string;
}

/** The body of `champion`. */
async function championCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  if (flags.select_only && flags.freeze_only) {
    throw usage({ name: "champion" }, "Expected --select_only or --freeze_only, got both");
  }
  const path = join(flags.evaluation_dir, "champion_selection.json");
  const selection = flags.freeze_only ? await readSelection(path) : await select(flags, context);
  printSelection(selection, context);
  if (!flags.freeze_only) {
    await writeJson(path, selection);
    context.say(`Wrote ${path}`);
  }
  if (flags.select_only) {
    context.result({ selection, record: null });
    return EXIT.ok;
  }
  const record = await freeze(selection, flags);
  context.say(
    `Froze ${record.run} with threshold ${record.threshold}: ${flags.champion_dir}, ` +
      `${flags.evaluation_dir}/frozen_thresholds.yaml`,
  );
  context.result({ selection, record });
  return EXIT.ok;
}

async function select(flags: Flags, { warn }: CommandContext): Promise<Selection> {
  const config = flags.config === undefined ? undefined : await readStageConfig(flags.config);
  const baseDir = flags.base_dir ?? config?.output.base_dir ?? "models/experiments/encoder";
  const all = await findCandidates(baseDir, { prefix: flags.prefix ?? "" });
  const names = config && new Set(expandExperiments(config).map(({ name }) => name));
  const candidates = all.filter(({ status }) => names?.has(status.name) ?? true);
  if (candidates.length === 0) {
    throw new MicroLmError(
      "missing",
      `Cannot find a finished run of "${flags.config}" in "${baseDir}"`,
      {
        hint: `Train them: deno task batch-train --config ${flags.config}`,
      },
    );
  }
  if (!names) refuseMixture(candidates.map(({ status }) => status.name));
  const choice = selectChampion(candidates, { rule: flags.rule as "median" | "best" });
  const pick = ({ run, seed, val_f1 }: ChampionCandidate) => ({ run, seed, val_f1 });
  const { folder, status } = candidates.find(({ run }) => run === choice.champion.run)!;
  if (hasLearntNothing(status)) {
    warn(`${status.name} is no better than calling every finding a TP: it has learnt nothing`);
  }
  return {
    ...choice,
    champion: pick(choice.champion),
    candidates: choice.candidates.map(pick),
    folder,
  };
}

/** A median over different settings is nobody's: candidates differ in their seeds. */
function refuseMixture(names: readonly string[]): void {
  const settings = [...new Set(names.map((name) => name.replace(/_seed\d+$/, "")))];
  if (settings.length === 1) return;
  const some = settings.slice(0, 3).map((name) => `"${name}"`).join(", ");
  throw new MicroLmError(
    "usage",
    `Expected runs that differ in their seeds, found ${settings.length} settings: ${some}` +
      (settings.length > 3 ? ", …" : ""),
    { hint: "Say which are the candidates: --config CONFIG-OF-STAGE-4, or --prefix NAME" },
  );
}

async function readSelection(path: string): Promise<Selection> {
  const selection = await readJson<Partial<Selection>>(path, { optional: true });
  if (selection === undefined) {
    throw new MicroLmError("missing", `Cannot find a choice in "${path}"`, {
      hint: "Choose first: deno task champion --select_only",
    });
  }
  if (typeof selection.folder !== "string" || !Array.isArray(selection.candidates)) {
    throw new MicroLmError("data", 'Expected "folder" and "candidates" of a choice', {
      at: { file: path },
      hint: "Choose again: deno task champion --select_only",
    });
  }
  return selection as Selection;
}

async function freeze(selection: Selection, flags: Flags): Promise<ChampionRecord> {
  const { folder, ...choice } = selection;
  return await freezeChampion(folder, choice, {
    championDir: flags.champion_dir,
    evaluationDir: flags.evaluation_dir,
    alias: flags.alias ?? await defaultAlias(folder),
    force: flags.force,
  });
}

/** The name that frozen evaluations look for. */
async function defaultAlias(folder: string): Promise<string> {
  const { base } = await readJson<{ readonly base: string }>(join(folder, "run.json"));
  const family = /^(.+)_champion$/.exec(base)?.[1];
  return family === undefined ? `${base}_latest` : `${family}_final_sweep_latest`;
}

function printSelection(
  { champion, candidates, rank, rule, folder }: Selection,
  { say }: Pick<CommandContext, "say">,
): void {
  say(textTable({
    columns: ["rank", "run", "seed", "val F1", ""],
    rows: candidates.map(({ run, seed, val_f1 }, i) => [
      i + 1,
      run,
      seed,
      val_f1.toFixed(3),
      run === champion.run ? "champion" : "",
    ]),
  }));
  say(`\nChampion by the ${rule} F1 on the validation set: ${basename(folder)}, rank ${rank}`);
}

await runCommand({
  name: "champion",
  summary: "Chooses the champion among seeds by F1 on the validation set, and freezes it.",
  example: "deno task champion --config configs/encoder/stage4_offline.yaml --select_only",
  flags: CHAMPION_FLAGS,
}, championCommand);
