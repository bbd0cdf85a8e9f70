import { MicroLmError, type MicroRuntime, openRuntime } from "../mod.ts";
import type { PinnedPoint } from "../src/mapper/mod.ts";
import { POLICY_ENVIRONMENT, type RunDomain } from "../src/run/mod.ts";
import { DEFAULT_SERVE_LIMITS } from "../src/serve/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { readMapperConfig } from "./_mapper_config.ts";
import type { CommandContext } from "../src/cli/run_command.ts";

/** Flags of the tasks that open a runtime once and answer many prompts. */
export const RUNTIME_FLAGS = {
  mapper_path: {
    type: "string",
    value: "FILE",
    help: "Mapper that train wrote. Default: $MICRO_LM_MAPPER_PATH, else " +
      ".artifacts/defi_mapper.json; arc needs none.",
  },
  backend: {
    type: "string",
    choices: ["sbert", "wordmap"],
    default: "sbert",
    help: "A trained mapper (sbert) or the keyword mapper, which needs no --mapper_path.",
  },
  config: {
    type: "string",
    value: "FILE",
    help: "A pinned operating point (--pin); replaces --mapper_path and --backend.",
  },
  domain: {
    type: "string",
    choices: ["defi", "arc"],
    default: "defi",
    help: "What prompts are about.",
  },
  ...OPEN_MAPPER_FLAGS,
} as const;

/** Flags of `serve`. */
export const SERVE_FLAGS = {
  host: {
    type: "string",
    value: "ADDRESS",
    default: "127.0.0.1",
    help: "Address to listen on. Others than loopback addresses need a token in $MICRO_LM_TOKEN " +
      "and --allow-net for them.",
  },
  port: {
    type: "integer",
    min: 0,
    max: 65535,
    default: 8088,
    help: "Port; 0 takes any that is free.",
  },
  ...RUNTIME_FLAGS,
  max_body_bytes: {
    type: "integer",
    min: 1024,
    max: 1 << 28,
    default: DEFAULT_SERVE_LIMITS.maxBodyBytes,
    help: "Larger bodies are refused (413).",
  },
  max_batch: {
    type: "integer",
    min: 1,
    max: 1_000_000,
    default: DEFAULT_SERVE_LIMITS.maxBatch,
    help: "Larger batches are refused (413).",
  },
  max_in_flight: {
    type: "integer",
    min: 1,
    max: 100_000,
    default: DEFAULT_SERVE_LIMITS.maxInFlight,
    help: "Requests at a time; more are told to come back (429).",
  },
  body_seconds: {
    type: "number",
    min: 0.1,
    max: 3600,
    default: DEFAULT_SERVE_LIMITS.bodyTimeoutMs / 1000,
    help: "Time for a body to arrive (408).",
  },
  stop_seconds: {
    type: "number",
    min: 0.1,
    max: 3600,
    default: DEFAULT_SERVE_LIMITS.stopTimeoutMs / 1000,
    help: "Time for open requests to end after SIGTERM or SIGINT.",
  },
  quiet: { type: "boolean", help: "Log defects only, not every request." },
  log_prompts: { type: "boolean", help: "Log what people wrote, too." },
} as const;

/** Opens the runtime that the flags ask for. Unlike a single run it never takes the keyword mapper unasked. */
export async function openFlaggedRuntime(
  flags: FlagValues<typeof RUNTIME_FLAGS>,
  env: Readonly<Record<string, string | undefined>>,
  context: Pick<CommandContext, "warn">,
): Promise<MicroRuntime> {
  const domain = flags.domain as RunDomain;
  const config = flags.config === undefined ? null : await readMapperConfig(flags.config);
  if (config && flags.mapper_path !== undefined) {
    throw new MicroLmError("usage", "Expected --config or --mapper_path, got both");
  }
  const { backend, model_path, ...pinned } = config ??
    { backend: flags.backend as "sbert" | "wordmap", model_path: null };
  const fallback = domain === "arc" ? null : ".artifacts/defi_mapper.json";
  const modelPath = model_path ?? flags.mapper_path ?? (env["MICRO_LM_MAPPER_PATH"] || fallback);
  return await openRuntime({
    domain,
    backend,
    ...(modelPath !== null && { modelPath }),
    ...(config && { point: pinned as PinnedPoint }),
    mapper: mapperOptions(flags, context),
    useWordmapFallback: false,
  });
}

/** The environment variables that a policy honours. */
export function readPolicyEnvironment(): Readonly<Record<string, string | undefined>> {
  const names = Object.keys(POLICY_ENVIRONMENT);
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}
