import { type Clause, splitClauses, tagsOf } from "./clauses.ts";
import type { ArcOp } from "../grid/ops.ts";
import { ACTION, readClause } from "./read_clause.ts";
import type { ArcRefusal, Reading } from "./reading.ts";
import type { Item } from "./tag_prompt.ts";
import type { Span } from "./words.ts";

/** A step and the words that ask for it. */
export interface PlacedStep {
  readonly step: ArcOp;
  readonly span: Span;
}

/** What the clauses of a prompt come to. */
export type Assembly =
  | { readonly steps: readonly PlacedStep[]; readonly undone: readonly PlacedStep[] }
  | { readonly refusal: ArcRefusal; readonly detail: string; readonly span?: Span };

/** The steps of one clause, and where they belong. */
interface Group {
  readonly steps: PlacedStep[];
  /** −1 for "first", 1 for "last". */
  readonly rank: number;
}

interface State {
  groups: Group[];
  /** A group that waits for the one after it: "before you flip it, …". */
  held: Group | undefined;
  /** The last verb, for "flip it horizontally, then vertically". */
  verb: string;
  undone: PlacedStep[];
  negated: boolean;
  /** Whether a "no" asks for the step before to be replaced. */
  corrects: boolean;
}

/** Most steps of a plan. */
const MAX_STEPS = 64;

/** Puts the steps of all clauses in the order of execution. */
export function assemble(items: readonly Item[]): Assembly {
  const state: State = {
    groups: [],
    held: undefined,
    verb: "",
    undone: [],
    negated: false,
    corrects: false,
  };
  for (const clause of splitClauses(items)) {
    const failure = addClause(clause, state);
    if (failure) return failure;
    if (state.groups.reduce((n, { steps }) => n + steps.length, 0) > MAX_STEPS) {
      return { refusal: "too_many_steps", detail: `A plan has at most ${MAX_STEPS} steps` };
    }
  }
  if (state.held) state.groups.push(state.held);
  const steps = state.groups.toSorted((a, b) => a.rank - b.rank).flatMap((group) => group.steps);
  if (steps.length > 0 || state.undone.length > 0) return { steps, undone: state.undone };
  return state.negated
    ? { refusal: "negation", detail: "The prompt says what not to do" }
    : { refusal: "no_action", detail: "No operation on grids is named" };
}

function addClause(
  clause: Clause,
  state: State,
): Extract<Assembly, { refusal: unknown }> | undefined {
  const span = spanOf(clause.items);
  const positive = withoutNegated(clause.items, state);
  if (positive.length === 0) {
    if (clause.link === "fix") undoFamily(tagsOf(clause.items), state);
    state.corrects = clause.items.length === 1 && clause.items[0]!.text === "no" &&
      state.groups.length > 0;
    return undefined;
  }
  const whole = tagsOf(positive);
  if (/\bundo\b/.test(whole)) return undo(whole, span, state);
  if (/^(?:keep|do)$/.test(whole) && positive.length === 1 && !isVerb(positive[0]!)) {
    return undefined;
  }
  if (repeatsEarlier(whole) || /^do the same$/.test(textOf(positive))) {
    return repeat(whole, span, state);
  }
  const { tags, rank } = takeOrder(whole);
  if (/\bor\b/.test(tags) && ACTION.test(tags)) {
    return { refusal: "ambiguous", detail: "The prompt leaves a choice", span };
  }
  const reading = readWithVerb(tags, state.verb);
  if (!reading) {
    const unknown = positive.some(({ tag, form }) => tag === "unknown" || form !== undefined);
    if (!unknown) return undefined;
    return { refusal: "no_action", detail: `"${textOf(positive)}" names no known operation`, span };
  }
  if ("refusal" in reading) return { ...reading, span };
  const restTwice = /^(?:remove|drop) (?:whole )?rest$/.test(tags) &&
    state.groups.at(-1)?.steps.at(-1)?.step.op === "largest_component";
  if (restTwice) return undefined;
  const strange = positive.filter(({ tag }) => tag === "unknown");
  if (strange.length > 1 || (strange.length === 1 && /^(?:to )?\S+$/.test(tags))) {
    return { refusal: "no_action", detail: `Unknown words: ${textOf(strange)}`, span };
  }
  state.verb = /\b(?:rot|flip|move)\b/.exec(tags)?.[0] ?? state.verb;
  placeGroup({ steps: reading.steps.map((step) => ({ step, span })), rank }, clause, state);
  return undefined;
}

function placeGroup(group: Group, { link, opens }: Clause, state: State): void {
  const { groups } = state;
  if (link === "before" && opens && !state.held) {
    state.held = group;
    return;
  }
  const corrects = link === "fix" || state.corrects;
  state.corrects = false;
  if (corrects && groups.length > 0) state.undone.push(...groups.pop()!.steps);
  const earlier = link === "beforethat" || (link === "after" && !opens);
  if (earlier && groups.length > 0) groups.splice(groups.length - 1, 0, group);
  else groups.push(group);
  if (state.held) {
    groups.push(state.held);
    state.held = undefined;
  }
}

