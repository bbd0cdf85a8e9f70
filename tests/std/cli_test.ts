import { assertEquals } from "@std/assert";
import { parseArgs, type ParseOptions } from "@std/cli/parse-args";

const OPTIONS = { string: ["out", "_"], boolean: ["help", "json"], alias: { help: "h" } };
const OFF = { help: false, h: false, json: false };

// What the real package does, by its documentation: the stand-in must not be told from it.
const CASES: readonly (readonly [string, string[], ParseOptions, Record<string, unknown>])[] = [
  ["sets absent switches to false", [], OPTIONS, { ...OFF, _: [] }],
  ["reads values and switches", ["--out=a=b", "--json"], OPTIONS, {
    ...OFF,
    out: "a=b",
    json: true,
    _: [],
  }],
  ["takes the last of several values", ["--out=a", "--out=b"], OPTIONS, {
    ...OFF,
    out: "b",
    _: [],
  }],
  ["takes the next argument as value", ["--out", "a"], OPTIONS, { ...OFF, out: "a", _: [] }],
  ["sets both names of a flag", ["-h"], OPTIONS, { ...OFF, help: true, h: true, _: [] }],
  ["keeps a dash and what follows two", ["-", "--", "--out=a"], OPTIONS, {
    ...OFF,
    _: ["-", "--out=a"],
  }],
  ["keeps texts that look like numbers on request", ["7", "x"], OPTIONS, { ...OFF, _: ["7", "x"] }],
  ["makes numbers of them otherwise", ["7", "1e3", "0x10", "0b1", "Infinity"], {}, {
    _: [7, 1000, 16, "0b1", "Infinity"],
  }],
];

for (const [what, args, options, expected] of CASES) {
  Deno.test(`parseArgs() ${what}`, () => assertEquals({ ...parseArgs(args, options) }, expected));
}
