import { usage } from "../src/cli/flags.ts";

/**
 * Refuses to write over what is read, by whatever name: the user's rows would be lost.
 *
 * @throws {MicroLmError} Kind `usage`.
 */
export function refuseInputs(
  task: string,
  flag: string,
  out: string,
  inputs: readonly (string | undefined)[],
): void {
  for (const input of inputs) {
    if (input !== undefined && isSame(input, out)) {
      throw usage({ name: task }, `Flag "--${flag}": "${out}" is the file that is read`);
    }
  }
}

function isSame(a: string, b: string): boolean {
  try {
    return a === b || Deno.realPathSync(a) === Deno.realPathSync(b);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return false;
    }
    throw error;
  }
}
