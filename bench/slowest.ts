// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * Searches for what takes longest to read within the limits: `deno task bench:slowest [SECONDS] [SEED] [READER]`.
 *
 * For each reader: texts of repeated words, separators, classes of characters and brackets at the length
 * limit, and changes of the slowest so far, which is kept in `.artifacts/slowest/`. A time is the least of
 * five, in milliseconds of the processor. Exits with 2 beyond 20 ms.
 */
import process from "node:process";
import { openDomain, openRuntime } from "../mod.ts";
import { createRandom, type Random, readConfigText } from "../src/core/mod.ts";
import { readLabeledCsv, readPrompts } from "../mod.ts";
import { loadDomain } from "../src/domains/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { parseStageConfig } from "../src/stages/mod.ts";

const [seconds = "10", seed = "24", only = ""] = Deno.args;
const MOST_MS = 20;
/** Characters of a prompt. */
const PROMPT = 2000;
const FOLDER = ".artifacts/slowest";

const SIGNS = [
  ...[
    " ",
    "\t",
    "\n",
    "\r\n",
    ",",
    ";",
    ".",
    "-",
    "–",
    '"',
    "'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
  ],
  ...[
    "0",
    "1",
    "9.",
    "1,",
    "1e",
    "½",
    "٣",
    "é",
    "e\u0301",
    "ß",
    "İ",
    "ﬁ",
    "Ⅷ",
    "中",
    "👩‍🚀",
    "\u200B",
  ],
  ...[
    "\ud800",
    "\u202E",
    "\\",
    "/",
    "|",
    "*",
    "+",
    "?",
    "$",
    "#",
    "&",
    "%",
    "@",
    "_",
    "a",
    "A",
    "\0",
  ],
];
const ENGLISH =
  "and then not if or the a to of in on by from with without please every all each do no " +
  "first last twice until unless when at after before";
const HOME =
  "turn switch on off set light kitchen living room heating degrees lock door play music " +
  "dim wake me 7:20 pm 21 percent fan heater half past seven minus twenty one";
const ARC =
  "rotate flip mirror crop recolor change red blue green to grid cells rows columns 90 degrees " +
  "clockwise left right top bottom tile repeat scale times horizontally transpose fill count";

interface Reader {
  readonly name: string;
  readonly words: string;
  readonly length: number;
  readonly read: (text: string) => unknown;
}

const home = await loadDomain("examples/home");
const arc = await openDomain("arc");
const arcRuntime = await openRuntime({ domain: "arc" });
const defi = await openRuntime({ backend: "wordmap" });
const file = async (name: string, text: string) => {
  await Deno.writeTextFile(`${FOLDER}/${name}`, text);
  return `${FOLDER}/${name}`;
};
/** Numbers of a text as a grid of at most 30 by 30. */
const gridOf = (text: string) => {
  const cells = [...text.slice(0, 900)].map((char) => char.codePointAt(0)! % 10);
  return Array.from(
    { length: 30 },
    (_, y) => Array.from({ length: 30 }, (_, x) => cells[(y * 30 + x) % cells.length]!),
  );
};
const ignore = () => {};

const READERS: readonly Reader[] = [
  { name: "folder prompt", words: HOME, length: PROMPT, read: (text) => home.planner?.read(text) },
  { name: "arc prompt", words: ARC, length: PROMPT, read: (text) => arc.planner?.read(text) },
  {
    name: "arc run, 30 × 30",
    words: ARC,
    length: 400,
    read: (prompt) => arcRuntime.run({ prompt, grid: gridOf(prompt) }).catch(ignore),
  },
  {
    name: "context",
    words: "ETH USDC",
    length: PROMPT,
    read: (text) => {
      const names = text.split(/\s+/).filter((name) => name !== "");
      const prices = Object.fromEntries(names.map((name, i) => [name, i]));
      const context = { oracle: { age_sec: 1 }, prices, balances: prices };
      return defi.run({ prompt: "deposit 1 ETH", context }).catch(ignore);
    },
  },
  {
    name: "CSV row",
    words: ENGLISH,
    length: PROMPT,
    read: async (text) =>
      await readLabeledCsv(await file("x.csv", `prompt,label\n${text},x\n`)).catch(ignore),
  },
  {
    name: "JSON line",
    words: '{"prompt": "label" "id" null [ ] }',
    length: PROMPT,
    read: async (text) => await readPrompts(await file("x.jsonl", `${text}\n`)).catch(ignore),
  },
  {
    name: "YAML config",
    words: "global: experiments: - &a *a { } [ ] ? ! | > a:",
    length: PROMPT,
    read: async (text) => {
      const path = await file("x.yaml", text);
      try {
        return parseStageConfig(await readConfigText(path), { file: path });
      } catch {
        return null;
      }
    },
  },
];

/** Words and signs, each over and over, or mixed. */
function invent(words: readonly string[], length: number, random: Random): string {
  const piece = () => {
    const bag = random.integer(2) === 0 ? words : SIGNS;
    const unit = Array.from({ length: 1 + random.integer(4) }, () => random.pick(bag))
      .join(random.integer(2) === 0 ? " " : "");
    return unit.repeat(1 + random.integer(random.integer(3) === 0 ? length : 6));
  };
  let text = "";
  while (text.length < length) text += piece() + random.pick(["", " ", ", "]);
  return text.slice(0, length);
}

function change(text: string, words: readonly string[], random: Random): string {
  const at = random.integer(text.length);
  const part = invent(words, 1 + random.integer(200), random);
  return (text.slice(0, at) + part + text.slice(at + random.integer(200))).slice(0, text.length);
}

/** Milliseconds of processor time: that of the clock counts what else the machine does. */
async function timeOf(read: Reader["read"], text: string): Promise<number> {
  const start = process.cpuUsage();
  await read(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The least of five, if the first says that it may be slow: anything may be late once. */
async function fairTime(read: Reader["read"], text: string, above: number): Promise<number> {
  let least = await timeOf(read, text);
  for (let i = 0; i < 4 && least > above; i++) least = Math.min(least, await timeOf(read, text));
  return least;
}

async function search({ words: list, length, read }: Reader) {
  const random = createRandom(Number(seed));
  const words = list.split(" ");
  const slowest = { ms: 0, text: "" };
  let tries = 0;
  for (const end = performance.now() + 1000 * Number(seconds); performance.now() < end; tries++) {
    const isNew = slowest.text === "" || random.integer(2) === 0;
    const text = isNew ? invent(words, length, random) : change(slowest.text, words, random);
    const ms = await fairTime(read, text, slowest.ms);
    if (ms > slowest.ms && tries > 20) Object.assign(slowest, { ms, text });
  }
  return { tries, ...slowest };
}

console.log(`seed ${seed}`);
await Deno.mkdir(FOLDER, { recursive: true });
const rows: (string | number)[][] = [];
for (const reader of READERS.filter(({ name }) => name.startsWith(only))) {
  const { tries, ms, text } = await search(reader);
  await file(`${reader.name}.txt`, text);
  rows.push([reader.name, tries, ms.toFixed(1), JSON.stringify(text.slice(0, 40))]);
}
console.log(textTable({ columns: ["reader", "tries", "slowest ms", "which begins with"], rows }));
Deno.exit(rows.every(([, , ms]) => Number(ms) <= MOST_MS) ? 0 : 2);
