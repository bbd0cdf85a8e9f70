import { closest } from "fastest-levenshtein";
import { MicroLmError } from "../errors.ts";
import { ARC_DOMAIN } from "./arc/domain.ts";
import { DEFI_DOMAIN } from "./defi/domain.ts";
import type { Domain } from "./domain.ts";

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
 * import { findDomain } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findDomain("defi").canonicalLabel("swap"), "swap_asset");
 * ```
 */
export function findDomain(name: string): Domain {
  const domain = DOMAINS.find((candidate) => candidate.name === name);
  if (domain) return domain;
  throw new MicroLmError("usage", `Unknown domain "${name}"`, {
    hint: `Did you mean "${closest(name, [...DOMAIN_NAMES])}"? Known: ${DOMAIN_NAMES.join(", ")}`,
  });
}

/**
 * Guesses the domain of a set of labels: the one that knows most of them as actions, if it knows at least
 * half, so that a misspelt label among known ones is an error rather than a new class.
 *
 * @example
 * ```ts
 * import { detectDomain } from "micro-lm";
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
