/**
 * Whether a path that comes with a model stays within the model's folder on every system: relative,
 * without `.` or `..`, backslashes, drive letters or control characters.
 */
export function isPathWithin(path: string): boolean {
  // deno-lint-ignore no-control-regex -- they have no place in a file name
  if (/[\\\u0000-\u001f]|^[A-Za-z]:/.test(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
