import { startMcpServer } from "../src/serve/mod.ts";
import { policyOf, resolvePolicy } from "../src/run/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { openKeys, OPERATOR_FLAGS, readFacts, warnOfIgnored } from "./_policy_flags.ts";
import { readJsonFlag } from "./_json_flag.ts";
import { openFlaggedRuntime, policyEnvironment, RUNTIME_FLAGS } from "./_runtime_flags.ts";

await runCommand({
  name: "mcp",
  summary:
    "Offers the tools map_prompt and run_micro to an agent by the Model Context Protocol, on " +
    "standard input and output. Ends when the agent goes.",
  example: "deno task --quiet mcp --mapper_path .artifacts/defi_mapper.json",
  flags: { ...RUNTIME_FLAGS, ...OPERATOR_FLAGS },
}, async (flags, context) => {
  const env = policyEnvironment();
  const policy = await readJsonFlag("policy", flags.policy);
  const facts = await readFacts(flags.context);
  await using runtime = await openFlaggedRuntime(flags, context, {
    modelPath: flags.mapper_path ?? resolvePolicy(policy, { env }).mapper.model_path,
    openKeys: openKeys(flags),
    useWordmapFallback: false,
  });
  warnOfIgnored(policyOf(runtime, { operator: policy, env }).ignored, context);
  // Standard output is the protocol's alone: all talk goes through warn
  await using server = await startMcpServer(runtime, {
    policy,
    facts,
    env,
    onError: (error) => context.warn(error instanceof Error ? error.message : String(error)),
  });
  await server.closed;
  return EXIT.ok;
});
