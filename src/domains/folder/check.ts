import { MicroLmError } from "../../core/errors.ts";
import { isOfType } from "./guards.ts";
import {
  type Condition,
  type DomainParts,
  type FactType,
  type GUARDS,
  type LEXICON,
  OPERATORS,
  type SLOTS,
  type TAXONOMY,
} from "./schema.ts";
import { SHIPPED } from "../shipped.ts";
import { foldPhrase } from "./words.ts";
import { type DomainFile, unknownName } from "./yaml.ts";
import type { z } from "zod";

/** The files of a domain; slots and guards may be left out. */
export interface DomainFiles {
  readonly taxonomy: DomainFile<z.infer<typeof TAXONOMY>>;
  readonly lexicon: DomainFile<z.infer<typeof LEXICON>>;
  readonly slots: DomainFile<z.infer<typeof SLOTS>> | null;
  readonly guards: DomainFile<z.infer<typeof GUARDS>> | null;
}

/** Names that mean something else already. */
const RESERVED = ["abstain", "generic", "auto", ...Object.keys(SHIPPED)];

/**
 * Checks that the files of a domain speak of the same things.
 *
 * @throws {MicroLmError} Kind `data` with file, line and column.
 */
export function checkDomainFiles(files: DomainFiles): DomainParts {
  checkTaxonomy(files.taxonomy);
  checkLexicon(files);
  const parts: DomainParts = {
    taxonomy: files.taxonomy.value,
    lexicon: files.lexicon.value,
    slots: files.slots?.value ?? { slots: {}, actions: {} },
    guards: files.guards?.value ?? { facts: {}, guards: [] },
  };
  if (files.slots) checkSlots(files.slots, parts);
  if (files.guards) checkGuards(files.guards, parts);
  return parts;
}

function checkTaxonomy({ value, locate }: DomainFiles["taxonomy"]): void {
  if (RESERVED.includes(value.name)) {
    throw new MicroLmError("data", `The name "${value.name}" is taken`, { at: locate(["name"]) });
  }
  const owners = new Map(Object.keys(value.actions).map((action) => [action, action]));
  for (const [action, { aliases }] of Object.entries(value.actions)) {
    if (RESERVED.includes(action)) {
      throw new MicroLmError("data", `The name "${action}" is taken`, {
        at: locate(["actions", action]),
      });
    }
    aliases.forEach((alias, i) => {
      const owner = RESERVED.includes(alias) ? alias : owners.get(alias);
      if (owner !== undefined) {
        throw new MicroLmError("data", `The alias "${alias}" is taken by ${owner}`, {
          at: locate(["actions", action, "aliases", i]),
        });
      }
      owners.set(alias, action);
    });
  }
}

function checkLexicon({ taxonomy, lexicon }: DomainFiles): void {
  const actions = Object.keys(taxonomy.value.actions);
  for (const action of Object.keys(lexicon.value)) {
    if (!actions.includes(action)) {
      throw unknownName("action", action, actions, lexicon.locate([action]));
    }
  }
  const silent = actions.find((action) => !Object.hasOwn(lexicon.value, action));
  if (silent !== undefined) {
    throw new MicroLmError("data", `Expected terms for the action "${silent}", found none`, {
      at: { file: lexicon.path },
    });
  }
}

