/**
 * The way of a user through the public surface alone: `micro-lm` and its sub-paths. Nothing below `src/` is
 * imported here; what this suite needs and cannot reach is missing from a face.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  decide,
  loadMapper,
  MicroLmError,
  openDomain,
  openEncoder,
  openMapper,
  openRuntime,
  parseThresholds,
  readLabeledCsv,
  runMicro,
  runSweep,
  saveMapper,
  trainMapper,
} from "micro-lm";
import * as micro from "micro-lm";
import { createMasker, mapLabels } from "micro-lm/data";
import { executeArcPlan, loadDomain, parseArcPrompt } from "micro-lm/domains";
import { parseEncoderSpec } from "micro-lm/encoders";
import { openArtifact, openWordmap } from "micro-lm/mapper";
import { metricsTable, textTable } from "micro-lm/report";
import { checkRunRecord, minimalRecord, openTrace, replayTrace, verifyTrace } from "micro-lm/run";
import { startServer } from "micro-lm/serve";
import { expandExperiments, parseStageConfig } from "micro-lm/stages";
import { inTempFolder } from "./temp.ts";

const MINI = "fixtures/defi/defi_mapper_labeled_mini.csv";

Deno.test("from a CSV to a mapper, a sweep, a certificate, per-class numbers and a file", async () => {
  await inTempFolder(async (folder) => {
    const defi = await openDomain("defi");
    const data = mapLabels(await readLabeledCsv(MINI), (label) => defi.canonicalLabel(label));
    await using encoder = await openEncoder("lite");
    const trained = await trainMapper(data, encoder, { mask: createMasker(defi.slots) });
    const [decision] = await trained.decide(["deposit 10 ETH into aave"], { threshold: 0.5 });
    assertEquals(decision?.label, "deposit_asset");

    await saveMapper(`${folder}/m.json`, trained, { domain: "defi", flags: {} });
    const artifact = await loadMapper(`${folder}/m.json`);
    assertEquals(artifact.domain, "defi");
    await using mapper = await openMapper(`${folder}/m.json`);
    const outcome = await runSweep(mapper, data, { thresholds: parseThresholds("0.3,0.5,0.9") });
    assertEquals(outcome.metrics.length, 3);
    assert(textTable(metricsTable(outcome)).includes("chosen"));
    assertEquals(parseEncoderSpec(artifact.encoder.spec).length > 0, true);
    await using again = await openArtifact(artifact, `${folder}/m.json`);
    assertEquals(again.source.sha256, mapper.source.sha256);
  });
});

Deno.test("a prompt to a record, to a trace, and back", async () => {
  await inTempFolder(async (folder) => {
    await using runtime = await openRuntime({ backend: "wordmap" });
    const request = {
      prompt: "swap 2 ETH for USDC",
      context: { oracle: { age_sec: 5, max_age_sec: 30 } },
    };
    const record = await runtime.run(request);
    assertEquals(checkRunRecord(JSON.parse(JSON.stringify(record))).ok, true);
    assertEquals(minimalRecord(record).plan.sequence, ["swap_asset"]);
    openTrace(`${folder}/t.jsonl`).append(record, request, runtime);
    assertEquals((await verifyTrace(`${folder}/t.jsonl`)).ok, true);
    assertEquals((await replayTrace(`${folder}/t.jsonl`)).equal, 1);
  });
});

Deno.test("domains: by name, from a folder, on grids", async () => {
  const home = await loadDomain("examples/home");
  assertEquals(home.planner?.read("do not turn off the fan").refusal?.kind, "negation");
  await using mapper = openWordmap(home.lexicon);
  const { data } = await mapper.predictProbabilities(["turn off the fan"]);
  assertEquals(decide(data, mapper.classes, { threshold: 0.3 }).label, "turn_off");
  const parsed = parseArcPrompt("flip it upside down");
  assert(parsed.executable);
  assertEquals(executeArcPlan(parsed.plan, [[1], [2]]).result, [[2], [1]]);
  const { sequence } = await runMicro({ domain: "arc", prompt: "rotate it", grid: [[1, 2]] });
  assertEquals(sequence, ["rotate"]);
});

Deno.test("a server answers", async () => {
  await using runtime = await openRuntime({ backend: "wordmap" });
  const server = await startServer(runtime, { port: 0 });
  const response = await fetch(`${server.url}/v1/map`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "stake 1 ETH" }),
  });
  assertEquals((await response.json()).label, "stake_asset");
  await server.stop();
});

Deno.test("a stage is a config", () => {
  const config = parseStageConfig(`
output: { base_dir: models }
global: { train_path: t.jsonl, val_path: v.jsonl }
experiments:
  tiny: { model_name: ngram, hyperparameters: { learning_rates: [1e-2], batch_sizes: [16], num_epochs: [1], seeds: [1, 2] } }
`);
  assertEquals(expandExperiments(config).length, 2);
});

Deno.test("what is wrong is a MicroLmError with a kind", async () => {
  const error = await assertRejects(() => openDomain("dfi"), MicroLmError, 'Unknown domain "dfi"');
  assertEquals([error.kind, error.hint?.includes('"defi"')], ["usage", true]);
});

Deno.test("every face of the package can be imported, and says what it is", async () => {
  const { exports } = JSON.parse(Deno.readTextFileSync("deno.json")) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  for (const [path, file] of Object.entries(exports)) {
    const face = await import(`micro-lm${path.slice(1)}`);
    assert(Object.keys(face).length > 0, path);
    assert(/@module/.test(Deno.readTextFileSync(file)), `${file} has no introduction`);
  }
  assertEquals(Object.keys(micro).includes("openRuntime"), true);
});
