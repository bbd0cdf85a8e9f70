import { verbOf } from "../order.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** Cuts off "because …", "to pay for …" at the end of an order. */
export function splitReason(
  back: readonly Tag[],
  exchanges: boolean,
): { readonly args: readonly Tag[]; readonly tail: readonly Tag[] } {
  for (let i = 0; i < back.length; i++) {
    const tag = back[i]!;
    const isFor = (tag.norm === "for" && !exchanges) || tag.norm === "so" ||
      (tag.norm === "to" && back[i + 1]?.senses.length === 0 && !back[i + 1]!.quantity &&
        /^[a-z]+$/.test(back[i + 1]!.text));
    // "take my USDT out there's a hack": a sentence that nothing sets off
    const tells = i > 0 && TELLS.test(tag.norm) && !verbOf(back[i + 1], "gerund", "participle") &&
      isLowOnly(back.slice(i + 1)) &&
      !back.slice(i + 1).some((one) => may(one, ...DOUBTS));
    if (tells && back.length > i + 1) return { args: back.slice(0, i), tail: back.slice(i) };
    const hastens = /^before/.test(tag.norm) && i > 0;
    if ((!may(tag, "reason") && !isFor && !hastens) || tag.quantity) continue;
    if (exchanges && may(tag, "link")) continue;
    const rest = back.slice(i + 1);
    const sure =
      /^(?:because|cause|cos|coz|since|before i|before we|before the|before it|before my|before interest|so that|so i can|so we can|in order to|now that|seeing)/;
    const purpose = tag.norm.startsWith("to ") || /^(?:so|and let me)/.test(tag.norm);
    const told = tag.norm === "so" && /^(?:it|they|that)$/.test(rest[0]?.norm ?? "");
    const plain = rest.some((one) => one.senses.length === 0 && !one.mark && !one.quantity);
    if (
      told || sure.test(tag.norm) || (purpose && i > 0) ||
      (plain && i > 0 && isLowOnly(rest) && tag.norm !== "as")
    ) {
      return { args: back.slice(0, i), tail: back.slice(i) };
    }
  }
  return { args: back, tail: [] };
}

/** Words that open a sentence and go on with no thing. */
const DOUBTS = ["negation", "play", "question", "speech", "condition"] as const;
const TELLS =
  /^(?:there's|there is|i'm|im|i am|it's|it is|it was|it has|it kept|they're|they are|we're|we are|that's|i've|i have to|i need to|i need|i want to|i want|i gotta|i hate|i just|i can't|i forgot|we need|we have to|today's|today was)$/;

function isLowOnly(tags: readonly Tag[]): boolean {
  return tags.every((tag) => tag.quantity === undefined && !may(tag, "name"));
}
