import { closest } from "fastest-levenshtein";
import { MicroLmError } from "../core/errors.ts";
import { ARC_DOMAIN } from "./arc/domain.ts";
import { DEFI_DOMAIN } from "./defi/domain.ts";
import type { Domain } from "./domain.ts";
import { isDomainPath, isFolderDomain } from "./folder/domain.ts";
import { loadDomain } from "./load_domain.ts";

/** The domain of data that no domain of ours knows: any label is an action, nothing is masked. */
const GENERIC_DOMAIN: Domain = {
  name: "generic",
  slots: [],
  primitives: [],
  canonicalLabel: (label) => label.trim(),
};

const DOMAINS: readonly Domain[] = [DEFI_DOMAIN, ARC_DOMAIN, GENERIC_DOMAIN];

/** Names that {@linkcode findDomain} knows. */
export const DOMAIN_NAMES: readonly string[] = DOMAINS.map((domain) => domain.name);

/**
 * The domain of a name.
 *
 * @throws {MicroLmError} Kind `usage` for an unknown name.
 *
 * @example
 * ```ts
 * import { findDomain } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findDomain("defi").canonicalLabel("swap"), "swap_asset");
 * ```
 */
export function findDomain(name: string): Domain {
  const domain = DOMAINS.find((candidate) => candidate.name === name);
  if (domain) return domain;
  throw new MicroLmError("usage", `Unknown domain "${name}"`, {
    hint:
      `Did you mean "${closest(name, [...DOMAIN_NAMES])}"? Known: ${DOMAIN_NAMES.join(", ")}, ` +
      "or the folder of a domain, with a slash: ./home",
  });
}

/**
 * The domain of a name, or that of a folder: a path with a slash.
 *
 * @throws {MicroLmError} As {@linkcode findDomain} and {@linkcode loadDomain}.
 *
 * @example
 * ```ts
 * import { openDomain } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((await openDomain("defi")).name, "defi");
 * assertEquals((await openDomain("examples/home")).name, "home");
 * ```
 */
export async function openDomain(nameOrFolder: string): Promise<Domain> {
  return isDomainPath(nameOrFolder) ? await loadDomain(nameOrFolder) : findDomain(nameOrFolder);
}

/**
 * The domain of a trained mapper. A mapper of a folder's domain records its name and the hash of what it was
 * trained with; guards and lexicon may change without a new training.
 *
 * @param artifact What the mapper's file says.
 * @param given Name or folder that the user names; undefined for none.
 * @throws {MicroLmError} Kind `data` if the mapper belongs to another domain or to other words of it, `usage`
 * if it belongs to a folder that the user does not name; and as {@linkcode openDomain}.
 */
export async function openDomainOf(
  artifact: { readonly domain: string; readonly flags: Readonly<Record<string, unknown>> },
  given: string | undefined,
): Promise<Domain> {
  if (given !== undefined) {
    const domain = await openDomain(given);
    checkMapperDomain(artifact, domain);
    return domain;
  }
  if (DOMAIN_NAMES.includes(artifact.domain)) return findDomain(artifact.domain);
  throw new MicroLmError("usage", `The mapper belongs to the domain "${artifact.domain}"`, {
    hint: `Name the folder of that domain: --domain PATH/${artifact.domain}`,
  });
}

/**
 * Checks that a mapper was trained for a domain as it is now.
 *
 * @param path The mapper's file, for messages.
 * @throws {MicroLmError} Kind `data`.
 */
export function checkMapperDomain(
  artifact: { readonly domain: string; readonly flags: Readonly<Record<string, unknown>> },
  domain: Domain,
  path?: string,
): void {
  const at = path === undefined ? {} : { at: { file: path } };
  if (artifact.domain !== domain.name) {
    throw new MicroLmError(
      "data",
      `Expected a mapper of the domain ${domain.name}, found one of ${artifact.domain}`,
      {
        ...at,
        hint: DOMAIN_NAMES.includes(artifact.domain)
          ? `Train one with --domain ${isFolderDomain(domain) ? domain.folder : domain.name}`
          : `Name the folder of its domain, --domain PATH/${artifact.domain}, or train another`,
      },
    );
  }
  if (!isFolderDomain(domain) || artifact.flags["domain_sha256"] === domain.trainingSha256) return;
  throw new MicroLmError(
    "data",
    `The mapper was trained with other actions, aliases or slot words than ${domain.folder} has`,
    { ...at, hint: `Train it again with --domain ${domain.folder}` },
  );
}

/**
 * Guesses the domain of a set of labels: the one that knows most of them as actions, if it knows at least
 * half, so that a misspelt label among known ones is an error rather than a new class.
 *
 * @example
 * ```ts
 * import { detectDomain } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(detectDomain(["swap_asset", "swap_aset"]).name, "defi");
 * assertEquals(detectDomain(["card_arrival", "abstain"]).name, "generic");
 * ```
 */
export function detectDomain(labels: Iterable<string>): Domain {
  const distinct = [...new Set(labels)].filter((label) => label !== "abstain");
  const known = (domain: Domain) => distinct.filter((label) => isAction(domain, label)).length;
  const best = DOMAINS.reduce((a, b) => known(b) > known(a) ? b : a);
  return known(best) > 0 && 2 * known(best) >= distinct.length ? best : GENERIC_DOMAIN;
}

function isAction(domain: Domain, label: string): boolean {
  try {
    return domain.primitives.includes(domain.canonicalLabel(label));
  } catch {
    return false;
  }
}
