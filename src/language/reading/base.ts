import type { ArgumentContext } from "../arguments.ts";
import type { FoundHead } from "../head.ts";
import type { RefusalKind } from "../kinds.ts";
import type { ReadOrder } from "../order.ts";
import type { FoundRatio } from "../ratios.ts";
import type { Segment } from "../segments.ts";
import { may, type Tag } from "../tokens/tags.ts";

export interface Reading {
  readonly orders: readonly ReadOrder[];
  readonly kind: RefusalKind | null;
  readonly bad: readonly Tag[];
}

/** An order with the fragments that go on with it. */
export interface OpenOrder {
  found: FoundHead;
  front: Tag[];
  back: Tag[];
  segment: Segment;
  /** Its turn, where that is said: "… comes last". */
  rank: "first" | "next" | "last" | null;
  /** What stands before it and tells how things are. */
  ground: readonly Tag[];
  tags: Tag[];
}

export type Base = Omit<ArgumentContext, "exchanges"> & {
  readonly ratios: readonly FoundRatio[];
  /** Whether words that bear no load may be left unread. */
  readonly isLoose: boolean;
};

export function fault(kind: RefusalKind, bad: readonly Tag[]): Reading {
  return { orders: [], kind, bad };
}

export function isJoin(tag: Tag): boolean {
  return may(tag, "then", "and", "but") || tag.mark !== undefined;
}

export function comma({ from }: Tag): Tag {
  return { from, to: from, text: ",", norm: ",", senses: [], mark: "," };
}
