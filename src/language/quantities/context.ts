import type { Token } from "../tokens/tokens.ts";
import type {
  BaseUnit,
  Numeral,
  Quantity,
  QuantityKind,
  QuantityOptions,
  RefusalKind,
} from "./types.ts";

/** The tokens of one prompt as the readers of quantities see them. */
export interface Context {
  readonly tokens: readonly Token[];
  readonly options: QuantityOptions;
  /** Written in capitals throughout, so that capitals mark no names. */
  readonly isShouting: boolean;
  /** The eight normal forms from an index on, made when they are first looked at. */
  readonly windows: (string | undefined)[];
  /** What was read from an index on, so that no reader does it again; null for nothing. */
  readonly numerals: (Numeral | null | undefined)[];
  readonly counted: (Quantity | null | undefined)[];
}

/** How many tokens a pattern may look at. */
const WINDOW = 8;

/** Begins the reading of a prompt. */
export function toContext(tokens: readonly Token[], options: QuantityOptions): Context {
  const isShouting = !tokens.some(({ kind, text }) => kind === "word" && /\p{Ll}/u.test(text));
  return { tokens, options, isShouting, windows: [], numerals: [], counted: [] };
}

/** The normal form at an index; empty outside the prompt. */
export function norm({ tokens }: Context, index: number): string {
  return tokens[index]?.norm ?? "";
}

/** The normal forms from an index on, one space between two. */
export function normsFrom({ tokens }: Context, index: number, count: number): string {
  let text = "";
  for (let at = index; at < index + count && at < tokens.length; at++) {
    text += (at > index ? " " : "") + tokens[at]!.norm;
  }
  return text;
}

/** How many tokens a pattern covers from an index on, looking at most eight ahead; 0 for none. */
export function covers(context: Context, index: number, pattern: RegExp): number {
  const window = context.windows[index] ??= normsFrom(context, index, WINDOW);
  const match = pattern.exec(window);
  return match ? countTokens(context, index, match[0]) : 0;
}

/** How many tokens a text made by {@linkcode normsFrom} covers. */
export function countTokens(context: Context, index: number, text: string): number {
  let length = 0;
  let at = index;
  const wanted = text.trimEnd().length;
  for (; length < wanted && at < context.tokens.length; at++) {
    length += context.tokens[at]!.norm.length + (at > index ? 1 : 0);
  }
  return length === wanted ? at - index : 0;
}

/** Whether a token stands right behind the one before it. */
export function isGlued({ tokens }: Context, index: number): boolean {
  return index > 0 && index < tokens.length && tokens[index]!.start === tokens[index - 1]!.end;
}

/** Whether a token names something that amounts are counted in. */
export function isAsset({ tokens, options, isShouting }: Context, index: number): boolean {
  const token = tokens[index];
  if (!token || (token.kind !== "word" && token.kind !== "symbol")) return false;
  if (options.isAsset?.(token.norm, token)) return true;
  if (token.norm.startsWith("$")) return true;
  return !isShouting && /^\p{Lu}[\p{Lu}\p{N}]+$/u.test(token.text) && token.norm !== "i";
}

/** The base unit that a token names, with the singular of its name. */
export function unitAt(context: Context, index: number): (BaseUnit & { name: string }) | null {
  const name = norm(context, index);
  const units = context.options.units;
  if (!units || !Object.hasOwn(units, name)) return null;
  return { ...units[name]!, name };
}

const FUNCTION_WORD = new RegExp(
  "^(?:in|into|on|onto|to|for|from|with|at|by|via|using|through|of|and|or|then|so|but|if|when|" +
    "once|while|because|as|is|are|was|please|now|today|asap|immediately|tomorrow|tonight|back|" +
    "out|off|away|over|up|down|i|we|you|it|that|this|before|after|until|per|each|only|right|" +
    "quickly|soon|thanks|thx|pls|plz|instead|across|between|against|here|there|again|too|also)$",
);

/** Whether no noun begins here: the prompt ends, a sign stands here, or a preposition and its like. */
export function isPhraseEnd({ tokens }: Context, index: number): boolean {
  const token = tokens[index];
  return !token || token.kind === "punct" || token.kind === "mark" ||
    FUNCTION_WORD.test(token.norm);
}

/** A quantity that may not be acted on. */
export function refused(
  context: Context,
  from: number,
  to: number,
  kind: QuantityKind,
  why: RefusalKind,
): Quantity {
  return { from, to, kind, refusal: { kind: why, text: said(context, from, to) } };
}

/** What was said from one token to before another, without its line breaks. */
function said({ tokens }: Context, from: number, to: number): string {
  return tokens.slice(from, Math.min(to, from + 12)).map(({ text }) => text.slice(0, 40)).join(" ");
}
