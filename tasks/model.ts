import { MicroLmError } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { createProgress } from "../src/cli/progress.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import {
  listModels,
  type ModelDtype,
  pullModel,
  removeModel,
  type StoredModel,
  verifyModel,
  type WeightsFormat,
} from "../src/encoders/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { formatBytes } from "./_format_bytes.ts";

/** The flags of `model`. */
const MODEL_FLAGS = {
  revision: { type: "string", default: "main", help: "Branch, tag or commit to pull." },
  mirror: {
    type: "string",
    value: "URL",
    help: "A server with the layout of the hub, instead of the public one; through model:mirror.",
  },
  dtype: {
    type: "string",
    choices: ["fp32", "int8", "fp16", "q4"],
    default: "fp32",
    help: "Number type of the weights to pull.",
  },
  format: {
    type: "string",
    choices: ["onnx", "torch"],
    help:
      "Weights for encoders (onnx) or for the torch engine. Default: onnx where there are such.",
  },
  store_dir: {
    type: "string",
    value: "DIR",
    default: ".cache/models/hub",
    help: "Where models are kept.",
  },
} as const;

type Flags = FlagValues<typeof MODEL_FLAGS>;
type Action = (id: string, flags: Flags, context: CommandContext) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = { pull, list, verify, remove };

/** The body of `model`: the first positional argument says what to do, the second with which model. */
async function modelCommand(flags: Flags, context: CommandContext): Promise<ExitCode> {
  const [action = "", id, ...rest] = context.positional;
  const takesId = action !== "list";
  if (!Object.hasOwn(ACTIONS, action) || rest.length > 0 || takesId !== (id !== undefined)) {
    throw new MicroLmError("usage", "Expected pull ID, list, verify ID or remove ID", {
      hint: "For example: deno task model pull sentence-transformers/all-MiniLM-L6-v2",
    });
  }
  return await ACTIONS[action]!(id ?? "", flags, context);
}

async function pull(id: string, flags: Flags, { say, result }: CommandContext): Promise<ExitCode> {
  const progress = createProgress(`pull ${id}`);
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
  const model = await pullModel(id, {
    revision: flags.revision,
    storeDir: flags.store_dir,
    dtype: flags.dtype as ModelDtype,
    format: flags.format as WeightsFormat | undefined,
    ...(flags.mirror !== undefined && { mirror: flags.mirror }),
    onProgress: (done, total) => progress.update(megabytes(done), megabytes(total)),
  });
  progress.end();
  say(modelTable([model]));
  say(`Pulled into ${model.folder}; ${useOf(model)}`);
  result(model);
  return EXIT.ok;
}

/** What the model can be used for as it is. */
function useOf({ id, files }: StoredModel): string {
  const has = (test: (path: string) => boolean) => files.some(({ path }) => test(path));
  if (!has((path) => path.endsWith(".onnx"))) {
    return `train it by engine: torch, or make it an encoder: deno task engine export --model ${id} ` +
      `--out .cache/models/${id.split("/")[1]}`;
  }
  const pooling = has((path) => path === "modules.json")
    ? ""
    : " --pooling mean (or cls, max, lasttoken: its card tells)";
  return `use it with --sbert ${id}${pooling}`;
}

async function list(
  _: string,
  { store_dir }: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const models = await listModels({ storeDir: store_dir });
  say(models.length > 0 ? modelTable(models) : `No model in ${store_dir}`);
  result(models);
  return EXIT.ok;
}

async function verify(
  id: string,
  { store_dir }: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const faults = await verifyModel(id, { storeDir: store_dir });
  for (const { path, fault } of faults) {
    say(`${path}: wrong ${fault}`.replace("wrong missing", "missing"));
  }
  say(
    faults.length === 0
      ? `${id}: every file is whole`
      : `Pull it again: deno task model pull ${id}`,
  );
  result({ id, faults });
  return faults.length === 0 ? EXIT.ok : EXIT.data;
}

async function remove(
  id: string,
  { store_dir }: Flags,
  { say, result }: CommandContext,
): Promise<ExitCode> {
  const removed = await removeModel(id, { storeDir: store_dir });
  say(removed ? `Removed ${id}` : `${id} is not in ${store_dir}`);
  result({ id, removed });
  return removed ? EXIT.ok : EXIT.missing;
}

function modelTable(models: readonly StoredModel[]): string {
  const sizeOf = ({ files }: StoredModel) => files.reduce((sum, { size }) => sum + size, 0);
  return textTable({
    columns: ["model", "revision", "commit", "files", "size"],
    rows: models.map((model) => [
      model.id,
      model.revision,
      model.commit.slice(0, 12),
      String(model.files.length),
      formatBytes(sizeOf(model)),
    ]),
  });
}

await runCommand({
  name: "model",
  summary:
    "Pulls models from a hub, encoders and transformers to tune, lists, verifies and removes them.",
  example: "deno task model pull sentence-transformers/all-MiniLM-L6-v2 --dtype int8",
  positional: "pull ID | list | verify ID | remove ID",
  flags: MODEL_FLAGS,
}, modelCommand);
