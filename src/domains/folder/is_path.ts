/** True for what names a folder instead of a domain: it has a slash. */
export function isDomainPath(name: string): boolean {
  return /[\\/]/.test(name);
}
