import { verbOf } from "../order.ts";
import type { Roles } from "../roles.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

const EXCLUDES = /^(?:don't|dont|do not|never|without|no need to|not|no)$/;
/** Verbs of leaving alone what is not to be acted on. */
const TOUCHES = /^(?:touch|touching|spend|spending)$/;

/**
 * Takes out what an order says at its end that is not to be done: "swap 2 ETH but don't stake it", "repay
 * 200 USDC without touching my stake". It has to be another act than those before it, and to count nothing:
 * a plan of what is asked for keeps to it anyway.
 */
export function dropExclusions(tags: readonly Tag[], roles: Roles): Tag[] {
  const left = leftAt(tags);
  if (left >= 0) {
    for (const tag of tags.slice(left)) roles.set(tag, "correction");
    return tags.slice(0, left);
  }
  const at = tags.findLastIndex(({ norm }) => EXCLUDES.test(norm));
  if (at < 2) return [...tags];
  const opens = may(tags[at - 1], "and", "but") || tags[at - 1]!.mark !== undefined ||
    tags[at]!.norm === "without";
  let next = at + 1;
  while (tags[next] && lightRole(tags[next]!) !== null) next++;
  const verb = verbOf(tags[next], "base", "gerund");
  const touches = TOUCHES.test(tags[next]?.norm ?? "");
  const rest = tags.slice(at);
  const isSaid = opens && (touches || (verb?.actions.length ?? 0) > 0) &&
    rest.length <= 9 &&
    rest.every(({ quantity, mark }, i) =>
      quantity === undefined && (mark === undefined || (mark === "." && i === rest.length - 1))
    ) && !rest.some((tag) => may(tag, "condition", "speech"));
  if (!isSaid) return [...tags];
  const before = tags.slice(0, at);
  const isSame = before.some((tag) => {
    const own = verbOf(tag, "base", "gerund", "participle");
    return own !== undefined && own.actions.some((action) => verb?.actions.includes(action));
  });
  if (isSame) return [...tags];
  let end = at;
  while (end > 0 && (may(tags[end - 1], "and", "but") || tags[end - 1]!.mark === ",")) end--;
  for (const tag of tags.slice(end)) roles.set(tag, "correction");
  return tags.slice(0, end);
}

/** How what is left alone stays. */
const STATE =
  /^(?:as is|as it is|as they are|where it is|where they are|alone|untouched|intact|in place|there|be|in|in there|put|running|staked|locked|working|deposited|supplied|invested|stay|stays as it is|stays as is|stays|stays put|stays in|stays where it is|untouched please)?$/;

/**
 * Where "and leave the liquidity where it is", "and keep the rest staked" begins at the end of an order; -1 if
 * nothing is left alone so, or if it may be what the order is about.
 */
function leftAt(tags: readonly Tag[]): number {
  const words = tags.filter(({ mark }) => mark !== "." && mark !== "!");
  const at = words.findLastIndex((tag, i) =>
    i > 2 && (/^(?:leave|keep|leaving|keeping)$/.test(tag.norm) || STAYS.test(tag.norm))
  );
  if (at < 0) return -1;
  let from = at;
  // "position itself stays as it is", "the rest can stay"
  if (STAYS.test(words[at]!.norm)) {
    while (from > 0 && words[from - 1]!.mark === undefined && !may(words[from - 1], "and")) from--;
  }
  const opens = words[from - 1]?.mark === "," || may(words[from - 1], "and", "but");
  const clause = words.slice(from);
  const thing = clause.findIndex((tag) =>
    may(tag, "object") || tag.quantity?.refusal?.kind === "rest"
  );
  if (!opens || thing < 0 || thing > 3) return -1;
  const before = words.slice(0, from);
  const hint = senseOf(clause[thing], "object")?.hint;
  const counts = before.some(({ quantity }) =>
    quantity !== undefined && !quantity.refusal && quantity.kind !== "all"
  );
  const isOther = hint === undefined
    ? counts
    : before.some((tag) => (senseOf(tag, "object")?.hint ?? hint) !== hint) &&
      !before.some((tag) => senseOf(tag, "object")?.hint === hint);
  const stays = clause.slice(thing + 1).filter(({ norm }) => !/^(?:can|may|should)$/.test(norm));
  const lead = clause.slice(0, thing).every((tag) =>
    /^(?:leave|keep|leaving|keeping)$/.test(tag.norm) || may(tag, "determiner")
  );
  const state = stays.filter(({ norm }) => norm !== "itself")
    .map(({ norm }) => norm).join(" ");
  if (!isOther || !lead || !STATE.test(state)) return -1;
  let start = tags.indexOf(clause[0]!);
  while (start > 0 && (tags[start - 1]!.mark === "," || may(tags[start - 1], "and", "but"))) {
    start--;
  }
  return start;
}

const STAYS = /^(?:stays|stay|can stay|may stay|should stay)$/;
