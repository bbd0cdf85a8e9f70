import { verbOf } from "../order.ts";
import { may, senseOf, type Tag } from "../tokens/tags.ts";
import { lightRole } from "./transparent.ts";

/** Words that make an order depend on something. */
export const CONDITIONS =
  /^(?:if|so long as|as long as|unless|when|whenever|once|until|till|provided|providing|assuming|in case|supposing|otherwise|or else|pending|subject to|upon|depending|contingent|conditional|permitting|on condition|whether|in the event|failing|lest|barring|eventually|the nod|the green light|green light|only if|only when|every time|each time|await|should|as soon as|the moment|the minute)$/;
/** Words of play and doubt. */
export const PLAY =
  /^(?:test|testing|tests|pretend|imagine|example|hypothetical|hypothetically|simulate|simulation|simulated|sandbox|mock|draft|drill|practice|backtest|roleplay|role-play|demo|dry run|dry-run|fiction|fictional|scenario|experiment|joke|joking|kidding|maybe|perhaps|might|may|possibly|probably|wish|dream|someday|theory|wishlist|rehearsal|paper trade|lyrics|void)$/;
/** Nouns of speech and writing: what follows a colon after one is quoted. */
export const WRITING =
  /^(?:phrase|password|song|title|plan|plans|note|notes|message|email|mail|website|site|docs|text|quote|story|poem|memo|headline|prompt|words|word|sentence|tweet|post|sign|label|caption|subject|headers?|log|logs|history|status|error|summary|transcript|line|script|motto|slogan|rumou?r|advice|tip|rule|rules|instructions|article|book|page|letter|answer|reply|question|output|response|code|wishlist|todo|list|agenda|saying)$/;
/** Words of those who claim a right to order, or want the checks out of the way. */
export const CLAIMS =
  /^(?:approved|approves|authori[sz]ed|authori[sz]es|permission|permitted|guards?|safety|admin|administrator|root|sudo|system|instructions|override|overridden|developer|debug|bypass|verification|checks|limits|policy|policies|unrestricted)$/;
export const FINITE =
  /^(?:broke|ran|fell|rose|grew|began|gave|made|got|did|knew|thought|felt|found|kept|held|brought|caught|paid|met|sat|stood|sent|spent|built|hit|cut|set|let|shut|quit|burst|ate|drank|drove|flew|froze|wore|chose|spoke|woke|threw|shook|stole|sank|swam|hit|hurt|slept|dreamt|learnt|burnt|blew|wound|swore|tore|sang|rang|dug|stuck|hung|fled|fought|taught|meant|bent|lent|rid|slid|spread|cost|cried|died|tied|lied|'re|'ve|'d|'ll|you're|is|are|was|were|am|has|have|had|'s|did|does|do|will|would|can|can't|could|got|need|needs|want|wants|owe|owes|like|likes|love|hate|think|feel|know|keep|keeps|put|took|bought|sold|went|came|made|said|lost|won|left|sit|sits|don't|doesn't|isn't|aren't|wasn't|won't|i'm|i've|i'd|i'll|we're|we've|it's|there's|that's|they're|here's|heres|promised|trust|swear|swears|prefer|expect|hear|heard|read|saw)$|.{2,}(?:ed|[^su]s)$/;
