import type { Domain } from "../domain.ts";
import type { FolderDomain } from "./domain.ts";

/** True for a domain that a folder describes. */
export function isFolderDomain(domain: Domain): domain is FolderDomain {
  return "trainingSha256" in domain;
}

/** True for what names a folder instead of a domain: it has a slash. */
export function isDomainPath(name: string): boolean {
  return /[\\/]/.test(name);
}
