import type { FolderRules } from "./rules.ts";
import { type Condition, type FactType, type FolderGuard, OPERATORS } from "./schema.ts";
import type { FolderStep } from "./steps.ts";

/** Facts of a context by name; what is not there is unknown. */
export type FolderContext = Readonly<Record<string, boolean | number | string>>;

/** What one guard says of one step. */
export interface GuardFinding {
  readonly step: number;
  readonly guard: string;
  /** `failed`: a condition does not hold. `unknown`: what it asks about is not known. */
  readonly verdict: "ok" | "failed" | "unknown";
  /** The first condition that is not met; absent if all are. */
  readonly condition?: Condition;
  /** What was found in its place; null if nothing. */
  readonly found?: boolean | number | string | null;
  readonly because?: string;
}

/**
 * Asks every guard about every step that it applies to.
 *
 * All conditions of `require` have to hold. A guard with `when` applies unless one of those conditions is
 * known not to hold: what is unknown counts against acting, here as there.
 */
export function verifyFolderSteps(
  { guards }: Pick<FolderRules, "guards">,
  steps: readonly FolderStep[],
  context: FolderContext,
): GuardFinding[] {
  return steps.flatMap((step, i) =>
    guards.filter((guard) => applies(guard, step, context)).map((guard) =>
      judge(guard, step, context, i)
    )
  );
}

/** A time of day, `HH:MM`. */
export const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** True if a value is of a fact's type. */
export function isOfType(value: unknown, type: FactType): boolean {
  if (type === "time") {
    return typeof value === "string" && TIME.test(value);
  }
  if (type === "number") return typeof value === "number" && Number.isFinite(value);
  return type === "text" ? typeof value === "string" : typeof value === "boolean";
}

function applies(guard: FolderGuard, step: FolderStep, context: FolderContext): boolean {
  return guard.actions.includes(step.action) &&
    guard.when.every((condition) => holds(condition, lookUp(condition, step, context)) !== false);
}

function judge(
  { name, require, because }: FolderGuard,
  step: FolderStep,
  context: FolderContext,
  at: number,
): GuardFinding {
  const answers = require.map((condition) => {
    const found = lookUp(condition, step, context);
    return { condition, found: found ?? null, met: holds(condition, found) };
  });
  const unmet = answers.find(({ met }) => met === false) ??
    answers.find(({ met }) => met === null);
  if (!unmet) return { step: at, guard: name, verdict: "ok" };
  return {
    step: at,
    guard: name,
    verdict: unmet.met === false ? "failed" : "unknown",
    condition: unmet.condition,
    found: unmet.found,
    ...(because !== "" && { because }),
  };
}

type Found = boolean | number | string | undefined;

function lookUp({ of }: Condition, step: FolderStep, context: FolderContext): Found {
  const [where, name] = of.split(".") as ["context" | "slots", string];
  if (where === "slots") return step.slots[name] ?? undefined;
  return Object.hasOwn(context, name) ? context[name] : undefined;
}

/** True, false, or null where the fact is unknown. */
function holds(condition: Condition, found: Found): boolean | null {
  const answers = OPERATORS.filter((operator) => condition[operator] !== undefined).map(
    (operator) =>
      operator === "exists"
        ? (found !== undefined) === condition.exists
        : found === undefined
        ? null
        : compare(operator, found, condition[operator]!),
  );
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

/** Numbers by size; times as `HH:MM`, which sort as text. Of different types nothing holds. */
function compare(
  operator: Exclude<typeof OPERATORS[number], "exists">,
  found: boolean | number | string,
  wanted: boolean | number | string | readonly (boolean | number | string)[],
): boolean {
  if (operator === "in") return Array.isArray(wanted) && wanted.includes(found);
  if (typeof found !== typeof wanted || Array.isArray(wanted)) return false;
  const limit = wanted as typeof found;
  if (operator === "eq") return found === limit;
  if (typeof found === "boolean") return false;
  if (operator === "lt") return found < limit;
  if (operator === "lte") return found <= limit;
  return operator === "gt" ? found > limit : found >= limit;
}
