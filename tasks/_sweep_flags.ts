import { formatFlag, INPUT_FLAGS, TAXONOMY_FLAG } from "./_input_flags.ts";
import { OPEN_MAPPER_FLAGS } from "./_encoder_flags.ts";
import { SIGN_FLAG, VERIFY_FLAG } from "./_signing.ts";
import type { FlagValues } from "../src/cli/flags.ts";
import { railsPath } from "../src/run/mod.ts";

/** The flags that `sweep`, `m8` and `mapper-bench` share. */
export const SWEEP_FLAGS = {
  mapper_path: {
    type: "string",
    value: "FILE",
    default: ".artifacts/defi_mapper.json",
    help: "Mapper that train wrote.",
  },
  backend: {
    type: "string",
    choices: ["sbert", "wordmap"],
    default: "sbert",
    help: "A trained mapper (sbert) or the keyword mapper, which needs no --mapper_path.",
  },
  domain: {
    type: "string",
    value: "NAME|FOLDER",
    help: "Domain of the prompts, or its folder, with a slash. Default: that of the mapper; defi " +
      "for the keyword mapper.",
  },
  ...TAXONOMY_FLAG,
  ...OPEN_MAPPER_FLAGS,
  config: {
    type: "string",
    value: "FILE",
    help: "A pinned operating point (--pin); replaces --mapper_path, --backend and the grid.",
  },
  prompts_jsonl: {
    type: "string",
    value: "FILE",
    data: true,
    required: true,
    help: "Prompts: JSONL, CSV or plain text, by content; - is standard input.",
  },
  labels_csv: {
    type: "string",
    value: "FILE",
    data: true,
    help: "Labels of the prompts, row by row or by id: prompt,label, or label alone. Without it, " +
      "and without labels beside the prompts, only coverage is known.",
  },
  ...INPUT_FLAGS,
  format: formatFlag("--prompts_jsonl"),
  class_names: {
    type: "string",
    value: "A,B,…",
    help: "Classes that the mapper is expected to have; any difference is an error.",
  },
  thresholds: {
    type: "string",
    value: "LIST",
    help:
      "Thresholds to try: 0.5,0.7 or 0.1:0.9:0.05. Default: 0.3:0.95:0.05, or that of --config.",
  },
  max_novelty: {
    type: "number",
    min: 0,
    max: 1,
    help:
      "Abstain where a larger share of the prompt's words and pieces is unknown to the training.",
  },
  order_thresholds: {
    type: "string",
    value: "LIST",
    help:
      "Least scores as an order to try with every threshold, for a mapper with an order head: " +
      "0.2,0.5. Default: 0, or that of --config.",
  },
  oos: {
    type: "string",
    value: "LIST",
    help:
      "Largest probabilities of being out of scope to try with every threshold, for a mapper with " +
      "such a score (train --oos_score): 0.3,0.5,1. Default: 1, or that of --config.",
  },
  per_class_thresholds: {
    type: "string",
    value: "FILE",
    help: "JSON of thresholds by class; they replace the common one everywhere.",
  },
  max_abstain_rate: {
    type: "number",
    min: 0,
    max: 1,
    default: 0.1,
    help: "Gate: share of rows that abstain although their label does not say so.",
  },
  min_overall_acc: { type: "number", min: 0, max: 1, default: 0.85, help: "Gate." },
  choose_by: {
    type: "string",
    choices: ["abstain_then_acc", "utility"],
    default: "abstain_then_acc",
    help: "How the operating point is chosen.",
  },
  max_wrong_rate: {
    type: "number",
    min: 1e-6,
    max: 0.5,
    help:
      "Certify: P(wrong action | acted) is at most this, with --confidence. Exit 3 if it cannot be.",
  },
  confidence: {
    type: "number",
    min: 0.5,
    max: 0.999999,
    default: 0.95,
    help: "Of the certificate.",
  },
  split: {
    type: "string",
    value: "A/B/C",
    default: "0.2/0.7/0.1",
    help: "Shares of the rows that order the points, certify, and report; by group.",
  },
  seed: {
    type: "integer",
    min: 0,
    default: 0,
    help:
      "Of the split. Each other than 0 is one more attempt on the same rows and has a small part " +
      "of the error allowance: trying splits until one certifies wins nothing.",
  },
  group: {
    type: "string",
    value: "COLUMN",
    help: "CSV column that says which rows belong together, for example an author or a customer. " +
      "Default: the template.",
  },
  each_class: { type: "boolean", help: "Certify each class on its own, all promises together." },
  cost: {
    type: "string",
    value: "FILE",
    help:
      'JSON of costs, {"wrong": {"borrow_asset": 20}, "wrong_default": 5, "abstain": 1}: thresholds ' +
      "by class with the least expected cost, raised until they certify.",
  },
  bootstrap: {
    type: "integer",
    min: 0,
    max: 100_000,
    default: 1000,
    help: "Draws behind the intervals of calibration error and the like; 0 for none.",
  },
  fail_on_overlap: {
    type: "boolean",
    help: "Exit with 4 if the prompts share a prompt or a template with the training data.",
  },
  rows_csv: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Write the decision on every row.",
  },
  out_summary: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Write the summary as JSON.",
  },
  out_csv: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Write the metrics of every point.",
  },
  out_report: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Write a Markdown report.",
  },
  out_html: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Write a page with charts, for any browser.",
  },
  pin: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, `${path}.sig`],
    help: "Write the chosen point as a config that every task with a mapper takes as --config.",
  },
  out_mapper: {
    type: "string",
    value: "FILE",
    writes: (path: string) => [path, railsPath(path)].flatMap((file) => [file, `${file}.sig`]),
    help:
      "Write the mapper with the chosen point and its certificate inside; its evidence goes along.",
  },
  ...SIGN_FLAG,
  ...VERIFY_FLAG,
  spreadsheet_safe: {
    type: "boolean",
    help: "In --rows_csv, put an apostrophe before cells that a spreadsheet would run.",
  },
} as const;

/** The values of the flags of a sweep. */
export type SweepFlags = FlagValues<typeof SWEEP_FLAGS>;
