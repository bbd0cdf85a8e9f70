import { z } from "zod";
import { MicroLmError } from "../core/errors.ts";
import { parseJson } from "../core/text/json_text.ts";
import { parseYaml } from "../core/yaml_document.ts";

/** Whose corpus it is. */
export type CorpusFormat = "rasa" | "semantic-router" | "nlpjs";

/** An example of a corpus. */
export interface CorpusRow {
  readonly prompt: string;
  readonly label: string;
}

const NAME = z.string().trim().min(1, "expected a name");
const TEXTS = z.array(z.string());

/** `nlu.yml` of Rasa 3: intents beside synonyms, lookups and regular expressions, which are passed over. */
const RASA = z.looseObject({
  nlu: z.array(z.looseObject({
    intent: NAME.optional(),
    examples: z.union([z.string(), z.array(z.looseObject({ text: z.string() }))]).optional(),
  })),
});
const ROUTES = z.array(z.looseObject({ name: NAME, utterances: TEXTS }));
const SEMANTIC_ROUTER = z.union([ROUTES, z.looseObject({ routes: ROUTES })]);
const NLPJS = z.looseObject({
  data: z.array(z.looseObject({ intent: NAME, utterances: TEXTS.default([]) })),
});

/** How a reader makes rows of what a file holds. */
const READERS: Readonly<Record<CorpusFormat, (value: unknown) => CorpusRow[]>> = {
  rasa: (value) =>
    RASA.parse(value).nlu.flatMap(({ intent, examples = [] }) => {
      if (intent === undefined) return [];
      const texts = typeof examples === "string"
        ? listItems(examples)
        : examples.map(({ text }) => text);
      return rowsOf(intent, texts.map(withoutEntities));
    }),
  "semantic-router": (value) => {
    const parsed = SEMANTIC_ROUTER.parse(value);
    const routes = Array.isArray(parsed) ? parsed : parsed.routes;
    return routes.flatMap(({ name, utterances }) => rowsOf(name, utterances));
  },
  nlpjs: (value) =>
    NLPJS.parse(value).data.flatMap(({ intent, utterances }) => rowsOf(intent, utterances)),
};

/**
 * Reads the training corpus of another tool: `nlu.yml` of Rasa, the routes of semantic-router as JSON,
 * the corpus of nlp.js as JSON. Marks of entities of Rasa become their text.
 *
 * @param file For messages.
 * @throws {MicroLmError} Kind `data` for what is no such corpus, or holds no example.
 *
 * @example
 * ```ts
 * import { importCorpus } from "micro-lm/trust";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `nlu:\n- intent: book\n  examples: |\n    - a room in [Rome](city)\n`;
 * assertEquals(importCorpus(text, "rasa", "nlu.yml"), [{ prompt: "a room in Rome", label: "book" }]);
 * ```
 */
export function importCorpus(text: string, from: CorpusFormat, file: string): CorpusRow[] {
  const { value, locate } = from === "rasa"
    ? parseYaml(text, file)
    : { value: parseJson(text, { at: { file } }), locate: () => ({ file }) };
  let rows: CorpusRow[];
  try {
    rows = READERS[from](value);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    const { message, path } = cause.issues[0]!;
    const place = path.length > 0 ? ` at "${path.join(".")}"` : "";
    throw new MicroLmError("data", `Expected a corpus of ${from}: ${message}${place}`, {
      at: locate(path.filter((key) => typeof key !== "symbol")),
      hint: HINTS[from],
      cause,
    });
  }
  if (rows.length > 0) return rows;
  throw new MicroLmError("data", `Expected examples in a corpus of ${from}, found none`, {
    at: { file },
    hint: HINTS[from],
  });
}

const HINTS: Readonly<Record<CorpusFormat, string>> = {
  rasa: 'It has "nlu:", a list of "intent:" with "examples: |" and a line "- text" each',
  "semantic-router": 'It is a list of {"name": …, "utterances": […]}, or has one as "routes"',
  nlpjs: 'It has "data", a list of {"intent": …, "utterances": […]}',
};

function rowsOf(label: string, texts: readonly string[]): CorpusRow[] {
  const prompts = texts.map((text) => text.replace(/\s+/g, " ").trim());
  return prompts.filter((prompt) => prompt !== "").map((prompt) => ({ prompt, label }));
}

/** The items of a list within a text; a line without a dash goes on with the item before it. */
function listItems(text: string): string[] {
  const items: string[] = [];
  for (const line of text.split("\n")) {
    const item = /^\s*-\s+(.*)$/.exec(line);
    if (item) items.push(item[1]!);
    else if (line.trim() !== "" && items.length > 0) items[items.length - 1] += ` ${line.trim()}`;
  }
  return items;
}

/** `[Rome](city)` and `[Rome]{"entity": "city"}` → `Rome`. */
function withoutEntities(text: string): string {
  return text.replace(/\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})/g, "$1");
}
