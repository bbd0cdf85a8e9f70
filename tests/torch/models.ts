import { dirname } from "node:path";
import { TORCH_PYTHON } from "../../tasks/_stages/torch.ts";

/** Why nothing can be trained on PyTorch here; null if it can. */
function whyNoTorch(): string | null {
  const run = { name: "run", command: TORCH_PYTHON } as const;
  if (Deno.permissions.querySync(run).state !== "granted") {
    return `skipped: no permission to run ${TORCH_PYTHON}, see deno task test:torch`;
  }
  try {
    Deno.statSync(TORCH_PYTHON);
    return null;
  } catch {
    return "skipped: no torch engine, see deno task engine setup";
  }
}

/** A test that needs the torch engine; where there is none, its name says why it is left out. */
export function torchTest(name: string, fn: () => Promise<void>): void {
  const why = whyNoTorch();
  Deno.test({ name: why === null ? name : `${name} (${why})`, ignore: why !== null, fn });
}

/** Files with the first rows of the fixtures: enough to learn something. */
export async function writeRows(folder: string, train = 160, validation = 40): Promise<void> {
  for (const [name, count] of [["train", train], ["val", validation]] as const) {
    const lines = (await Deno.readTextFile(`fixtures/iac/${name}.jsonl`)).split("\n");
    await Deno.writeTextFile(`${folder}/${name}.jsonl`, `${lines.slice(0, count).join("\n")}\n`);
  }
}

let made: Promise<void> | undefined;

/** Folder of a tiny model with random weights, made once. */
export async function tinyModel(name: "roberta" | "t5"): Promise<string> {
  const folder = ".artifacts/torch-models";
  made ??= makeModels(folder);
  await made;
  return `${folder}/${name}`;
}

async function makeModels(folder: string): Promise<void> {
  const script = new URL("make_models.py", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(TORCH_PYTHON, {
    args: [script, folder, "fixtures/iac/train.jsonl"],
    cwd: dirname(dirname(dirname(script))),
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}
