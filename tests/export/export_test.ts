import { assert, assertEquals, assertRejects } from "@std/assert";
import { createMasker } from "../../src/data/template.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { parseArtifact, serializeArtifact } from "../../src/mapper/file/artifact.ts";
import { exportMapperOnnx } from "../../src/mapper/onnx/export_onnx.ts";
import { trainMapper } from "../../src/mapper/train.ts";
import { NATIVE_FLAGS, whyNoNativeEngine } from "../native_engine.ts";
import { openSession } from "../../src/encoders/onnx/session.ts";
import { createPredictor } from "../../src/mapper/calibrate/predictor.ts";
import { inTempFolder } from "../temp.ts";
import { safetensors, tinyModel, writeModel } from "../encoders/tiny_transformer.ts";
import { CASES } from "./cases.ts";

for (const runtime of ["wasm", "native"] as const) {
  const why = runtime === "native" ? whyNoNativeEngine() : null;
  Deno.test({
    name: `exported mappers give the same probabilities in ONNX Runtime, ${why ?? runtime}`,
    ignore: why !== null,
    fn: async () => {
      const flags = runtime === "native" ? NATIVE_FLAGS : ["--frozen"];
      const { code, stdout, stderr } = await new Deno.Command("deno", {
        args: [
          "run",
          "--no-prompt",
          "--allow-read=.",
          "--allow-write=.artifacts,.cache",
          ...flags,
          "tests/export/run_cases.ts",
          runtime,
        ],
      }).output();
      const text = new TextDecoder();
      assertEquals(code, 0, text.decode(stderr));
      const lines = text.decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(lines.length, CASES.length);
      for (const line of lines) assert(line.largest <= 1e-6, JSON.stringify(line));
    },
  });
}

Deno.test("exportMapperOnnx() refuses an encoder that is no graph", async () => {
  const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
  await using encoder = await openEncoder("ngram");
  const mapper = await trainMapper(data, encoder, { mask: createMasker([]), method: "none" });
  const artifact = parseArtifact(serializeArtifact(mapper, { domain: "defi", flags: {} }));
  const error = await assertRejects(
    () => exportMapperOnnx(artifact, { withEncoder: true }),
    MicroLmError,
    'Encoder "ngram" has no part that can be a graph',
  );
  assertEquals(error.kind, "usage");
});

for (
  const [name, changes, suffix] of [
    ["with a dense layer", {
      "modules.json": [
        { type: "Transformer", path: "" },
        { type: "Pooling", path: "1_Pooling" },
        { type: "Dense", path: "2_Dense" },
      ],
      "2_Dense/config.json": { in_features: 3, out_features: 4 },
      "2_Dense/model.safetensors": safetensors({
        "linear.weight": { shape: [4, 3], values: [1, -2, 0.5, 0.25, 0, 3, 1, 1, 1, -1, 0, 2] },
        "linear.bias": { shape: [4], values: [0.5, -1, 0, 0.25] },
      }),
    }, ""],
    ["that was told how to pool", {
      "modules.json": undefined,
      "1_Pooling/config.json": undefined,
      "config.json": { model_type: "bert", hidden_size: 3, max_position_embeddings: 16 },
    }, "#max"],
  ] as const
) {
  Deno.test(`exportMapperOnnx() exports a model ${name}`, async () => {
    await inTempFolder(async (folder) => {
      await writeModel(`${folder}/m`, { ...tinyModel(), ...changes });
      await using encoder = await openEncoder(`./${folder}/m${suffix}`);
      const prompts = [
        "swap eth",
        "swaps",
        "borrow eth",
        "borrow",
        "eth swap",
        "borrow borrow eth",
      ];
      const rows = prompts.map((prompt, i) => ({
        id: String(i),
        line: i + 2,
        prompt,
        label: prompt.includes("swap") ? "swap" : "borrow",
      }));
      const all = {
        source: "test",
        rows,
        explicitIds: false,
        skipped: { emptyPrompts: [], emptyLabels: [] },
        sha256: "0".repeat(64),
      };
      const trained = await trainMapper(all, encoder, {
        mask: createMasker([]),
        method: "none",
      });
      const artifact = parseArtifact(serializeArtifact(trained, { domain: "generic", flags: {} }));
      const { bytes, feed } = await exportMapperOnnx(artifact, { withEncoder: true });
      await using session = await openSession(bytes);
      for (const prompt of prompts) {
        const features = await encoder.encode([prompt]);
        const { probabilities } = await session.run(feed(prompt, features)!);
        const expected = createPredictor(artifact.model)(features).data;
        expected.forEach((p, k) =>
          assert(Math.abs(p - Number(probabilities!.data[k])) < 1e-6, prompt)
        );
      }
    });
  });
}
