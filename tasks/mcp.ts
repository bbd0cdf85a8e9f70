import { startMcpServer } from "../src/serve/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { openFlaggedRuntime, policyEnvironment, RUNTIME_FLAGS } from "./_runtime_flags.ts";

await runCommand({
  name: "mcp",
  summary:
    "Offers the tools map_prompt and run_micro to an agent by the Model Context Protocol, on " +
    "standard input and output. Ends when the agent goes.",
  example: "deno task --quiet mcp --mapper_path .artifacts/defi_mapper.json",
  flags: RUNTIME_FLAGS,
}, async (flags, context) => {
  const env = policyEnvironment();
  await using runtime = await openFlaggedRuntime(flags, context, {
    modelPath: flags.mapper_path ?? env["MICRO_LM_MAPPER_PATH"],
    useWordmapFallback: false,
  });
  // Standard output is the protocol's alone: all talk goes through warn
  await using server = await startMcpServer(runtime, {
    env,
    onError: (error) => context.warn(error instanceof Error ? error.message : String(error)),
  });
  await server.closed;
  return EXIT.ok;
});