function checkSlots(
  { value, locate }: NonNullable<DomainFiles["slots"]>,
  parts: DomainParts,
): void {
  for (const [name, slot] of Object.entries(value.slots)) {
    if (slot.kind !== "words") continue;
    const owners = new Map<string, string>();
    for (const [group, phrases] of Object.entries(slot.words)) {
      phrases.forEach((phrase, i) => {
        const folded = foldPhrase(phrase);
        if (owners.has(folded)) {
          throw new MicroLmError("data", `"${phrase}" means ${owners.get(folded)} already`, {
            at: locate(["slots", name, "words", group, i]),
          });
        }
        owners.set(folded, group);
      });
    }
  }
  const actions = Object.keys(parts.taxonomy.actions);
  for (const [action, slots] of Object.entries(value.actions)) {
    if (!actions.includes(action)) {
      throw unknownName("action", action, actions, locate(["actions", action]));
    }
    for (const key of ["needs", "takes"] as const) {
      slots[key].forEach((slot, i) => {
        const at = locate(["actions", action, key, i]);
        if (!Object.hasOwn(value.slots, slot)) {
          throw unknownName("slot", slot, Object.keys(value.slots), at);
        }
        if (key === "takes" && slots.needs.includes(slot)) {
          throw new MicroLmError("data", `${action} needs the slot "${slot}" already`, { at });
        }
      });
    }
  }
}

function checkGuards(
  { value, locate }: NonNullable<DomainFiles["guards"]>,
  parts: DomainParts,
): void {
  const actions = Object.keys(parts.taxonomy.actions);
  const names = new Set<string>();
  value.guards.forEach((guard, g) => {
    if (names.has(guard.name)) {
      throw new MicroLmError("data", `The guard "${guard.name}" occurs twice`, {
        at: locate(["guards", g, "name"]),
      });
    }
    names.add(guard.name);
    guard.actions.forEach((action, i) => {
      if (!actions.includes(action)) {
        throw unknownName("action", action, actions, locate(["guards", g, "actions", i]));
      }
    });
    for (const key of ["when", "require"] as const) {
      guard[key].forEach((condition, i) => {
        const path = ["guards", g, key, i];
        const type = typeOf(condition, guard.actions, parts, (last) => locate([...path, last]));
        checkValues(condition, type, (last) => locate([...path, last]));
      });
    }
  });
}

type Locate = (key: string) => ReturnType<DomainFile<unknown>["locate"]>;
type ValueType = FactType | readonly string[];

/** The type of what a condition asks about; for a slot of words its values. */
function typeOf(
  { of }: Condition,
  actions: readonly string[],
  { slots, guards }: DomainParts,
  locate: Locate,
): ValueType {
  const [where, name] = of.split(".") as [string, string];
  if (where === "context") {
    const type = Object.hasOwn(guards.facts, name) ? guards.facts[name] : undefined;
    if (type) return type;
    throw unknownName("fact", name, Object.keys(guards.facts), locate("of"));
  }
  for (const action of actions) {
    const { needs = [], takes = [] } = slots.actions[action] ?? {};
    if (![...needs, ...takes].includes(name)) {
      throw unknownName(`slot of ${action}`, name, [...needs, ...takes], locate("of"));
    }
  }
  const slot = slots.slots[name]!;
  return slot.kind === "words" ? Object.keys(slot.words) : slot.kind;
}

function checkValues(condition: Condition, type: ValueType, locate: Locate): void {
  for (const operator of OPERATORS) {
    const wanted = condition[operator];
    if (wanted === undefined || operator === "exists") continue;
    const orders = !["eq", "in"].includes(operator);
    if (orders && type !== "number" && type !== "time") {
      throw new MicroLmError("data", `Cannot compare ${condition.of} by ${operator}`, {
        at: locate(operator),
        hint: "Only numbers and times have an order; use eq, in or exists",
      });
    }
    for (const value of Array.isArray(wanted) ? wanted : [wanted]) {
      const fits = typeof type === "string" ? isOfType(value, type) : type.includes(String(value));
      if (fits) continue;
      const expected = typeof type === "string" ? EXPECTED[type] : `one of ${type.join(", ")}`;
      throw new MicroLmError(
        "data",
        `Expected ${condition.of} to be compared with ${expected}, found ${JSON.stringify(value)}`,
        { at: locate(operator) },
      );
    }
  }
}

/** What a value of each type looks like. */
export const EXPECTED: Readonly<Record<FactType, string>> = {
  boolean: "true or false",
  number: "a number",
  text: "text",
  time: "a time such as 07:30",
};
