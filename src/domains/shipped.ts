import type { Domain } from "./domain.ts";

/** The domains that ship: one line each, loaded when they are asked for; the first is the default. */
export const SHIPPED: Readonly<Record<string, () => Promise<Domain>>> = {
  defi: async () => (await import("./defi/domain.ts")).DEFI_DOMAIN,
  arc: async () => (await import("./arc/domain.ts")).ARC_DOMAIN,
};

/**
 * The same without their planners, for those who map prompts and read none: what reads prompts of DeFi takes
 * longer to load than a mapper. A domain without a line here is opened whole.
 */
export const SHIPPED_LABELS: Readonly<Record<string, () => Promise<Domain>>> = {
  defi: async () => (await import("./defi/labels.ts")).DEFI_LABELS,
};
