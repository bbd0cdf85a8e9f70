import { HIDDEN } from "./screen/hidden.ts";
import type { RefusalKind } from "./kinds.ts";
import type { CompiledLexicon } from "./lexicon.ts";
import { isShouting } from "./names/open_names.ts";
import type { ReadOrder } from "./order.ts";
import { readSegments } from "./reading/segments.ts";
import { readQuantities } from "./quantities/read.ts";
import { createRoles, type Role, type Roles } from "./roles.ts";
import { takeRatios } from "./ratios.ts";
import { cutSegments } from "./segments.ts";
import { type Tag, tagTokens } from "./tokens/tags.ts";
import { type Token, tokenize } from "./tokens/tokens.ts";
import { dropContrasts } from "./screen/contrasts.ts";
import { dropRepeats } from "./screen/repeats.ts";
import { applyCorrections, dropListMarks, findWrapper } from "./screen/wrappers.ts";

/** Why a prompt is no order to act on now, and where. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Ranges `[start, end)` of the prompt in UTF-16 units. */
  readonly spans: readonly (readonly [number, number])[];
}

/** What a prompt was read to. */
export interface ParsedPrompt {
  readonly tokens: readonly Token[];
  /** The role of each token. */
  readonly roles: readonly Role[];
  /** The orders as they are to happen; empty where the prompt is refused. */
  readonly orders: readonly ReadOrder[];
  readonly refusal: Refusal | null;
  /** Whether words that bear no load were passed over to find the orders. */
  readonly isLoose: boolean;
}

/** Longest prompt that is read, in tokens. A person's order has fewer than a hundred. */
export const MAX_TOKENS = 400;
/** Longest prompt that is looked at, in UTF-16 units. */
export const MAX_PROMPT_LENGTH = 2_000;

/**
 * Reads a prompt: which clauses are orders to be carried out now, what they are about, and what everything
 * else is. An order is proved, not assumed: its clause begins as orders do, and every word of it has a
 * place. What stands before it may tell how things are, what stands after it may give a reason; anything else
 * refuses the whole prompt, with the kind and the spans.
 *
 * Works in linear time.
 *
 * @param prompt Text of a person.
 * @param lexicon The words of a domain: {@linkcode compileLexicon}.
 */
export function parsePrompt(prompt: string, lexicon: CompiledLexicon): ParsedPrompt {
  const whole = [[0, prompt.length]] as const;
  const nothing = (kind: RefusalKind): ParsedPrompt => ({
    tokens: [],
    roles: [],
    orders: [],
    refusal: { kind, spans: whole },
    isLoose: false,
  });
  if (prompt.length > MAX_PROMPT_LENGTH) return nothing("too_long");
  const hidden = HIDDEN.exec(prompt);
  if (hidden) {
    const span = [hidden.index, hidden.index + hidden[0].length] as const;
    return { ...nothing("unreadable"), refusal: { kind: "unreadable", spans: [span] } };
  }
  const tokens = tokenize(prompt, { isName: lexicon.isName });
  if (tokens.length > MAX_TOKENS) return nothing("too_long");
  if (tokens.length === 0) return nothing("empty");
  const roles = createRoles(tokens.length);
  const finish = (orders: readonly ReadOrder[], kind: RefusalKind | null, bad: readonly Tag[]) => ({
    tokens,
    roles: tokens.map(({ norm }, i) => {
      const role = roles.of(i);
      return role === "unread" && /^[,.;:!?()-]+$/.test(norm) ? "punct" : role;
    }),
    orders: kind === null ? orders : [],
    refusal: kind === null ? null : { kind, spans: spansOf(bad, tokens, prompt) },
    isLoose: false,
  });
  const flawed = tokens.findIndex(({ flaws }) => flaws?.some((flaw) => !HARMLESS.includes(flaw)));
  if (flawed >= 0) {
    const { start, end } = tokens[flawed]!;
    return { ...finish([], null, []), refusal: { kind: "unreadable", spans: [[start, end]] } };
  }
  const quantities = readQuantities(tokens, lexicon.lexicon.quantities);
  const listed = dropListMarks(
    tagTokens(prompt, tokens, quantities, lexicon),
    prompt,
    tokens,
    roles,
  );
  const all = dropRepeats(applyCorrections(listed, roles), roles);
  const wrapper = findWrapper(all, prompt, tokens);
  if (wrapper) return finish([], "wrapper", [wrapper]);
  const read = (isLoose: boolean, into: Roles) => {
    const { kept, ratios } = takeRatios(
      isLoose ? dropContrasts(all, into) : all,
      into,
    );
    const starts = tokens.map(({ start }) => start);
    const segments = cutSegments(prompt, kept, lexicon, starts);
    const base = { lexicon, roles: into, ratios, isShouting: isShouting(prompt), isLoose };
    return readSegments(segments, base);
  };
  const strict = read(false, roles);
  if (strict.kind === null) return finish(strict.orders, null, []);
  const fresh = createRoles(tokens.length);
  const loose = read(true, fresh);
  // What bears load tells more than all that the first reading left over
  const bad = loose.bad.length > 0 ? loose.bad : strict.bad;
  if (loose.kind !== null) return finish([], strict.kind, bad);
  for (let i = 0; i < tokens.length; i++) {
    const role = fresh.of(i);
    const isMarked = ["list_mark", "correction"].includes(roles.of(i));
    if (role !== "unread" || !isMarked) roles.set({ from: i, to: i + 1 } as Tag, role);
  }
  return { ...finish(loose.orders, null, []), isLoose: true };
}

const HARMLESS: readonly string[] = ["compatibility", "glued"];

function spansOf(
  tags: readonly Tag[],
  tokens: readonly Token[],
  prompt: string,
): (readonly [number, number])[] {
  const spans = tags.filter(({ from, to }) => to > from)
    .map(({ from, to }) => [tokens[from]!.start, tokens[to - 1]!.end] as const);
  return spans.length > 0 ? spans : [[0, prompt.length]];
}
