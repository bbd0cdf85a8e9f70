import type { Arguments } from "../arguments.ts";
import type { PlainRole } from "../sense.ts";
import { isOthers, isOwner } from "../persons.ts";
import { lightRole } from "../screen/transparent.ts";
import { may, type Tag } from "../tokens/tags.ts";

/** Senses that bear load wherever they stand. */
const LOADED: readonly PlainRole[] = ["negation", "condition", "question", "speech", "play"];

/** Words that open a clause about the thing: "what Spark owes me". */
const RELATIVE = /^(?:what|what's|whatever|whatever's|which|whose|instead)$/;

/** Words that no list of senses holds and that take back, put off, split or bound an order. */
const HEAVY =
  /^(?:phrase|passphrase|password|mnemonic|login|stolen|hacked|scammed|lost|asking|wondering|unsure|undecided|curious|ended|drill|denied|declined|bounced|rejected|kilos?|kg|grams?|lit(?:er|re)s?|pints?|bottles?|boxes|intention|intentions|stays?|remains?|failed|fails|underway|exceeded|reverted|succeeded|deploying|minting|launching|interest-free|zero-interest|de|del|des|du|dans|para|con|mit|zu|sur|sobre|nach|outside|competitor|competitors|rival|alternative|something|finish|conclude|continue|afterwards|nil|nought|naught|zilch|weekend|tmrw|tmr|2morrow|easter|eve|christmas|home|car|student|mortgage|flyer|airline|baggage|luggage|request|requests|order|orders|transaction|tx|transactions|bei|beim|zum|zur|vom|von|aus|unter|meinen|meinem|meiner|mein|avec|chez|sans|pour|depuis|vers|nel|nella|dalla|dallo|alla|tutto|todo|todos|todas|mis|desde|hasta|hacia|nich|niet|pas|jamais|nunca|nie|niemals|kein|keine|keinen|nessuno|nein|nada|ikke|inte|aldrig|lieber|nicht|lassen|top|bottom|help|en|el|la|por|favor|mi|si|di|il|le|les|mes|meine|auf|und|ich|bitte|voting|resolution|option|strike|reverse|postpone|delay|defer|deferred|later|eventually|plan|planning|plans|planned|consider|considering|thinking|tempted|draft|drafts|prepare|calendar|todo|to-do|reminder|remind|simulated|either|neither|nor|whichever|whether|unless|until|till|alternatively|half|double|triple|twice|each|every|per|split|evenly|gradually|slices|batches|tranches|instalments|installments|slowly|automatically|auto|automatic|recurring|epoch|weekly|daily|monthly|limit|below|above|under|beyond|dips|drops|hits|reaches|touches|rises|falls|floor|ceiling|target|trigger|signal|queue|pending|sign|signer|signature|signatures|multisig|approval|approvals|allowance|allowances|router|spend|spender|bridge|bridged|cctp|wormhole|stargate|layerzero|long|short|leverage|leveraged|fivefold|tenfold|flash|perp|perps|margin|bid|auction|nft|token-id|mint|airdrop|vote|ballot|proposal|memo|message|note|email|invoice|iban|card|kraken|coinbase|binance|cex|exchange|script|python|javascript|json|code|function|sql|test|tests|fake|mock|pretend|paper|sandbox|testnet|sepolia|goerli|minus|except|excluding|without|exclude|nothing|none|nobody|never|no|not|cannot|wrong|mistake|cancel|cancelled|canceled|abort|undo|void|revoke|revoked|stop|halt|wait|hold|signal|confirm|confirmation|approve|approved|unless|maybe|perhaps|might|possibly|probably|hypothetically|theoretically|suppose|imagine|example|instance|he|she|they|plumber|circumstances|rate|price|virtually|jk|jks|event|existence|easter|christmas|birthday|somewhere|somehow)$/;

/** Words that take back all that was said, unless something takes its place. */
const TAKES_BACK =
  /^(?:(?:scratch|scrap|strike) that|(?:i )?(?:mistyped|typed (?:it|that) wrong)|let me (?:rephrase|start|correct)|(?:no )?(?:that's|thats|that was) wrong|wrong |(?:sry |sorry )?fat |slip of|(?:hang|hold) on)/;

/** True if a word bears no load: it may be left unread. */
export function isIdle(tag: Tag): boolean {
  if (RELATIVE.test(tag.norm)) return true;
  if (tag.quantity || may(tag, "name", "foreign", ...LOADED)) return false;
  if (tag.senses.some((sense) => sense.role === "verb" && sense.verb.foreign !== undefined)) {
    return /^(?:hold|keep|see|leave|protect|none)/.test(tag.norm);
  }
  if (tag.mark) return tag.mark !== "->" && tag.mark !== "<-" && tag.mark !== "?";
  if (lightRole(tag) !== null) return true;
  // "stake 5 ETH, scratch that": what is taken back, where nothing takes its place
  if (may(tag, "correction") && TAKES_BACK.test(tag.norm)) return false;
  const norms = tag.norm.split(" ");
  if (norms.some((word) => HEAVY.test(word) || isOthers(word))) return false;
  if (isOwner(tag.text, tag.norm)) return false;
  if (tag.senses.some((sense) => sense.role === "verb" && sense.form === "base")) return false;
  // "withdraw my order": not the thing but what was said of it
  if (may(tag, "label") && /order|request|instruction|command|task|job|action/.test(tag.norm)) {
    return false;
  }
  if (/[^a-z' ]/.test(tag.norm)) return false;
  // A capital in the middle of a clause is a name
  return tag.senses.length > 0 || tag.text === tag.norm || tag.from === 0;
}

/** The tags of a list that bear load. */
export function loaded(tags: readonly Tag[]): Tag[] {
  return tags.filter((tag) => !isIdle(tag));
}

/** What of an order's unread words bears load: words in the place of a thing do, too. */
export function loadedIn({ unread, things, nouns }: Arguments): Tag[] {
  return unread.filter((tag) => things.includes(tag) || !(isIdle(tag) || nouns.includes(tag)));
}
