import { z } from "zod";
import { ABSTAIN_CLASS } from "../core/abstain_class.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Domain } from "./domain.ts";
import { type DomainFile, readDomainFile, unknownName } from "./folder/yaml.ts";
import { foldLabel, withOwnLabels } from "./own_labels.ts";
import { openDomain } from "./registry.ts";

/** A taxonomy file: labels of somebody's data over the actions of a domain. */
const EXTENSION = z.strictObject({
  extends: z.string().min(1),
  labels: z.record(z.string().trim().min(1), z.string().min(1).nullable()),
});

type Extension = z.infer<typeof EXTENSION>;

/**
 * Opens a domain that reads more labels, from a YAML or JSON file:
 *
 *     extends: defi
 *     labels:
 *       park_funds: deposit_asset
 *       small_talk: null
 *
 * `extends` is what `--domain` takes. A label asks for an action of that domain, with all of its slots and
 * guards, or for none (null), which is the label `abstain`.
 *
 * @param path The file.
 * @param base The domain as it is open already, which the file has to extend. Default: what it names.
 * @throws {MicroLmError} Kind `missing`; kind `data`, with line and column, for a fault, for a domain or an
 * action that does not exist, for another domain than `base`, and for a label that has a meaning already.
 *
 * @example
 * ```ts
 * import { extendDomain } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const path = ".artifacts/example-taxonomy.yaml";
 * await Deno.writeTextFile(path, "extends: defi\nlabels: { park_funds: deposit_asset, chat: null }\n");
 * const domain = await extendDomain(path);
 * assertEquals(["park_funds", "chat", "swap"].map(domain.canonicalLabel), [
 *   "deposit_asset",
 *   "abstain",
 *   "swap_asset",
 * ]);
 * await Deno.remove(path);
 * ```
 */
export async function extendDomain(path: string, base?: Domain): Promise<Domain> {
  const file = await readDomainFile(path, EXTENSION);
  const named = await openNamed(file);
  if (base !== undefined && base.name !== named.name) {
    throw new MicroLmError("data", `Expected labels for the domain ${base.name}`, {
      at: file.locate(["extends"]),
      hint: `The file extends ${named.name}`,
    });
  }
  checkLabels(file, named, base ?? named);
  return withOwnLabels(base ?? named, file.value.labels);
}

/** The domain that a file extends. */
async function openNamed({ value, locate }: DomainFile<Extension>): Promise<Domain> {
  const at = locate(["extends"]);
  let domain: Domain;
  try {
    domain = await openDomain(value.extends);
  } catch (error) {
    if (!(error instanceof MicroLmError) || error.kind !== "usage") throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new MicroLmError("data", error.message, { at, ...hint, cause: error });
  }
  if (domain.primitives.length > 0) return domain;
  throw new MicroLmError("data", `The domain ${domain.name} has no actions to extend`, {
    at,
    hint: "It keeps every label as it stands; leave the file out",
  });
}

function checkLabels(
  { value, locate }: DomainFile<Extension>,
  named: Domain,
  base: Domain,
): void {
  const { primitives } = named;
  const folded = new Set<string>();
  for (const [label, action] of Object.entries(value.labels)) {
    const at = locate(["labels", label]);
    if (action !== null && !primitives.includes(action)) {
      throw unknownName("action", action, primitives, at);
    }
    if (folded.has(foldLabel(label))) {
      throw new MicroLmError("data", `The label "${label}" stands there twice`, {
        at,
        hint: "Labels that differ by case or surrounding spaces are one",
      });
    }
    folded.add(foldLabel(label));
    const meaning = meaningOf(named, label) ?? meaningOf(base, label);
    if (meaning === undefined || meaning === (action ?? ABSTAIN_CLASS)) continue;
    throw new MicroLmError("data", `The label "${label}" means ${meaning} already`, {
      at,
      hint: "Leave it out here, or give it another name in the data",
    });
  }
}

/** What a domain makes of a label; undefined where it does not know it or keeps it as it stands. */
function meaningOf(domain: Domain, label: string): string | undefined {
  try {
    const meaning = domain.canonicalLabel(label);
    return domain.primitives.includes(meaning) || meaning === ABSTAIN_CLASS ||
        meaning !== label.trim()
      ? meaning
      : undefined;
  } catch (error) {
    if (error instanceof MicroLmError) return undefined;
    throw error;
  }
}
