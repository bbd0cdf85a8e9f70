import { verbOf } from "./order.ts";
import { may, senseOf, type Tag } from "./tokens/tags.ts";

/**
 * Why a prompt is no order. Beside these a domain names kinds of its own for orders outside of it, such as
 * `transfer` or `bridge`.
 */
export type RefusalKind =
  | "not_understood"
  | "out_of_domain"
  | "negation"
  | "question"
  | "condition"
  | "deferred"
  | "schedule"
  | "price"
  | "hypothetical"
  | "quotation"
  | "third_person"
  | "wrapper"
  | "language"
  | "unreadable"
  | "too_long"
  | "empty"
  | string;

/** The kind that the unread words of a prompt tell; it names what refuses, it decides nothing. */
export function kindOfUnread(tags: readonly Tag[], end: string): RefusalKind {
  for (const tag of tags) {
    const foreign = senseOf(tag, "foreign");
    if (foreign) return foreign.kind;
  }
  if (end === "?" || may(tags[0], "question")) return "question";
  for (const { quantity } of tags) {
    if (quantity?.kind === "schedule") return "schedule";
    if (quantity?.kind === "price") return "price";
    if (quantity && ["time", "date", "duration"].includes(quantity.kind)) return "deferred";
  }
  if (tags.some((tag) => may(tag, "negation"))) return "negation";
  if (tags.some((tag) => may(tag, "speech"))) return "quotation";
  if (tags.some((tag) => may(tag, "condition") && !may(tag, "prep"))) return "condition";
  if (tags.some((tag) => may(tag, "play"))) return "hypothetical";
  if (tags.some((tag) => verbOf(tag, "third"))) return "third_person";
  if (tags.some(({ norm }) => /[^\P{L}a-z]/iu.test(norm))) return "language";
  return "not_understood";
}
