import { may, senseOf, type Tag } from "../tokens/tags.ts";

/** How far behind a word such as "weekly" the rewards stand that it belongs to. */
const REACH = 3;
/** "I say", "I tell you": who orders may say that he does. */
const SPEAKS = /^(?:say|tell|ask)$/;

/** What an order follows from. */
const SO =
  /^(?:which is why|(?:and )?that's why|that is why|this is why|hence why|for th(?:at|is) reason|as a result)$/;

/** Takes from words the senses that they do not have where they stand: "500 DAI goes to Aave" quotes nobody. */
export function toEveryday(tags: readonly Tag[]): Tag[] {
  return tags.map((tag, i) => {
    // "which is why I want …"
    if (SO.test(tag.norm)) return { ...tag, norm: "so" };
    // "goes to Aave", "goes back": moves
    const moves = tag.norm === "goes" && may(tags[i + 1], "prep", "particle");
    if (moves || isPerformed(tags, i)) {
      return { ...tag, senses: tag.senses.filter(({ role }) => role !== "speech") };
    }
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
