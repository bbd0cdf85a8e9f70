import { MAP_FLAGS, mapCommand } from "./_map.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "map",
  summary: "Maps every prompt of a file, in parts and after interruptions if need be.",
  example:
    "deno task map --in fixtures/defi/defi_mapper_5k_prompts.jsonl --out .artifacts/mapped.jsonl",
  flags: MAP_FLAGS,
}, mapCommand);
