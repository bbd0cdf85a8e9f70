import { dirname } from "node:path";
import { MicroLmError } from "./errors.ts";

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
    // Writing a file whole reads beside it, so it needs both.
    const flags = action === "write" ? ["read", "write"] : ["read"];
    const folder = dirname(path);
    return new MicroLmError("permission", `No permission to ${action} "${path}"`, {
      hint: `Grant it with ${flags.map((flag) => `--allow-${flag}=${folder}`).join(" ")}`,
      cause: error,
    });
  }
  if (action === "read" && error instanceof Deno.errors.NotFound) {
    return new MicroLmError("missing", `Cannot find "${path}"`, { cause: error });
  }
  const kind = action === "write" ? "write" : "missing";
  return new MicroLmError(kind, `Cannot ${action} "${path}": ${reason}`, { cause: error });
}
