import { openDomain, readLabeledCsv } from "../mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { mapLabels } from "../src/data/mod.ts";
import { detectDomain, extendDomain } from "../src/domains/mod.ts";
import { hashWdd, saveWdd } from "../src/rails/mod.ts";
import { fitRails } from "../src/run/mod.ts";
import { ENCODER_FLAGS, encoderOptions } from "./_encoder_flags.ts";
import { TAXONOMY_FLAG } from "./_input_flags.ts";
import { EVIDENCE_FLAG, evidenceSpec } from "./_rails_flags.ts";
import { openSigner, SIGN_FLAG } from "./_signing.ts";

const signedFiles = (path: string) => [path, `${path}.sig`];

await runCommand({
  name: "wdd-fit",
  summary:
    "Fits evidence for the rails by itself: on other rows than a mapper's, with another encoder.",
  example: "deno task wdd-fit --labels_csv fixtures/arc/arc_steps_train.csv --domain arc",
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
      writes: signedFiles,
      help: "Where the evidence goes. Default: .artifacts/NAME_wdd.json for the domain NAME.",
    },
    domain: {
      type: "string",
      value: "NAME|FOLDER",
      default: "auto",
      help:
        "Whose actions, slots and words apply: defi, arc, the folder of a domain (with a slash), " +
        "or auto, which looks at the labels.",
    },
    group: {
      type: "string",
      value: "COLUMN",
      help: "CSV column that says which rows belong together, such as an author. Default: none.",
    },
    ...TAXONOMY_FLAG,
    sbert: {
      type: "string",
      value: "SPEC",
      default: "lite",
      help:
        "Encoder of the spans, of which a prompt has dozens; with --evidence contextual of the " +
        "words in their prompt, beside lite of the spans.",
    },
    ...EVIDENCE_FLAG,
    ...ENCODER_FLAGS,
    ...SIGN_FLAG,
  },
}, async (flags, { say, result, refuseChanges, checkOutputs }) => {
  const { labels_csv, domain: name, taxonomy, sbert, sign, group } = flags;
  const signer = await openSigner({ sign });
  const raw = await readLabeledCsv(labels_csv, group === undefined ? {} : { group });
  const named = name === "auto" ? undefined : await openDomain(name);
  const domain = taxonomy !== undefined
    ? await extendDomain(taxonomy, named)
    : named ?? (await detectDomain(raw.rows.map((row) => row.label!))).domain;
  const out_path = flags.out_path ?? `.artifacts/${domain.name}_wdd.json`;
  await checkOutputs(signedFiles(out_path));
  const data = mapLabels(raw, (label) => domain.canonicalLabel(label));
  const model = await fitRails(data, domain, {
    ...(flags.evidence === "contextual" ? evidenceSpec(flags) : { spec: sbert }),
    encoder: encoderOptions(flags),
  });
  await refuseChanges();
  await saveWdd(out_path, model, signer);
  const { primitives, background } = model;
  say(
    `Fitted on ${model.training.rows} prompts of the domain ${domain.name}: ${primitives.length} ` +
      `actions, null from ${background.length} prompts without one`,
  );
  say(`Wrote ${out_path}`);
  result({ out_path, domain: domain.name, rows: model.training.rows, sha256: hashWdd(model) });
  return EXIT.ok;
});
