/** The version of this package, as `deno.json` says it. */
export const MICRO_LM_VERSION = "0.1.0";
