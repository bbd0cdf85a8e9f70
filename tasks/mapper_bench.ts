import { MAPPER_BENCH_FLAGS, mapperBenchCommand } from "./_mapper_bench.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "mapper-bench",
  summary: "Benches a mapper at a list of thresholds, with the decisions at each of them.",
  example: "deno task mapper-bench --thresholds 0.5,0.7,0.9 " +
    "--prompts_jsonl fixtures/defi/defi_mapper_5k_prompts.jsonl " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_5k.csv",
  flags: MAPPER_BENCH_FLAGS,
}, mapperBenchCommand);
