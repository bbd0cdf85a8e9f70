import { assertEquals, assertLessOrEqual } from "@std/assert";
import { buildPlan } from "../../src/domains/defi/plan.ts";
import { readOrders } from "../../src/domains/defi/read/orders.ts";
import type { PlanStep } from "../../src/domains/defi/read/steps.ts";

interface Said {
  readonly kind: string;
  /** Exact decimal digits, a ratio, or null for all. */
  readonly value: string | null;
}

/** An amount phrase in an order, and what it says; `refuse` where no one amount is said. */
interface Row {
  readonly prompt: string;
  readonly refuse: boolean;
  readonly action?: string;
  readonly amount?: Said | null;
  readonly amount_also?: readonly (Said | null)[];
  readonly amount_of?: string;
  /** A ticker, or several spellings of it. */
  readonly asset?: string | readonly string[] | null;
  readonly to?: string | readonly string[] | null;
}

const rows = (await Deno.readTextFile("fixtures/defi/red/amounts.jsonl")).trim().split("\n")
  .map((line) => JSON.parse(line) as Row);

/** The one step of a prompt; null where the reading refuses it or leaves it open. */
function stepOf({ prompt, action }: Row): PlanStep | null {
  const { orders } = readOrders(prompt);
  const [segment] = orders;
  if (!segment || orders.length !== 1) return null;
  const chosen = segment.allowed.find((one) => one === action) ?? segment.allowed[0]!;
  const [step] = buildPlan([{ action: chosen, segment }]).steps;
  return step && step.ambiguous.length === 0 ? step : null;
}

/** Digits without trailing noughts; a share that no decimal equals is cut after 18. */
function digitsOf({ value }: Said): string | undefined {
  if (value === null) return undefined;
  const [over, under] = value.split("/");
  if (under === undefined) return value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  const cut = (BigInt(over!) * 10n ** 18n / BigInt(under)).toString().padStart(18, "0");
  return `0.${cut}`;
}

function isSaid(want: Said | null, { amount }: PlanStep): boolean {
  if (want === null || amount === null) return want === null && amount === null;
  const exact = amount.kind === "all" ? undefined : amount.exact;
  return want.kind === amount.kind && digitsOf(want) === exact;
}

function isRight(row: Row, step: PlanStep): boolean {
  const same = (want: Row["asset"], got: string | null) =>
    [want ?? null].flat().some((one) => one?.toUpperCase() === got?.toUpperCase());
  return [row.amount ?? null, ...row.amount_also ?? []].some((want) => isSaid(want, step)) &&
    same(row.asset, step.asset) && same(row.to, step.to_asset) &&
    (step.amount === null || row.amount_of === step.amount_of);
}

/** "some LINK" says no more than "LINK": the plan leaves the amount open. */
function isLeftOpen({ prompt }: Row, { amount, missing }: PlanStep): boolean {
  return /\bsome\b/.test(prompt) && amount === null && missing.includes("amount");
}

Deno.test("no amount of those that an author wrote unseen is read wrongly", () => {
  const wrong = rows.filter((row) => {
    const step = stepOf(row);
    if (step === null) return false;
    return row.refuse ? !isLeftOpen(row, step) : !isRight(row, step);
  });
  assertEquals(wrong.map(({ prompt }) => prompt), []);
});

Deno.test("few readable amounts are refused", () => {
  const readable = rows.filter(({ refuse }) => !refuse);
  const refused = readable.filter((row) => stepOf(row) === null).map(({ prompt }) => prompt);
  assertLessOrEqual(refused.length / readable.length, 0.05, refused.join("\n"));
});
