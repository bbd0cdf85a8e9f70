import type { PlainRole } from "../sense.ts";
import type { Tag } from "../tokens/tags.ts";

/** Roles that bear no load wherever they stand in a clause, the surest first. */
export const LIGHT: readonly PlainRole[] = [
  "courtesy",
  "greeting",
  "urgency",
  "insistence",
  "address",
  "filler",
];

const PICTURE = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200D|\uFE0F|\uFE0E)+$/u;
/** Pictures that say that something is done, forbidden or doubted. */
const TELLING = /[☐☑✅✔☒❌✖🚫⛔🛑❓❔⁉‼🙅👎🤔🤣😂🙃😜]/u;

/** True for a picture that tells nothing by itself. */
export function isPicture({ text }: Tag): boolean {
  return text.charCodeAt(0) > 0x1fff && PICTURE.test(text) && !TELLING.test(text);
}

/** The role of words that may stand around an order and mean nothing for it; null for others. */
export function lightRole(tag: Tag): PlainRole | null {
  if (PICTURE.test(tag.text)) return TELLING.test(tag.text) ? null : "filler";
  if (tag.senses.length === 0) return null;
  for (const role of LIGHT) {
    for (let i = 0; i < tag.senses.length; i++) if (tag.senses[i]!.role === role) return role;
  }
  return null;
}
