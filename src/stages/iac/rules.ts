import { z } from "zod";
import { parseYamlConfig } from "../../core/strict_yaml.ts";
import { readConfigText } from "../../core/text/config_text.ts";
import type { ReadFindingsOptions } from "./finding_row.ts";

const RULES: z.ZodType<NonNullable<ReadFindingsOptions["rules"]>> = z.record(
  z.string(),
  z.string().regex(/^[a-z0-9_-]+$/, "expected a kind such as use_of_http, or nothing").nullable(),
);

/**
 * Reads which rule of a scanner means which kind of finding (YAML): `rule: kind`, `*` for all others,
 * nothing behind the colon for rules that are left out.
 *
 * @throws {MicroLmError} Kind `missing` if there is no file, `data` if it is wrong.
 *
 * @example
 * ```ts
 * import { readRules } from "micro-lm/stages";
 * import { assertEquals } from "@std/assert";
 *
 * const path = ".artifacts/example_rules.yaml";
 * await Deno.writeTextFile(path, "CKV_SECRET_6: hard_coded_secret\n'*':\n");
 * assertEquals(await readRules(path), { CKV_SECRET_6: "hard_coded_secret", "*": null });
 * await Deno.remove(path);
 * ```
 */
export async function readRules(
  path: string,
): Promise<NonNullable<ReadFindingsOptions["rules"]>> {
  return parseYamlConfig(await readConfigText(path), RULES, { file: path });
}
