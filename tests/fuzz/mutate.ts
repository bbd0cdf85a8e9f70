import type { Random } from "../../src/core/random.ts";

/** Bytes that readers of many formats trip over. */
const TOKENS: readonly string[] = [
  ...["", "\0", "\r", "\n", "\r\n", '"', "'", ",", ";", "\t", "{", "}", "[", "]", ":", "-", "#"],
  ...["\uFEFF", "\u200B", "\u2028", "\uFFFD", "\u202E", "👩‍🚀", "é", "%", "\\", "\\u0000", "\\ud800"],
  ...["null", "true", "NaN", "Infinity", "-0", "1e999", "-1", "0.1e-400", "9007199254740993"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "&a",
    "*a",
    "<<: *a",
    "!!binary ",
    "? ",
    "|\n",
    "---\n",
  ],
  ...['{"a":', "[[[[[[[[", '"prompt"', '"label"', "prompt", "label", "\u0085", "=1+1"],
];

/** Values that a key may have that nobody thought of. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 0.5, 1e308, 2 ** 53, "", "x", "NaN", [], {}, [[]], [null]],
  ...[{ __proto__: null, toString: 1 }, "\u0000", "-", " ", "1e3", "\ud800", [1, "a"], { a: {} }],
];

/** Changes bytes in one to four places. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let out = Uint8Array.from(bytes);
  for (let left = 1 + random.integer(4); left > 0; left--) out = mutateOnce(out, random);
  return out;
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.integer(bytes.length + 1);
  const length = Math.min(1 + random.integer(random.integer(8) === 0 ? 400 : 8), bytes.length - at);
  const part = bytes.subarray(at, at + length);
  switch (random.integer(8)) {
    case 0:
      return splice(bytes, at, length, new Uint8Array(0));
    case 1:
      return splice(bytes, at, 0, part);
    case 2:
      return bytes.slice(0, at);
    case 3: {
      const from = random.integer(bytes.length + 1);
      return splice(bytes, at, length, bytes.slice(from, from + length));
    }
    case 4:
      return splice(bytes, at, length, part.map((byte) => byte ^ (1 << random.integer(8))));
    case 5:
      return splice(bytes, at, 0, part.map(() => random.integer(256)));
    case 6: {
      const many = TOKENS[random.integer(TOKENS.length)]!.repeat(1 << random.integer(7));
      return splice(bytes, at, random.integer(2) * length, new TextEncoder().encode(many));
    }
    default: {
      const token = TOKENS[random.integer(TOKENS.length)]!;
      return splice(bytes, at, random.integer(2) * length, new TextEncoder().encode(token));
    }
  }
}

function splice(
  bytes: Uint8Array,
  at: number,
  remove: number,
  put: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length - remove + put.length);
  out.set(bytes.subarray(0, at));
  out.set(put, at);
  out.set(bytes.subarray(at + remove), at + put.length);
  return out;
}

/** Changes values, keys and lists in one to three places. */
export function mutateJson(value: unknown, random: Random): unknown {
  const root = { root: structuredClone(value) };
  for (let left = 1 + random.integer(3); left > 0; left--) mutatePlace(root, random);
  return root.root;
}

type Branch = Record<string, unknown>;

function mutatePlace(root: { root: unknown }, random: Random): void {
  const places: [Branch, string][] = [];
  const walk = (branch: Branch) => {
    for (const key of Object.keys(branch)) {
      places.push([branch, key]);
      const child = branch[key];
      if (typeof child === "object" && child !== null) walk(child as Branch);
    }
  };
  walk(root);
  const [branch, key] = places[random.integer(places.length)]!;
  const any = () => structuredClone(VALUES[random.integer(VALUES.length)]);
  const other = () => {
    const [from, name] = places[random.integer(places.length)]!;
    return structuredClone(from[name]);
  };
  switch (random.integer(6)) {
    case 0:
      if (Array.isArray(branch)) branch.splice(Number(key), 1);
      else if (branch !== (root as Branch)) delete branch[key];
      return;
    case 1:
      branch[key] = other();
      return;
    case 2:
      if (Array.isArray(branch)) branch.push(any());
      else if (branch !== (root as Branch)) {
        branch[["x", "toString", ""][random.integer(3)]!] = any();
      }
      return;
    case 3:
      branch[key] = nudge(branch[key], random);
      return;
    default:
      branch[key] = any();
  }
}

function nudge(value: unknown, random: Random): unknown {
  if (typeof value === "number") {
    return [value + 1, -value, value * 1e9, value / 3, 1 - value][random.integer(5)];
  }
  if (typeof value === "string") {
    return new TextDecoder().decode(mutateBytes(new TextEncoder().encode(value), random));
  }
  return typeof value === "boolean" ? !value : [value, value];
}
