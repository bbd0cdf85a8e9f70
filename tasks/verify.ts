import { loadMapper, MicroLmError } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { serializeArtifact } from "../src/mapper/mod.ts";
import { ENCODER_FLAGS } from "./_encoder_flags.ts";
import { INPUT_FLAGS, TAXONOMY_FLAG } from "./_input_flags.ts";
import { runTraining, type TrainRequest } from "./_train.ts";

await runCommand({
  name: "verify",
  summary:
    "Trains a mapper again with the flags in its file, and compares the bytes; exits with 2 " +
    "where they differ. The operating point, which no training writes, is taken over.",
  example: "deno task verify --mapper_path .artifacts/quickstart/large_mapper.json " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_large.csv",
  flags: {
    mapper_path: { type: "string", value: "FILE", required: true, help: "Mapper to check." },
    labels_csv: {
      type: "string",
      value: "FILE[,FILE…]",
      required: true,
      help: "What it is said to be trained on.",
    },
    domain: {
      type: "string",
      value: "NAME|FOLDER",
      help: "For a mapper of a domain from a folder. Default: what the mapper's file says.",
    },
    ...INPUT_FLAGS,
    ...TAXONOMY_FLAG,
    ...ENCODER_FLAGS,
  },
}, async (flags, context) => {
  const { say, paint, result } = context;
  const path = flags.mapper_path;
  const artifact = await loadMapper(path);
  const { domain_sha256: _, ...recorded } = artifact.flags as unknown as TrainRequest & {
    domain_sha256?: string;
  };
  const again = `.artifacts/verify-${crypto.randomUUID()}`;
  try {
    const run = await runTraining({
      ...recorded,
      ...flags,
      dtype: flags.dtype ?? artifact.encoder.dtype,
      pooling: flags.pooling ?? recorded.pooling,
      sign: undefined,
      no_rails: true,
      domain: flags.domain ?? artifact.domain,
      out_path: `${again}/mapper.json`,
    }, context);
    const repeated = serializeArtifact(run.mapper, {
      domain: run.domain.name,
      flags: artifact.flags,
      ...(run.domain.ownLabels && { ownLabels: run.domain.ownLabels }),
      ...(artifact.operating_point && { operating_point: artifact.operating_point }),
    });
    const isSame = repeated === await Deno.readTextFile(path);
    const isSameData = run.mapper.training.data_sha256 === artifact.training.data_sha256;
    say(
      isSame
        ? `${
          paint.good("The same bytes")
        }: ${path} is what ${flags.labels_csv} gives (${artifact.sha256})`
        : isSameData
        ? `${paint.bad("Other bytes")} from the same rows: ${
          differing(artifact, run.mapper).join(", ")
        } differ`
        : `${
          paint.bad("Other rows")
        }: ${path} was trained on ${artifact.training.rows} with the hash ` +
          `${artifact.training.data_sha256}, ${flags.labels_csv} has ` +
          `${run.mapper.training.rows} with ${run.mapper.training.data_sha256}`,
    );
    const { sha256, training: { data_sha256 } } = artifact;
    result({
      mapper_path: path,
      labels_csv: flags.labels_csv,
      same: isSame,
      same_data: isSameData,
      sha256,
      data_sha256,
    });
    return isSame ? EXIT.ok : EXIT.gate;
  } finally {
    await Deno.remove(again, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) {
        throw new MicroLmError("write", `Cannot remove "${again}"`, { cause: error });
      }
    });
  }
});

/** The parts of a mapper that are not as they were. */
function differing(
  before: Awaited<ReturnType<typeof loadMapper>>,
  after: Awaited<ReturnType<typeof runTraining>>["mapper"],
): string[] {
  const parts = ["classes", "encoder", "model", "order", "oos", "training"] as const;
  const text = (value: unknown) =>
    JSON.stringify(value, (_, part) => ArrayBuffer.isView(part) ? [...part as Float32Array] : part);
  return parts.filter((part) => text(before[part]) !== text(after[part]));
}
