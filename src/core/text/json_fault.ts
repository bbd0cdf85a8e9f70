/** What may come next. */
type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma" | "end";

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// deno-lint-ignore no-control-regex -- JSON forbids them in strings
const STRING_PART = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Index of the first character that keeps a text from being JSON; the text's length if it ends too
 * early or nothing is wrong. `JSON.parse` tells this only for some mistakes, and in words that vary.
 */
export function findJsonFault(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = skip(SPACE, text, 0);
  while (at < text.length) {
    const next: { end: number; expected: Expected } | number = step(text, at, expected, open);
    if (typeof next === "number") return next;
    expected = next.expected;
    at = skip(SPACE, text, next.end);
  }
  return at;
}

/**
 * The first name that an object of a JSON text has twice, and where it stands; null for none. `JSON.parse`
 * takes the last of them without a word, another reader the first: what one has checked the other does
 * not see.
 *
 * @param text JSON that has been parsed.
 */
export function findRepeatedName(text: string): { name: string; at: number } | null {
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (isName) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        const names = open.at(-1)!;
        if (names.has(name)) return { name, at };
        names.add(name);
        isName = false;
      }
      at = end;
    } else if (char === "{" || char === "[") {
      isName = char === "{";
      open.push(isName ? new Set() : null);
    } else if (char === "}" || char === "]") {
      isName = false;
      open.pop();
    } else if (char === ",") isName = open.at(-1) instanceof Set;
  }
  return null;
}

/** Index of the quote that ends a string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1;;) {
    const quote = text.indexOf('"', at);
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

/** Reads one token; gives its end and what may follow, or the index of the fault. */
function step(
  text: string,
  at: number,
  expected: Expected,
  open: ("{" | "[")[],
): { end: number; expected: Expected } | number {
  const char = text[at]!;
  const close = () => {
    open.pop();
    return { end: at + 1, expected: afterValue(open) };
  };
  if (expected === "colon") return char === ":" ? { end: at + 1, expected: "value" } : at;
  if (expected === "comma") {
    if (char === ",") return { end: at + 1, expected: open.at(-1) === "{" ? "key" : "value" };
    return char === (open.at(-1) === "{" ? "}" : "]") ? close() : at;
  }
  if (expected === "end") return at;
  if ((char === "}" && expected === "key or }") || (char === "]" && expected === "value or ]")) {
    return close();
  }
  const isKey = expected === "key" || expected === "key or }";
  if (char === '"') {
    const { end, whole } = readString(text, at);
    return whole ? { end, expected: isKey ? "colon" : afterValue(open) } : end;
  }
  if (isKey) return at;
  if (char === "{" || char === "[") {
    open.push(char);
    return { end: at + 1, expected: char === "{" ? "key or }" : "value or ]" };
  }
  const end = skip(SCALAR, text, at);
  return end > at ? { end, expected: afterValue(open) } : at;
}

function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? "end" : "comma";
}

function readString(text: string, start: number): { end: number; whole: boolean } {
  let at = start + 1;
  for (let next = at; (next = skip(STRING_PART, text, at)) > at;) at = next;
  return text[at] === '"' ? { end: at + 1, whole: true } : { end: at, whole: false };
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
