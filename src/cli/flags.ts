import { parseArgs } from "@std/cli/parse-args";
import { closest } from "../core/text/edits.ts";
import { MicroLmError } from "../core/errors.ts";

interface FlagBase {
  /** One sentence for `--help`. */
  readonly help: string;
  /** What stands for the value in `--help`, for example `FILE`. */
  readonly value?: string;
}

/** A flag that takes a text. */
export interface StringFlag extends FlagBase {
  readonly type: "string";
  readonly default?: string;
  readonly required?: true;
  readonly choices?: readonly string[];
  /** The value names what is written: the files, companions included. */
  readonly writes?: (value: string) => readonly string[];
  /** The value names files that have to stay as they are while the task runs. */
  readonly data?: true;
}

/** A flag that takes a number within `[min, max]`. */
export interface NumberFlag extends FlagBase {
  readonly type: "number" | "integer";
  readonly default?: number;
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
}

/** A flag that is on or off. */
export interface BooleanFlag extends FlagBase {
  readonly type: "boolean";
}

/** A flag of a command. */
export type Flag = StringFlag | NumberFlag | BooleanFlag;

/** A command: what `--help` says and which flags there are, by their snake_case names. */
export interface Command<F extends Record<string, Flag>> {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly flags: F;
  /** Positional arguments, for `--help`; without it there may be none. */
  readonly positional?: string;
}

type Raw<T extends Flag> = T extends BooleanFlag ? boolean
  : T extends NumberFlag ? number
  : string;

type Given<T extends Flag> = T extends BooleanFlag | { required: true } | { default: unknown }
  ? Raw<T>
  : Raw<T> | undefined;

/** The values of a command's flags. */
export type FlagValues<F extends Record<string, Flag>> = { readonly [K in keyof F]: Given<F[K]> };

/** What {@linkcode parseFlags} makes of the arguments. */
export interface ParsedFlags<F extends Record<string, Flag>> {
  readonly flags: FlagValues<F>;
  readonly positional: readonly string[];
  /** What was asked instead of a run, `--help` or `--version`: nothing else was checked then. */
  readonly asked?: "help" | "version";
}

/**
 * Parses and checks command-line arguments. Each flag is accepted in snake_case and in kebab-case.
 *
 * @throws {MicroLmError} Kind `usage` for an unknown flag (with the closest known one), a missing
 * value, a missing required flag, or a value of the wrong type or out of range.
 */
export function parseFlags<const F extends Record<string, Flag>>(
  command: Command<F>,
  args: readonly string[],
): ParsedFlags<F> {
  const names = Object.keys(command.flags);
  const isBoolean = (name: string) => command.flags[name]?.type === "boolean";
  const given = checkSpelling(command, args);
  const parsed = parseArgs(given, {
    string: ["_", ...names.filter((name) => !isBoolean(name))],
    boolean: ["help", "version", ...names.filter(isBoolean)],
    alias: { help: "h" },
  }) as Record<string, unknown> & { _: (string | number)[] };
  const positional = parsed._.map(String);
  for (const asked of ["help", "version"] as const) {
    if (parsed[asked] === true) return { flags: {} as FlagValues<F>, positional, asked };
  }
  if (positional.length > 0 && command.positional === undefined) {
    throw usage(command, `Unexpected argument "${positional[0]}"`);
  }
  const flags = Object.fromEntries(
    names.map((name) => [name, readFlag(command, name, parsed[name])]),
  );
  return { flags: flags as FlagValues<F>, positional };
}

/** The error for a wrong call of a command. */
export function usage(command: { readonly name: string }, message: string): MicroLmError {
  return new MicroLmError("usage", message, {
    hint: `deno task ${command.name} --help lists the flags`,
  });
}

/** Rewrites kebab-case flags to snake_case and refuses unknown ones and absent values. */
function checkSpelling<F extends Record<string, Flag>>(
  command: Command<F>,
  args: readonly string[],
): string[] {
  const known = [...Object.keys(command.flags), "help", "version"];
  const rewritten: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") return [...rewritten, ...args.slice(i)];
    if (!/^--?[a-zA-Z]/.test(arg)) {
      rewritten.push(arg);
      continue;
    }
    const [spelled, ...rest] = arg.replace(/^--?/, "").split("=");
    const name = arg === "-h" ? "help" : snakeCase(spelled!, known);
    if (!known.includes(name) || (arg[1] !== "-" && arg !== "-h")) {
      // "--prompts" means "--prompts_jsonl", however many letters that is away.
      const near = known.find((flag) => flag.startsWith(`${name}_`)) ?? closest(name, known);
      throw usage(command, `Unknown flag "${arg.split("=")[0]}", did you mean "--${near}"?`);
    }
    const takesValue = Object.hasOwn(command.flags, name) &&
      command.flags[name]!.type !== "boolean";
    if (!takesValue) {
      if (rest.length > 0) throw usage(command, `Flag "--${name}" takes no value, got "${arg}"`);
      rewritten.push(`--${name}`);
      continue;
    }
    const value = rest.length > 0 ? rest.join("=") : args[++i];
    if (!value || (rest.length === 0 && /^--[a-zA-Z]/.test(value))) {
      throw usage(command, `Flag "--${name}" needs a value`);
    }
    rewritten.push(`--${name}=${value}`);
  }
  return rewritten;
}

/** `labels-csv` → `labels_csv`; `c` stays `c` unless only `C` is known. */
function snakeCase(spelled: string, known: readonly string[]): string {
  const name = spelled.replaceAll("-", "_");
  return known.includes(name) ? name : known.find((k) => k.toLowerCase() === name) ?? name;
}

function readFlag<F extends Record<string, Flag>>(
  command: Command<F>,
  name: string,
  value: unknown,
): string | number | boolean | undefined {
  const flag = command.flags[name]!;
  if (flag.type === "boolean") return value === true;
  if (value === undefined) {
    if (flag.required) throw usage(command, `Flag "--${name}" is required`);
    return flag.default;
  }
  const text = String(value);
  if (flag.type === "string") return readChoice(command, name, flag, text);
  return readNumber(command, name, flag, text);
}

function readChoice(
  command: { readonly name: string },
  name: string,
  flag: StringFlag,
  text: string,
): string {
  if (flag.choices && !flag.choices.includes(text)) {
    throw usage(command, `Flag "--${name}" takes ${flag.choices.join(", ")}; got "${text}"`);
  }
  return text;
}

function readNumber(
  command: { readonly name: string },
  name: string,
  flag: NumberFlag,
  text: string,
): number {
  const number = Number(text.trim() || NaN);
  if (!Number.isFinite(number) || (flag.type === "integer" && !Number.isInteger(number))) {
    const kind = flag.type === "integer" ? "a whole number" : "a number";
    throw usage(command, `Flag "--${name}" takes ${kind}, got "${text}"`);
  }
  const { min = -Infinity, max = Infinity } = flag;
  if (number < min || number > max) {
    const range = max === Infinity ? `at least ${min}` : `from ${min} to ${max}`;
    throw usage(command, `Flag "--${name}" takes a number ${range}, got "${text}"`);
  }
  return number;
}
