import type { NounPhrase } from "../order.ts";
import { verbOf } from "../order.ts";
import type { NameKind } from "../sense.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";

/** "kim's rewards, claim them": nothing but what is somebody else's. */
function isTheirs(ground: readonly Tag[]): boolean {
  return ground.length <= 4 && ground.some(({ norm, senses }, i) => {
    const owns = /^(?:his|hers?|their)$/.test(norm) || senses.length === 0 && norm.endsWith("'s");
    return owns && may(ground[i + 1], "name", "object", "noun");
  });
}

/** "I hold 800 USDC, put it into …", "my debt is 900 DAI, pay 300": the one thing that can be meant. */
export function referred(phrases: readonly NounPhrase[], ground: readonly Tag[]): NounPhrase[] {
  const refers = phrases.some(({ pronoun, amount, names, hints }) =>
    pronoun !== null || amount?.kind === "amount" && names.length === 0 && hints.length === 0
  );
  const isThing = (kind: NameKind) => kind === "asset";
  if (
    !refers || isTheirs(ground) ||
    phrases.some(({ names }) => names.some(({ kind }) => isThing(kind)))
  ) return [];
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
    return may(tag, "adjective") || verbOf(tag, "participle") ? [`is:${tag.norm}`] : [];
  });
  if (new Set(named.map(({ sense }) => sense.name)).size > 1) return [];
  const [thing] = named;
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
