import type { NounPhrase } from "../order.ts";
import { verbOf } from "../order.ts";
import type { NameKind } from "../sense.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";

/** "Sanctum pays well, stake 7 SOL there": the one place that can be meant. */
export function referredPlace(
  phrases: readonly NounPhrase[],
  tags: readonly Tag[],
  ground: readonly Tag[],
): NounPhrase[] {
  const refers = tags.find(({ norm }) => /^(?:from )?there$/.test(norm));
  if (!refers || phrases.some(({ names }) => names.some(({ kind }) => kind === "place"))) return [];
  // "I hold AAVE" names a thing
  const isThing = (tag: Tag) =>
    /^[A-Z]{2,}$/.test(tag.text) &&
    tag.senses.some((sense) => sense.role === "name" && sense.kind === "asset");
  const named = ground.filter((tag) => !isThing(tag)).flatMap((tag) =>
    tag.senses.flatMap((sense) =>
      sense.role === "name" && sense.kind === "place" ? [{ tag, name: sense.name }] : []
    )
  );
  const [place] = named;
  if (!place || new Set(named.map(({ name }) => name)).size > 1) return [];
  const { from, to } = place.tag;
  return [{
    prep: refers.norm === "there" ? "at" : "from",
    joined: false,
    amount: null,
    names: [{ kind: "place", name: place.name, open: false, from, to }],
    hints: [],
    pronoun: null,
    pronounAt: null,
    self: false,
    front: true,
  }];
}

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
  // "sell half of it for USDT": what is received is not what "it" is
  const isNamed = phrases.some(({ prep, names }) =>
    names.some(({ kind }) => isThing(kind)) && !/^(?:for|to|into|in exchange for)$/.test(prep ?? "")
  );
  // "that validator keeps missing blocks, so take my TIA off it": where, and not what
  const leads = phrases.some(({ pronoun, prep }) =>
    pronoun !== null && /^(?:from|off|out of)$/.test(prep ?? "")
  );
  if (!refers || isTheirs(ground) || (isNamed && !leads)) return [];
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
