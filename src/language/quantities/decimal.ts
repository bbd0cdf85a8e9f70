import Fraction from "fraction.js";

/** Digits behind the point that a share without a finite decimal is cut to. */
const SHARE_DIGITS = 18n;

/** An exact rational from integers; never from a JavaScript number. */
export function rational(top: bigint, bottom = 1n): Fraction {
  return new Fraction(top, bottom);
}

/** The exact decimal of a rational that is not negative; null where none is finite. */
export function exactDecimal(value: Fraction): string | null {
  let rest = value.d;
  let digits = 0n;
  const counts = [2n, 5n].map((prime) => {
    let count = 0n;
    for (; rest % prime === 0n; rest /= prime) count++;
    return count;
  });
  if (rest !== 1n) return null;
  for (const count of counts) if (count > digits) digits = count;
  return pointed(value.n * 10n ** digits / value.d, digits);
}

/** The decimal of a share, cut (never rounded up) after 18 digits. */
export function cutDecimal(value: Fraction): string {
  return pointed(value.n * 10n ** SHARE_DIGITS / value.d, SHARE_DIGITS);
}

function pointed(scaled: bigint, digits: bigint): string {
  const text = scaled.toString().padStart(Number(digits) + 1, "0");
  const whole = text.slice(0, text.length - Number(digits));
  const part = text.slice(whole.length).replace(/0+$/, "");
  return part === "" ? whole : `${whole}.${part}`;
}
