/** How money is said. Only US dollars are read; the others are named so that they can be refused. */

/** Signs that stand before or after a number. */
export const SIGNS: Readonly<Record<string, string>> = {
  "$": "USD",
  "us$": "USD",
  "u.s.$": "USD",
  "ca$": "CAD",
  "c$": "CAD",
  "a$": "AUD",
  "au$": "AUD",
  "nz$": "NZD",
  "hk$": "HKD",
  "mx$": "MXN",
  "nt$": "TWD",
  "s$": "SGD",
  "sg$": "SGD",
  "r$": "BRL",
  "€": "EUR",
  "£": "GBP",
  "¥": "JPY",
  "₹": "INR",
  "₩": "KRW",
  "₽": "RUB",
  "₺": "TRY",
  "₴": "UAH",
  "₦": "NGN",
  "₫": "VND",
  "₱": "PHP",
  "฿": "THB",
  "₪": "ILS",
};

/** ISO 4217 codes that no English word or common token is spelled like. */
const CODES = new Set(
  ("usd eur gbp jpy cny rmb cad aud nzd chf hkd sgd inr krw mxn brl sek nok dkk pln czk huf thb " +
    "idr php vnd aed ils ngn kes twd myr uah").split(" "),
);

const NAMES: Readonly<Record<string, string>> = {
  dollar: "USD",
  dolar: "USD",
  buck: "USD",
  euro: "EUR",
  pound: "GBP",
  pence: "GBP",
  penny: "GBP",
  quid: "GBP",
  sterling: "GBP",
  yen: "JPY",
  yuan: "CNY",
  renminbi: "CNY",
  rupee: "INR",
  rs: "INR",
  kr: "SEK",
  zl: "PLN",
  loonie: "CAD",
  franc: "CHF",
  peso: "MXN",
  rouble: "RUB",
  ruble: "RUB",
  lira: "TRY",
  naira: "NGN",
  krona: "SEK",
  krone: "NOK",
  zloty: "PLN",
  ringgit: "MYR",
  baht: "THB",
  rand: "ZAR",
  dirham: "AED",
  shekel: "ILS",
};

/** Whose dollars, pounds or pesos, by the word in front. */
export const NATIONS: Readonly<Record<string, string>> = {
  us: "USD",
  "u.s": "USD",
  american: "USD",
  canadian: "CAD",
  australian: "AUD",
  aussie: "AUD",
  "hong-kong": "HKD",
  singapore: "SGD",
  taiwan: "TWD",
  british: "GBP",
  swiss: "CHF",
  mexican: "MXN",
  indian: "INR",
  chinese: "CNY",
  japanese: "JPY",
};

/** The currency of a word in lower case: a code or a name, in either number; null for none. */
export function currencyOf(norm: string): string | null {
  if (CODES.has(norm)) return norm.toUpperCase();
  if (Object.hasOwn(NAMES, norm)) return NAMES[norm]!;
  const one = /^(\p{L}+?)s?(?:'s?)?$/u.exec(norm)?.[1] ?? "";
  return Object.hasOwn(NAMES, one) ? NAMES[one]! : null;
}

/** Whether a word in lower case is a currency's code. */
export function isCode(norm: string): boolean {
  return CODES.has(norm);
}

/** Whether a currency's code or name in lower case may stand before the number. */
export function mayLead(norm: string): boolean {
  return isCode(norm) || /^(?:dollars?|euros?|rs|kr)$/.test(norm);
}
