import { MicroLmError } from "../errors.ts";

/** One part of an encoder spec. */
export interface EncoderPart {
  /** What was written, without the weight: `static`, `./models/x`, `org/name`, `http://…#model`. */
  readonly name: string;
  /** What follows `*`. Default: 1. */
  readonly weight: number;
}

/** Short names of specs. */
const ALIASES: Readonly<Record<string, string>> = { lite: "static+ngram" };

/**
 * Reads an encoder spec: names joined by `+`, each with an optional weight, `a*2+b`.
 *
 * `lite` stands for `static+ngram`. A folder, a hub id or a URL is a name, too; a name that contains
 * `+` or `*` itself stands in brackets: `[http://host/v1#a+b]*2+ngram`.
 *
 * @throws {MicroLmError} Kind `usage` for an empty part or a weight that is no positive number.
 *
 * @example
 * ```ts
 * import { parseEncoderSpec } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseEncoderSpec("lite*2"), [
 *   { name: "static", weight: 2 },
 *   { name: "ngram", weight: 2 },
 * ]);
 * ```
 */
export function parseEncoderSpec(spec: string): EncoderPart[] {
  const wrong = (what: string) =>
    new MicroLmError("usage", `Cannot read encoder "${spec}": ${what}`, {
      hint: "Write names joined by +, with optional weights: static*2+ngram",
    });
  return splitParts(spec).flatMap((text) => {
    const match = /^(?:\[([^\]]+)\]|([^*[\]]+))(?:\*(.*))?$/.exec(text.trim());
    const name = (match?.[1] ?? match?.[2] ?? "").trim();
    if (!match || name === "") throw wrong(`expected a name, found "${text}"`);
    const weight = match[3] === undefined ? 1 : Number(match[3] || NaN);
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw wrong(`expected a positive weight, found "${match[3]}"`);
    }
    const meaning = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : undefined;
    if (meaning === undefined) return [{ name, weight }];
    return parseEncoderSpec(meaning).map((part) => ({ ...part, weight: part.weight * weight }));
  });
}

/** Splits at `+` outside brackets. */
function splitParts(spec: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of spec) {
    if (char === "[") depth++;
    if (char === "]") depth--;
    if (char === "+" && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
