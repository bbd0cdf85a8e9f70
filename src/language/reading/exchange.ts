import { readArguments } from "../arguments.ts";
import type { FoundHead } from "../head.ts";
import type { CompiledLexicon } from "../lexicon.ts";
import { verbOf } from "../order.ts";
import { may, mayName, type Tag } from "../tokens/tags.ts";
import type { Base } from "./base.ts";

export function silent(base: Base): Base {
  return { ...base, roles: { set: () => {}, of: () => "unread" } };
}

export function read(front: readonly Tag[], back: readonly Tag[], found: FoundHead, base: Base) {
  const exchanges = exchangesOf(found, back, base.lexicon);
  return readArguments(front, back, { ...base, exchanges });
}

/** True if a head gives one thing for another. */
export function exchangesOf(
  { head }: FoundHead,
  back: readonly Tag[],
  lexicon: CompiledLexicon,
): boolean {
  const { exchanges } = lexicon.lexicon;
  // "pay 2 ETH to Morpho" is no exchange, "pay 200 USDC for ETH" is one
  const pays = lexicon.lexicon.payers?.includes(head.word) === true &&
    back.some(({ norm }, i) => norm === "to" && mayName(back[i + 1], "place"));
  return head.actions.includes("->") ||
    !pays && head.actions.some((action) => exchanges.includes(action)) ||
    (head.actions.length === 0 && hasLink(back, head.word, lexicon));
}

function hasLink(tags: readonly Tag[], verb: string, { lexicon }: CompiledLexicon): boolean {
  const gives = lexicon.givers.includes(verb) &&
    tags.filter((tag) => mayName(tag, "asset")).length > 1;
  return tags.some((tag, i) =>
    (gives && /^(?:with|using)$/.test(tag.norm)) ||
    /^(?:for|in exchange for|in return for)$/.test(tag.norm) ||
    (may(tag, "link") && lexicon.exchanges.length > 0 &&
      (may(tags[i - 1], "and") || verbOf(tag, "gerund") || /^pay(?:ing)? /.test(tag.norm)))
  );
}
