import { MicroLmError } from "../errors.ts";

/**
 * Says what a failed file operation means to the user.
 *
 * @param action What was attempted.
 */
export function explainIoError(
  error: unknown,
  path: string,
  action: "read" | "write",
): MicroLmError {
  if (error instanceof MicroLmError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    return new MicroLmError("permission", `No permission to ${action} "${path}"`, {
      hint: `Grant it with --allow-${action}=${folderOf(path)}`,
      cause: error,
    });
  }
  if (action === "read" && error instanceof Deno.errors.NotFound) {
    return new MicroLmError("missing", `Cannot find "${path}"`, { cause: error });
  }
  const kind = action === "write" ? "write" : "data";
  return new MicroLmError(kind, `Cannot ${action} "${path}": ${reason}`, { cause: error });
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? "/" : ".";
}
