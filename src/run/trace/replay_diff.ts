/** One place where two JSON values differ; undefined where a side has nothing. */
export interface JsonDifference {
  /** Keys and positions from the root, joined by dots. */
  readonly path: string;
  readonly logged: unknown;
  readonly replayed: unknown;
}

/** Lists where two JSON values differ, in the order of the keys. Numbers are equal bit for bit. */
export function diffJson(logged: unknown, replayed: unknown, path = ""): JsonDifference[] {
  if (Object.is(logged, replayed)) return [];
  if (
    !isBranch(logged) || !isBranch(replayed) || Array.isArray(logged) !== Array.isArray(replayed)
  ) {
    return [{ path, logged, replayed }];
  }
  const keys = new Set([...Object.keys(logged), ...Object.keys(replayed)]);
  return [...keys].sort().flatMap((key) =>
    diffJson(ownValue(logged, key), ownValue(replayed, key), path === "" ? key : `${path}.${key}`)
  );
}

type Branch = Readonly<Record<string, unknown>>;

function isBranch(value: unknown): value is Branch {
  return typeof value === "object" && value !== null;
}

function ownValue(value: Branch, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
