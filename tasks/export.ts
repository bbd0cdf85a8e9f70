import { EXPORT_FLAGS, exportCommand } from "./_export.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "export",
  summary: "Writes a mapper as an ONNX model that any ONNX Runtime can serve.",
  example: "deno task export --mapper_path .artifacts/defi_mapper.json --out mapper.onnx",
  flags: EXPORT_FLAGS,
}, exportCommand);
