import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { exportTorchModel, refusedProgram } from "../src/stages/mod.ts";
import { startTorch, TORCH_ENVIRONMENT, TORCH_PYTHON } from "./_stages/torch.ts";
import { resolve } from "node:path";

/** The flags of `engine`. */
const ENGINE_FLAGS = {
  system: {
    type: "boolean",
    help: "setup: use the packages of the python3 in the path, say of a cluster's module, and " +
      "install nothing.",
  },
  model: {
    type: "string",
    value: "MODEL",
    help: "export: a folder that transformers can load, or the id of a model in its cache.",
  },
  out: { type: "string", value: "DIR", help: "export: where the model goes." },
  pooling: {
    type: "string",
    choices: ["auto", "mean", "cls", "lasttoken"],
    default: "auto",
    help: "export: one vector from a text's; auto is mean for T5-like models, else cls.",
  },
  max_length: {
    type: "integer",
    min: 8,
    default: 512,
    help: "export: tokens of a text that count.",
  },
} as const;

type Flags = FlagValues<typeof ENGINE_FLAGS>;
type Action = (flags: Flags, context: CommandContext) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = { setup, status, export: exportModel };
const REQUIREMENTS = "engines/requirements.txt";
const VERSIONS = "import accelerate, torch, transformers; print(torch.__version__, " +
  "transformers.__version__, accelerate.__version__, " +
  "torch.cuda.get_device_name() if torch.cuda.is_available() else 'cpu', sep='\\n')";

/** The body of `engine`. */
async function engineCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const [action = "", ...rest] = context.positional;
  if (!Object.hasOwn(ACTIONS, action) || rest.length > 0) {
    throw new MicroLmError("usage", "Expected setup, status or export", {
      hint: "For example: deno task engine setup",
    });
  }
  return await ACTIONS[action]!(flags, context);
}

async function setup(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const site = flags.system ? ["--system-site-packages"] : [];
  await run(
    "python3",
    ["-m", "venv", "--clear", ...site, TORCH_ENVIRONMENT],
    "make its environment",
  );
  if (!flags.system) {
    context.say(`Installing ${REQUIREMENTS} into ${TORCH_ENVIRONMENT}, some gigabytes …`);
    const args = ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS];
    await run(resolve(TORCH_PYTHON), args, `install ${REQUIREMENTS}`);
  }
  return await status(flags, context);
}

async function status(_: Flags, { say, result }: CommandContext): Promise<ExitCode> {
  const words = await run(resolve(TORCH_PYTHON), ["-c", VERSIONS], "load its packages");
  const [torch, transformers, accelerate, device] = words.trim().split("\n").slice(-4);
  say(`torch ${torch}, transformers ${transformers}, accelerate ${accelerate}, on ${device}`);
  result({ torch, transformers, accelerate, device });
  return EXIT.ok;
}

async function exportModel(flags: Flags, { say, result }: CommandContext): Promise<ExitCode> {
  const { model, out, pooling, max_length: maxLength } = flags;
  if (model === undefined || out === undefined) {
    throw new MicroLmError("usage", "Expected --model and --out", {
      hint:
        "For example: deno task engine export --model ./codet5p-220m --out .cache/models/codet5p",
    });
  }
  const facts = await exportTorchModel(model, out, { pooling, maxLength }, startTorch);
  say(
    `Wrote ${out}: vectors of ${facts.dims} numbers, pooling ${facts.pooling}, at most ` +
      `${facts.max_length} tokens`,
  );
  result({ out, ...facts });
  return EXIT.ok;
}

/** Runs a program to its end; returns what it printed. */
async function run(program: string, args: readonly string[], what: string): Promise<string> {
  const hint = program === "python3"
    ? "The torch engine needs Python 3.10 or newer with venv"
    : "Make its environment: deno task engine setup";
  const { code, stdout, stderr } = await output(program, args, hint);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code === 0) return text(stdout);
  const last = text(stderr).trim().split("\n").at(-1) ?? "";
  throw new MicroLmError("unavailable", `The torch engine cannot ${what}: ${last}`, { hint });
}

/** A program that is not there is refused as it starts, not as it ends. */
async function output(
  program: string,
  args: readonly string[],
  hint: string,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(program, { args: [...args] }).output();
  } catch (cause) {
    throw refusedProgram(program, cause, hint);
  }
}

await runCommand({
  name: "engine",
  summary: "The torch engine: setup makes its environment, status looks at it, export writes the " +
    "encoder of a transformers model as ONNX.",
  example: "deno task engine export --model ./codet5p-220m --out .cache/models/codet5p-220m",
  flags: ENGINE_FLAGS,
  positional: "setup|status|export",
}, engineCommand);
