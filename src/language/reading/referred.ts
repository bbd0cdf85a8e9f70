import type { NounPhrase } from "../order.ts";
import { verbOf } from "../order.ts";
import type { NameKind } from "../sense.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";

/** "I hold 800 USDC, put it into …", "my debt is 900 DAI, pay 300": the one thing that can be meant. */
export function referred(phrases: readonly NounPhrase[], ground: readonly Tag[]): NounPhrase[] {
  const refers = phrases.some(({ pronoun, amount, names, hints }) =>
    pronoun !== null || amount?.kind === "amount" && names.length === 0 && hints.length === 0
  );
  const isThing = (kind: NameKind) => kind === "asset";
  const isNamed = phrases.some(({ names }) => names.some(({ kind }) => isThing(kind)));
  // "that validator keeps missing blocks, so take my TIA off it": where, and not what
  const leads = phrases.some(({ pronoun, prep }) =>
    pronoun !== null && /^(?:from|off|out of)$/.test(prep ?? "")
  );
  if (!refers || isNamed && !leads) return [];
  const named = ground.flatMap((tag) =>
    tag.senses.flatMap((sense) =>
      sense.role === "name" && isThing(sense.kind) && !sense.name.includes(" ")
        ? [{ tag, sense }]
        : []
    )
  );
  const hints = ground.flatMap((tag) => {
    const object = senseOf(tag, "object");
    if (object) return [object.hint];
    return !isNamed && (may(tag, "adjective") || verbOf(tag, "participle"))
      ? [`is:${tag.norm}`]
      : [];
  });
  if (new Set(named.map(({ sense }) => sense.name)).size > 1) return [];
  const [thing] = isNamed ? [] : named;
  if (!thing && hints.length === 0) return [];
  const counted = ground.flatMap(({ quantity }) =>
    quantity && !quantity.refusal && quantity.kind === "amount" ? [quantity] : []
  );
  const own = phrases.some(({ amount }) => amount !== null);
  return [{
    prep: null,
    joined: false,
    pronoun: null,
    pronounAt: null,
    self: false,
    front: true,
    amount: thing && !own && counted.length === 1 && counted[0]!.to === thing.tag.from
      ? counted[0]!
      : null,
    names: thing
      ? [{
        kind: "asset",
        name: thing.sense.name,
        open: false,
        from: thing.tag.from,
        to: thing.tag.to,
      }]
      : [],
    hints,
  }];
}
