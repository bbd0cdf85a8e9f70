import type { Roles } from "../roles.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** Words that say the same again: "that is", "i.e.", "I repeat". */
const AGAIN =
  /^(?:that is|that's|that|is|i\.e|i\.e\.|ie|i|repeat|namely|meaning|in|words|figures|or|again)$/;
/** How far apart an amount and its repetition may stand, in tags. */
const REACH = 8;

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
    if (isMore) continue;
    // Back to where the repetition begins
    let from = next;
    while (
      from > i + 1 && (kept[from - 1]!.mark !== undefined || AGAIN.test(kept[from - 1]!.norm))
    ) {
      from--;
    }
    let to = next + 1;
    const name = kept[i + 1];
    if (from > i + 1 && may(name, "name") && kept[to]?.norm === name!.norm) to++;
    if (kept[to]?.mark === ")" || (kept[to]?.mark === "," && from === i + 1)) to++;
    for (const tag of kept.slice(from, to)) roles.set(tag, "correction");
    kept.splice(from, to - from);
  }
  return kept;
}
