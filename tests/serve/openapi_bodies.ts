import fc from "fast-check";

/** A schema of JSON as the OpenAPI document has it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalProperties?: boolean | JsonSchema;
}

/** Schemas by what points to them. */
export type Components = Readonly<Record<string, JsonSchema>>;

/** The schema itself, or that which it points to. */
export function resolve(schema: JsonSchema, components: Components): JsonSchema {
  return schema.$ref ? components[schema.$ref.split("/").at(-1)!]! : schema;
}

const NUMBER = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 31, 4096, 16),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const ORDER = fc.array(
  fc.constantFrom(
    ..."swap borrow deposit repay withdraw stake 2 ETH USDC dai 1e999 -5 0x10 1,000.5 half all into from"
      .split(" "),
    ..."aave then and do not if ? \" ' ( ) 🦄 \ud800 \u202e \u0000 ,,, ... rotate 90 flip".split(
      " ",
    ),
  ),
  { maxLength: 14 },
).map((words) => words.join(" "));
const TEXT = fc.oneof(ORDER, ORDER, fc.string({ unit: "binary" }), fc.string({ maxLength: 3 }));

/** Keys that something looks at, where the schema names none. */
const INNER = fc.oneof(
  fc.constantFrom(
    ..."oracle age_sec max_age_sec risk ltv hf positions collateral_value debt_value assets".split(
      " ",
    ),
    ..."debts prices balances account ETH USDC mapper confidence_threshold near_margin".split(" "),
    ..."audit backend gate K z_abs overrides ltv_max hf_min require allow deny input output".split(
      " ",
    ),
    "__proto__",
    "constructor",
    "toString",
  ),
  fc.string({ maxLength: 4 }),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 5 },
    NUMBER,
    TEXT,
    fc.constantFrom(null, true, false, "wdd", "detector"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(INNER, tie("value"), { maxKeys: 5 }),
  ),
}));

const ABSENT = fc.constant(undefined);
const SHARE = fc.double({ min: 0, max: 1, noNaN: true });
const AMOUNT = fc.double({ min: 0, max: 1e9, noNaN: true });
const AMOUNTS = fc.dictionary(fc.constantFrom("ETH", "USDC", "dai"), AMOUNT);
/** Policies and contexts that are read, or nearly. */
const KNOWN = fc.oneof(
  fc.constant({}),
  fc.record({ ltv_max: SHARE, hf_min: AMOUNT }, { requiredKeys: [] }),
  fc.record({ mapper: fc.record({ confidence_threshold: SHARE, near_margin: SHARE }) }),
  fc.record({
    oracle: fc.record({ age_sec: AMOUNT }),
    prices: AMOUNTS,
    balances: AMOUNTS,
    positions: fc.record({ collateral_value: AMOUNT, debt_value: AMOUNT }),
  }, { requiredKeys: [] }),
);

/** Something at every place of a schema: mostly as it says, now and then anything at all. */
export function bodies(schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: matching(resolve(schema, components), components) },
    { weight: 1, arbitrary: anything.value },
  );
}

/** Names of a record: all but that which no reader of JSON carries whole. */
const NAME = fc.oneof(
  fc.constantFrom("ETH", "USDC", "dai", "swap_asset", "constructor", "toString", ""),
  fc.string({ maxLength: 6 }),
).filter((name) => name !== "__proto__");

/** What a schema admits, all of it, and nothing else. Throws at a word that it does not know. */
export function valid(given: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  const schema = resolve(given, components);
  const of = (part: JsonSchema) => valid(part, components);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(of));
  const { type, minimum, maximum, exclusiveMinimum, minItems = 0, maxItems = 6 } = schema;
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => of({ ...schema, type: one })));
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "string") {
    const shape = new RegExp(schema.pattern ?? "", "u");
    const drawn = schema.pattern ? fc.oneof(TEXT, fc.stringMatching(shape)) : TEXT;
    return drawn.filter((text) => shape.test(text) && text.length >= (schema.minLength ?? 0));
  }
  if (type === "integer" || type === "number") {
    const fits = (n: number) =>
      n >= (minimum ?? -Infinity) && n <= (maximum ?? Infinity) &&
      n > (exclusiveMinimum ?? -Infinity) && (type === "number" || Number.isInteger(n));
    const [min, max] = [minimum ?? exclusiveMinimum ?? -1e9, Math.min(maximum ?? 1e9, 1e9)];
    const drawn = type === "integer"
      ? fc.integer({ min, max })
      : fc.double({ min, max, noNaN: true });
    return fc.oneof(drawn, NUMBER).filter(fits);
  }
  if (type === "array") {
    return fc.array(of(schema.items!), { minLength: minItems, maxLength: Math.min(maxItems, 6) });
  }
  if (type !== "object") throw new Error(`Unknown schema ${JSON.stringify(schema)}`);
  if (schema.properties) {
    const { properties, required = [] } = schema;
    const parts = Object.fromEntries(Object.entries(properties).map(([key, p]) => [key, of(p)]));
    return fc.record(parts, { requiredKeys: [...required] });
  }
  const { additionalProperties: value } = schema;
  if (typeof value !== "object") throw new Error(`Unknown schema ${JSON.stringify(schema)}`);
  return fc.dictionary(NAME, of(value), { maxKeys: 4 });
}

function matching(schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((part) => bodies(part, components)));
  if (schema.type === "string") return TEXT;
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer" || schema.type === "number") return numbers(schema);
  if (schema.type === "array") {
    return fc.array(bodies(schema.items ?? {}, components), { maxLength: 5 });
  }
  if (schema.type === "object" && schema.properties) {
    const { properties, required = [] } = schema;
    const of = (part: JsonSchema) => bodies(part, components);
    const parts = Object.entries(properties).map(([key, part]) =>
      // JSON has no undefined: the key is left out, twice in three
      [key, required.includes(key) ? of(part) : fc.oneof(ABSENT, ABSENT, of(part))] as const
    );
    return fc.record(Object.fromEntries(parts));
  }
  if (schema.type === "object") {
    return fc.oneof(KNOWN, KNOWN, fc.dictionary(INNER, anything.value, { maxKeys: 6 }));
  }
  return anything.value;
}

function numbers({ type, minimum = -10, maximum = 1000 }: JsonSchema): fc.Arbitrary<number> {
  const [min, max] = [Math.max(minimum, -1e6), Math.min(maximum, 1e6)];
  return fc.oneof(type === "integer" ? fc.integer({ min, max }) : fc.double({ min, max }), NUMBER);
}
