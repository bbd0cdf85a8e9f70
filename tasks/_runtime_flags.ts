import { isDomainPath } from "../src/domains/mod.ts";
import { loadDomain, MicroLmError, type MicroRuntime, openRuntime } from "../mod.ts";
import { POLICY_ENVIRONMENT, type RunDomain } from "../src/run/mod.ts";
import type { PinnedPoint } from "../src/mapper/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { readMapperConfig } from "./_mapper_config.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/** Flags of every command that runs prompts. */
export const RUNTIME_FLAGS = {
  domain: {
    type: "string",
    value: "NAME|FOLDER",
    default: "defi",
    help: "What the prompts are about: defi, arc, or the folder of a domain, with a slash.",
  },
  mapper_path: {
    type: "string",
    value: "FILE",
    help: "Mapper that train wrote. Default: .artifacts/defi_mapper.json for defi, none for arc, " +
      ".artifacts/NAME_mapper.json for the folder of a domain.",
  },
  backend: {
    type: "string",
    choices: ["sbert", "wordmap"],
    default: "sbert",
    help: "A trained mapper (sbert) or the keyword mapper.",
  },
  config: {
    type: "string",
    value: "FILE",
    help: "A pinned operating point (--pin of a sweep); replaces --mapper_path and --backend.",
  },
  wdd_path: {
    type: "string",
    value: "FILE",
    help: 'Evidence that wdd-fit wrote, for policies with {"audit": {"backend": "wdd"}}. ' +
      "Default: .artifacts/<domain>_wdd.json.",
  },
  ...OPEN_MAPPER_FLAGS,
} as const;

type RuntimeFlags = FlagValues<typeof RUNTIME_FLAGS>;

function readDomain(name: string): RunDomain {
  if (name === "defi" || name === "arc" || isDomainPath(name)) return name as RunDomain;
  throw new MicroLmError(
    "usage",
    `Flag "--domain" takes defi, arc or the folder of a domain; got "${name}"`,
    { hint: `A folder has a slash: ./${name}` },
  );
}

/** Where the mapper of a domain stands if nothing else is said; undefined if it needs none. */
async function defaultMapper(domain: RunDomain): Promise<string | undefined> {
  if (domain === "arc") return undefined;
  const name = isDomainPath(domain) ? (await loadDomain(domain)).name : domain;
  return `.artifacts/${name}_mapper.json`;
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

/**
 * Opens the runtime that the flags ask for.
 *
 * @param modelPath The mapper of a policy, which outweighs the flags. Default: none.
 */
export async function openRuntimeFromFlags(
  flags: RuntimeFlags,
  context: Pick<CommandContext, "warn">,
  { modelPath, useWordmapFallback = true }: {
    readonly modelPath?: string | null;
    readonly useWordmapFallback?: boolean;
  } = {},
): Promise<MicroRuntime> {
  const config = flags.config === undefined ? undefined : await readMapperConfig(flags.config);
  const domain = readDomain(flags.domain);
  const path = modelPath ?? config?.model_path ?? flags.mapper_path ?? await defaultMapper(domain);
  const { backend: _, model_path: __, ...point } = config ?? { backend: "", model_path: null };
  const runtime = await openRuntime({
    domain,
    backend: config?.backend ?? flags.backend as "sbert" | "wordmap",
    ...(path !== undefined && { modelPath: path }),
    ...(config && { point: point as PinnedPoint }),
    evidencePath: flags.wdd_path ?? `.artifacts/${domain}_wdd.json`,
    mapper: mapperOptions(flags, context),
    // A mapper that the user names must be there.
    useWordmapFallback: useWordmapFallback && flags.mapper_path === undefined &&
      (modelPath ?? undefined) === undefined && config === undefined,
  });
  if (runtime.isFallback && runtime.mapper) {
    context.warn(
      `no mapper at ${path}: the keyword mapper stands in; train one with deno task train`,
    );
  }
  return runtime;
}
