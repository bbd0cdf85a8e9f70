import type { Domain } from "./domain.ts";

/** The domains that ship: one line each, loaded when they are asked for; the first is the default. */
export const SHIPPED: Readonly<Record<string, () => Promise<Domain>>> = {
  defi: async () => (await import("./defi/domain.ts")).DEFI_DOMAIN,
  arc: async () => (await import("./arc/domain.ts")).ARC_DOMAIN,
};
