import { assert, assertEquals, assertRejects } from "@std/assert";
import { createMasker } from "../../src/data/template.ts";
import { readLabeledCsv } from "../../src/data/dataset.ts";
import { openEncoder } from "../../src/encoders/open.ts";
import { MicroLmError } from "../../src/core/errors.ts";
import { parseArtifact, serializeArtifact } from "../../src/mapper/file/artifact.ts";
import { exportMapperOnnx } from "../../src/mapper/onnx/export_onnx.ts";
import { trainMapper } from "../../src/mapper/train.ts";
import { NATIVE_FLAGS, whyNoNativeEngine } from "../native_engine.ts";
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
