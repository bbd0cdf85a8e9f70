// deno-lint-ignore-file no-slow-types -- the schemas are their types, and none of them is public
import { z } from "zod";

/** Names the format of a domain's folder. */
export const DOMAIN_SCHEMA = "micro-lm/domain@1";

/** Comparisons that a condition may make; there are no others and no expressions. */
export const OPERATORS = ["eq", "lt", "lte", "gt", "gte", "in", "exists"] as const;

/** Types of the facts of a context. A `time` is written `HH:MM`. */
export const FACT_TYPES = ["boolean", "number", "text", "time"] as const;

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const name = z.string().regex(NAME, "expected lower-case letters, digits and _");
const phrase = z.string().trim().toLowerCase().min(1).max(200)
  .regex(/[\p{L}\p{N}%°]/u, "expected a word");
const phrases = z.array(phrase).max(1000);
const named = <T extends z.ZodType>(value: T) => z.record(name, value);
const some = <T extends z.ZodType>(value: T, what: string) =>
  named(value).refine((all) => Object.keys(all).length > 0, `expected at least one ${what}`);

/** `taxonomy.yaml`: what can be asked for. */
export const TAXONOMY = z.strictObject({
  schema: z.literal(DOMAIN_SCHEMA, `expected "${DOMAIN_SCHEMA}"`),
  name,
  summary: z.string().default(""),
  actions: some(
    z.strictObject({ aliases: z.array(name).default([]), summary: z.string().default("") })
      .nullable().transform((given) => given ?? { aliases: [], summary: "" }),
    "action",
  ),
});

/** `lexicon.yaml`: the words that speak for each action. */
export const LEXICON = named(
  z.strictObject({ strong: phrases.min(1, "expected a term"), weak: phrases.default([]) }),
);

const SLOT = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("words"),
    words: some(phrases.min(1, "expected a word"), "value"),
  }),
  z.strictObject({
    kind: z.literal("number"),
    units: phrases.default([]),
    bare: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal("time") }),
], "expected kind: words, number or time");

/** `slots.yaml`: what an action is told. */
export const SLOTS = z.strictObject({
  slots: named(SLOT).default({}),
  actions: named(
    z.strictObject({ needs: z.array(name).default([]), takes: z.array(name).default([]) }),
  ).default({}),
});

const scalar = z.union([z.boolean(), z.number(), z.string()], "expected a value");

const CONDITION = z.strictObject({
  of: z.string().regex(
    /^(?:context|slots)\.[a-z][a-z0-9_]*$/,
    "expected context.NAME or slots.NAME",
  ),
  eq: scalar.optional(),
  lt: scalar.optional(),
  lte: scalar.optional(),
  gt: scalar.optional(),
  gte: scalar.optional(),
  in: z.array(scalar).min(1, "expected a value").optional(),
  exists: z.boolean().optional(),
}).refine(
  (given) => OPERATORS.some((operator) => given[operator] !== undefined),
  `expected one of ${OPERATORS.join(", ")}`,
);

/** `guards.yaml`: when an action may be carried out. */
export const GUARDS = z.strictObject({
  facts: named(z.enum(FACT_TYPES, `expected ${FACT_TYPES.join(", ")}`)).default({}),
  guards: z.array(z.strictObject({
    name,
    actions: z.array(name).min(1, "expected an action"),
    when: z.array(CONDITION).default([]),
    require: z.array(CONDITION).min(1, "expected a condition"),
    because: z.string().default(""),
  })).default([]),
});

/** What a domain says of a slot. */
export type FolderSlot = z.infer<typeof SLOT>;
/** One comparison, or several of the same fact that all have to hold. */
export type Condition = z.infer<typeof CONDITION>;
/** When an action may be carried out. */
export type FolderGuard = z.infer<typeof GUARDS>["guards"][number];
/** The type of a fact. */
export type FactType = typeof FACT_TYPES[number];
/** The four files of a domain, checked one by one. */
export interface DomainParts {
  readonly taxonomy: z.infer<typeof TAXONOMY>;
  readonly lexicon: z.infer<typeof LEXICON>;
  readonly slots: z.infer<typeof SLOTS>;
  readonly guards: z.infer<typeof GUARDS>;
}
