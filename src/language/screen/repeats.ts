import type { Roles } from "../roles.ts";
import { verbOf } from "../order.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** Words that say the same again: "that is", "i.e.", "I repeat". */
const AGAIN =
  /^(?:that is|that's|that|is|i\.e|i\.e\.|ie|i|repeat|namely|meaning|in|words|figures|or|again|yeah|yes|yep)$/;
/** Words that may lead up to a repetition behind a sign: "…, as in 2,000", "…, so 2500 total". */
const LEADS_TO =
  /^(?:as|so|thats|which|which is|aka|viz|precisely|exactly|to|say|equals|meaning|makes|total|totals|it's|its)$/;
/** How far apart an amount and its repetition may stand, in tags. */
const REACH = 11;
/** The same where nothing leads up to the repetition. */
const NEAR = 8;

/** "supply supply two ETH", "pull pull out": a word that is said again is the same word. */
export function dropStutters(tags: readonly Tag[], roles: Roles): Tag[] {
  return tags.filter((tag, i) => {
    const next = tags[i + 1];
    const isAgain = next !== undefined && /^[a-z]{2,}$/.test(tag.norm) &&
      (next.norm === tag.norm || next.norm.startsWith(`${tag.norm} `)) &&
      may(tag, "verb", "determiner", "prep") && may(next, "verb", "determiner", "prep") &&
      !may(tag, "name", "negation", "object") && !tag.quantity && !next.quantity;
    if (isAgain) roles.set(tag, "correction");
    return !isAgain;
  });
}

function namesOf(tag: Tag | undefined): readonly string[] {
  return tag?.senses.flatMap((sense) => sense.role === "name" ? [sense.name] : []) ?? [];
}

/** Takes out an amount that is said twice: "five (5) ETH", "10k USDT, that is 10,000 USDT". */
export function dropRepeats(tags: readonly Tag[], roles: Roles): Tag[] {
  const kept = [...tags];
  for (let i = 0; i < kept.length; i++) {
    const first = kept[i]!.quantity;
    if (!first || first.refusal || first.value === undefined) continue;
    let next = i + 1;
    let says = false;
    while (kept[next] && next < i + REACH && !kept[next]!.quantity) {
      const { norm, mark } = kept[next]!;
      if (may(kept[next], "and")) break;
      // "half in aave and half in compound" is no "half, in words"
      const isPrep = norm === "in" &&
        !/^(?:words|figures|numbers?)$/.test(kept[next + 1]?.norm ?? "");
      if (mark === "(" || mark === "," || (AGAIN.test(norm) && !isPrep)) says = true;
      next++;
    }
    const second = kept[next]?.quantity;
    if (!second || second.refusal || second.value !== first.value || !says) continue;
    // "100 USDC into aave, 100 into morpho": as much again
    const told = kept.slice(i + 1, next);
    const isMore = may(kept[next + 1], "prep") && kept[next + 1]!.norm !== "of" &&
      told.some((tag) => may(tag, "prep") && !AGAIN.test(tag.norm)) &&
      !told.some(({ norm, mark }) => mark === "(" || AGAIN.test(norm));
    // "withdraw 500 USDC from aave, deposit 500 USDC into spark": another act
    const isNext = told.some((tag) => {
      const actions = may(tag, "name") ? [] : verbOf(tag, "base")?.actions ?? [];
      return actions.length > 0 &&
        !kept.slice(0, i).some((one) =>
          verbOf(one, "base", "gerund", "participle")?.actions.some((action) =>
            actions.includes(action)
          )
        );
    });
    if (isMore || isNext) continue;
    // Back to where the repetition begins
    const hasSign = kept.slice(i, next).some(({ mark }) => mark === "," || mark === "(");
    let from = next;
    while (
      from > i + 1 &&
      (kept[from - 1]!.mark !== undefined || AGAIN.test(kept[from - 1]!.norm) ||
        hasSign && LEADS_TO.test(kept[from - 1]!.norm))
    ) {
      from--;
    }
    let to = next + 1;
    const name = kept[i + 1];
    // "stake 5 SOL, stake 5 AVAX": as many of another thing
    const [named, said] = [namesOf(name), namesOf(kept[to])];
    if (named.length > 0 && said.length > 0 && !said.some((one) => named.includes(one))) continue;
    const isLed = kept.slice(from, next).some(({ norm }) => LEADS_TO.test(norm));
    // "500 USDC, so 500 DAI": another thing
    const isOther = may(kept[to], "name") && kept[to]!.norm !== name?.norm ||
      first.kind !== second.kind;
    if (isLed ? isOther : next > i + NEAR) continue;
    if (from > i + 1 && may(name, "name") && kept[to]?.norm === name!.norm) to++;
    if (kept[to]?.mark === ")" || (kept[to]?.mark === "," && from === i + 1)) to++;
    for (const tag of kept.slice(from, to)) roles.set(tag, "correction");
    kept.splice(from, to - from);
  }
  return kept;
}

/** Refusals of amounts that an amount behind them may clear up. */
const UNCLEAR = /^(?:vague|approximate|ambiguous|malformed|arithmetic|multiplier|inexact)$/;
/** What opens such an amount: "i.e. 144", "meaning 3,500", "namely 300 DOT". */
const CLEARS =
  /^(?:i\.e|i\.e\.|ie|namely|that is|that's|thats|is|that|meaning|i mean|or rather|in other words|specifically|viz|so|to be exact|to be precise|which is|which makes|making|for|exactly|precisely|in figures|in words|it's|equals|=)$/;
const CLOSES =
  /^(?:to be exact|to be precise|exactly|precisely|in total|in all|in fact|all told|in figures)$/;

/**
 * Takes out an amount that says little where the amount behind it says what is meant: "a couple of KSM, so two",
 * "some USDC (300 to be exact)".
 */
export function dropUnclear(tags: readonly Tag[], roles: Roles): Tag[] {
  const counted = tags.flatMap(({ quantity }, i) =>
    quantity && quantity.kind !== "ordinal" ? [i] : []
  );
  const [first, second] = counted as [number, number];
  if (counted.length !== 2) return [...tags];
  const [unclear, clear] = [tags[first]!.quantity!, tags[second]!.quantity!];
  const isOpen = unclear.refusal !== undefined && UNCLEAR.test(unclear.refusal.kind);
  const isClear = clear.refusal === undefined &&
    ["amount", "money", "fraction"].includes(clear.kind);
  if (!isOpen || !isClear || second - first > REACH) return [...tags];
  let from = second;
  let says = false;
  while (from > first + 1 && !tags[from - 1]!.mark && isClearing(tags[from - 1]!)) {
    says = true;
    from--;
  }
  const sign = tags[from - 1]?.mark;
  if (!(sign && /^[,.(:-]$/.test(sign)) && from > first + 1) return [...tags];
  let to = second + 1;
  const name = tags.slice(first + 1, from).find((tag) => may(tag, "name"));
  // "some USDC, namely 300 DAI": another thing
  if (may(tags[to], "name") && tags[to]!.norm !== name?.norm && name !== undefined) {
    return [...tags];
  }
  const again = name !== undefined && tags[to]?.norm === name.norm;
  if (again) to++;
  while (tags[to] && (CLOSES.test(tags[to]!.norm) || tags[to]!.mark === ")")) {
    says ||= !tags[to]!.mark;
    to++;
  }
  const ends = tags[to] === undefined || tags[to]!.mark !== undefined ||
    may(tags[to], "prep", "name", "determiner", "courtesy", "urgency", "particle");
  if (!says || !ends) return [...tags];
  const start = sign === undefined ? from : from - 1;
  for (const tag of [tags[first]!, ...tags.slice(start, to)]) roles.set(tag, "correction");
  const clearTag: Tag = { ...tags[second]! };
  // A comma that closed the amount closes nothing any more
  const next = tags[to]?.mark === "," && start === first + 1 ? to + 1 : to;
  return [
    ...tags.slice(0, first),
    clearTag,
    ...tags.slice(first + 1, start),
    ...tags.slice(next),
  ];
}

function isClearing(tag: Tag): boolean {
  return CLEARS.test(tag.norm);
}

/** "Of the 200 ATOM in my wallet stake 35": of how much it is, where the order says how much is meant. */
export function dropWhole(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex((tag) => !tag.mark && !may(tag, "greeting", "courtesy", "filler"));
  const [of, the, whole, name] = tags.slice(at, at + 4);
  const isWhole = at >= 0 && /^(?:of|out of|from)$/.test(of?.norm ?? "") &&
    /^(?:the|my|our|those|these)$/.test(the?.norm ?? "") &&
    whole?.quantity?.kind === "amount" && whole.quantity.refusal === undefined && may(name, "name");
  if (!isWhole) return [...tags];
  const others = tags.slice(at + 3).filter(({ quantity }) =>
    quantity && quantity.kind !== "ordinal"
  );
  const part = others[0]?.quantity;
  const isPart = others.length === 1 && part!.refusal === undefined &&
    part!.kind === "amount" && Number(part!.value) <= Number(whole!.quantity!.value);
  if (!isPart) return [...tags];
  for (const tag of [of!, whole!]) roles.set(tag, "aside");
  return tags.filter((tag) => tag !== of && tag !== whole);
}

/** "knock 40 off the 90 DAI I owe": of how much it is. */
export function dropWholeBehind(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex(({ norm, quantity }, i) =>
    quantity !== undefined && norm !== "" && tags[i + 1]?.norm === "off" &&
    /^(?:the|my|our)$/.test(tags[i + 2]?.norm ?? "") && tags[i + 3]?.quantity !== undefined &&
    may(tags[i + 4], "name")
  );
  const [part, whole] = [tags[at]?.quantity, tags[at + 3]?.quantity];
  const isPart = [part, whole].every((one) => one?.kind === "amount" && !one.refusal) &&
    Number(part!.value) <= Number(whole!.value);
  if (at < 0 || !isPart) return [...tags];
  roles.set(tags[at + 3]!, "aside");
  return tags.filter((_, i) => i !== at + 3);
}

const HALVES: Readonly<Record<string, number>> = {
  "a half": 0.5,
  "half": 0.5,
  "a quarter": 0.25,
  "three quarters": 0.75,
};

/** "one ETH and a half": one amount. */
export function joinHalves(tags: readonly Tag[], roles: Roles): Tag[] {
  const at = tags.findIndex(({ quantity }, i) =>
    quantity?.kind === "amount" && !quantity.refusal && /^\d+$/.test(quantity.value ?? "") &&
    may(tags[i + 1], "name") && tags[i + 2]?.norm === "and" &&
    tags[i + 3]?.quantity?.kind === "fraction" && HALVES[tags[i + 3]!.norm] !== undefined &&
    tags[i + 4]?.norm !== "of" && !may(tags[i + 4], "name", "determiner")
  );
  if (at < 0) return [...tags];
  const one = tags[at]!;
  const value = String(Number(one.quantity!.value) + HALVES[tags[at + 3]!.norm]!);
  for (const tag of tags.slice(at + 2, at + 4)) roles.set(tag, "amount");
  return [
    ...tags.slice(0, at),
    { ...one, quantity: { ...one.quantity!, value } },
    tags[at + 1]!,
    ...tags.slice(at + 4),
  ];
}
