import fc from "fast-check";

/** A schema of JSON as the OpenAPI document has it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
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

/** Keys that something looks at below the records of the schema, which name none. */
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
export function bodies(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: matching(schema) },
    { weight: 1, arbitrary: anything.value },
  );
}

function matching(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(bodies));
  if (schema.type === "string") return TEXT;
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer" || schema.type === "number") return numbers(schema);
  if (schema.type === "array") return fc.array(bodies(schema.items ?? {}), { maxLength: 5 });
  if (schema.type === "object" && schema.properties) {
    const { properties, required = [] } = schema;
    const parts = Object.entries(properties).map(([key, part]) =>
      // JSON has no undefined: the key is left out, twice in three
      [key, required.includes(key) ? bodies(part) : fc.oneof(ABSENT, ABSENT, bodies(part))] as const
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
