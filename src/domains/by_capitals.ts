import { MicroLmError } from "../core/errors.ts";

/**
 * The same values by names in capitals.
 *
 * @param path Where they stand, for messages.
 * @throws {MicroLmError} Kind `usage` if two names differ only by case: neither outweighs the other.
 */
export function byCapitals<T>(
  values: Readonly<Record<string, T>>,
  path: string,
): Record<string, T> {
  const found = new Map<string, readonly [name: string, value: T]>();
  for (const [name, value] of Object.entries(values)) {
    const capitals = name.toUpperCase();
    const twin = found.get(capitals)?.[0];
    if (twin !== undefined) {
      throw new MicroLmError(
        "usage",
        `Expected ${path} to name ${capitals} once, got "${twin}" and "${name}"`,
        {
          hint: "Names are compared in capitals: leave one of them out",
        },
      );
    }
    found.set(capitals, [name, value]);
  }
  return Object.fromEntries([...found].map(([capitals, [, value]]) => [capitals, value]));
}
