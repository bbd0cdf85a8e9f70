import { assert, assertEquals } from "@std/assert";
import { EXIT, exitCodeOf } from "../../../src/cli/exit_codes.ts";
import { MicroLmError } from "../../../src/core/errors.ts";
import type { Experiment } from "../../../src/stages/config/expand.ts";
import { runLocalBatch } from "../../../src/stages/execute/local.ts";

Deno.test("a worker that dies is unavailable: nothing is missing", async () => {
  const startWorker = () =>
    new Deno.Command("deno", { args: ["eval", "Deno.exit(9)"], stdin: "piped", stdout: "piped" })
      .spawn();
  const experiment = { name: "tiny", model: "ngram" } as Experiment;
  const [run] = await runLocalBatch([experiment], { jobs: 1, retries: 0, startWorker });
  assert(run?.error instanceof MicroLmError);
  assertEquals([run.outcome, run.error.kind], ["failed", "unavailable"]);
  assertEquals(exitCodeOf(run.error.kind), EXIT.unavailable);
});
