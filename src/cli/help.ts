import type { Command, Flag } from "./flags.ts";

/** Columns of a terminal that nobody has resized. */
const WIDTH = 80;

/** The text of `--help`: a sentence, an example, and the flags with their defaults. */
export function helpText(command: Command<Record<string, Flag>>): string {
  const positional = command.positional ? ` ${command.positional}` : "";
  const names = Object.keys(command.flags);
  const heads = names.map((name) => flagHead(name, command.flags[name]!));
  const indent = Math.min(34, Math.max(8, ...heads.map((head) => head.length)) + 4);
  const lines = names.flatMap((name, i) =>
    flagLines(heads[i]!, describe(command.flags[name]!), indent)
  );
  return [
    command.summary,
    "",
    `Usage: deno task ${command.name}${positional} [flags]`,
    "",
    `Example: ${command.example}`,
    "",
    "Flags (kebab-case works too):",
    ...lines,
    ...flagLines("--help", "Show this text.", indent),
    ...flagLines("--version", "Show the version of micro-lm.", indent),
  ].join("\n");
}

function flagHead(name: string, flag: Flag): string {
  if (flag.type === "boolean") return `--${name}`;
  const fallback = flag.type === "string" ? "TEXT" : "N";
  return `--${name} ${flag.value ?? fallback}`;
}

function describe(flag: Flag): string {
  if (flag.type === "boolean") return flag.help;
  const choices = flag.type === "string" && flag.choices
    ? ` One of ${flag.choices.join(", ")}.`
    : "";
  const state = flag.required
    ? " Required."
    : flag.default === undefined
    ? ""
    : ` Default: ${flag.default}.`;
  return flag.help + choices + state;
}

function flagLines(head: string, text: string, indent: number): string[] {
  const lines = wrap(text, WIDTH - indent);
  const first = `  ${head}`.padEnd(indent);
  const rest = lines.map((line) => " ".repeat(indent) + line);
  return first.length > indent ? [first, ...rest] : [first + lines[0], ...rest.slice(1)];
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const line = lines[last]! === "" ? word : `${lines[last]} ${word}`;
    if (line.length > width && lines[last] !== "") lines.push(word);
    else lines[last] = line;
  }
  return lines;
}
