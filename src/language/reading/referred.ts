import type { NounPhrase } from "../order.ts";
import { verbOf } from "../order.ts";
import { lightRole } from "../screen/transparent.ts";
import type { NameKind } from "../sense.ts";
import { may, mayName, senseOf, type Tag } from "../tokens/tags.ts";

/** True where what is told first is the speaker's: "my aunt has 5 ETH", "Kim owes me 5 ETH" is not. */
function isOwn(ground: readonly Tag[]): boolean {
  const words = ground.filter((tag) => !tag.mark && lightRole(tag) === null);
  const at = words.findIndex((tag) =>
    tag.quantity !== undefined || may(tag, "name", "object", "noun")
  );
  const lead = words.slice(0, at);
  return at >= 0 && (lead.length === 0 ||
    /^(?:i|we|i'm|i've|i'd|we've|we'd|i have|we have|i've got|my|our|this|these|the|that)\b/.test(
        lead[0]!.norm,
      ) &&
      lead.slice(1).every((tag) =>
        tag.senses.length > 0 || /^(?:longer|dislike|regret|hate|detest)$/.test(tag.norm)
      ));
}

/** The whole of what was named before. */
const WHOLE = /^(?:all|the (?:whole |full |entire )?(?:lot|amount|sum|thing)(?: of)?|the whole)$/;

