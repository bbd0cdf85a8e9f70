import { loadMapper, type MapperArtifact, openEncoder } from "../mod.ts";
import { EXIT, type ExitCode } from "../src/cli/exit_codes.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { type CommandContext, runCommand } from "../src/cli/run_command.ts";
import { writeSigned } from "../src/core/mod.ts";
import { type ModelDtype, openSession } from "../src/encoders/mod.ts";
import { createPredictor, type ExportedMapper, exportMapperOnnx } from "../src/mapper/mod.ts";
import { formatBytes } from "./_format_bytes.ts";
import { readMapperConfig } from "./_mapper_config.ts";
import { openFileCheck, openSigner, SIGN_FLAG, VERIFY_FLAG } from "./_signing.ts";

/** The flags of `export`. */
const EXPORT_FLAGS = {
  mapper_path: {
    type: "string",
    value: "FILE",
    default: ".artifacts/defi_mapper.json",
    help: "Mapper that train wrote.",
  },
  config: {
    type: "string",
    value: "FILE",
    help: "A pinned operating point (--pin); replaces --mapper_path. Its thresholds go into the " +
      "metadata; without it those of the mapper, if it has any.",
  },
  out: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    default: ".artifacts/mapper.onnx",
    help: "The ONNX file.",
  },
  ...SIGN_FLAG,
  ...VERIFY_FLAG,
  with_encoder: {
    type: "boolean",
    help: "Put the encoder's models into the graph: token ids in, instead of vectors.",
  },
} as const;

/** Largest difference of a probability that counts as rounding. */
const TOLERANCE = 1e-6;

/** The body of `export`: writes the model, after it was run and compared with the mapper. */
async function exportCommand(
  flags: FlagValues<typeof EXPORT_FLAGS>,
  { say, warn, result }: CommandContext,
): Promise<ExitCode> {
  const signer = await openSigner(flags);
  const check = await openFileCheck(flags);
  const config = flags.config === undefined
    ? undefined
    : await readMapperConfig(flags.config, check);
  const artifact = await loadMapper(config?.model_path ?? flags.mapper_path, check);
  const { backend: _, model_path: __, ...pinned } = config ?? { backend: "", model_path: "" };
  const point = config ? pinned : artifact.operating_point;
  const exported = await exportMapperOnnx(artifact, {
    withEncoder: flags.with_encoder,
    ...(point && { metadata: { operating_point: JSON.stringify(point) } }),
  });
  const { compared, largest } = await compare(artifact, exported);
  if (!(largest <= TOLERANCE)) {
    throw new Error(`The exported model differs from the mapper by ${largest}`);
  }
  await writeSigned(flags.out, exported.bytes, signer);
  if (artifact.order) {
    warn(
      "the order head is not in the model: it says which action, not whether a prompt is an order; " +
        "decide that before you ask it, or train with --order_head off",
    );
  }
  say(
    `Wrote ${flags.out}: ${formatBytes(exported.bytes.length)}; over ${compared} prompts its ` +
      `probabilities differ from the mapper's by up to ${largest.toExponential(1)}`,
  );
  for (const { name, type, shape } of exported.inputs) {
    say(`  ${name}: ${type} ${shape.join(" × ")}`);
  }
  result({
    out: flags.out,
    bytes: exported.bytes.length,
    inputs: exported.inputs,
    compared,
    largest_difference: largest,
  });
  return EXIT.ok;
}

/** Runs both over the prompts that the artifact knows, or over the names of its classes. */
async function compare(
  { encoder: trained, classes, model }: MapperArtifact,
  exported: ExportedMapper,
): Promise<{ compared: number; largest: number }> {
  const texts = trained.probe?.prompts ?? classes.map((name) => name.replaceAll("_", " "));
  await using encoder = await openEncoder(trained.spec, {
    ...(trained.dtype && { dtype: trained.dtype as ModelDtype }),
  });
  await using session = await openSession(exported.bytes, { threads: 1, name: "the export" });
  const predict = createPredictor(model);
  let compared = 0;
  let largest = 0;
  for (const text of texts) {
    const features = await encoder.encode([text]);
    const feeds = exported.feed(text, features);
    if (!feeds) continue;
    compared++;
    const found = (await session.run(feeds))["probabilities"]!.data as Float32Array;
    predict(features).data.forEach((p, k) => largest = Math.max(largest, Math.abs(p - found[k]!)));
  }
  return { compared, largest };
}

await runCommand({
  name: "export",
  summary: "Writes a mapper as an ONNX model that any ONNX Runtime can serve.",
  example:
    "deno task export --mapper_path .artifacts/defi_mapper.json --out .artifacts/mapper.onnx",
  flags: EXPORT_FLAGS,
}, exportCommand);
