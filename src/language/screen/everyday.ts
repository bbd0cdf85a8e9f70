import { verbOf } from "../order.ts";
import { may, mayName, senseOf, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

/** How far behind a word such as "weekly" the rewards stand that it belongs to. */
const REACH = 3;
/** "I say", "I tell you": who orders may say that he does. */
const SPEAKS = /^(?:say|tell|ask)$/;

/** Takes from words the senses that they do not have where they stand: "500 DAI goes to Aave" quotes nobody. */
export function toEveryday(said: readonly Tag[]): Tag[] {
  const tags = takeOwed(said);
  return tags.map((tag, i) => {
    // "goes to Aave", "goes back": moves
    const moves = tag.norm === "goes" && may(tags[i + 1], "prep", "particle");
    if (moves || isPerformed(tags, i)) {
      return { ...tag, senses: tag.senses.filter(({ role }) => role !== "speech") };
    }
    // "after all my ETH is out": when, where "I earned it after all" is not
    const waits = tag.norm === "after all" && tags[i + 1] !== undefined && !tags[i + 1]!.mark &&
      lightRole(tags[i + 1]!) === null;
    if (waits) return { ...tag, senses: [{ role: "condition" }] };
    if (isNamedSo(tags, i)) return { ...tag, senses: [] };
    if (isMine(tags, i)) return { ...tag, senses: [{ role: "determiner" }] };
    if (isStopped(tags, i)) return { ...tag, senses: [{ role: "negation" }] };
    if (isVainNeed(tags, i)) return { ...tag, senses: [{ role: "subject" }] };
    if (!isAttribute(tags, i)) return tag;
    const { quantity: _, ...rest } = tag;
    return { ...rest, senses: [{ role: "adjective" }] };
  });
}

/** "I ask politely: …", "undelegate 5 SOL I tell you": the speaker's own act, at an end of the prompt. */
function isPerformed(tags: readonly Tag[], at: number): boolean {
  if (!SPEAKS.test(tags[at]!.norm) || !/^(?:i|we)$/.test(tags[at - 1]?.norm ?? "")) return false;
  const next = tags[at + 1]?.norm === "you" ? at + 2 : at + 1;
  const before = tags[at - 2];
  const isLast = tags.slice(next).every(({ mark }) => mark !== undefined);
  return before === undefined || before.mark === "." || isLast && !may(before, "condition", "but");
}

/** "my weekly rewards": how often they are paid out, not how often to claim them. */
function isAttribute(tags: readonly Tag[], at: number): boolean {
  const { quantity, norm } = tags[at]!;
  if (quantity?.kind !== "schedule" || !/^(?:weekly|monthly)$/.test(norm)) return false;
  const before = tags[at - 1];
  if (!may(before, "determiner", "name")) return false;
  for (let i = at + 1; i <= at + REACH && i < tags.length; i++) {
    if (senseOf(tags[i], "object")?.hint === "reward") return true;
    if (!may(tags[i], "name", "adjective") && tags[i]!.senses.length > 0) return false;
  }
  return false;
}

/** Words of one who wants something to end or not to be. */
const AGAINST =
  /^(?:please |and )?(?:stop|quit|enough|no|not|don't|dont|do not|never|(?:i'm|im|i am|we're|we are) not|(?:i )?won't|(?:i'm |im )?(?:done|tired|sick|fed up)|nothing) (?!.* and$)/;

/** "stop asking me to stake 5 ETH": of what there is to be no more, where "stop asking me, stake …" only hurries. */
function isStopped(tags: readonly Tag[], at: number): boolean {
  const next = tags[at + 1];
  return AGAINST.test(tags[at]!.norm) && !/(?:wait|time|more|less)$/.test(tags[at]!.norm) &&
    may(tags[at], "insistence") && next !== undefined &&
    !verbOf(next, "base") && lightRole(next) === null &&
    (may(next, "prep", "condition", "self", "pronoun", "question", "speech") ||
      /^(?:about|that|to|of|how|why|regarding)$/.test(next.norm)) &&
    !may(next, "before");
}

/** "I can't not have some yield": a need, where "I can't not claim it" is an order. */
function isVainNeed(tags: readonly Tag[], at: number): boolean {
  if (!/(?:can't|cant|cannot|couldn't) not$/.test(tags[at]!.norm)) return false;
  let next = at + 1;
  while (tags[next] && lightRole(tags[next]!) !== null) next++;
  return (verbOf(tags[next], "base")?.actions.length ?? 0) === 0;
}

/** "cash is king", "a good sport": what somebody is, and not who is spoken to. */
function isNamedSo(tags: readonly Tag[], at: number): boolean {
  return /^(?:emergency|king|queen|sport|baby|babe|hen|lad|lass|digger|doc|governor|mister|ladies|gents)$/
    .test(tags[at]!.norm) && may(tags[at - 1], "be", "determiner", "prep", "adjective");
}

/** "half me ETH", "on me Aave": my, as it is spoken. */
function isMine(tags: readonly Tag[], at: number): boolean {
  const before = tags[at - 1];
  const isLed = before?.quantity !== undefined ||
    /^(?:in|on|from|off|of|to|into|onto|with|out of|at|all)$/.test(before?.norm ?? "");
  return tags[at]!.norm === "me" && isLed &&
    may(tags[at + 1], "name", "object", "adjective", "place_word") &&
    (verbOf(tags[at + 1], "base") === undefined || may(tags[at + 1], "name"));
}

/** What a place owes, behind "whatever" and its name: "whatever the Thena gauge owes me". */
const OWES =
  /^(?:owes|has for|holds for|has earned|has made|has accrued for|has paid|pays|is paying)$/;

/** "collect whatever GMX owes to me": what one has earned there. */
function takeOwed(tags: readonly Tag[]): readonly Tag[] {
  const at = tags.findIndex(({ norm }) =>
    /^(?:whatever|what|all that|everything|anything)$/.test(norm)
  );
  if (at < 0) return tags;
  let to = at + 1;
  while (to < at + 5 && may(tags[to], "determiner", "name", "place_word")) to++;
  const [verb, next] = [tags[to], tags[to + 1]];
  const whom = next?.norm === "to" ? to + 2 : to + 1;
  const owes = to > at + 1 && verb !== undefined && OWES.test(verb.norm) &&
    /^(?:me|us)$/.test(tags[whom]?.norm ?? "") &&
    tags.slice(at + 1, to).some((tag) => may(tag, "name"));
  if (!owes) return tags;
  return tags.map((tag, i) =>
    i === at
      ? { ...tag, senses: [{ role: "object", hint: "reward" }] }
      : i >= to && i <= whom
      ? { ...tag, senses: [{ role: "adjective" }] }
      : i > at && i < to && mayName(tag, "place")
      ? {
        ...tag,
        senses: tag.senses.filter((sense) => sense.role !== "name" || sense.kind === "place"),
      }
      : tag
  );
}
