import { AUDIT_BENCH_FLAGS, auditBenchCommand } from "./_audit_bench.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "audit-bench",
  summary: "Audits prompts by evidence alone, and a mapper's answers by that evidence.",
  example: "deno task audit-bench --mapper_path .artifacts/defi_mapper.json " +
    "--rails none,stage10,stage11 --T 90,180,360",
  flags: AUDIT_BENCH_FLAGS,
}, auditBenchCommand);
