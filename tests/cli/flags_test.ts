import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { type Command, type Flag, parseFlags } from "../../src/cli/flags.ts";
import { helpText } from "../../src/cli/help.ts";

const COMMAND = {
  name: "demo",
  summary: "Shows flags.",
  example: "deno task demo --labels_csv a.csv",
  flags: {
    labels_csv: { type: "string", required: true, value: "FILE", help: "Rows to read." },
    C: { type: "number", default: 8, min: 1e-6, help: "Inverse of the regularisation." },
    cv: { type: "integer", default: 3, min: 2, max: 20, help: "Folds." },
    method: { type: "string", default: "auto", choices: ["auto", "none"], help: "How." },
    out: { type: "string", help: "Where." },
    calibrate: { type: "boolean", help: "Whether." },
  },
} as const;

Deno.test("parseFlags() reads values, defaults and booleans", () => {
  const { flags } = parseFlags(COMMAND, ["--labels_csv", "a.csv", "--calibrate", "--C=0.5"]);
  assertEquals(flags, {
    labels_csv: "a.csv",
    C: 0.5,
    cv: 3,
    method: "auto",
    out: undefined,
    calibrate: true,
  });
});

Deno.test("parseFlags() takes kebab-case, values with = and negative numbers as values", () => {
  const { flags } = parseFlags(COMMAND, ["--labels-csv", "a=b.csv", "--out", "-1"]);
  assertEquals(flags.labels_csv, "a=b.csv");
  assertEquals(flags.out, "-1");
});

const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
  ["an unknown flag, with the closest known one", ["--label_csv", "x"], '"--labels_csv"'],
  ["the beginning of a flag, with the flag", ["--labels", "x"], 'did you mean "--labels_csv"?'],
  ["a missing required flag", [], '"--labels_csv" is required'],
  ["a flag without its value", ["--labels_csv"], "needs a value"],
  ["a flag where a value should be", ["--labels_csv", "--calibrate"], "needs a value"],
  ["a value for a switch", ["--calibrate=yes", "--labels_csv", "x"], "takes no value"],
  ["a word for a number", ["--labels_csv", "x", "--C", "big"], "takes a number"],
  ["an empty value", ["--labels_csv", "x", "--C="], "needs a value"],
  ["a blank number", ["--labels_csv", "x", "--C", " "], "takes a number"],
  ["a fraction for a whole number", ["--labels_csv", "x", "--cv", "2.5"], "whole number"],
  ["a number out of range", ["--labels_csv", "x", "--cv", "1"], "from 2 to 20"],
  ["a choice that is none", ["--labels_csv", "x", "--method", "magic"], "auto, none"],
  ["a stray argument", ["--labels_csv", "x", "stray"], 'Unexpected argument "stray"'],
  ["a single dash", ["-labels_csv", "x"], "Unknown flag"],
];

for (const [what, args, message] of REFUSED) {
  Deno.test(`parseFlags() refuses ${what}`, () => {
    const error = assertThrows(() => parseFlags(COMMAND, args), MicroLmError, message);
    assertEquals(error.kind, "usage");
    assertStringIncludes(error.hint!, "deno task demo --help");
  });
}

Deno.test("parseFlags() hands on positional arguments where a command has some", () => {
  const { positional } = parseFlags({ ...COMMAND, positional: "PROMPT" }, [
    "--labels_csv",
    "x",
    "deposit 10 ETH",
    "--",
    "--not-a-flag",
  ]);
  assertEquals(positional, ["deposit 10 ETH", "--not-a-flag"]);
});

Deno.test("parseFlags() asks for nothing else once --help is there", () => {
  assertEquals(parseFlags(COMMAND, ["--help"]).asked, "help");
  assertEquals(parseFlags(COMMAND, ["-h"]).asked, "help");
  assertEquals(parseFlags(COMMAND, ["--version"]).asked, "version");
});

Deno.test("helpText() shows the sentence, the example, every flag and its default", () => {
  const text = helpText(COMMAND as Command<Record<string, Flag>>);
  for (const part of ["Shows flags.", COMMAND.example, "--C N", "Default: 8.", "Required."]) {
    assertStringIncludes(text, part);
  }
  for (const name of Object.keys(COMMAND.flags)) assertStringIncludes(text, `--${name}`);
  assert(text.split("\n").every((line) => line.length <= 100));
});