/** "Sanctum pays well, stake 7 SOL there": the one place that can be meant. */
export function referredPlace(
  phrases: readonly NounPhrase[],
  tags: readonly Tag[],
  ground: readonly Tag[],
  isFetched: boolean,
): NounPhrase[] {
  // "My 40 DAI sit in Spark; withdraw them": where they are, though no word refers to it
  const isThere = isFetched && ground.some(({ quantity }) => quantity !== undefined) &&
    (phrases.length === 0 ||
      phrases.some(({ pronoun, names }) =>
        /^(?:it|them)$/.test(pronoun ?? "") ||
        // "I put 8 ETH in Spark, take 3 ETH out"
        names.some(({ kind, name }) =>
          kind === "asset" &&
          ground.some(({ senses }) =>
            senses.some((sense) =>
              sense.role === "name" && sense.kind === "asset" && sense.name === name
            )
          )
        )
      ));
  const refers = tags.find(({ norm }) => /^(?:from )?there$/.test(norm)) ??
    ledInto(tags, ground, isFetched);
  if (
    (!refers && !isThere && phrases.length > 0) ||
    // "move it from there to Fluid", "move it from Aave there"
    phrases.some(({ names, prep }) =>
      names.some(({ kind }) => kind === "place") &&
      !(refers?.norm === "from there" && /^(?:to|into|over to|onto)$/.test(prep ?? "")) &&
      !(refers?.norm === "there" && /^(?:from|out of|off)$/.test(prep ?? ""))
    )
  ) return [];
  const leaves = phrases.flatMap(({ names }) => names.filter(({ kind }) => kind === "place"));
  // "I hold AAVE" names a thing
  const isThing = (tag: Tag) =>
    /^[A-Z]{2,}$/.test(tag.text) &&
    mayName(tag, "asset");
  const named = ground.filter((tag) => !isThing(tag)).flatMap((tag) =>
    tag.senses.flatMap((sense) =>
      sense.role === "name" && sense.kind === "place" ? [{ tag, name: sense.name }] : []
    )
  );
  const [place] = named;
  if (!place || new Set(named.map(({ name }) => name)).size > 1) return [];
  if (leaves.some(({ name }) => name === place.name)) return [];
  const { from, to } = place.tag;
  return [{
    prep: refers?.norm === "from there" ? "from" : leaves.length > 0 ? "to" : "at",
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

/** "100 USDS into Sky, deposit that", "I have 9 SOL on Kamino, withdraw it": where, though no word refers to it. */
function ledInto(
  tags: readonly Tag[],
  ground: readonly Tag[],
  isFetched: boolean,
): Tag | undefined {
  if (!tags.some((tag) => may(tag, "pronoun"))) return undefined;
  const isLed = (tag: Tag, i: number) => {
    const [verb, before] = [ground[i - 2]?.norm ?? "", ground[i - 1]?.norm ?? ""];
    const leads = /^(?:into|to|onto)$/.test(before) ||
      /^(?:in|on|at|with)$/.test(before) &&
        (isFetched && isOwn(ground) || /^belongs?$/.test(verb));
    return leads && mayName(tag, "place");
  };
  const at = ground.findIndex(isLed);
  return at > 0 ? ground[at - 1] : undefined;
}

/** "kim's rewards, claim them": nothing but what is somebody else's. */
function isTheirs(ground: readonly Tag[]): boolean {
  // "Kim has 40 DAI on Aave, withdraw it"
  const [who, has] = ground;
  const isOther = who !== undefined && who.senses.length === 0 && !who.quantity &&
    /^\p{Lu}\p{Ll}+$/u.test(who.text) && /^(?:has|owns|holds|keeps|got)$/.test(has?.norm ?? "");
  return isOther || ground.some(({ norm, senses }, i) => {
    if (ground.length > 4 && i > 0) return false;
    const owns = /^(?:his|hers?|their)$/.test(norm) || senses.length === 0 && norm.endsWith("'s");
    return owns && may(ground[i + 1], "name", "object", "noun", "place_word");
  });
}

/** "I hold 800 USDC, put it into …", "my debt is 900 DAI, pay 300": the one thing that can be meant. */
export function referred(
  phrases: readonly NounPhrase[],
  tags: readonly Tag[],
  ground: readonly Tag[],
  isFetched: boolean,
): NounPhrase[] {
  const isWhole = ({ amount }: NounPhrase) =>
    amount?.kind === "all" &&
    tags.some(({ from, norm }) => from === amount.from && WHOLE.test(norm));
  // "Our 2,750 USDe borrow has no purpose any more; repay"
  const refers = phrases.length === 0 && isOwn(ground) ||
    phrases.some((phrase) =>
      phrase.pronoun !== null ||
      (/^(?:amount|fraction|percent)$/.test(phrase.amount?.kind ?? "") || isWhole(phrase)) &&
        phrase.names.length === 0 &&
        phrase.hints.length === 0
    );
  const isThing = (kind: NameKind) => kind === "asset";
  // "sell half of it for USDT": what is received is not what "it" is
  const isNamed = phrases.some(({ prep, names }) =>
    names.some(({ kind }) => isThing(kind)) &&
    !/^(?:for|to|into|in exchange for|against)$/.test(prep ?? "")
  );
  // "that validator keeps missing blocks, so take my TIA off it": where, and not what
  const leads = phrases.some(({ pronoun, prep }) =>
    pronoun !== null && /^(?:from|off|out of)$/.test(prep ?? "")
  );
  if (!refers || isTheirs(ground) || (isNamed && !leads)) return [];
  // "my loan on Aave": a place
  const isPlaced = (tag: Tag, before: Tag | undefined) => {
    const isLed = /^(?:on|at|in|into|from|with)$/.test(before?.norm ?? "");
    const isSubject = !/^[A-Z]{2,}$/.test(tag.text) && before?.quantity === undefined &&
      !may(before, "determiner");
    const isWritten = isFetched && isLed && !/^[A-Z]{2,}$/.test(tag.text);
    return (isWritten || phrases.length === 0 && (isLed || isSubject)) && mayName(tag, "place");
  };
  const named = ground.filter((tag, i) => !isPlaced(tag, ground[i - 1])).flatMap((tag) =>
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
    quantity && !quantity.refusal && /^(?:amount|fraction|percent)$/.test(quantity.kind)
      ? [quantity]
      : []
  );
  // "a third of my DAI"
  const [said] = counted;
  const isOfThing = thing !== undefined && said !== undefined &&
    (said.to === thing.tag.from ||
      said.kind !== "amount" &&
        ground.filter(({ from }) => from >= said.to && from < thing.tag.from)
          .every((tag) => may(tag, "determiner")));
  const own = phrases.some(({ amount }) => amount !== null);
  return [{
    prep: null,
    joined: false,
    pronoun: null,
    pronounAt: null,
    self: false,
    front: true,
    amount: !own && counted.length === 1 && isOfThing ? said! : null,
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
