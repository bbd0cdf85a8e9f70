import type { Rate } from "../evaluate/rate.ts";
import type { MapperArtifact } from "../mapper/file/artifact.ts";
import type { AttackResult } from "./robustness.ts";

/** What a card says beside what stands in the mapper's file. */
export interface CardFacts {
  /** The mapper's file, as readers are to call it. */
  readonly path: string;
  /** Who answers for the mapper; empty for nobody named. */
  readonly authors: string;
  /** Where the training rows come from, in a sentence. */
  readonly data: string;
  /** Measured on other rows, with the file; absent where nobody measured. */
  readonly measured?: {
    readonly file: string;
    readonly overlap: number;
    readonly rates: Readonly<Record<string, Rate>>;
  };
  /** What `robust-bench` found. */
  readonly attacks?: readonly AttackResult[];
}

/**
 * Writes the model card of a mapper (Mitchell and others, 2019) in Markdown: what it is, what it was
 * trained on, how well it does with intervals, what is promised, how it fails, what it is not for. What
 * was not measured is said to be unknown.
 *
 * @param quote Makes text that others wrote harmless in Markdown.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { parseArtifact, serializeArtifact } from "micro-lm/mapper";
 * import { markdownText } from "micro-lm/report";
 * import { modelCard } from "micro-lm/trust";
 * import { assert } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const mapper = await trainMapper(data, encoder, { method: "none" });
 * const text = serializeArtifact(mapper, { domain: "defi", flags: {} });
 * const facts = { path: "m.json", authors: "us", data: "" };
 * const card = modelCard(parseArtifact(text), facts, markdownText);
 * assert(card.includes("nothing is promised"));
 * ```
 */
export function modelCard(
  artifact: MapperArtifact,
  { path, authors, data, measured, attacks }: CardFacts,
  quote: (text: string) => string,
): string {
  const { training, operating_point: point, encoder } = artifact;
  const certificate = point?.certificate as CertificateFacts | undefined;
  const lines = [
    `# ${quote(path)}`,
    "",
    `A mapper of the domain ${quote(artifact.domain)}: it turns a prompt into one of ` +
    `${artifact.classes.length} classes, or abstains.`,
    "",
    ...table(["fact", "value"], [
      ["sha256", artifact.sha256],
      ["encoder", quote(encoder.spec)],
      ["classes", artifact.classes.map(quote).join(", ")],
      ["order head", artifact.order ? "yes" : "no"],
      ["acts from", point ? `${point.threshold}${orderText(point.min_order)}` : "not chosen"],
      ["authors", authors === "" ? "not named" : quote(authors)],
    ]),
    "## Data",
    "",
    data === "" ? "Where the rows come from was not said." : quote(data),
    "",
    ...table(
      ["label", "rows"],
      Object.entries(training.label_counts).map(([label, rows]) => [
        quote(label),
        String(rows),
      ]),
    ),
    `${training.rows} rows, sha256 ${training.data_sha256}; ${training.duplicates} repeat a prompt, ` +
    `${training.conflicts} contradict another.`,
    "",
    "## Measured",
    "",
    ...measuredLines(measured, quote),
    "## Certificate",
    "",
    ...(certificate === undefined ? ["None: nothing is promised about prompts to come."] : [
      `${certificate.id}: with confidence ${certificate.confidence} at most ` +
      `${certificate.limit} of its actions are wrong, ${quote(certificate.population ?? "")}`,
      ...(certificate.assumptions ?? []).map((text) => `- ${quote(text)}`),
    ]),
    "",
    "## Known failures",
    "",
    ...attackLines(attacks, quote),
    "## Limits of use",
    "",
    "- English prompts like those of the training; what is unlike them may abstain or err.",
    "- A label is a proposal. Gates, slots and guards of a run decide whether it may be carried out.",
    "- Rates hold for the rows that they were measured on. `deno task monitor` tells when prompts " +
    "have changed.",
  ];
  return `${lines.join("\n")}\n`;
}

interface CertificateFacts {
  readonly id: string;
  readonly limit?: number;
  readonly confidence?: number;
  readonly population?: string;
  readonly assumptions?: readonly string[];
}

function orderText(minOrder: number | undefined): string {
  return minOrder === undefined ? "" : `, order ${minOrder}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line), ""];
}

function measuredLines(measured: CardFacts["measured"], quote: (text: string) => string): string[] {
  if (!measured) return ["Nothing: `--labels_csv` of `deno task card` measures.", ""];
  const rates = Object.entries(measured.rates);
  return [
    `On ${quote(measured.file)}, of whose rows the training knows ${measured.overlap}:`,
    "",
    ...table(
      ["rate", "value (95%)", "rows"],
      rates.map(([name, rate]) => [
        name,
        rateText(rate),
        `${rate.k}/${rate.n}`,
      ]),
    ),
  ];
}

function attackLines(
  attacks: readonly AttackResult[] | undefined,
  quote: (text: string) => string,
): string[] {
  if (!attacks) return ["Unknown: `deno task robust-bench` was not run.", ""];
  return [
    "Wrong actions under attack:",
    "",
    ...table(
      ["attack", "mapper alone", "whole pipeline", "for example"],
      attacks.map(({ kind, mapper, pipeline, examples: [first = ""] }) => [
        ...[kind, rateText(mapper), rateText(pipeline), quote(first)],
      ]),
    ),
  ];
}

function rateText({ value, ci_low, ci_high }: Rate): string {
  if (value === null) return "–";
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${percent(value)}% (${percent(ci_low)}–${percent(ci_high)})`;
}
