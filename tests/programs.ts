/** Programs of the system that a few tests start. */
export const MKFIFO = "/usr/bin/mkfifo";
/** A shell, for pipes that end early. */
export const BASH = "/bin/bash";

/** Why a test does not start a program here; null if it does. */
export function whyNoProgram(path: string): string | null {
  const { state } = Deno.permissions.querySync({ name: "run", command: path });
  if (state !== "granted") return `skipped: no permission to run ${path}`;
  try {
    Deno.statSync(path);
  } catch (error) {
    // Who may run it may not look at it: the permissions of the tests are like that
    if (error instanceof Deno.errors.NotFound) return `skipped: no ${path}`;
  }
  return null;
}
