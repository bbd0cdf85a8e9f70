/**
 * What an update of the torch engine takes over a model of a given shape, with random weights: seconds and
 * peak memory, a line a precision. Needs `deno task engine setup`.
 *
 *     deno task bench:torch [--shape codet5p-220m] [--precision fp16] [--checkpointing] [--batch 8]
 */
import { TORCH_PYTHON } from "../tasks/_stages/torch.ts";
import { resolve } from "node:path";

const { code } = await new Deno.Command(resolve(TORCH_PYTHON), {
  args: ["bench/torch_step.py", ...Deno.args],
  stdin: "null",
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(code);
