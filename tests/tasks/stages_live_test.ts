import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createLiveTable, formatSeconds } from "../../tasks/_stages/live.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import type { BatchRun } from "../../src/stages/config/batch.ts";
import { expandExperiments } from "../../src/stages/config/expand.ts";
import type { RunStatus } from "../../src/stages/experiment/experiment_folder.ts";
import { parseStageConfig } from "../../src/stages/config/stage_config.ts";

const EXPERIMENTS = expandExperiments(parseStageConfig(`
experiments:
  a: { model_name: ngram, hyperparameters: { learning_rates: [1e-2], batch_sizes: [8],
       num_epochs: [10], seeds: [1, 2, 3, 4] } }
`));

function live(isTerminal: boolean, jobs = 1) {
  const [said, drawn]: [string[], string[]] = [[], []];
  const clock = { ms: 0 };
  const table = createLiveTable(EXPERIMENTS, {
    say: (text: string) => said.push(text),
    now: () => clock.ms,
    jobs,
    write: isTerminal ? (text: string) => drawn.push(text) : undefined,
  });
  return { said, drawn, clock, table };
}

const finished = (index: number): BatchRun => ({
  experiment: EXPERIMENTS[index]!,
  outcome: "finished",
  status: { val_f1: 0.8125, threshold: 0.4, seconds: 65 } as RunStatus,
});

Deno.test("the live table grows by one aligned line a run and says how long is left", () => {
  const { said, clock, table } = live(false);
  clock.ms = 10_000;
  table.add(finished(0));
  table.add({ experiment: EXPERIMENTS[1]!, outcome: "skipped" });
  const error = new MicroLmError("data", "Training diverged");
  table.add({ experiment: EXPERIMENTS[2]!, outcome: "failed", error });
  assertMatch(said[0]!, /^experiment +outcome +val F1 +threshold +time +left$/);
  assertMatch(said[1]!, /^a_lr1e-2_bs8_ep10_seed1 +finished +0\.81[23] +0\.40 +1 min 5 s +30 s$/);
  // What was skipped took no time: it must not make the rest look short.
  assertMatch(said[2]!, /skipped +– +– +– +20 s$/);
  assertEquals(said[4], "  Training diverged");
  assertEquals(new Set(said.slice(0, 4).map((line) => line.length)).size, 1);
});

Deno.test("the bar counts epochs, and the last runs use fewer workers", () => {
  const { drawn, clock, table } = live(true, 2);
  clock.ms = 10_000;
  table.advance(EXPERIMENTS[0]!, 5);
  table.advance(EXPERIMENTS[1]!, 5);
  clock.ms = 10_200;
  table.tick();
  assertStringIncludes(drawn.at(-1)!, "██████··················");
  assertMatch(drawn.at(-1)!, /0\/4 runs, 31 s left a_lr1e-2_bs8_ep10_seed1 \(epoch 5\.0\)/);
  for (const index of [0, 1, 2]) table.add(finished(index));
  clock.ms = 30_000;
  table.tick();
  // 30 epochs in 30 s by two workers; the last 10 by one.
  assertStringIncludes(drawn.at(-1)!, "3/4 runs, 20 s left");
  table.end();
  assertEquals(drawn.at(-1), "\r\x1b[K");
});

Deno.test("formatSeconds() writes spans for people", () => {
  const spans = [[0.25, "0.3 s"], [9.94, "9.9 s"], [59.4, "59 s"], [3599, "59 min 59 s"]] as const;
  for (const [seconds, text] of spans) assertEquals(formatSeconds(seconds), text);
  assertEquals(formatSeconds(2 * 3600 + 10 * 60), "2 h 10 min");
});
