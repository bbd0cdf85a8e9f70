import type Fraction from "fraction.js";
import { VULGAR } from "../tokens/characters.ts";
import { rational } from "./decimal.ts";
import { SCALES } from "./number_words.ts";
import type { Refusal } from "./types.ts";

/** A number in digits, and the letters right behind it that are not a scale. */
export interface Digits {
  readonly value: Fraction;
  /** "x", "th", "ish" and their like; "k" and "m" are in the value. */
  readonly suffix: string;
  /** Whether only digits were written: no sign, no separator, no scale. */
  readonly isPlain: boolean;
  readonly scale?: string;
}

/** More digits than any amount has; 2^256 has 78. */
const MAX_LENGTH = 100;
const SHAPE = /^([\d.,'_ \u00a0\u2009\u202f]*)([^\d.,'_ \u00a0\u2009\u202f]*)$/u;
const EXPONENT = /^(\d+(?:\.\d+)?|\.\d+)e([+-]?\d+)$/;

/**
 * Reads a number in digits, as the tokenizer cuts it.
 *
 * The rule for one separator: a comma before exactly three digits groups them ("1,234" is 1234), any
 * other single comma or point is the decimal sign ("2,5", "1.234"). Two different signs: the last is
 * the decimal sign. A point before three digits of which two are noughts ("10.000", "1.500") is
 * written in both senses and refused. Groups are of three, or Indian ("12,34,567").
 */
export function readDigits(norm: string): Digits | Refusal {
  if (norm.length > MAX_LENGTH) return refuse("too_long", norm.slice(0, 20) + "...");
  if (/^(?:0|[1-9]\d*)$/.test(norm)) {
    return { value: rational(BigInt(norm)), suffix: "", isPlain: true };
  }
  const power = EXPONENT.exec(norm);
  if (power) return readPower(norm, power[1]!, power[2]!);
  const half = /^(\d*)([^\d])$/u.exec(norm);
  if (half && half[2]! in VULGAR) return readVulgar(half[1]!, half[2]!);
  // "2k5": two thousand five hundred
  const [, count, scale, tenth] = /^(\d{1,3})([km])(\d)$/.exec(norm) ?? [];
  if (count !== undefined && scale !== undefined) {
    const value = fromPlain(`${count}.${tenth}`).mul(rational(SCALES[scale]!));
    return { value, suffix: "", isPlain: false, scale };
  }
  const [, number, letters] = SHAPE.exec(norm) ?? [];
  if (number === undefined || letters === undefined) return refuse("malformed", norm);
  const plain = plainDecimal(number);
  if (typeof plain !== "string") return plain;
  const value = fromPlain(plain);
  const isPlain = /^\d+$/.test(norm);
  if (!Object.hasOwn(SCALES, letters)) return { value, suffix: letters, isPlain };
  return { value: value.mul(rational(SCALES[letters]!)), suffix: "", isPlain, scale: letters };
}

function readPower(norm: string, mantissa: string, exponent: string): Digits | Refusal {
  if (exponent.length > 4) return refuse("too_long", norm);
  const power = BigInt(exponent.replace("+", ""));
  if (power > 100n || power < -100n) return refuse("too_long", norm);
  const scale = power < 0n ? rational(1n, 10n ** -power) : rational(10n ** power);
  return { value: fromPlain(mantissa).mul(scale), suffix: "", isPlain: false };
}

function readVulgar(whole: string, sign: string): Digits {
  const part = rational(...VULGAR[sign]!);
  return { value: part.add(rational(BigInt(whole || "0"))), suffix: "", isPlain: false };
}

/** Digits with at most one point, or why the separators have no one sense. */
function plainDecimal(number: string): string | Refusal {
  const text = number.replaceAll(/[\u00a0\u2009\u202f]/g, " ");
  if (/^\d+$/.test(text)) return leading(text, text);
  if (/^\.\d+$/.test(text)) return `0${text}`;
  const single = /^(\d+)([.,])(\d+)$/.exec(text);
  if (single) return singleSeparator(text, single[1]!, single[2]!, single[3]!);
  for (
    const [group, point] of [[",", "."], [".", ","], [" ", "[.,]"], ["'", "[.,]"], ["_", "[.,]"]]
  ) {
    const sign = group === "." ? "\\." : group;
    const decimal = point === "." ? "\\." : point;
    const grouped = new RegExp(`^(\\d{1,3}(?:${sign}\\d{3})+)(?:${decimal}(\\d+))?$`).exec(text);
    const indian = group === "," && /^(\d{1,2}(?:,\d{2})+,\d{3})(?:\.(\d+))?$/.exec(text);
    const match = grouped ?? (indian || null);
    if (match) return leading(text, match[1]!.replaceAll(group!, ""), match[2]);
  }
  return refuse("malformed", number);
}

function singleSeparator(text: string, whole: string, sign: string, part: string) {
  const isGroup = part.length === 3 && whole.length <= 3 && !whole.startsWith("0");
  if (sign === "," && isGroup) return whole + part;
  if (sign === "." && isGroup && part.endsWith("00")) return refuse("ambiguous", text);
  if (sign === "," && part.length > 3 && part.length % 3 === 0) return refuse("malformed", text);
  return leading(text, whole, part);
}

/** "007" is a name, not an amount; "0.5" is one. */
function leading(text: string, whole: string, part?: string): string | Refusal {
  // "00.30" is written by hand
  if (part !== undefined && /^0+$/.test(whole)) return `0.${part}`;
  if (whole.length > 1 && whole.startsWith("0")) return refuse("malformed", text);
  return part === undefined ? whole : `${whole}.${part}`;
}

function fromPlain(text: string): Fraction {
  const [whole, part = ""] = text.split(".") as [string, string?];
  return rational(BigInt(whole + part || "0"), 10n ** BigInt(part.length));
}

function refuse(kind: Refusal["kind"], text: string): Refusal {
  return { kind, text };
}
