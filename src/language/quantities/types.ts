import type Fraction from "fraction.js";
import type { Token } from "../tokens/tokens.ts";

/**
 * What a span of a prompt says about "how much" or "when".
 *
 * `amount` a plain number of whatever stands beside it; `money` a worth in a currency; `fraction` and
 * `percent` a share of something held; `all` the whole of it; `time`, `date`, `duration`, `schedule`
 * a moment, a day, a stretch, a repetition; `range` more than one number ("5 or 6"); `bound` a limit
 * ("up to 5"); `approximate` ("about 5", "some"); `exception` ("all but 1"); `price` a rate ("at 20");
 * `ordinal` a rank or a number that names a thing ("2nd", "#5"); `multiplier` a factor ("3x", "twice");
 * `unreadable` a number that has no one value.
 */
export type QuantityKind =
  | "amount"
  | "money"
  | "fraction"
  | "all"
  | "percent"
  | "time"
  | "date"
  | "duration"
  | "schedule"
  | "range"
  | "bound"
  | "approximate"
  | "exception"
  | "price"
  | "ordinal"
  | "multiplier"
  | "unreadable";

/** Why a span cannot be used as one amount. */
export type RefusalKind =
  | "malformed"
  | "ambiguous"
  | "zero"
  | "negative"
  | "not_finite"
  | "hex"
  | "digit_form"
  | "too_long"
  | "inexact"
  | "over_whole"
  | "currency"
  | "range"
  | "bound"
  | "approximate"
  | "vague"
  | "exception"
  | "rest"
  | "multiplier"
  | "arithmetic";

/** Why a span may not be acted on, and what was said. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly text: string;
}

/** A unit that counts parts of an asset, such as wei of ETH. */
export interface BaseUnit {
  /** The asset that one unit is a part of, as the caller spells it. */
  readonly asset: string;
  /** One unit is 10^-decimals of the asset. */
  readonly decimals: number;
}

/** A quantity that was said in a base unit. */
export interface SaidUnit extends BaseUnit {
  /** The unit's name as the options have it, such as "wei". */
  readonly name: string;
  /** How many units were said, an exact decimal string. */
  readonly count: string;
}

/** What a quantity was said to be a part of: "2 of my 5", "half of my 10". */
export interface PartOf {
  /** The whole, an exact decimal string. */
  readonly whole: string;
  /** The share that was said, when the part was said as a share. */
  readonly share?: string;
}

/** One quantity-like span of a prompt. Nothing with a `refusal` may be acted on. */
export interface Quantity {
  /** Index of the first token. */
  readonly from: number;
  /** Index after the last token. */
  readonly to: number;
  readonly kind: QuantityKind;
  /**
   * An exact decimal string without exponent, sign or leading zeros: units of the asset for `amount`
   * (base units already converted), major units for `money`, a share of 1 for `fraction` and
   * `percent` ("50%" is "0.5"). What no finite decimal equals (1/3) is cut after 18 digits, so that it
   * is never more than was said; `ratio` is exact then.
   */
  readonly value?: string;
  /** Numerator and denominator, for `fraction`, `percent` and amounts that were cut. */
  readonly ratio?: readonly [string, string];
  /** ISO 4217 code, for `money`. Anything but USD carries the refusal `currency`. */
  readonly currency?: string;
  readonly unit?: SaidUnit;
  readonly of?: PartOf;
  readonly refusal?: Refusal;
}

/** What the reader has to be told about the domain; it knows none. */
export interface QuantityOptions {
  /** Base units by name in lower case, plurals included: `{ wei: { asset: "ETH", decimals: 18 } }`. */
  readonly units?: Readonly<Record<string, BaseUnit>>;
  /**
   * Whether a token names a thing that amounts are counted in ("eth"). Used to tell "an ETH" (one) from
   * an article, "5 grand USDC" from five thousand dollars and "max ETH" from a limit.
   */
  readonly isAsset?: (norm: string, token: Token) => boolean;
  /** Whether "at 20" is a price (a market) and not a value to set (a thermostat). Default false. */
  readonly prices?: boolean;
}

/** A number, in digits or in words, before anything is known of what it counts. */
export interface Numeral {
  /** Index after the last token. */
  readonly to: number;
  readonly value: Fraction;
  /** `share` was said as a share in words, `ratio` written as one (1/2, ½); else `plain`. */
  readonly form: "plain" | "ratio" | "share";
  /** "x", "th", "ish" and their like, glued to the digits. */
  readonly suffix?: string;
  /** Said with "grand", which is money unless an asset follows. */
  readonly isGrand?: boolean;
  /** Whether a decimal sign or word was used, as in 0.5. */
  readonly isPlainInteger?: boolean;
  readonly refusal?: RefusalKind;
}
