import { resolve } from "node:path";
import { MicroLmError } from "../../mod.ts";
import { refusedProgram, type StageConfig } from "../../src/stages/mod.ts";
import type { FlagValues } from "../../src/cli/flags.ts";

/** Folder of the engine's environment, as `engine setup` makes it. */
export const TORCH_ENVIRONMENT = ".cache/engine";

/** The interpreter of that environment: the one that tasks may start. */
export const TORCH_PYTHON = `${TORCH_ENVIRONMENT}/bin/python`;

/** Flags that change the experiments of a config. */
export const OVERRIDE_FLAGS = {
  model_override: {
    type: "string",
    value: "MODEL",
    help: "Train this instead of each experiment's model_name: a folder, say, to try a config out.",
  },
  max_steps: { type: "integer", min: 1, help: "End every run after this many updates." },
} as const;

type Overrides = FlagValues<typeof OVERRIDE_FLAGS>;

/** A config as flags change it. */
export function withOverrides(
  config: StageConfig,
  { model_override: model, max_steps }: Overrides,
): StageConfig {
  const experiments = Object.entries(config.experiments).map(([name, experiment]) =>
    [name, model === undefined ? experiment : { ...experiment, model_name: model }] as const
  );
  return {
    ...config,
    global: { ...config.global, ...(max_steps === undefined ? {} : { max_steps }) },
    experiments: Object.fromEntries(experiments),
  };
}

/** The flags that make another process change a config in the same way. */
export function overrideArguments({ model_override, max_steps }: Overrides): string[] {
  return [
    ...(model_override === undefined ? [] : ["--model_override", model_override]),
    ...(max_steps === undefined ? [] : ["--max_steps", String(max_steps)]),
  ];
}

/**
 * Starts the torch engine.
 *
 * @throws {MicroLmError} Kind `missing` without its environment, `permission` where Deno refuses.
 */
export function startTorch(): Deno.ChildProcess {
  const hint = "Make its environment: deno task engine setup";
  try {
    Deno.statSync(TORCH_PYTHON);
  } catch (cause) {
    throw new MicroLmError("missing", `Cannot find the torch engine: no ${TORCH_PYTHON}`, {
      hint,
      cause,
    });
  }
  try {
    return new Deno.Command(resolve(TORCH_PYTHON), {
      args: ["engines/torch_worker.py"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    throw refusedProgram(TORCH_PYTHON, cause, hint);
  }
}
