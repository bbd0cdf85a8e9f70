/**
 * An exact rational number, `n / (d · 10^k)`: doubles round where limits are equalities. Sums and
 * products of decimals keep `d` at 1, so that they cost no common divisors.
 */
export interface Exact {
  readonly n: bigint;
  readonly k: number;
  /** Above 0. */
  readonly d: bigint;
}

/** A rational number, or a debt to nothing. */
export type Ratio = Exact | "infinite";

export const ZERO: Exact = { n: 0n, k: 0, d: 1n };
export const ONE: Exact = { n: 1n, k: 0, d: 1n };

const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/iu;
/** Twice the range of doubles: a longer exponent would only fill the memory. */
const GREATEST_EXPONENT = 650;

/**
 * Reads a decimal number without rounding; a double counts as its shortest decimal.
 *
 * @returns Null if it is none, or its exponent is beyond ±650.
 */
export function readExact(decimal: string | number): Exact | null {
  const match = DECIMAL.exec(String(decimal));
  if (!match) return null;
  const [, sign = "", whole = "", part = "", power = "0"] = match;
  if (whole + part === "" || Math.abs(Number(power)) > GREATEST_EXPONENT) return null;
  return { n: BigInt(sign + whole + part), k: part.length - Number(power), d: 1n };
}

/**
 * The same for a number that has been checked.
 *
 * @throws {RangeError} If it is none.
 */
export function exact(decimal: string | number): Exact {
  const value = readExact(decimal);
  if (value === null) throw new RangeError(`Expected a finite number, got ${decimal}`);
  return value;
}

export function add(a: Exact, b: Exact): Exact {
  const k = Math.max(a.k, b.k);
  const x = shifted(a.n, k - a.k);
  const y = shifted(b.n, k - b.k);
  if (a.d === b.d) return reduced(x + y, k, a.d);
  return reduced(x * b.d + y * a.d, k, a.d * b.d);
}

function shifted(n: bigint, digits: number): bigint {
  return digits === 0 ? n : n * 10n ** BigInt(digits);
}

export function subtract(a: Exact, b: Exact): Exact {
  return add(a, negate(b));
}

export function negate({ n, k, d }: Exact): Exact {
  return { n: -n, k, d };
}

export function multiply(a: Exact, b: Exact): Exact {
  return reduced(a.n * b.n, a.k + b.k, a.d * b.d);
}

/**
 * @param b Above 0.
 */
export function divide(a: Exact, b: Exact): Exact {
  return reduced(a.n * b.d, a.k - b.k, a.d * b.n);
}

/** Below 0 if a is less, 0 if both are equal, above 0 if a is greater. */
export function compare(a: Exact, b: Exact): number {
  const { n } = subtract(a, b);
  return n === 0n ? 0 : n < 0n ? -1 : 1;
}

export function isZero({ n }: Exact): boolean {
  return n === 0n;
}

export function isPositive({ n }: Exact): boolean {
  return n > 0n;
}

export function least(a: Exact, b: Exact): Exact {
  return compare(a, b) <= 0 ? a : b;
}

export function greatest(a: Exact, b: Exact): Exact {
  return compare(a, b) >= 0 ? a : b;
}

/** True if `a` is greater; nothing is greater than infinity. */
export function exceeds(a: Ratio, b: Ratio): boolean {
  if (a === "infinite") return b !== "infinite";
  return b !== "infinite" && compare(a, b) > 0;
}

/** Debt by what stands behind it: 0 without debt, infinite where nothing stands behind it. */
export function ratioOf(debt: Exact, backing: Exact): Ratio {
  if (!isPositive(debt)) return ZERO;
  return isPositive(backing) ? divide(debt, backing) : "infinite";
}

/** One by a ratio. */
export function invert(ratio: Ratio): Ratio {
  return ratio === "infinite" ? ZERO : ratioOf(ONE, ratio);
}

/** Whether a number of units has no more than so many decimals. */
export function hasDecimals({ n, k, d }: Exact, decimals: number): boolean {
  return (n * 10n ** BigInt(Math.max(0, decimals - k))) %
      (d * 10n ** BigInt(Math.max(0, k - decimals))) === 0n;
}

/** Digits of a quotient before it is rounded to the 17 of a double. */
const DIGITS = 40;

/** The closest double. */
export function toNumber(ratio: Ratio): number {
  if (ratio === "infinite") return Infinity;
  const { n, k, d } = ratio;
  const shift = Math.max(0, DIGITS - String(n).length + String(d).length);
  return Number(`${shifted(n, shift) / d}e${-k - shift}`);
}

/** Common divisors are sought where that is cheap: they keep dollars by prices from growing. */
function reduced(n: bigint, k: number, d: bigint): Exact {
  if (d === 1n || d > CHEAP) return { n, k, d };
  let a = d;
  let b = n < 0n ? -n % d : n % d;
  while (b > 0n) [a, b] = [b, a % b];
  return { n: n / a, k, d: d / a };
}

const CHEAP = 2n ** 512n;
