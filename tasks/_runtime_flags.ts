import type { Domain, MicroRuntime } from "../mod.ts";
import { MicroLmError } from "../src/core/errors.ts";
import { DEFAULT_DOMAIN, openDomain, openLabels } from "../src/domains/registry.ts";
import { openRuntime } from "../src/run/runtime.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import type { NamedFile } from "../src/core/mod.ts";
import { checkOutputs } from "../src/core/outputs.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import type { PinnedPoint } from "../src/mapper/mod.ts";
import { POLICY_ENVIRONMENT } from "../src/run/policy/environment.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { nothingToVerify, openFileCheck, VERIFY_FLAG } from "./_signing.ts";

/** Where training and quickstart leave the mapper that everything finds. */
export const DEFAULT_MAPPER = `.artifacts/${DEFAULT_DOMAIN}_mapper.json`;

/** Flags of every task that opens a runtime: `run`, `map`, `serve`, `mcp`. */
export const RUNTIME_FLAGS = {
  domain: {
    type: "string",
    value: "NAME|FOLDER",
    help: "What the prompts are about: defi, arc, generic, or the folder of a domain, with a " +
      "slash. Default: what the mapper's file says.",
  },
  mapper_path: {
    type: "string",
    value: "FILE",
    help: `Mapper that train wrote. Default: $MICRO_LM_MAPPER_PATH, else ${DEFAULT_MAPPER}; ` +
      ".artifacts/NAME_mapper.json for the folder of a domain, none for arc.",
  },
  backend: {
    type: "string",
    choices: ["sbert", "wordmap"],
    default: "sbert",
    help: "A trained mapper (sbert, whatever its encoder) or the keyword mapper of the domain.",
  },
  config: {
    type: "string",
    value: "FILE",
    help: "A pinned operating point (--pin of a sweep); replaces --mapper_path and --backend.",
  },
  wdd_path: {
    type: "string",
    value: "FILE",
    help:
      "Evidence of the rails. Default: what train left beside the mapper (.rails.json); without " +
      "a mapper .artifacts/NAME_wdd.json of wdd-fit.",
  },
  ...VERIFY_FLAG,
  ...OPEN_MAPPER_FLAGS,
} as const;

type RuntimeFlags = FlagValues<typeof RUNTIME_FLAGS>;

/** What a task decides beside the flags. */
export interface OpenFlaggedOptions {
  /** The mapper of a policy or of the environment, which outweighs the flags. Default: none. */
  readonly modelPath?: string | null | undefined;
  /** Keys of a policy that callers may set as they like. Default: none. */
  readonly openKeys?: readonly string[];
  /** Whether the keyword mapper may stand in where no mapper was named and none is there. */
  readonly useWordmapFallback: boolean;
  /** Whether prompts will only be mapped. Default: false. */
  readonly mapsOnly?: boolean;
  /** What will be written: neither the mapper nor the evidence. Default: nothing. */
  readonly outputs?: readonly NamedFile[];
}

/** Opens the runtime that the flags ask for. */
export async function openFlaggedRuntime(
  flags: RuntimeFlags,
  context: Pick<CommandContext, "warn">,
  { modelPath, openKeys = [], useWordmapFallback, mapsOnly = false, outputs = [] }:
    OpenFlaggedOptions,
): Promise<MicroRuntime> {
  if (flags.config !== undefined && flags.mapper_path !== undefined) {
    throw new MicroLmError("usage", "Expected --config or --mapper_path, got both");
  }
  const check = await openFileCheck(flags);
  const config = flags.config === undefined
    ? undefined
    : await (await import("./_mapper_config.ts")).readMapperConfig(flags.config, check);
  if (check && !config && flags.backend === "wordmap") {
    throw nothingToVerify();
  }
  const named = modelPath ?? config?.model_path ?? flags.mapper_path;
  const { path, evidencePath } = await findFiles(flags, named, mapsOnly ? openLabels : openDomain);
  await checkOutputs([
    ...path === undefined ? [] : [{ name: "the mapper", path }],
    ...evidencePath === undefined ? [] : [{ name: "the evidence", path: evidencePath }],
  ], outputs);
  const { backend, model_path: _, ...point } = config ?? { backend: flags.backend, model_path: "" };
  const runtime = await openRuntime({
    ...(flags.domain !== undefined && { domain: flags.domain }),
    backend: backend as "sbert" | "wordmap",
    ...(path !== undefined && { modelPath: path }),
    ...("threshold" in point && { point: point as PinnedPoint, isPointFloor: true }),
    openKeys,
    mapsOnly,
    ...(evidencePath !== undefined && { evidencePath }),
    mapper: mapperOptions(flags, context),
    ...(check && { check }),
    // A mapper that the user names must be there; nobody has signed what would stand in
    useWordmapFallback: useWordmapFallback && named === undefined && config === undefined && !check,
  });
  if (runtime.isFallback && runtime.mapper) {
    context.warn(`no mapper at ${path}: the keyword mapper stands in; deno task train makes one`);
  }
  return runtime;
}

/** The files of a runtime. A mapper that is named says itself what its domain is. */
async function findFiles(
  { domain: given, wdd_path }: RuntimeFlags,
  named: string | undefined,
  open: (nameOrFolder: string) => Promise<Domain>,
): Promise<{ readonly path: string | undefined; readonly evidencePath: string | undefined }> {
  if (named !== undefined && given === undefined) return { path: named, evidencePath: wdd_path };
  const domain = await open(given ?? DEFAULT_DOMAIN);
  const path = named ?? defaultMapper(domain);
  const evidencePath = path === undefined ? await findEvidence(domain) : undefined;
  return { path, evidencePath: wdd_path ?? evidencePath };
}

/** What `wdd-fit` left for a domain without a mapper, beside which evidence would be looked for. */
async function findEvidence({ name }: Domain): Promise<string | undefined> {
  const path = `.artifacts/${name}_wdd.json`;
  const info = await Deno.stat(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  return info === null ? undefined : path;
}

/** Where the mapper of a domain stands if nothing else is said; undefined if it needs none. */
function defaultMapper({ name, planner }: Domain): string | undefined {
  return planner === null || planner.needsMapper ? `.artifacts/${name}_mapper.json` : undefined;
}

/** The environment variables that a policy honours, as far as they may be read. */
export function policyEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(POLICY_ENVIRONMENT).map((name) => {
      const { state } = Deno.permissions.querySync({ name: "env", variable: name });
      return [name, state === "granted" ? Deno.env.get(name) : undefined];
    }),
  );
}
