import type { PlanStep } from "../../domains/gates/finding.ts";
import type { RunRecord } from "../../run/record/record.ts";
import type { MappedPrompt, RankedLabel } from "../../run/runtime_types.ts";
import { percent, printable } from "../page/escape.ts";
import { createPaint, type Paint } from "../paint.ts";
import { textTable } from "../tables.ts";
import { type MarkedSpan, underlined } from "./underlined.ts";

/** Options of {@linkcode decisionText}. */
export interface DecisionTextOptions {
  /** Columns of the terminal. Default: 80. */
  readonly width?: number;
  /** Default: no colours. */
  readonly paint?: Paint;
  /** Whether the prompt stands right above already; as long as it fits there. Default: false. */
  readonly isEchoed?: boolean;
}

const INDENT = "  ";
const BAR_CELLS = 20;

/**
 * Shows a decision to people: the prompt with the steps of its plan, or with what was refused,
 * underlined, the verdict and its reason, what the mapper said of each class, and the plan.
 *
 * @param mapped What the mapper says of the whole prompt; null where there is no mapper.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { decisionText } from "micro-lm/report";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * const record = await runtime.run({ prompt: "please don't borrow" });
 * assertEquals(decisionText(record, null).split("\n").slice(2), [
 *   "  refused: abstain_non_exec (negation)",
 * ]);
 * ```
 */
export function decisionText(
  record: RunRecord,
  mapped: MappedPrompt | null,
  { width = 80, paint = createPaint(false), isEchoed = false }: DecisionTextOptions = {},
): string {
  const marked = underlined(record.prompt, spansOf(record), width - INDENT.length);
  return [
    ...isEchoed && marked.length <= 2 ? marked.slice(1) : marked,
    verdictLine(record, paint),
    ...mapperLines(record, mapped, paint),
    ...stepLines(record, paint),
  ].map((line) => INDENT + line).join("\n");
}

/** What a gate found of the words, as far as it says so. */
interface Reading {
  readonly kind?: string;
  readonly refused?: readonly (readonly [number, number])[];
  readonly spans?: readonly {
    readonly role: string;
    readonly span: readonly [number, number];
    readonly text: string;
  }[];
}

function readingOf({ aux: { gates } }: RunRecord): Reading {
  return (gates.find(({ gate }) => gate === "non_exec")?.detail ?? {}) as Reading;
}

/** The steps, numbered; where the words are refused, the words that are why. */
function spansOf(record: RunRecord): MarkedSpan[] {
  const { refused } = readingOf(record);
  if (refused) return refused.map((span) => ({ span, mark: "^" }));
  const steps = record.plan.steps.length > 0 ? record.plan.steps : record.aux.mappings;
  return steps.map(({ span }, i) => ({ span, mark: "─", head: String((i + 1) % 10) }));
}

function verdictLine(record: RunRecord, paint: Paint): string {
  const { ok, reason, aux, verify: { failed } } = record;
  if (ok) return paint.good("ok") + (reason === "ok" ? "" : `: ${reason}`);
  const { kind = aux.gates.find(({ ok }) => !ok)?.gate } = readingOf(record);
  const why = kind === undefined || kind === reason ? "" : ` (${printable(kind)})`;
  const more = failed.filter((other) => other !== reason);
  return `${paint.bad(`refused: ${reason}`)}${why}${
    more.length > 0 ? `, and ${more.join(", ")}` : ""
  }`;
}

/** The classes of the whole prompt as bars, and the numbers that the operating point looks at. */
function mapperLines(
  { artifacts: { mapper } }: RunRecord,
  mapped: MappedPrompt | null,
  paint: Paint,
): string[] {
  if (!mapped) return [];
  const limits = (mapper?.point ?? {}) as Partial<Record<string, unknown>>;
  const { threshold, margin, novelty, order_score, oos_score, label, reason, predicted } = mapped;
  const said = label ?? `abstain: ${reason} (${predicted})`;
  const numbers = [
    `threshold ${Number.isFinite(threshold) ? threshold : "never"}`,
    `margin ${percent(margin)}`,
    numberOf("order", order_score, "at least", limits["minOrder"]),
    numberOf("novelty", novelty, "at most", limits["maxNovelty"]),
    numberOf("out of scope", oos_score, "at most", limits["maxOos"]),
  ].filter((text) => text !== null);
  return [
    `mapper: ${printable(said)}`,
    ...barLines(mapped.top).map((line) => INDENT + line),
    INDENT + paint.dim(numbers.join(", ")),
  ];
}

