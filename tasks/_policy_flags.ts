import type { FlagValues } from "../src/cli/flags.ts";
import type { CommandContext } from "../src/cli/run_command.ts";
import type { Facts } from "../src/serve/mod.ts";
import { readJsonFile } from "../src/core/text/json_text.ts";
import type { MicroRuntime } from "../mod.ts";
import type { resolvePolicy } from "../src/run/mod.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { openFlaggedRuntime, policyEnvironment, type RUNTIME_FLAGS } from "./_runtime_flags.ts";

/** The flag of every task whose prompts come from somebody else. */
export const OPEN_FLAGS = {
  open_keys: {
    type: "string",
    value: "KEYS",
    help: "Keys of the policy, separated by commas, that callers may set as they like: " +
      "ltv_max,hf_min. All others they only make stricter.",
  },
} as const;

/** Flags of the tasks that serve: what who runs them decides for all callers. */
export const OPERATOR_FLAGS = {
  policy: {
    type: "string",
    value: "JSON|@FILE",
    help: "The policy of this server: a floor, which callers only make stricter.",
  },
  ...OPEN_FLAGS,
  context: {
    type: "string",
    value: "JSON|@FILE",
    help: "What is known of accounts and markets; a file is read anew for each run. What callers " +
      "state counts for nothing then.",
  },
} as const;

/** The keys that `--open_keys` names. */
export function openKeys({ open_keys }: FlagValues<typeof OPEN_FLAGS>): string[] {
  return listOf(open_keys);
}

/** `a, b` → `["a", "b"]`; nothing is the empty list. */
export function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** The source of facts that `--context` names; undefined for none. */
async function readFacts(context: string | undefined): Promise<Facts | undefined> {
  if (context === undefined) return undefined;
  if (context.startsWith("@")) {
    const path = context.slice(1);
    // A file that is wrong already is found out at the start
    await readJsonFile(path);
    return () => readJsonFile(path);
  }
  const known = await readJsonFlag("context", context);
  return () => Promise.resolve(known);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether anybody says something; where nobody does, the rules of policies need not be loaded. */
function isSaid(policy: unknown, env: Environment): boolean {
  return policy !== undefined || Object.values(env).some((value) => value !== undefined);
}

/** The policy that the flags and the environment say; undefined where they say nothing. */
export async function readPolicy(
  policy: unknown,
  env: Environment,
): Promise<ReturnType<typeof resolvePolicy> | undefined> {
  if (!isSaid(policy, env)) return undefined;
  const { resolvePolicy: resolve } = await import("../src/run/policy/policy.ts");
  return resolve(policy ?? {}, { env });
}

/** Says which of the operator's own wishes a pinned point has outweighed. */
export async function warnOfIgnored(
  runtime: MicroRuntime,
  { operator, env }: { readonly operator: unknown; readonly env: Environment },
  { warn }: Pick<CommandContext, "warn">,
): Promise<void> {
  if (!isSaid(operator, env) && runtime.pin.open.length === 0) return;
  const { policyOf } = await import("../src/run/policy/of_runtime.ts");
  for (const { path, asked, kept } of policyOf(runtime, { operator, env }).ignored) {
    warn(`${path} stays ${kept}, as --config has it, and not ${asked}: --open_keys ${path}`);
  }
}

/** What a server rests on: the runtime, and what its operator decides for all callers. */
export interface OperatorRuntime {
  readonly runtime: MicroRuntime;
  readonly policy: unknown;
  readonly facts: Facts | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Opens what the flags of `serve` and `mcp` ask for. Whoever asks closes the runtime. */
export async function openOperatorRuntime(
  flags: FlagValues<typeof OPERATOR_FLAGS> & FlagValues<typeof RUNTIME_FLAGS>,
  context: Pick<CommandContext, "warn">,
): Promise<OperatorRuntime> {
  const env = policyEnvironment();
  const policy = await readJsonFlag("policy", flags.policy);
  const facts = await readFacts(flags.context);
  const runtime = await openFlaggedRuntime(flags, context, {
    modelPath: flags.mapper_path ?? (await readPolicy(policy, env))?.mapper.model_path,
    openKeys: openKeys(flags),
    useWordmapFallback: false,
  });
  await warnOfIgnored(runtime, { operator: policy, env }, context);
  return { runtime, policy, facts, env };
}
