import { MicroLmError } from "../../core/errors.ts";
import {
  type RawFinding,
  readFinding,
  type ReadFindingsOptions,
  readLabel,
  type ScannerFault,
  type ScannerFinding,
  type ScannerFindings,
} from "./finding_row.ts";
import { readSarif, type SarifResult } from "./sarif.ts";

/** Properties in which a reviewer's word may stand. */
const LABEL_PROPERTIES = ["label", "verdict", "ground_truth"];

/**
 * Reads the labelled findings of a SARIF log. The label is the property `label` (or `verdict`,
 * `ground_truth`) of a result; one that was suppressed without such a word is an FP. Results that say
 * "pass" are none. The kind is what the rule's id or name maps to.
 *
 * @throws {MicroLmError} As `readSarif`; kind `data` if there is no result.
 */
export async function readSarifFindings(
  path: string,
  options: ReadFindingsOptions = {},
): Promise<ScannerFindings> {
  const { results } = await readSarif(path);
  const findings: ScannerFinding[] = [];
  const faults: ScannerFault[] = [];
  let unmapped = 0;
  const where = (at: number) => ({ file: `${path}, result ${at}` });
  for (const [i, result] of results.entries()) {
    if (result.isPass) continue;
    const read = readFinding(rawSarifFinding(result, options.rules ?? {}), options);
    if (read === null) unmapped++;
    else if ("message" in read) faults.push({ at: where(i + 1), message: explain(read) });
    else findings.push({ at: i + 1, ...read });
  }
  if (findings.length + faults.length + unmapped === 0) {
    throw new MicroLmError("data", "Expected findings, found none", { at: { file: path } });
  }
  return {
    findings,
    faults,
    unmapped,
    unit: "result",
    locate: (at) => Promise.resolve(where(at)),
  };
}

function explain({ field, message }: { readonly field: string; readonly message: string }): string {
  if (field !== "label") return message;
  return `${message}: a scanner does not know it; write properties.label, or suppress what is an FP`;
}

/** A result as the fields of a finding. */
export function rawSarifFinding(
  result: SarifResult,
  rules: NonNullable<ReadFindingsOptions["rules"]>,
): RawFinding {
  const property = (name: string) => {
    const value = result.properties[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const said = LABEL_PROPERTIES.map(property).find((text) => text !== "") ?? "";
  return {
    file: result.file,
    line: String(result.line),
    smell: ruleName(result, rules),
    label: said === "" && result.isSuppressed ? "FP" : said,
    tech: property("tech"),
    content: result.snippet,
    id: "",
    reason: property("reason"),
    source: readLabel(said) === undefined ? "" : property("source"),
  };
}

/** The name of a rule that the mapping knows, else its id. */
function ruleName(
  { rule, ruleNames }: Pick<SarifResult, "rule" | "ruleNames">,
  rules: NonNullable<ReadFindingsOptions["rules"]>,
): string {
  return [rule, ...ruleNames].find((name) => Object.hasOwn(rules, name)) ?? rule;
}
