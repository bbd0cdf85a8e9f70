import { write } from "../temp.ts";
import type { TaskResult } from "./run_task.ts";

/** Options of {@linkcode startStageTask}. */
export interface StageTaskOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** The permissions of the pipeline's tasks, less what no test writes. */
const PERMISSIONS = [
  "--allow-read=.",
  "--allow-write=.artifacts",
  "--allow-env=EVAL_THRESHOLD_MODE,EVAL_THRESHOLD_FIXED,EVAL_THRESHOLD_FILE",
  "--ignore-env=LOG_TOKENS,LOG_STREAM",
  "--allow-run=deno,sbatch,squeue,sacct,ln,.cache/engine/bin/python",
];

/** Starts a task of the pipeline. */
export function startStageTask(
  name: string,
  args: readonly string[],
  { env = {} }: StageTaskOptions = {},
): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--frozen",
      ...PERMISSIONS,
      `tasks/${name}.ts`,
      ...args,
    ],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs a task of the pipeline to its end. */
export async function runStageTask(
  name: string,
  args: readonly string[],
  options: StageTaskOptions = {},
): Promise<TaskResult> {
  const { code, stdout, stderr } = await startStageTask(name, args, options).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A config over the n-gram encoder, two learning rates by two seeds, into folders of its own. */
export function stageYaml(folder: string, models: string, more = ""): string {
  return `
global: { train_path: ${folder}/train.jsonl, val_path: ${folder}/val.jsonl, eval_steps: 4 }
early_stopping: { enabled: false }
output: { base_dir: ${folder}/${models}/models, results_dir: ${folder}/${models}/results }
experiments:
  tiny_champion:
    model_name: ngram
    head: { hidden: 2, dropout: 0.1 }
    hyperparameters: { learning_rates: [3e-2, 1e-1], batch_sizes: [16], num_epochs: [5], seeds: [1, 2] }
${more}`;
}

/** Prepares a config whose folders are below `<folder>/<name>`; returns its arguments. */
export async function prepareStage(folder: string, name: string, more = ""): Promise<string[]> {
  const config = await write(folder, `${name}.yaml`, stageYaml(folder, name, more));
  return ["--config", config, "--logs_dir", `${folder}/${name}/logs`];
}

/** Content of all files of finished runs but `run.json`, by experiment and file name. */
export async function runBytes(models: string): Promise<Map<string, string>> {
  const bytes = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(models)) {
    if (!isDirectory) continue;
    const experiment = name.replace(/_\d{8}_\d{6}_job.*$/, "");
    const files = await Array.fromAsync(Deno.readDir(`${models}/${name}`), (file) => file.name);
    for (const file of files.filter((file) => file !== "run.json")) {
      bytes.set(`${experiment}/${file}`, await Deno.readTextFile(`${models}/${name}/${file}`));
    }
  }
  return bytes;
}
