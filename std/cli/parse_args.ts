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
  const keep = string.includes("_");
  const off = Object.fromEntries(boolean.map((name) => [name, false]));
  return { ...off, ...values, _: positionals.map((text) => keep ? text : numberOrText(text)) };
}

function numberOrText(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
