import { closest } from "./text/edits.ts";
import { z } from "zod";
import { MicroLmError } from "./errors.ts";
import { parseYaml, yamlIssueText, type YamlPath, yamlPathName } from "./yaml_document.ts";

/** Where a config comes from and what replaces parts of it. */
export interface YamlConfigOptions {
  /** What messages call the file. Default: `config`. */
  readonly file?: string;
  /** Values that go before those of the file, of the same shape as the file. Default: none. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

interface Fault {
  readonly path: YamlPath;
  readonly text: string;
}

/**
 * Parses YAML 1.2 and checks it against a schema. All faults are reported at once, each with its path
 * in the document; the place of the first stands in front.
 *
 * @throws {MicroLmError} Kind `data`.
 */
export function parseYamlConfig<T>(
  text: string,
  schema: z.ZodType<T>,
  { file = "config", overrides = {} }: YamlConfigOptions = {},
): T {
  const { value, locate } = parseYaml(text, file);
  const parsed = schema.safeParse(mergeDeep(value ?? {}, overrides));
  if (parsed.success) return parsed.data;
  const shape = z.toJSONSchema(schema, { io: "input" });
  // A misspelt key first: that its right spelling is missing only follows from it.
  const faults = parsed.error.issues
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((issue) => describe(issue, shape));
  throw new MicroLmError("data", faults.map(({ text }) => text).join("; "), {
    at: locate(faults[0]!.path),
    cause: parsed.error,
  });
}

/** `base` with the values of `top` in place of its own; arrays are replaced. Neither is changed. */
function mergeDeep(base: unknown, top: unknown): unknown {
  if (!isRecord(base) || !isRecord(top)) return top === undefined ? base : top;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(top)) merged[key] = mergeDeep(base[key], value);
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rank({ code }: z.core.$ZodIssue): number {
  return code === "unrecognized_keys" ? 0 : 1;
}

function describe(issue: z.core.$ZodIssue, schema: unknown): Fault[] {
  const path = issue.path;
  if (issue.code !== "unrecognized_keys") {
    return [{ path, text: `${yamlPathName(path)}: ${yamlIssueText(issue)}` }];
  }
  const known = knownKeys(schema, path);
  return issue.keys.map((key) => {
    const near = known.length > 0 ? `, did you mean "${closest(key, [...known])}"?` : "";
    return { path: [...path, key], text: `${yamlPathName([...path, key])}: unknown key${near}` };
  });
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** Keys that the object at a path may have. */
function knownKeys(schema: unknown, path: YamlPath): string[] {
  let here = [schema as JsonSchema];
  for (const key of path) {
    here = here.flatMap((node) => alternatives(node)).flatMap((node) => {
      const more = typeof node.additionalProperties === "object" ? node.additionalProperties : null;
      const next = typeof key === "number" ? node.items : node.properties?.[String(key)] ?? more;
      return next ? [next] : [];
    });
  }
  return here.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {}));
}

function alternatives(node: JsonSchema): readonly JsonSchema[] {
  return node.anyOf ? node.anyOf.flatMap(alternatives) : [node];
}
