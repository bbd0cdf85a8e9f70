/** Words for people other than the one who speaks: what is theirs is not to be acted on. */
const OTHERS = /^(?:his|hers?|theirs?|whose|someone|somebody|anyone|everyone|nobody)$/;
const KIN =
  /^(?:brother|sister|sibling|mother|father|mum|mom|mama|mommy|dad|papa|daddy|parent|son|daughter|child|children|kid|friend|buddy|mate|pal|cousin|uncle|aunt|nephew|niece|husband|wife|spouse|partner|fiancee?|girlfriend|boyfriend|roommate|flatmate|landlord|tenant|colleague|coworker|co-worker|boss|client|customer|user|employer|neighbou?r|grandma|grandpa|grandmother|grandfather|guy|lady|man|woman|accountant|lawyer|teacher|student|stranger)(?:s|'s|s')?$/;
/** "It's", "What's": a verb, not an owner. */
const CONTRACTED =
  /^(?:it|that|this|what|let|here|there|he|she|who|how|where|when|why|everything|something|nothing|one|all)'s$/;
/** "Kim's", "next year's": not what is the speaker's now. */
const OWNERS = /^\p{Lu}.*['’]s$/u;
const PERIODS = /^(?:year|month|quarter|tomorrow)'s$/;

/** True for a word that stands for somebody else, or for what is theirs. */
export function isOthers(norm: string): boolean {
  return OTHERS.test(norm) || KIN.test(norm);
}

/** True for a word in the possessive that says whose something is, or of when. */
export function isOwner(text: string, norm: string): boolean {
  return OWNERS.test(text) && !CONTRACTED.test(norm) || PERIODS.test(norm);
}
