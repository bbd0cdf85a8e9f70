/** The words of English numbers. Indian and short scales are read, the long scale is not. */

export const SMALL: Readonly<Record<string, bigint>> = {
  zero: 0n,
  nought: 0n,
  naught: 0n,
  nil: 0n,
  one: 1n,
  two: 2n,
  three: 3n,
  four: 4n,
  five: 5n,
  six: 6n,
  seven: 7n,
  eight: 8n,
  nine: 9n,
  ten: 10n,
  eleven: 11n,
  twelve: 12n,
  thirteen: 13n,
  fourteen: 14n,
  fifteen: 15n,
  sixteen: 16n,
  seventeen: 17n,
  eighteen: 18n,
  nineteen: 19n,
};

export const TENS: Readonly<Record<string, bigint>> = {
  twenty: 20n,
  thirty: 30n,
  forty: 40n,
  fourty: 40n,
  fifty: 50n,
  sixty: 60n,
  seventy: 70n,
  eighty: 80n,
  ninety: 90n,
};

/** Scales that a number in words is built from. */
export const SCALE_WORDS: Readonly<Record<string, bigint>> = {
  thousand: 10n ** 3n,
  lakh: 10n ** 5n,
  lakhs: 10n ** 5n,
  lac: 10n ** 5n,
  million: 10n ** 6n,
  crore: 10n ** 7n,
  crores: 10n ** 7n,
  billion: 10n ** 9n,
  trillion: 10n ** 12n,
};

/** Old counts, which are one before "of" or a thing alone: "a score of UNI". */
export const COUNTS: Readonly<Record<string, bigint>> = { score: 20n, gross: 144n, brace: 2n };

/** Everything that multiplies the number before it. */
export const SCALES: Readonly<Record<string, bigint>> = {
  ...SCALE_WORDS,
  hundred: 100n,
  dozen: 12n,
  grand: 10n ** 3n,
  k: 10n ** 3n,
  m: 10n ** 6n,
  mm: 10n ** 6n,
  mil: 10n ** 6n,
  mill: 10n ** 6n,
  mln: 10n ** 6n,
  mio: 10n ** 6n,
  b: 10n ** 9n,
  bn: 10n ** 9n,
  t: 10n ** 12n,
  tn: 10n ** 12n,
  cr: 10n ** 7n,
};

/** The lower part of a share. "second" is a rank or a time, and so no share. */
export const DENOMINATORS: Readonly<Record<string, bigint>> = {
  half: 2n,
  third: 3n,
  quarter: 4n,
  fourth: 4n,
  fifth: 5n,
  sixth: 6n,
  seventh: 7n,
  eighth: 8n,
  ninth: 9n,
  tenth: 10n,
  eleventh: 11n,
  twelfth: 12n,
  thirteenth: 13n,
  fourteenth: 14n,
  fifteenth: 15n,
  sixteenth: 16n,
  eighteenth: 18n,
  twentieth: 20n,
  thirtieth: 30n,
  fortieth: 40n,
  fiftieth: 50n,
  sixtieth: 60n,
  eightieth: 80n,
  hundredth: 100n,
  thousandth: 1000n,
  millionth: 10n ** 6n,
};

export const RANKS: Readonly<Record<string, string>> = {
  first: "1",
  second: "2",
  third: "3",
  fourth: "4",
  fifth: "5",
  sixth: "6",
  seventh: "7",
  eighth: "8",
  ninth: "9",
  tenth: "10",
};

/** Whether a word in lower case is a part of a number in words: "twenty", "million", "thirds". */
export function isNumberWord(norm: string): boolean {
  return isDigitWord(norm) || norm === "hundred" || Object.hasOwn(SCALE_WORDS, norm) ||
    denominatorOf(norm) !== null;
}

/** Whether a word begins a number of its own: "two", "fifty". */
export function isDigitWord(norm: string): boolean {
  return Object.hasOwn(SMALL, norm) || Object.hasOwn(TENS, norm);
}

/** What a share is counted in: 4 for "quarter" and "quarters"; null for another word. */
export function denominatorOf(
  norm: string,
): { readonly value: bigint; readonly isMany: boolean } | null {
  if (Object.hasOwn(DENOMINATORS, norm)) return { value: DENOMINATORS[norm]!, isMany: false };
  const one = norm === "halves" ? "half" : norm.endsWith("s") ? norm.slice(0, -1) : "";
  if (Object.hasOwn(DENOMINATORS, one)) return { value: DENOMINATORS[one]!, isMany: true };
  const [, digits, many] = /^([1-9]\d{0,3})(?:th|rd)(s?)$/.exec(norm) ?? [];
  return digits === undefined || BigInt(digits) < 3n
    ? null
    : { value: BigInt(digits), isMany: many === "s" };
}

/** Whether a number in words may begin with a word. */
export function mayBeginNumber(norm: string): boolean {
  return norm === "a" || norm === "an" || norm === "point" || norm === "dozen" ||
    isNumberWord(norm);
}