export const OWN_START =
  /^(?:i|i'm|i've|i'd|i'll|we|we're|we've|it|it's|there|there's|that's|they|they're|she|he|she's|he's|everyone|everybody|nothing|this|nobody|my|our|the|been|his|her|their|all|enough|long|what|no|here's|heres)$/;

/** What says that nothing is to change. */
export const STAYS = /^(?:stays?|staying|remains?|unchanged)$/;

/** Why the words around an order take away its force. */
export type ScreenFault =
  | "condition"
  | "quotation"
  | "hypothetical"
  | "negation"
  | "question"
  | "not_understood";

/**
 * Screens a clause before an order: it may tell how things are, in a sentence of its own. Null if it does
 * nothing else.
 *
 * @param end The sign behind the clause.
 * @param isChained Whether it goes on with what the clause before it tells.
 */
export function screenBefore(
  tags: readonly Tag[],
  end: string,
  isChained = false,
): ScreenFault | null {
  const words = tags.filter((tag) =>
    (lightRole(tag) === null || may(tag, "subject", "insistence")) && !tag.mark
  );
  if (words.every((tag) => lightRole(tag) !== null)) return null;
  if (words.length === 0) return null;
  const norms = words.flatMap(({ norm }) => norm.split(" "));
  // "Don't you dare hold it any longer": against waiting
  const hurries =
    /^(?:but |so )?(?:don't|do not|never)(?: you dare| ever| just)? (?:hold|let|leave|keep|wait|sit|make me|bother|stall)\b|^(?:but |so )?(?:let's not|let us not|no (?:point|sense|use)(?: in)?) (?:leav|wait|hold|let|keep|sit|delay|stall)/;
  const dallies =
    /^(?:but |so )?without (?:(?:any |a )?(?:more |further )?)(?:waiting|wasting|thinking|asking|delaying|delay|hesitating|hesitation|blinking|looking|batting|fuss|ado|dithering|dawdling|stalling)\b(?!.*\b(?:until|till|if)\b)|^(?:please )?(?:forget|ignore|never mind|nevermind|disregard|scratch) (?:what|everything|all|anything) (?:i|we) (?:said|told you|wrote)(?: [a-z]+){0,3} about (?:waiting|holding|not selling|hodling|patience|staying)\b|^(?:but |so )?(?:never ?mind|don't mind|dont mind|don't worry about|forget about|forget|ignore|to hell with|screw|sod|bugger|damn|i don't care about|who cares about)(?: about)? (?:the |my |all the |that |this )?(?:gas|gas fees?|fees?|slippage|prices?|costs?|weather|risks?|rates?|mess|time|hour|late hour|news|haters|markets?|noise|doubters|naysayers|critics|charts?|dip|details|paperwork|grammar|spelling|typos?|accent|football|score)$/;
  if (hurries.test(norms.join(" ")) || dallies.test(norms.join(" "))) return null;
  const fault = shared(words, norms);
  if (fault) return fault;
  if (end === "?") return "question";
  const last = norms.slice(-3);
  const spoken = words.slice(-2).some((tag) => may(tag, "speech")) ||
    last.some((word) => /^(?:says|said|told|tells|goes|reads|wrote|asked|asks)$/.test(word));
  if (spoken) return "quotation";
  const isWritten = norms.some((word) => WRITING.test(word)) ||
    /\bwhat (?:i|we|he|she|they) (?:typed|wrote|said|sent|posted|entered)\b/.test(norms.join(" "));
  if (end === ":" && isWritten) return "quotation";
  let start = 0;
  while (
    /^(?:so|but|and|well|as|since|because|seeing|that|given|now|yet|though|though)$/.test(
      norms[start] ?? "",
    )
  ) start++;
  const reasoned = start > 0 && /^(?:as|since|because|seeing|given|now)$/.test(norms[0]!);
  const first = norms[start];
  if (first === undefined) return "not_understood";
  if (first === "you" || first === "your") return "not_understood";
  const own = OWN_START.test(first);
  const hasSubject = /^(?:i|we|they|he|she|everyone|everybody|nobody)$/.test(first) &&
    norms.length > 2;
  const finite = hasSubject ||
    norms.slice(own || isChained ? start : start + 1).some((word) => FINITE.test(word));
  if (!finite) return "not_understood";
  // "Inflation eats unstaked ATOM": a thing, then what it does
  const opener = words.find((tag) => !/^(?:so|but|and|well|now|yet|though)$/.test(tag.norm));
  const bare = !may(opener, "prep", "condition", "frame", "verb", "label");
  const told = own || reasoned || (isChained && FINITE.test(first)) ||
    (bare && FINITE.test(norms[start + 1] ?? ""));
  if (!told) return "not_understood";
  const isNamed = /^(?:the|my|our|his|her|their|a|an)$/.test(first);
  const isSaid = norms.some((word) => /^(?:is|are|'s)$/.test(word)) ||
    /\b(?:have|has) been\b/.test(norms.join(" "));
  if (end === ":" && isNamed && !isSaid) {
    return "quotation";
  }
  return end === ":" && !own && !reasoned && !isChained ? "not_understood" : null;
}

/** Screens a clause after an order: it may give a reason, and nothing that an order could bear. */
export function screenAfter(tags: readonly Tag[], start: string): ScreenFault | null {
  const words = tags.filter((tag) => lightRole(tag) === null && !tag.mark);
  if (words.length === 0) return null;
  const norms = words.flatMap(({ norm }) => norm.split(" "));
  const fault = shared(words, norms);
  if (fault) return fault;
  if (words.some((tag) => may(tag, "negation"))) return "negation";
  if (words.some((tag) => may(tag, "question"))) return "question";
  if (
    words.some((tag, i) => tag.quantity && tag.quantity.kind !== "approximate" && !isDue(words, i))
  ) {
    return "not_understood";
  }
  // "as a last step stake it on lido": another order is no reason
  const acts = words.some((tag, i) => {
    const next = words[i + 1];
    return (verbOf(tag, "base")?.actions.length ?? 0) > 0 && !may(tag, "name") &&
      (next?.quantity !== undefined || may(next, "pronoun", "name"));
  });
  if (acts) return "not_understood";
  // "so that it stays staked", "so it shows up on BNB Chain": against the order, or more than it
  const isMore = norms.some((word) => STAYS.test(word)) ||
    words.some((tag) => senseOf(tag, "name")?.kind === "chain");
  if (isMore) return "not_understood";
  const first = words[0]!;
  if (may(first, "reason") || reasonWord(norms)) return null;
  // A sentence of its own: "I want to maximise my earnings."
  const tells =
    /^(?:i need|i want|i'm|i am|i have|i've|we need|we want|my|i just want|i like|i love|it's for|it is for|this is for|that's for)/;
  if (/^(?:i|we) (?:need|want) (?:it|them|the money|the cash)\b/.test(norms.join(" "))) return null;
  return [".", "!", "-", "?"].includes(start) && tells.test(norms.join(" ")) &&
      !norms.some((word) =>
        /^(?:back|bad|wrong|sorry|done|mistake|mind|decided|against)$/.test(word)
      )
    ? null
    : "not_understood";
}

/** "because rent's due Friday": when what moves the speaker is, and not when to act. */
function isDue(words: readonly Tag[], at: number): boolean {
  const kind = words[at]!.quantity?.kind ?? "";
  if (!/^(?:time|date)$/.test(kind) || !reasonWord([words[0]!.norm.split(" ")[0]!])) return false;
  let before = at - 1;
  while (before > 0 && /^(?:on|by|this|next|the|at|in)$/.test(words[before]!.norm)) before--;
  return before > 0 &&
    /^(?:due|payable|expires?|ends?|starts?|begins?|matures?|lands?|arrives?|leaves?|closes?|opens?|moving|flying|leaving|coming|up)$/
      .test(words[before]!.norm);
}

function reasonWord(norms: readonly string[]): boolean {
  return /^(?:because|cause|cos|coz|since|as|so|seeing)$/.test(norms[0]!);
}

function shared(words: readonly Tag[], norms: readonly string[]): ScreenFault | null {
  const text = norms.join(" ");
  if (
    words.some(({ norm }) => CONDITIONS.test(norm)) ||
    norms.some((w) => CONDITIONS.test(w) && w !== "once" && w !== "should" && w !== "upon")
  ) {
    return "condition";
  }
  if (norms.some((word) => CLAIMS.test(word))) return "not_understood";
  const playing = norms.findIndex((word, i) =>
    PLAY.test(word) && !(word === "may" && /^(?:in|since|last|of)$/.test(norms[i - 1] ?? ""))
  );
  if (playing >= 0 && !/\b(?:not|n't|was|only joking before|no longer)\b/.test(text)) {
    return "hypothetical";
  }
  if (words.some((tag) => /[^\P{L}a-z]/iu.test(tag.norm))) {
    return "not_understood";
  }
  // "I don't want to deposit", "she wants me to withdraw"
  const acts = words.some((tag, i) =>
    (verbOf(tag, "base") &&
      ["to", "not", "never", "don't", "you", "please"].includes(
        words[i - 1]?.norm.split(" ").at(-1) ?? "",
      ) &&
      !may(tag, "name")) ||
    (verbOf(tag, "base") && (words[i + 1]?.quantity !== undefined) && i === 0)
  );
  return acts ? "negation" : null;
}