/** What stands behind a negation is not wanted; "use green instead of red" is left to the rules. */
function withoutNegated(items: readonly Item[], state: State): readonly Item[] {
  const at = items.findIndex(({ tag }) => tag === "neg");
  if (at < 0) return items;
  const reading = readClause(tagsOf(items));
  const isColor = reading && "steps" in reading &&
    reading.steps.every(({ op }) => op === "recolor");
  if (isColor && /^instead|^rather|^in place/.test(items[at]!.text) && at > 0) return items;
  if (/\bremove\b.*\bneg\b.*\blargest\b/.test(tagsOf(items))) return items;
  state.negated = true;
  return items.slice(0, at);
}

/** "first" and "last" as order, not as the first row. */
function takeOrder(tags: string): { tags: string; rank: number } {
  const mark = /\b(first|last)\b(?! (?:num:\d+ )?(?:row|col|color))/.exec(tags);
  if (!mark) return { tags, rank: 0 };
  const rest = (tags.slice(0, mark.index) + tags.slice(mark.index + mark[0].length)).replace(
    / +/g,
    " ",
  ).trim();
  return { tags: rest, rank: mark[1] === "first" ? -1 : 1 };
}

function readWithVerb(tags: string, verb: string): Reading {
  const reading = readClause(tags);
  if (reading || verb === "" || ACTION.test(tags)) return reading;
  const elliptic = readClause(`${verb} ${tags}`);
  return /\b(?:num|horiz|vert|left|right|up|down|cw|ccw|diag|axis)\b/.test(tags)
    ? elliptic
    : undefined;
}

function repeatsEarlier(tags: string): boolean {
  const rest = tags.replace(/\bident (?=.*again)|\bnum:\d+ step\b/g, "").replace(
    /\b(?:do|repeat|again|whole|step|last|twice|thrice|once|num:\d+ times|to|first)\b/g,
    "",
  );
  return rest.trim() === "" && /\b(?:do|repeat|again)\b/.test(tags);
}

/** "Give me" and "do" name an action only with what follows; "keep" and "take" are verbs. */
function isVerb({ form, text }: Item): boolean {
  return form !== "noun" && !/^do/.test(text);
}

function repeat(tags: string, span: Span, state: State) {
  if (state.groups.length === 0) {
    return { refusal: "missing_argument" as const, detail: "There is nothing yet to repeat", span };
  }
  const named = /\b(?:twice|thrice|num:(\d+) times)\b/.exec(tags);
  const count = named ? Number(named[1] ?? (named[0] === "twice" ? 2 : 3)) : undefined;
  // "do it twice" is two in all; "repeat it twice" is two more.
  const more = Math.min(
    MAX_STEPS,
    /\brepeat\b|\bagain\b/.test(tags) && !/\bwhole\b/.test(tags) ? count ?? 1 : (count ?? 2) - 1,
  );
  const lastFew = /\bnum:(\d+) step\b/.exec(tags)?.[1];
  if (lastFew) {
    const all = state.groups.flatMap(({ steps }) => steps);
    state.groups.push({ steps: all.slice(-Number(lastFew)), rank: 0 });
    return undefined;
  }
  const source = /\bwhole\b/.test(tags)
    ? state.groups.flatMap(({ steps }) => steps)
    : state.groups.at(-1)!.steps;
  for (let i = 0; i < more; i++) state.groups.push({ steps: [...source], rank: 0 });
  return undefined;
}

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  rot: ["rotate"],
  flip: ["flip_h", "flip_v"],
  transp: ["transpose", "anti_transpose"],
  move: ["translate"],
  crop: ["crop"],
  recolor: ["recolor"],
  scale: ["scale"],
  tile: ["tile"],
};

function familyOf(tags: string): string | undefined {
  return Object.keys(FAMILIES).find((tag) => new RegExp(`\\b${tag}\\b`).test(tags));
}

/** Takes back the last step of the kind that a correction names: "no wait, don't flip". */
function undoFamily(tags: string, { groups, undone }: State): void {
  const ops = FAMILIES[familyOf(tags) ?? ""] ?? [];
  const at = groups.findLastIndex(({ steps }) => steps.some(({ step }) => ops.includes(step.op)));
  const group = groups[at];
  if (!group) return;
  undone.push(...group.steps.filter(({ step }) => ops.includes(step.op)));
  groups[at] = { ...group, steps: group.steps.filter(({ step }) => !ops.includes(step.op)) };
}

function undo(tags: string, span: Span, state: State) {
  const { groups } = state;
  const family = /\bstep\b/.test(tags) ? undefined : familyOf(tags);
  const at = family
    ? groups.findLastIndex(({ steps }) =>
      steps.some(({ step }) => FAMILIES[family]!.includes(step.op))
    )
    : groups.length - 1;
  if (at < 0) {
    return { refusal: "nothing_to_undo" as const, detail: "There is no such step to undo", span };
  }
  if (family) {
    state.undone.push(...groups.splice(at, 1)[0]!.steps);
    return undefined;
  }
  const all = groups.splice(0).flatMap(({ steps, rank }) =>
    steps.map((step) => ({ steps: [step], rank }))
  );
  const count = /\bwhole\b/.test(tags) ? all.length : Number(/\bnum:(\d+)/.exec(tags)?.[1] ?? 1);
  state.undone.push(...all.splice(Math.max(0, all.length - count)).flatMap(({ steps }) => steps));
  groups.push(...all);
  return undefined;
}

function spanOf(items: readonly Item[]): Span {
  return { start: items[0]!.start, end: items.at(-1)!.end };
}

function textOf(items: readonly Item[]): string {
  return items.map(({ text }) => text).join(" ");
}
