import { z } from "zod";
import { loadMapper, MicroLmError, openMapper } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { readJsonAs, writeFileAtomic } from "../src/core/mod.ts";
import { measureOverlap } from "../src/data/mod.ts";
import { rate } from "../src/evaluate/mod.ts";
import { markdownText } from "../src/report/mod.ts";
import { ATTACK_KINDS, modelCard } from "../src/trust/mod.ts";
import { mapperOptions, OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { LABELS_FLAGS, openLabels } from "./_labels.ts";

const RATE = z.strictObject({
  value: z.number().nullable(),
  ci_low: z.number(),
  ci_high: z.number(),
  n: z.number(),
  k: z.number(),
  method: z.literal("wilson"),
});
const ROBUST = z.looseObject({
  results: z.record(
    z.string(),
    z.array(z.strictObject({
      kind: z.enum(ATTACK_KINDS),
      mapper: RATE,
      pipeline: RATE,
      right: RATE,
      examples: z.array(z.string()),
    })),
  ),
});

await runCommand({
  name: "card",
  summary:
    "Writes a model card in Markdown beside a mapper: data, authors, metrics with intervals, " +
    "certificate, known failures, limits of use.",
  example: "deno task card --mapper_path .artifacts/defi_mapper.json " +
    "--labels_csv fixtures/defi/defi_mapper_labeled_mini.csv --authors 'the micro-lm authors'",
  flags: {
    mapper_path: { type: "string", value: "FILE", required: true, help: "What the card is about." },
    labels_csv: { type: "string", value: "FILE", help: "Held-out rows to measure on." },
    ...LABELS_FLAGS,
    ...OPEN_MAPPER_FLAGS,
    robust_json: {
      type: "string",
      value: "FILE",
      help: "What robust-bench wrote for this mapper.",
    },
    authors: { type: "string", value: "TEXT", default: "-", help: "Who answers for it." },
    data: { type: "string", value: "TEXT", default: "-", help: "Where its rows come from." },
    out_md: {
      type: "string",
      value: "FILE",
      writes: (path: string) => [path],
      help: "Where the card goes. Default: beside the mapper, .card.md.",
    },
  },
}, async (flags, context) => {
  const path = flags.mapper_path;
  const out = flags.out_md ?? `${path.replace(/\.json$/, "")}.card.md`;
  if (flags.out_md === undefined) await context.checkOutputs([out]);
  const artifact = await loadMapper(path);
  const measured = flags.labels_csv === undefined ? undefined : await measure(flags.labels_csv);
  const attacks = flags.robust_json === undefined ? undefined : await failures(flags.robust_json);
  const said = (text: string) => text === "-" ? "" : text;
  const card = modelCard(artifact, {
    ...{ path, authors: said(flags.authors), data: said(flags.data) },
    ...(measured && { measured }),
    ...(attacks && { attacks }),
  }, markdownText);
  await writeFileAtomic(out, card);
  context.say(`Wrote ${out}`);
  context.result({
    mapper_path: path,
    out_md: out,
    measured: measured ?? null,
    attacks: attacks ?? null,
  });
  return EXIT.ok;

  async function measure(file: string) {
    const domain = flags.domain === "auto" ? artifact.domain : flags.domain;
    const { dataset, mask } = await openLabels(file, { ...flags, domain }, context);
    await using mapper = await openMapper(path, mapperOptions(flags, context));
    const said = await mapper.decide(dataset.rows.map(({ prompt }) => prompt), mapper.point);
    const gold = dataset.rows.map(({ label }) => label!);
    const fired = [...said.keys()].filter((row) => said[row]!.label !== null);
    const right = fired.filter((row) => said[row]!.label === gold[row]).length;
    const allRight = gold.filter((label, row) => (said[row]!.label ?? "abstain") === label).length;
    return {
      file,
      overlap: measureOverlap(artifact.training.overlap, dataset, mask).exact.count,
      rates: {
        coverage: rate(fired.length, gold.length),
        accuracy_on_fired: rate(right, fired.length),
        wrong_fire_rate: rate(fired.length - right, gold.length),
        overall_accuracy: rate(allRight, gold.length),
      },
    };
  }

  async function failures(file: string) {
    const { results } = await readJsonAs(file, ROBUST, "It is what deno task robust-bench writes");
    const found = results[path];
    if (found) return found;
    throw new MicroLmError("data", `Expected results of "${path}", found none`, {
      at: { file },
      hint: `It has those of ${Object.keys(results).join(", ") || "no mapper"}`,
    });
  }
});
