import { parseArgs as parseNodeArgs } from "node:util";

/** The options of the real `parseArgs` that this project uses. */
export interface ParseOptions {
  /** Flags that take a text; `_` keeps positional arguments as texts. */
  readonly string?: readonly string[];
  /** Flags that are on or off. */
  readonly boolean?: readonly string[];
  /** Other names of flags. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** Flags by name, and the positional arguments as `_`. */
export type Args = Record<string, unknown> & { _: (string | number)[] };

/** Parses command-line arguments, as `parseArgs` of the real package does with these options. */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const { string = [], boolean = [], alias = {} } = options;
  const short = (name: string) => alias[name]?.length === 1 ? { short: alias[name] } : {};
  const describe = (type: "string" | "boolean") => (name: string) =>
    [name, { type, ...short(name) }] as const;
  const { values, positionals } = parseNodeArgs({
    args: [...args],
    options: Object.fromEntries([
      ...string.filter((name) => name !== "_").map(describe("string")),
      ...boolean.map(describe("boolean")),
    ]),
    strict: false,
    allowPositionals: true,
  });
  const flags: Record<string, unknown> = {
    ...Object.fromEntries(boolean.map((name) => [name, false])),
    ...values,
  };
  for (const [name, other] of Object.entries(alias)) {
    if (name in flags) flags[other] = flags[name];
  }
  const keep = string.includes("_");
  return { ...flags, _: positionals.map((text) => keep ? text : numberOrText(text)) };
}

/** Hexadecimal integers and decimals, as the real package reads them. */
function numberOrText(text: string): string | number {
  const numeric = /^0x[0-9a-f]+$/i.test(text) ||
    /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/.test(text);
  return numeric ? Number(text) : text;
}
