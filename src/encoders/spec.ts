import { MicroLmError } from "../core/errors.ts";
import type { PoolingMode } from "./sentence_transformer/pooling.ts";

/** What the name of an encoder is: a name of ours, a folder, a model on the hub, or an endpoint. */
export type EncoderKind = "name" | "folder" | "hub" | "url";

/** One part of an encoder spec. */
export interface EncoderPart {
  /** What was written, without the weight: `static`, `./models/x`, `org/name`, `http://…#model`. */
  readonly name: string;
  readonly kind: EncoderKind;
  /** What follows `*`. Default: 1. */
  readonly weight: number;
}

/** Short names of specs. */
const ALIASES: Readonly<Record<string, string>> = { lite: "static+ngram" };

/**
 * Reads an encoder spec: names joined by `+`, each with an optional weight, `a*2+b`.
 *
 * ```text
 * spec   = part *( "+" part )
 * part   = name [ "*" weight ]          weight: a positive decimal number
 * name   = text | "[" text "]"          `+` and `*` are part of a name inside brackets only
 * ```
 *
 * What has `://` is a URL; what starts with `/`, `.`, `~` or a drive letter, or has other than one
 * slash, a folder; `org/name` a hub id, both perhaps with `#mean`, `#cls`, `#max` or `#lasttoken` for a
 * model that does not say how it pools; `lite` stands for `static+ngram`. A name with `+` or `*` stands
 * in brackets: `[http://host/v1#a+b]*2+ngram`. Spaces around names and weights do not count.
 *
 * @throws {MicroLmError} Kind `usage` for an empty part, brackets that do not match, or a weight that is
 * no positive number.
 *
 * @example
 * ```ts
 * import { parseEncoderSpec } from "micro-lm/encoders";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseEncoderSpec("lite*2+org/name"), [
 *   { name: "static", kind: "name", weight: 2 },
 *   { name: "ngram", kind: "name", weight: 2 },
 *   { name: "org/name", kind: "hub", weight: 1 },
 * ]);
 * ```
 */
export function parseEncoderSpec(spec: string): EncoderPart[] {
  const wrong = (what: string) =>
    new MicroLmError("usage", `Cannot read encoder "${spec}": ${what}`, {
      hint: "Write names joined by +, with optional weights: static*2+ngram",
    });
  return splitOutsideBrackets(spec, "+").flatMap((text) => {
    const [written = "", factor, ...rest] = splitOutsideBrackets(text, "*");
    const name = unwrap(written.trim());
    if (!name || rest.length > 0) throw wrong(`expected a name, found "${text}"`);
    const weight = factor === undefined ? 1 : readWeight(factor);
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw wrong(`expected a positive weight, found "${factor}"`);
    }
    const meaning = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : undefined;
    if (meaning === undefined) return [{ name, kind: kindOf(name), weight }];
    return parseEncoderSpec(meaning).map((part) => ({ ...part, weight: part.weight * weight }));
  });
}

/** How the tokens of a model become one vector, after its name: `./folder#mean`. */
export function splitPooling(
  name: string,
): { readonly name: string; readonly pooling?: PoolingMode } {
  const [, model, pooling] = /^(.+)#(mean|cls|max|lasttoken)$/.exec(name) ?? [];
  return model === undefined ? { name } : { name: model, pooling: pooling as PoolingMode };
}

/** Whether a spec says what some block weighs. */
export function hasWeights(spec: string): boolean {
  return splitOutsideBrackets(spec, "*").length > 1;
}

/** Writes a spec that {@linkcode parseEncoderSpec} reads as these parts. */
export function formatEncoderSpec(parts: readonly Pick<EncoderPart, "name" | "weight">[]): string {
  return parts.map(({ name, weight }) =>
    (/[+*[\]]/.test(name) ? `[${name}]` : name) + (weight === 1 ? "" : `*${weight}`)
  ).join("+");
}

function splitOutsideBrackets(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "[") depth++;
    if (char === "]") depth--;
    if (char === separator && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** The name without brackets around it; undefined where brackets do not match. */
function unwrap(name: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < name.length; i++) {
    if (name[i] === "[") depth++;
    if (name[i] === "]" && --depth < 0) return undefined;
    const last = i === name.length - 1;
    if (name[0] === "[" && depth === 0 && !last) return undefined;
  }
  if (depth !== 0) return undefined;
  return name[0] === "[" ? name.slice(1, -1).trim() : name;
}

function readWeight(text: string): number {
  return /^\s*(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?\s*$/i.test(text) ? Number(text) : NaN;
}

function kindOf(name: string): EncoderKind {
  if (name.includes("://")) return "url";
  if (/^(?:[/.~]|[a-z]:[\\/])/i.test(name) || name.includes("\\")) return "folder";
  const slashes = name.split("/").length - 1;
  return slashes === 0 ? "name" : slashes === 1 ? "hub" : "folder";
}
