import { verbOf } from "../order.ts";
import type { Roles } from "../roles.ts";
import { may, type Tag } from "../tokens/tags.ts";
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
