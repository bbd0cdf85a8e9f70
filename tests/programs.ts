/** Programs of the system that a few tests start. */
export const MKFIFO = "/usr/bin/mkfifo";
/** A shell, for pipes that end early. */
export const BASH = "/bin/bash";

/** Why a test does not start a program here; null if it does. */
export function whyNoProgram(path: string): string | null {
  try {
    Deno.statSync(path);
  } catch {
    return `skipped: no ${path}`;
  }
  const { state } = Deno.permissions.querySync({ name: "run", command: path });
  return state === "granted" ? null : `skipped: no permission to run ${path}`;
}
