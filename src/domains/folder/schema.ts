import { z } from "zod";

/** Names the format of a domain's folder. */
const DOMAIN_SCHEMA = "micro-lm/domain@1";

/** Comparisons that a condition may make; there are no others and no expressions. */
export const OPERATORS = ["eq", "lt", "lte", "gt", "gte", "in", "exists"] as const;

/** Types of the facts of a context. A `time` is written `HH:MM`. */
const FACT_TYPES = ["boolean", "number", "text", "time"] as const;

/** What a domain says of a slot. */
export type FolderSlot =
  | { readonly kind: "words"; readonly words: Readonly<Record<string, readonly string[]>> }
  | {
    readonly kind: "number";
    readonly units: readonly string[];
    readonly bare?: boolean | undefined;
  }
  | { readonly kind: "time" };

type Scalar = boolean | number | string;

/** One comparison, or several of the same fact that all have to hold. */
export interface Condition {
  /** `context.NAME` or `slots.NAME`. */
  readonly of: string;
  readonly eq?: Scalar | undefined;
  readonly lt?: Scalar | undefined;
  readonly lte?: Scalar | undefined;
  readonly gt?: Scalar | undefined;
  readonly gte?: Scalar | undefined;
  readonly in?: readonly Scalar[] | undefined;
  readonly exists?: boolean | undefined;
}

/** When an action may be carried out. */
export interface FolderGuard {
  readonly name: string;
  readonly actions: readonly string[];
  /** The guard concerns only what meets these. */
  readonly when: readonly Condition[];
  readonly require: readonly Condition[];
  /** The reason, for people. */
  readonly because: string;
}

/** The type of a fact. */
export type FactType = typeof FACT_TYPES[number];

/** What can be asked for. */
export interface FolderTaxonomy {
  readonly schema: typeof DOMAIN_SCHEMA;
  readonly name: string;
  readonly summary: string;
  readonly actions: Readonly<
    Record<string, { readonly aliases: readonly string[]; readonly summary: string }>
  >;
}

/** The words that speak for each action. */
export type FolderLexicon = Readonly<
  Record<string, { readonly strong: readonly string[]; readonly weak: readonly string[] }>
>;

/** What actions are told. */
export interface FolderSlots {
  readonly slots: Readonly<Record<string, FolderSlot>>;
  readonly actions: Readonly<
    Record<string, { readonly needs: readonly string[]; readonly takes: readonly string[] }>
  >;
}

/** When actions may be carried out. */
export interface FolderGuards {
  readonly facts: Readonly<Record<string, FactType>>;
  readonly guards: readonly FolderGuard[];
}

/** The four files of a domain, checked one by one. */
export interface DomainParts {
  readonly taxonomy: FolderTaxonomy;
  readonly lexicon: FolderLexicon;
  readonly slots: FolderSlots;
  readonly guards: FolderGuards;
}

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const name = z.string().regex(NAME, "expected lower-case letters, digits and _");
const phrase = z.string().trim().toLowerCase().min(1).max(200)
  .regex(/[\p{L}\p{N}%°]/u, "expected a word");
const phrases = z.array(phrase).max(1000);
const named = <T extends z.ZodType>(value: T) => z.record(name, value);
const some = <T extends z.ZodType>(value: T, what: string) =>
  named(value).refine((all) => Object.keys(all).length > 0, `expected at least one ${what}`);

/** `taxonomy.yaml`: what can be asked for. */
export const TAXONOMY: z.ZodType<FolderTaxonomy> = z.strictObject({
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
export const LEXICON: z.ZodType<FolderLexicon> = named(
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
export const SLOTS: z.ZodType<FolderSlots> = z.strictObject({
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
export const GUARDS: z.ZodType<FolderGuards> = z.strictObject({
  facts: named(z.enum(FACT_TYPES, `expected ${FACT_TYPES.join(", ")}`)).default({}),
  guards: z.array(z.strictObject({
    name,
    actions: z.array(name).min(1, "expected an action"),
    when: z.array(CONDITION).default([]),
    require: z.array(CONDITION).min(1, "expected a condition"),
    because: z.string().default(""),
  })).default([]),
});
