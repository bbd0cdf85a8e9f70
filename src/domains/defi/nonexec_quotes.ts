import { STEP_VERBS } from "./lexicon.ts";
import type { NonExecutable } from "./nonexec_kind.ts";

const QUOTES = [
  /"([^"]*)"/g,
  /`+([^`]*)`*/g,
  /(?<=^|[\s(:])'([^']{2,}(?:'[a-z][^']*)*)'(?=$|[\s.,;:!?)])/g,
];
const VERB = new RegExp(`\\b(?:${STEP_VERBS.join("|")})\\b`);

/**
 * Finds words that are shown instead of said: a quotation that holds an order or a phrase, or text
 * in the notation of a program. A single name in quotes (`into "aave"`) is said.
 */
export function findQuoted(text: string): NonExecutable | null {
  const data = /[{}<\[\]\\|]|:\/\/|\bwww\.|```|&[a-z]+;/.exec(text);
  if (data) return { kind: "data", span: [data.index, data.index + data[0].length] };
  for (const pattern of QUOTES) {
    for (const match of text.matchAll(pattern)) {
      const inner = match[1]!;
      if (!VERB.test(inner) && inner.trim().split(/\s+/).length < 3) continue;
      return { kind: "quoted", span: [match.index, match.index + match[0].length] };
    }
  }
  // an opening quote that never closes: whoever speaks, it is not clear where they stop
  const lone = text.split('"').length % 2 === 0 ? text.lastIndexOf('"') : -1;
  return lone < 0 ? null : { kind: "quoted", span: [lone, lone + 1] };
}
