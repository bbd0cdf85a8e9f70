import { openDomain, readLabeledCsv } from "../mod.ts";
import { mapLabels } from "../src/data/mod.ts";
import { detectDomain, extendDomain, SHIPPED_NAMES } from "../src/domains/mod.ts";
import { fitWdd, hashWdd, saveWdd } from "../src/rails/mod.ts";
import { openEvidenceEncoder } from "../src/run/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { TAXONOMY_FLAG } from "./_input_flags.ts";

/** Kinds of refusal that name no sense of their own: such prompts are noise to the evidence. */
const NOTHING = new Set(["order", "not_understood", "out_of_domain", "empty"]);
import { openSigner, SIGN_FLAG } from "./_signing.ts";

await runCommand({
  name: "wdd-fit",
  summary: "Fits the evidence that audits a mapper: span by span, for every action.",
  example: "deno task wdd-fit --labels_csv fixtures/defi/defi_mapper_labeled_large.csv",
  flags: {
    labels_csv: {
      type: "string",
      value: "FILE",
      data: true,
      required: true,
      help: "Columns prompt,label.",
    },
    out_path: {
      type: "string",
      value: "FILE",
      writes: (path: string) => [path, `${path}.sig`],
      default: ".artifacts/defi_wdd.json",
      help: "Where the model of the evidence goes.",
    },
    domain: {
      type: "string",
      choices: ["auto", ...SHIPPED_NAMES],
      default: "auto",
      help: "Whose actions, slots and words apply; auto looks at the labels.",
    },
    ...TAXONOMY_FLAG,
    sbert: { type: "string", value: "SPEC", default: "lite", help: "Encoder of the spans." },
    ...SIGN_FLAG,
  },
}, async (
  { labels_csv, out_path, domain: name, taxonomy, sbert, sign },
  { say, result, refuseChanges },
) => {
  const signer = await openSigner({ sign });
  const raw = await readLabeledCsv(labels_csv);
  const named = name === "auto" ? undefined : await openDomain(name);
  const domain = taxonomy !== undefined
    ? await extendDomain(taxonomy, named)
    : named ?? (await detectDomain(raw.rows.map((row) => row.label!))).domain;
  const data = mapLabels(raw, (label) => domain.canonicalLabel(label));
  await using encoder = await openEvidenceEncoder(domain.name, sbert);
  const model = await fitWdd(
    data.rows.map(({ prompt, label }) => ({ prompt, label: label! })),
    encoder,
    {
      primitives: domain.primitives,
      slots: domain.slots,
      // What another gate refuses anyway would make the null stricter than it states.
      isBackground: (prompt) =>
        domain.lexicon === null ||
        NOTHING.has(domain.planner?.read(prompt).refusal?.kind ?? "order"),
    },
  );
  await refuseChanges();
  await saveWdd(out_path, model, signer);
  const { primitives, background } = model;
  say(
    `Fitted on ${data.rows.length} prompts of the domain ${domain.name}: ${primitives.length} actions, ` +
      `null from ${background.length} prompts without one`,
  );
  say(`Wrote ${out_path}`);
  result({ out_path, domain: domain.name, rows: data.rows.length, sha256: hashWdd(model) });
  return EXIT.ok;
});
