import { readPlain } from "./words.ts";
import type { FolderRules } from "./rules.ts";
import { findUnkeptTime, type FolderNonExecutable } from "./gate.ts";
import type { SlotValue } from "./slots.ts";
import type { FolderSegment } from "./split.ts";

/** One step of a plan of a domain from a folder. */
export interface FolderStep extends FolderSegment {
  readonly action: string;
  /** What the words say of each slot of the action; null where they leave it open. */
  readonly slots: Readonly<Record<string, SlotValue | null>>;
  /** Slots that the action needs and the words leave open. */
  readonly missing: readonly string[];
  /** Slots for which the words name several things. */
  readonly ambiguous: readonly string[];
  /** Position of the step whose slots are meant by "it" or "them", or null. */
  readonly from_step: number | null;
}

const REFERS = /\b(?:it|them|that|those|there)\b/;

/**
 * Reads the slots of each step. A needed slot that a step leaves open and points at with "it", "them" or
 * "there" is that of the step before, where that one has a slot of the same name.
 */
export function readFolderSteps(
  rules: FolderRules,
  orders: readonly { readonly action: string; readonly segment: FolderSegment }[],
): FolderStep[] {
  const steps: FolderStep[] = [];
  for (const { action, segment } of orders) {
    steps.push(link(readStep(rules, action, segment), steps.at(-1), steps.length - 1));
  }
  return steps;
}

/** The time that a step names and its action cannot keep, or null. */
export function unkeptTimeOf(
  { actionSlots, slotKinds }: FolderRules,
  { action, text }: FolderStep,
): FolderNonExecutable | null {
  const { needs, takes } = actionSlots[action]!;
  const kinds = [...needs, ...takes].flatMap((name): ("time" | "duration")[] => {
    const slot = slotKinds[name]!;
    if (slot.kind === "time") return ["time"];
    return slot.kind === "number" && slot.units.some((unit) => OF_TIME.test(unit))
      ? ["duration"]
      : [];
  });
  return findUnkeptTime(text, new Set(kinds));
}

const OF_TIME = /^(?:seconds?|minutes?|hours?|days?)$/;

function readStep(rules: FolderRules, action: string, segment: FolderSegment): FolderStep {
  const { needs, takes } = rules.actionSlots[action]!;
  const { text } = readPlain(segment.text);
  const found = [...needs, ...takes].map((name) =>
    [name, rules.reader.slots[name]!(text)] as const
  );
  return {
    action,
    ...segment,
    slots: Object.fromEntries(
      found.map(([name, values]) => [name, values.length === 1 ? values[0]! : null]),
    ),
    missing: found.flatMap(([name, { length }]) =>
      needs.includes(name) && length === 0 ? [name] : []
    ),
    ambiguous: found.flatMap(([name, { length }]) => length > 1 ? [name] : []),
    from_step: null,
  };
}

function link(step: FolderStep, previous: FolderStep | undefined, at: number): FolderStep {
  if (!previous || step.missing.length === 0 || !REFERS.test(step.text.toLowerCase())) return step;
  const given = step.missing.flatMap((name) => {
    const value = previous.slots[name] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  if (given.length === 0) return step;
  const names = given.map(([name]) => name);
  return {
    ...step,
    slots: { ...step.slots, ...Object.fromEntries(given) },
    missing: step.missing.filter((name) => !names.includes(name)),
    from_step: at,
  };
}
