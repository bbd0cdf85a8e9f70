import { z } from "zod";
import { explainIoError } from "../../core/io_error.ts";
import { MicroLmError } from "../../core/errors.ts";

/** A result of a SARIF log, as far as a filter of findings needs it. */
export interface SarifResult {
  /** Position of its run in the log, and its own in that run. */
  readonly run: number;
  readonly index: number;
  /** Id of the rule, and its names if the log has them. */
  readonly rule: string;
  readonly ruleNames: readonly string[];
  /** Path or `file:` address of the script, without escapes; empty if the result names none. */
  readonly file: string;
  /** 1-based line; 0 if the result names none. */
  readonly line: number;
  /** The first line of what the scanner shows, if it does. */
  readonly snippet: string;
  readonly message: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Somebody has accepted that this is no fault of the script. */
  readonly isSuppressed: boolean;
  /** The scanner says that the script has passed. */
  readonly isPass: boolean;
}

/** The JSON of a SARIF log; what is not named here is kept. */
export interface SarifDocument {
  readonly version: string;
  readonly runs: readonly {
    readonly results?: readonly Readonly<Record<string, unknown>>[] | null | undefined;
    readonly [key: string]: unknown;
  }[];
  readonly [key: string]: unknown;
}

/** A SARIF log. */
export interface SarifLog {
  /** As it stands in the file. */
  readonly document: SarifDocument;
  readonly results: readonly SarifResult[];
}

const LOCATION = z.looseObject({
  physicalLocation: z.looseObject({
    artifactLocation: z.looseObject({
      uri: z.string().optional(),
      uriBaseId: z.string().optional(),
      index: z.int().optional(),
    }).optional(),
    region: z.looseObject({
      startLine: z.int().optional(),
      snippet: z.looseObject({ text: z.string().optional() }).optional(),
    }).optional(),
  }).optional(),
});

const RESULT = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z.looseObject({ id: z.string().optional(), index: z.int().optional() }).optional(),
  kind: z.string().optional(),
  message: z.looseObject({ text: z.string().optional() }).optional(),
  locations: z.array(LOCATION).optional(),
  suppressions: z.array(z.looseObject({ status: z.string().optional() })).nullish(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

const RUN = z.looseObject({
  tool: z.looseObject({
    driver: z.looseObject({
      name: z.string().optional(),
      rules: z.array(z.looseObject({ id: z.string(), name: z.string().optional() })).optional(),
    }),
  }),
  originalUriBaseIds: z.record(z.string(), z.looseObject({ uri: z.string().optional() }))
    .optional(),
  artifacts: z.array(z.looseObject({
    location: z.looseObject({ uri: z.string().optional(), uriBaseId: z.string().optional() })
      .optional(),
  })).optional(),
  results: z.array(RESULT).nullish(),
});

const LOG = z.looseObject({ version: z.string(), runs: z.array(RUN) });

/**
 * Reads a SARIF 2.1.0 log, which checkov, KICS, tfsec, ansible-lint and others write.
 *
 * @throws {MicroLmError} Kind `data` if it is none, naming the path of the first fault; `missing` if
 * there is no file.
 *
 * @example
 * ```ts
 * import { readSarif } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const path = ".artifacts/example.sarif";
 * const region = { startLine: 3, snippet: { text: "url: http://m" } };
 * const physicalLocation = { artifactLocation: { uri: "web/site%20a.yml" }, region };
 * const results = [{ ruleId: "X1", message: { text: "no TLS" }, locations: [{ physicalLocation }] }];
 * const runs = [{ tool: { driver: { name: "scanner" } }, results }];
 * await Deno.writeTextFile(path, JSON.stringify({ version: "2.1.0", runs }));
 * const { results: [result] } = await readSarif(path);
 * assertEquals([result!.rule, result!.file, result!.line], ["X1", "web/site a.yml", 3]);
 * await Deno.remove(path);
 * ```
 */
export async function readSarif(path: string): Promise<SarifLog> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw explainIoError(error, path, "read");
  }
  const document = parseLog(text, path);
  const results = document.runs.flatMap((run, i) =>
    (run.results ?? []).map((result, index) => readResult(run, i, result, index))
  );
  return { document, results };
}

function parseLog(text: string, file: string): z.infer<typeof LOG> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new MicroLmError("data", "Expected SARIF, found no JSON", { at: { file }, cause });
  }
  const parsed = LOG.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = path.length === 0 ? "" : ` at ${path.join(".")}`;
  throw new MicroLmError("data", `Expected a SARIF log${where}: ${message}`, { at: { file } });
}

function readResult(
  { tool, artifacts = [], originalUriBaseIds = {} }: z.infer<typeof RUN>,
  run: number,
  result: z.infer<typeof RESULT>,
  index: number,
): SarifResult {
  const { rules = [] } = tool.driver;
  const at = result.rule?.index ?? result.ruleIndex;
  const id = result.ruleId ?? result.rule?.id;
  const rule = (at === undefined ? undefined : rules[at]) ?? rules.find((one) => one.id === id);
  const place = result.locations?.[0]?.physicalLocation;
  const named = place?.artifactLocation;
  const artifact = named?.uri === undefined ? artifacts[named?.index ?? -1]?.location : named;
  const base = originalUriBaseIds[artifact?.uriBaseId ?? ""]?.uri ?? "";
  return {
    run,
    index,
    rule: id ?? rule?.id ?? "",
    ruleNames: rule?.name === undefined ? [] : [rule.name],
    file: filePath(artifact?.uri ?? "", base),
    line: place?.region?.startLine ?? 0,
    snippet: place?.region?.snippet?.text?.split(/\r?\n/)[0]?.trim() ?? "",
    message: result.message?.text ?? "",
    properties: result.properties ?? {},
    isSuppressed: (result.suppressions ?? []).some(({ status }) =>
      status === undefined || status === "accepted"
    ),
    isPass: result.kind === "pass" || result.kind === "notApplicable",
  };
}

/** The path of an address: relative ones that have an absolute base start there. */
function filePath(uri: string, base: string): string {
  const whole = /^[a-z]+:/i.test(uri) || !/^file:/i.test(base)
    ? uri
    : `${base.replace(/\/*$/, "/")}${uri}`;
  const path = whole.replace(/^file:(?:\/\/[^/]*)?(?=\/)/i, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
