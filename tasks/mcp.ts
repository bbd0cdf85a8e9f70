import { startMcpServer } from "../src/serve/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { openOperatorRuntime, OPERATOR_FLAGS } from "./_policy_flags.ts";
import { RUNTIME_FLAGS } from "./_runtime_flags.ts";

await runCommand({
  name: "mcp",
  summary:
    "Offers the tools map_prompt and run_micro to an agent by the Model Context Protocol, on " +
    "standard input and output. Ends when the agent goes.",
  example: "deno task --quiet mcp --mapper_path .artifacts/defi_mapper.json",
  flags: { ...RUNTIME_FLAGS, ...OPERATOR_FLAGS },
}, async (flags, context) => {
  const { runtime: opened, ...operator } = await openOperatorRuntime(flags, context);
  await using runtime = opened;
  // Standard output is the protocol's alone: all talk goes through warn
  await using server = await startMcpServer(runtime, {
    ...operator,
    onError: (error) => context.warn(error instanceof Error ? error.message : String(error)),
  });
  await server.closed;
  return EXIT.ok;
});