function numberOf(
  name: string,
  value: number | undefined,
  relation: string,
  limit: unknown,
): string | null {
  if (value === undefined) return null;
  return `${name} ${percent(value)}` +
    (typeof limit === "number" ? ` (${relation} ${percent(limit)})` : "");
}

function barLines(top: readonly RankedLabel[]): string[] {
  const names = top.map(({ label }) => printable(label, 30));
  const widest = names.reduce((most, name) => Math.max(most, name.length), 0);
  return top.map(({ probability }, i) => {
    const bar = "█".repeat(Math.round(probability * BAR_CELLS)).padEnd(BAR_CELLS, "·");
    return `${names[i]!.padEnd(widest)} ${bar} ${percent(probability).padStart(6)}`;
  });
}

/** Steps of the plan with their slots; of steps that the guards refused, why. */
function stepLines({ plan, verify, aux }: RunRecord, paint: Paint): string[] {
  const steps = plan.steps.map((step, i) =>
    `plan ${i + 1}: ${[printable(step.action), ...slotsOf(step)].join(" · ")}`
  );
  const refused = verify.steps.flatMap(({ action, failed }, i) =>
    failed.map((reason) => `step ${i + 1}: ${printable(action)} ${paint.bad(reason)}`)
  );
  const unsure = aux.mappings.flatMap(({ label, reason, predicted, confidence, text }, i) =>
    label === null
      ? [
        `step ${i + 1}: "${printable(text, 40)}" ${paint.bad(reason)}` +
        ` (${printable(predicted)} ${percent(confidence)})`,
      ]
      : []
  );
  return [...steps, ...refused, ...unsure];
}

/** Keys of a step that name none of its slots. */
const NO_SLOT = new Set(["action", "text", "span", "amount_of", "from_step"]);

/** `asset ETH`: what has a value, by the names that the domain gives. */
function slotsOf(step: PlanStep): string[] {
  const { slots, ...own } = step as PlanStep & { slots?: Readonly<Record<string, unknown>> };
  return Object.entries(slots ?? own).flatMap(([name, value]) => {
    if (NO_SLOT.has(name)) return [];
    const said = (value as { text?: unknown } | null)?.text ?? value;
    return typeof said === "string" || typeof said === "number"
      ? [`${name} ${printable(String(said), 40)}`]
      : [];
  });
}

/**
 * Explains a record: each gate, and the role of each word, where the domain's reading tells.
 *
 * @example
 * ```ts
 * import { openRuntime } from "micro-lm";
 * import { whyText } from "micro-lm/report";
 * import { assert } from "@std/assert";
 *
 * await using runtime = await openRuntime({ backend: "wordmap" });
 * assert(/asset +USDC/.test(whyText(await runtime.run({ prompt: "borrow 1000 USDC" }))));
 * ```
 */
export function whyText(record: RunRecord, paint: Paint = createPaint(false)): string {
  const gates = record.aux.gates.map(({ gate, ok, reason }) =>
    `${gate.padEnd(9)} ${ok ? paint.good("passed") : paint.bad(reason)}`
  );
  const { spans = [] } = readingOf(record);
  const words = spans.map(({ role, text, span }) => [
    printable(role),
    printable(text, 44),
    span.join("–"),
  ]);
  const reading = words.length === 0
    ? ["The domain says nothing of single words."]
    : textTable({ columns: ["role", "words", "at"], rows: words }).split("\n");
  return [...gates, "", ...reading].map((line) => (INDENT + line).trimEnd()).join("\n");
}
