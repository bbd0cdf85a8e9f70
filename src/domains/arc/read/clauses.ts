import { ACTION, readClause } from "./read_clause.ts";
import type { Reading } from "./reading.ts";
import type { Item } from "./tag_prompt.ts";

/** How a clause hangs on what stands before it. */
export type Link = "start" | "then" | "and" | "after" | "before" | "beforethat" | "fix";

/** A part of a prompt that says one thing. */
export interface Clause {
  readonly link: Link;
  /** Whether it opens a sentence or follows "then". */
  readonly opens: boolean;
  readonly items: readonly Item[];
}

const LINKS: Readonly<Record<string, Link>> = {
  then: "then",
  semi: "then",
  and: "and",
  comma: "and",
  after: "after",
  before: "before",
  beforethat: "beforethat",
  fix: "fix",
};

/** Cuts items into clauses: at "then" and full stops always, at "and" and commas where a new action begins. */
export function splitClauses(items: readonly Item[]): Clause[] {
  const clauses: Clause[] = [];
  for (const part of splitParts(items)) {
    const last = clauses.at(-1);
    const merged = last && part.link === "and" ? merge(last, part) : undefined;
    if (merged) clauses[clauses.length - 1] = merged;
    else clauses.push(part);
  }
  return clauses;
}

/** The tags of a clause, as the rules see them. */
export function tagsOf(items: readonly Item[]): string {
  return items.filter(({ tag }) => tag !== "unknown").map(({ tag }) => tag).join(" ");
}

interface Part extends Clause {
  /** The connectors in front of it. */
  readonly lead: readonly Item[];
}

function splitParts(items: readonly Item[]): Part[] {
  const parts: Part[] = [];
  let lead: Item[] = [];
  let body: Item[] = [];
  const close = () => {
    if (body.length > 0) {
      parts.push({ ...linkOf(lead, parts.length === 0), items: body, lead });
      lead = [];
    }
    body = [];
  };
  for (const item of items) {
    if (item.tag in LINKS) {
      close();
      lead.push(item);
    } else body.push(item);
  }
  close();
  return parts;
}

function linkOf(lead: readonly Item[], isFirst: boolean): { link: Link; opens: boolean } {
  const links = lead.map(({ tag }) => LINKS[tag]!);
  const strong = links.includes("then") || isFirst;
  const special = links.findLast((link) => link !== "then" && link !== "and");
  return { link: special ?? (isFirst ? "start" : strong ? "then" : "and"), opens: strong };
}

/** One clause of two parts joined by "and" or a comma, or undefined if the second stands by itself. */
function merge(clause: Clause, part: Part): Clause | undefined {
  const joined = { ...clause, items: [...clause.items, ...part.lead, ...part.items] };
  const [before, alone, both] = [clause, part, joined].map(({ items }) => read(items));
  // "no, flip it" corrects; "don't, please, flip it" forbids.
  const isNo = clause.items.length === 1 && clause.items[0]!.text === "no";
  if (isNo || part.items[0]!.tag === "neg") return undefined;
  // "blue and red trade places"
  if (
    !isSteps(before) &&
    (!ACTION.test(tagsOf(clause.items)) || /\bswap\b/.test(tagsOf(part.items))) && isSteps(both)
  ) return joined;
  const echoes = /^(?:flip|rot|move)(?: to)?$/.test(tagsOf(part.items));
  if (isSteps(both) && echoes && !isSteps(alone)) return joined;
  if (
    isSteps(both) && /\b(?:tile|copies)\b/.test(tagsOf(clause.items)) &&
    /^num:\d+ (?:down|across|row|col)/.test(tagsOf(part.items))
  ) return joined;
  if (ACTION.test(tagsOf(positive(part.items))) || hasForm(positive(part.items))) return undefined;
  if (isSteps(both) && JSON.stringify(both) !== JSON.stringify(before)) return joined;
  // "flip left and right, left becomes right" says the same thing twice.
  if (isSteps(alone)) return JSON.stringify(alone) === JSON.stringify(before) ? clause : undefined;
  return isSteps(before) && part.items.some(({ tag }) => tag === "unknown") ? undefined : joined;
}

function hasForm(items: readonly Item[]): boolean {
  return items.some(({ tag, form }) => form !== undefined && !/^(?:twice|thrice|once)$/.test(tag));
}

function read(items: readonly Item[]): Reading {
  return readClause(tagsOf(positive(items)));
}

/** What stands before a negation; all of it if that would be nothing. */
function positive(items: readonly Item[]): readonly Item[] {
  const negated = items.findIndex(({ tag }) => tag === "neg");
  return negated > 0 ? items.slice(0, negated) : items;
}

function isSteps(reading: Reading): boolean {
  return reading !== undefined && "steps" in reading;
}
