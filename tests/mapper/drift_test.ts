import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createMasker } from "../../src/data/template.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import {
  type MapperArtifact,
  parseArtifact,
  serializeArtifact,
} from "../../src/mapper/file/artifact.ts";
import type { RuntimeDrift } from "../../src/mapper/drift.ts";
import { openArtifact } from "../../src/mapper/file/mapper_file.ts";
import { trainMapper } from "../../src/mapper/train.ts";

async function train(spec: string): Promise<MapperArtifact> {
  const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openEncoder(spec);
  const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
  const text = serializeArtifact(mapper, { domain: "defi", flags: {} });
  const artifact = parseArtifact(text);
  assertEquals(serializeArtifact(artifact, artifact), text);
  return artifact;
}

const USE_LITE = await train("use-lite");

Deno.test("a mapper remembers engine, number type and a probe, but only where there is an engine", async () => {
  const { runtime, dtype, probe } = USE_LITE.encoder;
  assertEquals([runtime, dtype, probe!.prompts.length], ["wasm", "fp32", 16]);
  assertEquals(Object.keys((await train("lite")).encoder), ["spec", "fingerprint", "dims"]);
});

Deno.test("a mapper opens with the number type of its training", async () => {
  await using mapper = await openArtifact(USE_LITE, "m");
  const { prompts, probabilities } = USE_LITE.encoder.probe!;
  assertEquals((await mapper.predictProbabilities(prompts)).data, probabilities);
});

Deno.test("another number type is refused, or measured where that is allowed", async () => {
  const error = await assertRejects(
    () => openArtifact(USE_LITE, "m.json", { dtype: "int8" }),
    MicroLmError,
    'Mapper "m.json" was trained with wasm fp32, this is wasm int8',
  );
  assertEquals(error.kind, "data");
  assertStringIncludes(error.hint!, "--allow_runtime_drift");
  let drift: RuntimeDrift | undefined;
  await using mapper = await openArtifact(USE_LITE, "m.json", {
    dtype: "int8",
    allowRuntimeDrift: true,
    onDrift: (found) => drift = found,
  });
  const { prompts, probabilities } = USE_LITE.encoder.probe!;
  const found = (await mapper.predictProbabilities(prompts)).data;
  const largest = Math.max(...found.map((p, i) => Math.abs(p - probabilities[i]!)));
  assertEquals(drift?.maxProbabilityDifference, largest);
  assert(largest > 1e-6 && drift!.maxVectorDifference > 1e-4);
  assertEquals([drift?.trained, drift?.opened, drift?.prompts], ["wasm fp32", "wasm int8", 16]);
});

Deno.test("an encoder with other vectors is refused whatever is allowed", async () => {
  const other = { ...USE_LITE, encoder: { ...USE_LITE.encoder, fingerprint: "0".repeat(64) } };
  const error = await assertRejects(
    () => openArtifact(other, "m.json", { allowRuntimeDrift: true }),
    MicroLmError,
    'was trained with encoder "use-lite" (000000000000)',
  );
  assertEquals(error.kind, "data");
});
