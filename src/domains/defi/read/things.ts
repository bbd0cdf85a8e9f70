import type { NounPhrase } from "../../../language/order.ts";

/** A gap of a step that an order may leave open. */
export type StepSlot = "amount" | "asset" | "to_asset" | "venue";

/** What an order gives, receives, and how much of it. */
export interface Things {
  readonly asset: string | null;
  readonly toAsset: string | null;
  readonly amount: NounPhrase["amount"];
  readonly amountOf: "asset" | "to_asset";
  readonly ambiguous: readonly StepSlot[];
  readonly inputs: readonly { readonly amount: NounPhrase["amount"]; readonly asset: string }[];
  /** What is pledged for a loan. */
  readonly against?: readonly { readonly amount: NounPhrase["amount"]; readonly asset: string }[];
}

/** True if a phrase states how much; "some" does not. */
export function states({ amount }: NounPhrase): boolean {
  return amount !== null && amount.refusal === undefined;
}

/** The asset that a phrase names. */
export function assetOf({ names }: NounPhrase): string | null {
  return names.find(({ kind }) => kind === "asset")?.name ?? null;
}

/** True if a phrase names an amount that nobody can act on: "most of", "a couple hundred". */
export function isVague({ amount }: NounPhrase): boolean {
  return amount?.refusal?.kind === "vague";
}
