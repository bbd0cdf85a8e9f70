import { MicroLmError } from "../core/errors.ts";
import { checkDomainFiles } from "./folder/check.ts";
import { createFolderDomain, type FolderDomain } from "./folder/domain.ts";
import { GUARDS, LEXICON, SLOTS, TAXONOMY } from "./folder/schema.ts";
import { type DomainFile, readDomainFile } from "./folder/yaml.ts";

/**
 * Loads a domain from its folder: `taxonomy.yaml` (name, actions, aliases), `lexicon.yaml` (the words that
 * speak for each action) and, where there are any, `slots.yaml` (what an action is told) and
 * `guards.yaml` (when it may be carried out). The files hold words and comparisons of a closed set;
 * nothing in them is executed.
 *
 * @throws {MicroLmError} Kind `missing` for a folder without one of the first two files; `data` for a
 * fault, with file, line and column, and for a name that is not declared also the closest that is.
 *
 * @example
 * ```ts
 * import { loadDomain } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const home = await loadDomain("examples/home");
 * assertEquals(home.name, "home");
 * assertEquals(home.canonicalLabel("switch_on"), "turn_on");
 * assertEquals(home.actionSlots["turn_on"]?.needs, ["device"]);
 * ```
 */
export async function loadDomain(folder: string): Promise<FolderDomain> {
  const base = folder.replace(/[\\/]+$/, "");
  const files = {
    taxonomy: await readTaxonomy(`${base}/taxonomy.yaml`),
    lexicon: await readDomainFile(`${base}/lexicon.yaml`, LEXICON),
    slots: await orNull(readDomainFile(`${base}/slots.yaml`, SLOTS)),
    guards: await orNull(readDomainFile(`${base}/guards.yaml`, GUARDS)),
  };
  return createFolderDomain(folder, checkDomainFiles(files));
}

async function readTaxonomy(path: string): Promise<DomainFile<typeof TAXONOMY["_output"]>> {
  try {
    return await readDomainFile(path, TAXONOMY);
  } catch (error) {
    if (!(error instanceof MicroLmError) || error.kind !== "missing") throw error;
    throw new MicroLmError("missing", error.message, {
      hint: "A domain is a folder with taxonomy.yaml and lexicon.yaml: see docs/guides/domains.md",
      cause: error,
    });
  }
}

async function orNull<T>(file: Promise<DomainFile<T>>): Promise<DomainFile<T> | null> {
  try {
    return await file;
  } catch (error) {
    if (error instanceof MicroLmError && error.kind === "missing") return null;
    throw error;
  }
}
