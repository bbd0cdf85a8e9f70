import { z } from "zod";
import { GUARD_REASONS } from "../../domains/gates/reasons.ts";
import { DEFI_PRIMITIVES } from "../../domains/defi/taxonomy.ts";
import { ARC_PRIMITIVES } from "../../domains/arc/taxonomy.ts";

/** A range of the prompt. */
export const SPAN = z.tuple([z.int().min(0), z.int().min(0)])
  .describe("Range [start, end) of the prompt in UTF-16 units.");
/** The actions of DeFi. */
const DEFI_ACTION = z.enum(DEFI_PRIMITIVES).describe("The action.");
const WORDS = z.string().describe("The words of the prompt that ask for it.");
const NAME = (what: string) => z.string().nullable().describe(`${what}; null if not said.`);
const COUNT = z.number().min(0).describe("How many.");
const EXACT = z.string().regex(/^\d+(?:\.\d+)?$/).describe("The value without rounding.");
const AS_WRITTEN = z.string().describe("The amount as it is written.");
const SLOT = z.enum(["amount", "asset", "to_asset", "venue"]);

const AMOUNT = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("units").describe("Units of the asset."),
    value: COUNT,
    text: AS_WRITTEN,
    exact: EXACT,
  }),
  z.strictObject({
    kind: z.literal("usd").describe("Dollars' worth of the asset."),
    value: COUNT,
    text: AS_WRITTEN,
    exact: EXACT,
  }),
  z.strictObject({
    kind: z.literal("fraction").describe("A share of what there is."),
    value: z.number().min(0).max(1).describe("The share."),
    text: AS_WRITTEN,
    exact: EXACT,
  }),
  z.strictObject({
    kind: z.literal("all").describe("As much as there is, or as is allowed."),
    text: AS_WRITTEN,
  }),
]);

const STEP_INPUT = z.strictObject({
  amount: EXACT.optional(),
  kind: z.enum(["units", "usd", "fraction", "all", "open"]).describe("What the amount counts."),
  asset: z.string().describe("Ticker."),
});

/** One step of a DeFi plan. */
export const DEFI_STEP = z.strictObject({
  action: DEFI_ACTION,
  text: WORDS,
  span: SPAN,
  amount: AMOUNT.nullable().describe("How much; null if not said."),
  amount_of: z.enum(["asset", "to_asset"]).describe("Which asset the amount counts."),
  asset: NAME("Ticker of the asset; of a swap: what is given"),
  to_asset: NAME("Ticker of what is received"),
  venue: NAME("Protocol"),
  chain: NAME("Chain"),
  ltv: z.number().nullable().describe("Loan to value that the words name. It limits nothing."),
  hf: z.number().nullable().describe("Health factor that the words name. It limits nothing."),
  missing: z.array(SLOT).describe("Slots that the action needs and the words leave open."),
  ambiguous: z.array(SLOT).describe("Slots for which the words name several things."),
  repaired: z.array(z.strictObject({
    slot: z.literal("venue").describe("Which slot."),
    from: z.string().describe("As it was written."),
    to: z.string().describe("As it was read."),
  })).describe("Misspelt names."),
  inputs: z.array(STEP_INPUT).describe("All that the step takes; two for liquidity of a pair."),
  against: z.array(STEP_INPUT).describe("What a loan is taken against, if the words say it."),
  unlisted: z.array(z.string()).describe("Names of the step that are on no list."),
  market: NAME("A pool or market of the venue"),
  slippage: EXACT.nullable().describe("Share of the worth that may be lost; null if not said."),
  refers: z.boolean().describe('Whether the words refer to an earlier step: "it", "them".'),
  from_step: z.int().min(0).nullable()
    .describe('Position of the step whose yield is meant by "it" or "them", or null.'),
}).describe("A step of a DeFi plan.");

const GRID = z.array(z.array(z.int().min(0).max(9))).describe("Rows of colours.");

/** One step of an ARC plan. */
export const ARC_STEP = z.strictObject({
  action: z.enum(ARC_PRIMITIVES).describe("The operation."),
  op: z.string().describe("The operation with its arguments, such as rotate(90)."),
  span: SPAN,
  text: WORDS,
  grid: GRID.nullable().describe("The grid after the step, if one was given."),
}).describe("A step of an ARC plan.");

const NAMES = (what: string) => z.array(z.string()).describe(what);

/** One step of a plan of a domain from a folder. */
export const FOLDER_STEP = z.strictObject({
  action: z.string().describe("The action, as the domain names it."),
  text: WORDS,
  span: SPAN,
  slots: z.record(z.string(), z.union([z.string(), z.number()]).nullable())
    .describe("What the words say of each slot of the action; null if not said."),
  missing: NAMES("Slots that the action needs and the words leave open."),
  ambiguous: NAMES("Slots for which the words name several things."),
  from_step: z.int().min(0).nullable()
    .describe('Position of the step whose slots are meant by "it" or "them", or null.'),
}).describe("A step of a plan of a domain from a folder.");

const RATIO = (what: string) =>
  z.union([z.number(), z.literal("infinite")]).nullable()
    .describe(`${what} after the step; null where unknown.`);

/** What the guards say of one step. */
export const STEP_VERDICT = z.strictObject({
  action: DEFI_ACTION,
  ok: z.boolean().describe("Whether no guard objects."),
  failed: z.array(z.enum(GUARD_REASONS)).describe("What the guards object to, the gravest first."),
  ltv: RATIO("Loan to value"),
  hf: RATIO("Health factor"),
  priced: z.boolean()
    .describe("False if the step names no amount, or one that cannot be read or priced."),
  notes: z.array(z.string()).optional()
    .describe("What the verdict rests on: wallet_not_known, asset_denied:X and the like."),
});

/** How a grid was checked. */
export const GRID_CHECK = z.strictObject({
  ok: z.boolean().describe("Whether nothing differs."),
  method: z.enum(["pairs", "inverse"]).describe("Against pairs, or by taking each step back."),
  reason: z.enum(["ok", "mismatch", "not_checkable"]).describe("What came of it."),
  checked: z.int().min(0).describe("Pairs or steps that were checked."),
  unchecked: z.array(z.int()).describe("Steps that cannot be taken back, counted from 1."),
  mismatches: z.array(z.strictObject({
    pair: z.int().describe("Which pair, counted from 1."),
    found: z.string().describe("What is different."),
  })).describe("Pairs that the plan does not explain."),
});
