import { checkOutputs, type NamedFile } from "../core/outputs.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Flag } from "./flags.ts";

/** What a value of a flag stands for that names files, as `--help` has it. */
const FILES = /FILE|JSONL|KEY$|PUB$|YAML/;

/** The files of a task, looked at before there is any work. */
export interface TaskFiles {
  /**
   * Says if what is read has changed since.
   *
   * @throws {MicroLmError} Kind `data`.
   */
  refuseChanges(): Promise<void>;
  /**
   * Looks at inputs that no flag names, beside the outputs of the flags.
   *
   * @throws {MicroLmError} As {@linkcode checkOutputs}.
   */
  checkInputs(paths: readonly string[]): Promise<void>;
  /**
   * Looks at outputs that no flag names.
   *
   * @throws {MicroLmError} As {@linkcode checkOutputs}.
   */
  checkOutputs(paths: readonly string[]): Promise<void>;
}

/**
 * Looks at all files that the flags of a task name.
 *
 * @throws {MicroLmError} As {@linkcode checkOutputs}.
 */
export async function openTaskFiles(
  flags: Readonly<Record<string, Flag>>,
  values: Readonly<Record<string, unknown>>,
): Promise<TaskFiles> {
  const { inputs, outputs, data } = filesOf(flags, values);
  await checkOutputs(inputs, outputs);
  const before = await Promise.all(data.map(stateOf));
  return {
    checkOutputs: (paths) =>
      checkOutputs(inputs, paths.map((path) => ({ name: "the output", path }))),
    checkInputs: (paths) =>
      checkOutputs(paths.map((path) => ({ name: "the input", path })), outputs),
    refuseChanges: async () => {
      for (const [i, file] of data.entries()) {
        const [then, now] = [before[i], await stateOf(file)];
        if (then !== null && then !== now) throw changed(file);
      }
    },
  };
}

function changed({ path }: NamedFile): MicroLmError {
  return new MicroLmError("data", "Expected the file that the run began with, found it changed", {
    at: { file: path },
    hint: "Something wrote to it during the run: begin again once it is done",
  });
}

interface FilesOfFlags {
  readonly inputs: NamedFile[];
  readonly outputs: NamedFile[];
  /** Inputs that have to stay as they are. */
  readonly data: NamedFile[];
}

function filesOf(
  flags: Readonly<Record<string, Flag>>,
  values: Readonly<Record<string, unknown>>,
): FilesOfFlags {
  const found: FilesOfFlags = { inputs: [], outputs: [], data: [] };
  for (const [flag, spec] of Object.entries(flags)) {
    const value = values[flag];
    if (spec.type !== "string" || typeof value !== "string") continue;
    // A pinned point names its own mapper
    if (flag === "mapper_path" && values["config"] !== undefined) continue;
    const name = `--${flag}`;
    if (spec.writes) {
      found.outputs.push(...spec.writes(value).map((path) => ({ name, path })));
      continue;
    }
    const files = inputsOf(spec.value ?? "", value).map((path) => ({ name, path }));
    found.inputs.push(...files);
    if (spec.data) found.data.push(...files.filter(({ path }) => path !== "-"));
  }
  return found;
}

/** `@FILE` where a text may stand as well, several files after one another. */
function inputsOf(kind: string, value: string): string[] {
  if (!FILES.test(kind)) return [];
  if (kind.includes("@FILE")) return value.startsWith("@") ? [value.slice(1)] : [];
  return /FILES|,/.test(kind) ? value.split(",") : [value];
}

/** What changes when a file does; null for what cannot be looked at, which its reader reports. */
async function stateOf({ path }: NamedFile): Promise<string | null> {
  const info = await Deno.stat(path).catch(() => null);
  return info?.isFile ? [info.dev, info.ino, info.size, info.mtime?.getTime()].join(" ") : null;
}
