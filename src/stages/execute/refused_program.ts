import { MicroLmError } from "../../core/errors.ts";

/**
 * What a program that could not be started means for whoever asked for it. Deno starts none with
 * narrow permissions while variables of the dynamic loader are set, which `module load` sets.
 *
 * @param hint What to do where there is no such program.
 * @returns The cause itself where it says nothing that a user can mend.
 */
export function refusedProgram(name: string, cause: unknown, hint: string): unknown {
  if (cause instanceof Deno.errors.NotFound) {
    return new MicroLmError("missing", `Cannot find the program ${name}`, { hint, cause });
  }
  if (!(cause instanceof Deno.errors.NotCapable)) return cause;
  const variable = /(LD|DYLD)_\w+/.exec(cause.message)?.[0];
  if (variable === undefined) {
    // Deno grants no program that is not there when it starts, so the two look the same.
    return new MicroLmError("missing", `Cannot run ${name}: not installed, or not permitted`, {
      hint: `${hint}; where it is installed, --allow-run=${name} permits it`,
      cause,
    });
  }
  return new MicroLmError("permission", `Deno starts no ${name} while ${variable} is set`, {
    hint:
      `Take it out for this command: env -u ${variable} deno task …; on the nodes of a cluster ` +
      "that is done, and the torch engine gets it all the same",
    cause,
  });
}
